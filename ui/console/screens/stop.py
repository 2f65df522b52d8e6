"""The one question before a meeting is ended."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from ui.locale import _


class StopScreen(ModalScreen[bool]):
    """Enter ends the meeting, Esc goes on. `unsaved`: a sentence is being edited, and is not stored yet."""

    BINDINGS = [("enter", "answer(True)"), ("escape", "answer(False)")]

    def __init__(self, unsaved: bool = False) -> None:
        super().__init__()
        self._unsaved = unsaved

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(_("End the meeting?"), classes="title", markup=False)
            if self._unsaved:
                text = _("Your edit is not saved: Esc goes back to it. After the end it cannot be stored here.")
                yield Static(text, id="stop-unsaved", markup=False)
            yield Static(
                _("The last words are written down, then the record is complete and recording cannot go on."),
                markup=False,
            )
            yield Static(_("Enter: end    Esc: go on"), classes="hint", markup=False)

    def action_answer(self, ended: bool) -> None:
        """Hands the answer back."""
        self.dismiss(ended)
