"""One of a list, found as one types: a person, an item, a device."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from ui.console.editing.names import matching
from ui.console.widgets.prose import Prose
from ui.console.wrapping import clean
from ui.locale import _

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Choice(Generic[Value]):
    """`name` is what one types to find it; `shown` is its line (the name when empty)."""

    value: Value
    name: str
    shown: str = ""


@dataclass(frozen=True, slots=True)
class Chosen(Generic[Value]):
    """What was chosen, and the key that did it: `enter` or one of the screen's own. `typed`: words of no choice."""

    key: str
    value: Value | None = None
    typed: str = ""


class ChooseScreen(ModalScreen[Chosen[Value] | None]):
    """Type, ↑ ↓, Enter; Esc leaves. `keys` are further keys that choose; `free` takes other words too."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", show=False, priority=True),
        Binding("enter", "take('enter')", show=False, priority=True),
        Binding("up", "step(-1)", show=False, priority=True),
        Binding("down", "step(1)", show=False, priority=True),
    ]

    def __init__(
        self,
        title: str,
        choices: Sequence[Choice[Value]],
        *,
        hint: str,
        keys: Sequence[str] = (),
        free: bool = False,
        begin_at: int = 0,
    ) -> None:
        super().__init__()
        self._title, self._hint, self._free = title, hint, free
        self._choices = list(choices)
        self._shown = list(choices)
        self._begin_at = begin_at
        self._asked = ""
        for key in keys:
            self._bindings.bind(key, f"take('{key}')", show=False, priority=True)

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(Prose(self._title), classes="title", markup=False)
            yield Input(id="filter")
            yield OptionList(id="choices", markup=False)
            yield Static(Prose(self._hint), id="choose-hint", classes="hint", markup=False)

    def on_mount(self) -> None:
        self._list()
        self.query_one(OptionList).highlighted = self._begin_at if self._choices else None
        self.query_one(Input).focus()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._shown = matching(event.value, ((one.name, one) for one in self._choices))
        self._list()
        self.query_one(OptionList).highlighted = 0 if self._shown else None

    def _list(self) -> None:
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options(Option(clean(one.shown or one.name)) for one in self._shown)

    def action_step(self, by: int) -> None:
        """Up and down, while the field keeps the keys."""
        options = self.query_one(OptionList)
        if self._shown:
            options.highlighted = ((options.highlighted or 0) + by) % len(self._shown)

    def action_take(self, key: str) -> None:
        """Ends with the highlighted one, or with the words where no choice fits them."""
        at = self.query_one(OptionList).highlighted
        words = self.query_one(Input).value.strip()
        if at is not None and self._shown:
            self.dismiss(Chosen(key, self._shown[at].value))
        elif self._free and words and words.isascii() and words != self._asked:
            # Mistyped initials are to be nobody's name.
            self._asked = words
            text = _("Nobody is found by {words}: once more takes it for a name.").format(words=words)
            self.query_one("#choose-hint", Static).update(Prose(text))
        elif self._free and words:
            self.dismiss(Chosen(key, typed=words))

    def action_leave(self) -> None:
        """Ends without a choice."""
        self.dismiss(None)

    def on_click(self, event: events.Click) -> None:
        if isinstance(event.widget, OptionList):
            self.action_take("enter")
