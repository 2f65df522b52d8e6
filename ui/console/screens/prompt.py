"""One line to be typed."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from ui.console.widgets.prose import Prose
from ui.locale import _


class PromptScreen(ModalScreen[str | None]):
    """Enter hands the words back, Esc nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "leave")]

    def __init__(self, title: str, *, words: str = "", hint: str = "") -> None:
        super().__init__()
        self._title, self._words, self._hint = title, words, hint

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(Prose(self._title), classes="title", markup=False)
            yield Input(self._words, id="words")
            yield Static(Prose(self._hint or _("Enter: done    Esc: back")), classes="hint", markup=False)

    @on(Input.Submitted)
    def _done(self, event: Input.Submitted) -> None:
        if event.value.strip():
            self.dismiss(event.value.strip())

    def action_leave(self) -> None:
        """Back without a word."""
        self.dismiss(None)
