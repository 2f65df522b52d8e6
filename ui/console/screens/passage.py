"""One passage, whole, to be read."""

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from ui.console.hits import Hit
from ui.console.widgets.passages import head, marked
from ui.console.wrapping import clean
from ui.locale import _


class PassageScreen(ModalScreen[None]):
    """Shows a hit over the meeting; any of Esc and Enter goes back."""

    BINDINGS = [("escape,enter", "dismiss")]

    def __init__(self, hit: Hit) -> None:
        super().__init__()
        self._hit = hit

    def compose(self) -> ComposeResult:
        hit = self._hit
        with Vertical(classes="dialog -wide"):
            yield Static(head(hit), classes="title", markup=False)
            with VerticalScroll():
                if hit.speaker:
                    yield Static(clean(hit.speaker) + "：", markup=False)
                yield Static(marked(hit))
            if hit.source:
                yield Static(_("From: {source}").format(source=clean(hit.source)), classes="hint", markup=False)
            yield Static(_("Esc: back"), classes="hint", markup=False)
