"""All keys on one screen."""

from collections.abc import Mapping

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from ui.console.keymap import ACTIONS, key_name
from ui.locale import _


class HelpScreen(ModalScreen[None]):
    """Shows each key and what it does."""

    BINDINGS = [("escape,enter,f1", "dismiss")]

    def __init__(self, settings: Mapping[str, str]) -> None:
        super().__init__()
        self._settings = settings

    def compose(self) -> ComposeResult:
        lines = [
            Content.assemble((f"{key_name(action, self._settings):<8}", "bold $text-accent"), _(action.help))
            for action in ACTIONS
        ]
        lines.append(
            Content.assemble((f"{'↑ ↓':<8}", "bold $text-accent"), _("Scroll; PgUp, PgDn, Home, End too"))
        )
        with Vertical(classes="dialog -wide"):
            yield Static(_("Keys"), classes="title", markup=False)
            with VerticalScroll():
                yield Static(Content("\n").join(lines))
            yield Static(_("Esc: back"), classes="hint", markup=False)
