"""One passage, in the document where it stands."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from ui.console.commands import Commands
from ui.console.hits import Hit
from ui.console.widgets.reading import Reading
from ui.locale import _


class PassageScreen(ModalScreen[None]):
    """Shows a hit over the meeting; any of Esc and Enter goes back."""

    BINDINGS = [("escape,enter", "dismiss")]

    def __init__(self, hit: Hit, commands: Commands) -> None:
        super().__init__()
        self._hit, self._commands = hit, commands

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog -wide"):
            yield Reading(self._commands)
            yield Static(_("↑↓: read on   Esc: back"), classes="hint", markup=False)

    async def on_mount(self) -> None:
        reading = self.query_one(Reading)
        reading.focus()
        self.run_worker(reading.open(self._hit), exclusive=True)
