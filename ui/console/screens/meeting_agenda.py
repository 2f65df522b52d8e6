"""The agenda by one key: items, breaks, late items, and who is there."""

from functools import partial

from meeting.domain.chair import Switch, find_switch
from meeting.domain.events import AttendanceState, ItemEntry, ItemMoved, Phase, Segment
from meeting.domain.state import AgendaState
from meeting.stream.messages import Attend, Item, Next, Pause, Resume
from ui.console.model import MeetingModel
from ui.console.screens.choose import Choice, ChooseScreen, Chosen
from ui.console.screens.meeting_base import MeetingBase
from ui.console.screens.prompt import PromptScreen
from ui.locale import _
from ui.words import ITEM_MARKS, item_state


def agenda_of(model: MeetingModel) -> AgendaState:
    """Where the meeting stands, as the rules of the chair's phrases read it."""
    state = AgendaState(model.items)
    state.phase = "items" if model.current_item else model.phase
    state.ongoing = model.current_item or model.last_item
    return state


class AgendaHands(MeetingBase):
    """Switches only when a person presses a key; what the chair says is an offer."""

    offered: Switch | None = None
    """The switch that the chair has just announced and nobody has made."""

    def action_next_item(self) -> None:
        """The item that the chair has called, where that stands as an offer; else the next one."""
        offer, self.offered = self.offered, None
        if offer is not None and offer.target is not None:
            number = offer.target
            self.give(lambda id: Item(id=id, number=number))
        else:
            self.give(lambda id: Next(id=id))
        self.show_offer()

    def chair_said(self, segment: Segment) -> None:
        """Offers what the chair announces in a new final; never switches by itself."""
        if segment.source == "asr" and segment.rev == 1 and segment.text:
            found = find_switch(segment.text, agenda_of(self._model))
            if found is not None:
                self.offered = found
                self.show_offer()

    def moved(self, event: ItemMoved) -> None:
        """An item began: the offer is done with, and what was before is said, with the way back."""
        if event.state == "ongoing" or (self.offered and self.offered.target == event.number):
            self.offered = None
            self.show_offer()
        if event.state != "ongoing" or event.together_with is not None:
            return
        self._speaking.item_began(
            self._model.item(event.item_id),
            self._model,
            called_ms=event.media_ms if event.by == "voice" else None,
            undone=bool(event.undoes),
        )
        self.show_speaker()
        if event.by == "voice":
            self.tell(_("Item {number}: the chair called it").format(number=event.number))
        else:
            self.tell(self._what_was_before(event))

    def phase_entered(self, event: Phase) -> None:
        """Who spoke before a recess does not speak through it; after it the item begins as it began before."""
        if event.phase == "recess":
            self._speaking.ends()
        elif event.phase == "items":
            self._speaking.item_began(self._model.current, self._model)
        self.show_speaker()

    def _what_was_before(self, event: ItemMoved) -> str:
        before = self._model.item(self._model.before_item)
        if before is None:
            return _("Item {number} begins. Ctrl+U takes it back.").format(number=event.number)
        text = _("Item {number} begins; before it: item {before}. Ctrl+U takes it back.")
        return text.format(number=event.number, before=before.number)

    def show_offer(self) -> None:
        """Draws the offer; the screen knows where."""
        raise NotImplementedError

    def action_pause(self) -> None:
        self.give(lambda id: Resume(id=id) if self._model.paused else Pause(id=id))

    def action_recess(self) -> None:
        self.give(lambda id: Resume(id=id) if self._model.paused else Pause(id=id, recess=True))

    def action_go_to(self) -> None:
        items = self._model.items
        at = next((row for row, one in enumerate(items) if one.item_id == self._model.current_item), -1) + 1
        screen = ChooseScreen(
            _("Go to item"),
            [Choice(one, f"{one.number} {one.title}", self._line(one)) for one in items],
            hint=_(
                "Enter: go   Ctrl+T: take together   Ctrl+D: defer   Ctrl+X: withdraw   Ctrl+R: restore   Esc: back"
            ),
            keys=("ctrl+t", "ctrl+d", "ctrl+x", "ctrl+r"),
            begin_at=min(at, len(items) - 1),
        )
        self.choose(screen, self._to_item)

    @staticmethod
    def _line(item: ItemEntry) -> str:
        state = item_state(item.state)
        return f"{ITEM_MARKS.get(item.state, ' ')} {item.number:>2} {item.title}" + (
            f" · {state}" if state else ""
        )

    def _to_item(self, chosen: Chosen[ItemEntry]) -> None:
        if chosen.value is None:
            return
        number = chosen.value.number
        match chosen.key:
            case "ctrl+t":
                self._take_together(chosen.value)
            case "ctrl+d":
                self.give(lambda id: Item(id=id, number=number, action="defer"))
            case "ctrl+x":
                self.give(lambda id: Item(id=id, number=number, action="withdraw"))
            case "ctrl+r":
                self.give(lambda id: Item(id=id, number=number, action="restore"))
            case _:
                self.give(lambda id: Item(id=id, number=number))

    def _take_together(self, item: ItemEntry) -> None:
        """Discusses an item beside the current one (合并审议), and those that are beside it already."""
        current = self._model.current
        if current is None or current.item_id == item.item_id:
            self.tell(_("Take an item together with the current one: go to that one first."), failed=True)
            return
        beside = {
            one.number
            for one in self._model.items
            if one.together_with == current.item_id and one.state == "ongoing"
        }
        numbers = tuple(sorted({*beside, item.number}))
        self.give(lambda id: Item(id=id, number=current.number, together=numbers))

    def action_insert(self) -> None:
        def titled(title: str | None) -> None:
            if title:
                self.give(lambda id: Item(id=id, action="insert", title=title))

        if self.is_current:
            hint = _("It goes in after the current item. Enter: insert    Esc: back")
            self.app.push_screen(PromptScreen(_("Title of the late item"), hint=hint), titled)

    def action_attendance(self) -> None:
        head = self._model.head
        people = dict.fromkeys([*(head.people if head else ()), *self._model.attendance])
        screen = ChooseScreen(
            _("Who comes or leaves?"),
            [Choice(name, name, f"{name}  {self._presence(name)}") for name in people],
            hint=_(
                "Enter: has come / has left   Ctrl+T: is stood in for   Ctrl+R: recused for this item   Esc: back"
            ),
            keys=("ctrl+r", "ctrl+t"),
            free=True,
        )
        self.choose(screen, self._attended)

    def is_here(self, person: str) -> bool:
        """Whether somebody is in the room, as far as anybody has said."""
        fact, head = self._model.attendance.get(person), self._model.head
        if fact is not None:
            return fact.state != "left"
        roles = dict(zip(head.people, head.roles, strict=False)) if head else {}
        return roles.get(person, "attendee") not in ("excused", "absent")

    def _presence(self, person: str) -> str:
        if (person, self._model.current_item) in self._model.recused and self._model.current_item:
            return _("recused for this item")
        fact = self._model.attendance.get(person)
        if fact is not None and fact.state == "proxy":
            return _("is stood in for")
        return _("here") if self.is_here(person) else _("not here")

    def _attended(self, chosen: Chosen[str]) -> None:
        person = chosen.typed or chosen.value or ""
        if chosen.key == "ctrl+r":
            item_id = self._model.current_item
            if item_id is None:
                self.tell(_("No item is being discussed that anybody could be recused for."), failed=True)
                return
            recused = (person, item_id) in self._model.recused
            self.give(partial(self._attend, person, "present" if recused else "recused", item_id))
        elif chosen.key == "ctrl+t":
            self.give(partial(self._attend, person, "proxy", None))
        else:
            here = not chosen.typed and self.is_here(person)
            self.give(partial(self._attend, person, "left" if here else "present", None))

    @staticmethod
    def _attend(person: str, state: AttendanceState, item_id: str | None, id: str) -> Attend:
        return Attend(id=id, person=person, state=state, item_id=item_id)
