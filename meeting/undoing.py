"""Takes back what a person has done: the events that bring a record to where it stood before. Pure."""

from collections.abc import Sequence
from typing import TypeVar

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
    Phase,
    Segment,
    WordNoted,
)
from meeting.domain.state import AgendaState
from meeting.errors import ChangedSince, NothingToUndo

Revised = TypeVar("Revised", Segment, Decision, Action, WordNoted)

_CHANGEABLE = ("item_id", "text", "speaker", "source", "raw_text", "confidence", "changes", "marks")


def undone(agenda: Agenda, history: Sequence[Event], by: str) -> list[Event]:
    """The events that take back the newest batch of this person which is not taken back yet.

    `history` is every stored event, in order. Raises NothingToUndo; ChangedSince where anybody has changed since what
    the batch had changed: then nothing is taken back.
    """
    batch = _newest(history, by)
    first = next(at for at, event in enumerate(history) if event.batch == batch)
    before, done, later = history[:first], _of(history, batch), history[first:]
    facts = [
        *_segments(before, done, later, by),
        *_decided(done, later, by),
        *_words(before, done, by),
        *_items(agenda, before, done, later, by),
    ]
    return [msgspec.structs.replace(fact, undoes=batch) for fact in facts]


def _newest(history: Sequence[Event], by: str) -> str:
    taken_back = {event.undoes for event in history if event.undoes}
    for event in reversed(history):
        if event.batch and not event.undoes and event.batch not in taken_back and getattr(event, "by", "") == by:
            return event.batch
    raise NothingToUndo()


def _of(history: Sequence[Event], batch: str) -> list[Event]:
    return [event for event in history if event.batch == batch]


def _segments(before: Sequence[Event], done: Sequence[Event], later: Sequence[Event], by: str) -> list[Event]:
    """Only what the batch has changed of a segment goes back: who has moved it since has not worded it."""
    changed = {event.segment_id: event for event in done if isinstance(event, Segment)}
    stood, stands = _revisions(before), _revisions(later)
    facts = list[Event]()
    for segment_id, event in changed.items():
        was, now = stood.get(segment_id), stands[segment_id]
        if was is None:
            continue
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


def _decided(done: Sequence[Event], later: Sequence[Event], by: str) -> list[Event]:
    facts = list[Event]()
    for event in done:
        if isinstance(event, Decision):
            since = [
                one.rev for one in later if isinstance(one, Decision) and one.decision_id == event.decision_id
            ]
            _check_newest(event.decision_id, event.rev, since, event.resolution_text or event.outcome)
            facts.append(_afresh(event, rev=event.rev + 1, by=by, withdrawn=True))
        elif isinstance(event, Action):
            since = [one.rev for one in later if isinstance(one, Action) and one.action_id == event.action_id]
            _check_newest(event.action_id, event.rev, since, event.text)
            facts.append(_afresh(event, rev=event.rev + 1, by=by, state="withdrawn"))
    return facts


def _check_newest(what: str, rev: int, since: list[int], text: str) -> None:
    if max(since) != rev:
        raise ChangedSince(what=what, text=text)


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


def _items(
    agenda: Agenda, before: Sequence[Event], done: Sequence[Event], later: Sequence[Event], by: str
) -> list[Event]:
    """What was said since the switch goes back to where it would have been without it."""
    moves = [event for event in done if isinstance(event, ItemMoved | Phase)]
    if not moves:
        return []
    others = [event for event in _standing(later) if isinstance(event, ItemMoved | Phase | AgendaChanged)]
    now = _state(agenda, [*before, *later])
    if others != moves:
        entry = now.find(now.current)
        raise ChangedSince(what=moves[-1].media_ms or 0, text=entry.title if entry else now.phase)
    stood, media_ms = _state(agenda, before), moves[0].media_ms
    facts = [*_moved_back(stood, now, by, media_ms)]
    return [*facts, *_refiled(stood, before, later, by, media_ms or 0)]


def _standing(later: Sequence[Event]) -> list[Event]:
    """Without what was taken back since, and without its taking back."""
    batches = {event.batch for event in later}
    gone = {event.undoes for event in later if event.undoes in batches} - {""}
    return [event for event in later if event.batch not in gone and event.undoes not in gone]


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
            add(_move(item, item.state, by, media_ms))
    last = stood.find(stood.ongoing)
    if last is not None and now.ongoing != last.item_id:
        add(_move(last, "ongoing", by, media_ms))
    if now.phase != stood.phase:
        add(Phase(phase=stood.phase, by=by, media_ms=media_ms))
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
    return msgspec.structs.replace(event, seq=0, at="", batch="", **new)
