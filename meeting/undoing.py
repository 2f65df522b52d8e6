"""Takes back what a person has done: the events that bring a record to where it stood before. Pure."""

from collections.abc import Sequence
from typing import Any, TypeVar

import msgspec

from meeting.domain.agenda import Agenda
from meeting.domain.events import (
    Action,
    AgendaChanged,
    Decision,
    Event,
    ItemEntry,
    ItemMoved,
    ItemState,
    Note,
    Phase,
    Segment,
    WordNoted,
)
from meeting.domain.notes import note_id_of
from meeting.domain.state import AgendaState
from meeting.errors import ChangedSince, NothingToRedo, NothingToUndo
from meeting.usage import check_named_nowhere, check_unused

Revised = TypeVar("Revised", Segment, WordNoted)

_CHANGEABLE = ("item_id", "text", "speaker", "source", "raw_text", "confidence", "changes", "marks")


def undone(agenda: Agenda, history: Sequence[Event], by: str) -> list[Event]:
    """The events that take back the newest batch of this person which is not taken back yet.

    `history` is every stored event, in order. Raises NothingToUndo; ChangedSince where anybody has changed since what
    the batch had changed: then nothing is taken back.
    """
    batches = Batches(history)
    for batch in batches.of(by):
        if batches.depth(batch) == 0 and batches.stands(batch):
            # What has changed nothing must not keep from what was done before it.
            if facts := _taken_back(agenda, history, batch, batches, by):
                return facts
    raise NothingToUndo()


def redone(agenda: Agenda, history: Sequence[Event], by: str) -> list[Event]:
    """The events that take back the newest undo of this person, who has changed nothing else since.

    Raises NothingToRedo; ChangedSince as `undone` does.
    """
    batches = Batches(history)
    for batch in batches.of(by):
        if batches.depth(batch) == 0:
            break
        if batches.depth(batch) % 2 == 1 and batches.stands(batch):
            return _taken_back(agenda, history, batch, batches, by)
    raise NothingToRedo()


class Batches:
    """What was done, taken back (depth 1), done again (depth 2): each batch takes back at most one before it."""

    def __init__(self, history: Sequence[Event]) -> None:
        self._takes_back: dict[str, str] = {}
        self._by: dict[str, str] = {}
        for event in history:
            if event.batch:
                self._takes_back[event.batch] = event.undoes
                self._by[event.batch] = getattr(event, "by", "")
        self._taken_back_by = {taken: batch for batch, taken in self._takes_back.items() if taken}

    def of(self, by: str) -> list[str]:
        """The batches of a person, the newest first."""
        return [batch for batch in reversed(self._by) if self._by[batch] == by]

    def stands(self, batch: str) -> bool:
        """Whether what it has done is not taken back."""
        other = self._taken_back_by.get(batch)
        return other is None or not self.stands(other)

    def takes_back(self, batch: str) -> str:
        """The batch that this one takes back; empty where it does something new."""
        return self._takes_back[batch]

    def depth(self, batch: str) -> int:
        """How often something was taken back in it: 0 for what was done first."""
        return 1 + self.depth(self._takes_back[batch]) if self._takes_back.get(batch) else 0


def _taken_back(agenda: Agenda, history: Sequence[Event], batch: str, batches: Batches, by: str) -> list[Event]:
    first = next(at for at, event in enumerate(history) if event.batch == batch)
    before, done, later = history[:first], _of(history, batch), history[first:]
    facts = [
        *_segments(before, done, later, by),
        *_revised(before, done, later, by),
        *_words(before, done, by),
        *_agenda(agenda, before, done, later, by),
        *_items(agenda, before, done, later, batches, by),
    ]
    return [msgspec.structs.replace(fact, undoes=batch) for fact in facts]


def _of(history: Sequence[Event], batch: str) -> list[Event]:
    return [event for event in history if event.batch == batch]


def _segments(before: Sequence[Event], done: Sequence[Event], later: Sequence[Event], by: str) -> list[Event]:
    """Only what the batch has changed of a segment goes back: who has moved it since has not worded it."""
    changed = {event.segment_id: event for event in done if isinstance(event, Segment)}
    stood, stands = _revisions(before), _revisions(later)
    facts = list[Event]()
    for segment_id, event in changed.items():
        now = stands[segment_id]
        if segment_id not in stood and event.text:
            check_named_nowhere(now, done, later)
        # What the batch has made is removed again.
        was = stood.get(segment_id) or msgspec.structs.replace(event, text="", marks=())
        fields = [name for name in _CHANGEABLE if getattr(was, name) != getattr(event, name)]
        if any(getattr(now, name) != getattr(event, name) for name in fields):
            raise ChangedSince(what=segment_id, text=now.text)
        facts.append(_afresh(now, rev=now.rev + 1, by=by, **{name: getattr(was, name) for name in fields}))
    return facts


def _revisions(history: Sequence[Event]) -> dict[str, Segment]:
    newest = dict[str, Segment]()
    for event in history:
        if isinstance(event, Segment):
            known = newest.get(event.segment_id)
            if known is None or event.rev >= known.rev:
                newest[event.segment_id] = event
    return newest


def _revised(before: Sequence[Event], done: Sequence[Event], later: Sequence[Event], by: str) -> list[Event]:
    """Decisions, actions and remarks go back to what they said before, or are taken back where they were new."""
    facts = list[Event]()
    for event in done:
        if not isinstance(event, Decision | Action | Note):
            continue
        name = _name(event)
        stands = [one for one in later if isinstance(one, type(event)) and _name(one) == name][-1]
        if _said(stands) != _said(event):
            raise ChangedSince(what=name, text=_text(stands))
        known = [one for one in before if isinstance(one, type(event)) and _name(one) == name]
        back: Event = known[-1] if known else _withdrawn(event)
        facts.append(msgspec.structs.replace(back, rev=stands.rev + 1, by=by, **_named(event), **_NEW))
    return facts


_NEW: dict[str, Any] = {"seq": 0, "at": "", "batch": "", "undoes": "", "command": ""}


def _name(event: Decision | Action | Note) -> str:
    match event:
        case Decision():
            return event.decision_id
        case Action():
            return event.action_id
        case Note():
            return note_id_of(event)


def _named(event: Decision | Action | Note) -> dict[str, Any]:
    return {"note_id": note_id_of(event)} if isinstance(event, Note) else {}


def _said(event: Decision | Action | Note) -> Event:
    """What it says, whoever said it when."""
    return msgspec.structs.replace(event, rev=0, by="", **_named(event), **_NEW)


def _text(event: Decision | Action | Note) -> str:
    match event:
        case Decision():
            return event.resolution_text or event.outcome
        case Action():
            return event.text
        case Note():
            return event.text or event.mark


def _withdrawn(event: Decision | Action | Note) -> Event:
    match event:
        case Decision():
            return msgspec.structs.replace(event, withdrawn=True)
        case Action():
            return msgspec.structs.replace(event, state="withdrawn")
        case Note():
            return msgspec.structs.replace(event, text="", mark="")


def _words(before: Sequence[Event], done: Sequence[Event], by: str) -> list[Event]:
    """A word that was listened for before the batch stays so."""
    known = {event.text: event for event in before if isinstance(event, WordNoted)}
    facts = list[Event]()
    for event in done:
        if isinstance(event, WordNoted):
            earlier = known.get(event.text)
            if (earlier is None or earlier.removed) != event.removed:
                facts.append(_afresh(event, by=by, removed=not event.removed))
    return facts


def _agenda(
    agenda: Agenda, before: Sequence[Event], done: Sequence[Event], later: Sequence[Event], by: str
) -> list[Event]:
    """The items in the order, and the number, that they had; one that was spoken about meanwhile cannot go."""
    made = [event for event in done if isinstance(event, AgendaChanged)]
    if not made:
        return []
    stood, now = _state(agenda, before), _state(agenda, [*before, *later])
    present = {item.item_id: item for item in now.items}
    if list(present) != [item.item_id for item in made[-1].items]:
        raise ChangedSince(what="agenda", text="、".join(item.title for item in now.items))
    for item_id in present.keys() - {item.item_id for item in stood.items}:
        check_unused(present[item_id], now.ongoing, later)
    items = tuple(present.get(item.item_id, item) for item in stood.items)
    if not stood.items:
        return []
    return [AgendaChanged(items=items, by=by)]


def _items(
    agenda: Agenda,
    before: Sequence[Event],
    done: Sequence[Event],
    later: Sequence[Event],
    batches: Batches,
    by: str,
) -> list[Event]:
    """What was said since the switch goes back to where it would have been without it."""
    moves = [event for event in done if isinstance(event, ItemMoved | Phase)]
    if not moves:
        return []
    others = [event for event in _standing(later, done[0].batch, batches) if isinstance(event, ItemMoved | Phase)]
    now = _state(agenda, [*before, *later])
    if others:
        entry = now.find(now.current)
        raise ChangedSince(what=moves[-1].media_ms or 0, text=entry.title if entry else now.phase)
    stood, media_ms = _state(agenda, before), moves[0].media_ms
    facts = [*_moved_back(stood, now, by, media_ms)]
    return [*facts, *_refiled(stood, before, later, by, media_ms or 0)]


def _standing(later: Sequence[Event], batch: str, batches: Batches) -> list[Event]:
    """What has happened since and stands: without what was taken back in that time, and its taking back."""
    inside = {event.batch for event in later if event.batch}
    return [
        event
        for event in later
        if event.batch != batch
        and (not event.batch or (batches.stands(event.batch) and batches.takes_back(event.batch) not in inside))
    ]


def _state(agenda: Agenda, events: Sequence[Event]) -> AgendaState:
    state = AgendaState.from_agenda(agenda)
    for event in events:
        state.apply(event)
    return state


def _moved_back(stood: AgendaState, now: AgendaState, by: str, media_ms: int | None) -> list[Event]:
    facts = list[Event]()

    def add(fact: Event) -> None:
        facts.append(fact)
        now.apply(fact)

    # The one under discussion comes last: it is the current one then.
    for item in sorted(stood.items, key=lambda item: item.item_id == stood.ongoing):
        present = now.find(item.item_id)
        if present is not None and present.state != item.state:
            beside = item.together_with if item.state == "ongoing" else None
            add(msgspec.structs.replace(_move(item, item.state, by, media_ms), together_with=beside))
    last = stood.find(stood.ongoing)
    if last is not None and now.ongoing != last.item_id:
        add(_move(last, "ongoing", by, media_ms))
    if now.phase != stood.phase:
        add(Phase(phase=stood.phase, by=by, media_ms=media_ms))
    together = {item.item_id: item.together_with for item in stood.items}
    items = tuple(
        msgspec.structs.replace(item, together_with=together.get(item.item_id, item.together_with))
        for item in now.items
    )
    if items != now.items:
        add(AgendaChanged(items=items, by=by))
    return facts


def _refiled(
    stood: AgendaState, before: Sequence[Event], later: Sequence[Event], by: str, media_ms: int
) -> list[Event]:
    """What was filed under the item that the switch began, and that nobody has moved by hand."""
    first = dict[str, Segment]()
    for event in (*before, *later):
        if isinstance(event, Segment):
            first.setdefault(event.segment_id, event)
    newest = _revisions((*before, *later))
    return [
        _afresh(segment, rev=segment.rev + 1, by=by, item_id=stood.current)
        for segment in newest.values()
        if segment.end_ms > media_ms
        and segment.item_id == first[segment.segment_id].item_id != stood.current
        and segment.text
    ]


def _move(item: ItemEntry, state: ItemState, by: str, media_ms: int | None) -> ItemMoved:
    return ItemMoved(item_id=item.item_id, number=item.number, state=state, by=by, media_ms=media_ms)


def _afresh(event: Revised, **new: object) -> Revised:
    return msgspec.structs.replace(event, seq=0, at="", batch="", undoes="", command="", **new)
