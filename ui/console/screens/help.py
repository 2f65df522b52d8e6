"""All keys on one screen."""

from collections.abc import Iterator, Mapping

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from ui.console.keycard import KEY_CELLS, PLACES, keys_of, place_name
from ui.console.keymap import Place
from ui.console.wrapping import wrap
from ui.locale import _

TOLD_CELLS = 58
PALETTE = "Ctrl+P"
"""What has no key of its own is found there by its name."""


class HelpScreen(ModalScreen[None]):
    """Shows each key and what it does: those of the screen below first, then those that work everywhere."""

    BINDINGS = [("escape,enter,f1", "dismiss")]

    def __init__(self, settings: Mapping[str, str]) -> None:
        super().__init__()
        self._settings = settings

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog -wide"):
            yield Static(_("Keys"), classes="title", markup=False)
            with VerticalScroll():
                yield Static(Content("\n").join(self._lines()))
            yield Static(_("↑↓: read on   Esc: back"), classes="hint", markup=False)

    def _lines(self) -> Iterator[Content]:
        below = self.app.screen_stack[-2] if len(self.app.screen_stack) > 1 else None
        here: Place = getattr(below, "PLACE", "meeting")
        for where in sorted(PLACES, key=lambda place: (place != here, place != "app")):
            yield Content.styled(place_name(where), "bold $text-primary")
            for key, told in keys_of(where, self._settings):
                for row, line in enumerate(wrap(told, TOLD_CELLS)):
                    yield Content.assemble(
                        (f"{(key or PALETTE) if row == 0 else '':<{KEY_CELLS}}", "bold $text-accent"), line
                    )
