"""表态: what each member says to an item, in the order in which they speak."""

from collections.abc import Sequence
from typing import ClassVar, get_args

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from meeting.domain.events import Position, Stand
from ui.console.wrapping import clean
from ui.locale import _

STANDS: tuple[Stand, ...] = get_args(Stand)
UNSAID: Stand = "未表态"


class PositionsScreen(ModalScreen[tuple[Position, ...] | None]):
    """↑ ↓ choose a member, a digit is what they say; who is given it first has spoken first. Enter is done.

    `chair`, on a `major` item, is to speak last: a quiet line says so when they do not.
    """

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "leave")]

    def __init__(
        self, present: Sequence[str], absent: Sequence[str], given: Sequence[Position], *, chair: str, major: bool
    ) -> None:
        super().__init__()
        self._present, self._absent = list(present), list(absent)
        self._chair, self._major = chair, major
        self._given = {one.person: one for one in given if one.position != UNSAID}
        self._before, self._leaving = list(self._given.values()), False

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(_("Positions, in the order in which they are given"), classes="title", markup=False)
            yield OptionList(id="members", markup=False)
            yield Static(id="chair-first", markup=False)
            yield Static(self._hint(), id="positions-hint", classes="hint", markup=False)

    def on_mount(self) -> None:
        self._list(0)
        self.query_one(OptionList).focus()

    def _hint(self) -> str:
        keys = "  ".join(f"{digit} {stand}" for digit, stand in enumerate(STANDS, 1))
        asked = _("Not saved. Enter saves, Esc drops what you typed.")
        return keys + "\n" + (asked if self._leaving else _("Enter: done    Esc: back"))

    def _ask(self, leaving: bool) -> None:
        self._leaving = leaving
        self.query_one("#positions-hint", Static).update(self._hint())

    @property
    def _people(self) -> list[str]:
        return [*self._present, *self._absent]

    def _list(self, at: int) -> None:
        members = self.query_one(OptionList)
        members.clear_options()
        order = list(self._given)
        for person in self._people:
            stand = self._given[person].position if person in self._given else UNSAID
            turn = f"{order.index(person) + 1:>2}." if person in self._given else "   "
            written = "  " + _("absent: written opinion") if person in self._absent else ""
            shown = Content.assemble(
                turn, " ", clean(person), "  ", (stand, "bold" if person in self._given else "dim")
            )
            members.add_option(Option(Content.assemble(shown, written)))
        members.highlighted = min(at, len(self._people) - 1) if self._people else None
        text = _("Quietly: on a major item the chair speaks last.") if self.chair_first else ""
        self.query_one("#chair-first", Static).update(Content.styled(text, "$text-warning"))

    @property
    def chair_first(self) -> bool:
        """On a major item the chair has spoken and another member who is present had not."""
        if not self._major or self._chair not in self._given:
            return False
        before = list(self._given)[: list(self._given).index(self._chair)]
        return any(person not in before for person in self._present if person != self._chair)

    @on(OptionList.OptionSelected)
    def _done(self) -> None:
        self.dismiss(self.positions)

    def on_key(self, event: events.Key) -> None:
        members = self.query_one(OptionList)
        if event.key.isdecimal() and 1 <= int(event.key) <= len(STANDS) and members.highlighted is not None:
            event.stop()
            person = self._people[members.highlighted]
            self._says(person, STANDS[int(event.key) - 1])
            self._list(members.highlighted + 1)
            self._ask(leaving=False)

    def _says(self, person: str, stand: Stand) -> None:
        if stand == UNSAID:
            self._given.pop(person, None)
        else:
            self._given[person] = Position(person=person, position=stand, written=person in self._absent)

    @property
    def positions(self) -> tuple[Position, ...]:
        """Those that were given, then the members present who said nothing."""
        unsaid = (Position(person=one, position=UNSAID) for one in self._present if one not in self._given)
        return (*self._given.values(), *unsaid) if self._given else ()

    def action_leave(self) -> None:
        """Back, with nothing changed; asks once before what was said here is dropped."""
        if list(self._given.values()) != self._before and not self._leaving:
            self._ask(leaving=True)
        else:
            self.dismiss(None)
