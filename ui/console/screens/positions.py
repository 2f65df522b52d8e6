"""表态: what each member says to an item, in the order in which they speak."""

from collections.abc import Sequence
from typing import ClassVar, get_args

import msgspec
from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from meeting.domain.events import Position, Stand
from ui.console.screens.prompt import PromptScreen
from ui.console.wrapping import clean
from ui.locale import _

STANDS: tuple[Stand, ...] = get_args(Stand)
UNSAID: Stand = "未表态"


class PositionsScreen(ModalScreen[tuple[Position, ...] | None]):
    """↑ ↓ choose a member, a digit is what they say, Ctrl+N the words that go with it. Enter is done.

    Who is given a position first has spoken first; written opinions of absent members have no turn, and come after.

    `chair`, on a `major` item, is to speak last: a quiet line says so when they do not.
    """

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "leave"), ("ctrl+n", "remark")]

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
        return keys + "\n" + (asked if self._leaving else _("Ctrl+N: in their words   Enter: done   Esc: back"))

    def _ask(self, leaving: bool) -> None:
        self._leaving = leaving
        self.query_one("#positions-hint", Static).update(self._hint())

    @property
    def _people(self) -> list[str]:
        return [*self._present, *self._absent]

    def _list(self, at: int) -> None:
        members = self.query_one(OptionList)
        members.clear_options()
        for person in self._people:
            members.add_option(Option(self._line(person)))
        members.highlighted = min(at, len(self._people) - 1) if self._people else None
        text = _("Quietly: on a major item the chair speaks last.") if self.chair_first else ""
        self.query_one("#chair-first", Static).update(Content.styled(text, "$text-warning"))

    def _line(self, person: str) -> Content:
        said = self._given.get(person)
        order = [one.person for one in self._given.values() if not one.written]
        turn = f"{order.index(person) + 1:>2}." if person in order else "   "
        stand = (said.position, "bold") if said else (UNSAID, "dim")
        written = "  " + _("absent: written opinion") if person in self._absent else ""
        words = f"  {clean(said.remark)}" if said and said.remark else ""
        return Content.assemble(turn, " ", clean(person), "  ", stand, written, words)

    @property
    def chair_first(self) -> bool:
        """On a major item the chair has spoken and another member who is present had not."""
        if not self._major or self._chair not in self._given or self._chair in self._absent:
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
            remark = self._given[person].remark if person in self._given else ""
            self._given[person] = Position(
                person=person, position=stand, written=person in self._absent, remark=remark
            )

    def action_remark(self) -> None:
        """The words that go with what the highlighted member says: a reservation, a written opinion."""
        at = self.query_one(OptionList).highlighted
        said = self._given.get(self._people[at]) if at is not None else None
        if at is None or said is None:
            return

        def worded(words: str | None) -> None:
            if words is not None:
                self._given[said.person] = msgspec.structs.replace(said, remark=words)
                self._list(at)
                self._ask(leaving=False)

        title = _("In the words of {person}").format(person=clean(said.person))
        self.app.push_screen(PromptScreen(title, words=said.remark), worded)

    @property
    def positions(self) -> tuple[Position, ...]:
        """Those that were spoken, those that were written, then the members present who said nothing."""
        given = sorted(self._given.values(), key=lambda one: one.written)
        unsaid = (Position(person=one, position=UNSAID) for one in self._present if one not in self._given)
        return (*given, *unsaid) if self._given else ()

    def action_leave(self) -> None:
        """Back, with nothing changed; asks once before what was said here is dropped."""
        if list(self._given.values()) != self._before and not self._leaving:
            self._ask(leaving=True)
        else:
            self.dismiss(None)
