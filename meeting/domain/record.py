"""The verbatim record (会议记录): what the stored events of a meeting add up to, under its items."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TypeVar

from meeting.domain.agenda import Agenda
from meeting.domain.events import (
    Action,
    AgendaChanged,
    Attendance,
    Decision,
    End,
    Event,
    Gap,
    ItemEntry,
    ItemMoved,
    Note,
    Phase,
    PhaseName,
    Segment,
)
from meeting.domain.notes import standing_notes
from meeting.domain.state import AgendaState

Revised = TypeVar("Revised", Segment, Decision, Action)


@dataclass(frozen=True, slots=True)
class Section:
    """One item with all that was said on it, or (`item` None) a stretch of speech outside the items: 会议程序.

    `entries` are segments and gaps in order of time; `beside` are the numbers of items taken together with it.
    """

    item: ItemEntry | None
    entries: tuple[Segment | Gap, ...] = ()
    decisions: tuple[Decision, ...] = ()
    actions: tuple[Action, ...] = ()
    notes: tuple[Note, ...] = ()
    recused: tuple[str, ...] = ()
    beside: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Record:
    """A meeting's record as it stands. Nobody can confirm a record yet, so `confirmed` is False."""

    agenda: Agenda
    meeting_id: str = ""
    audio_started_at: str | None = None
    items: tuple[ItemEntry, ...] = ()
    current_item: str | None = None
    sections: tuple[Section, ...] = ()
    segments: tuple[Segment, ...] = ()
    decisions: tuple[Decision, ...] = ()
    actions: tuple[Action, ...] = ()
    gaps: tuple[Gap, ...] = ()
    notes: tuple[Note, ...] = ()
    attendance: tuple[Attendance, ...] = ()
    phase: PhaseName = "opening"
    ended: bool = False
    confirmed: bool = False

    @classmethod
    def from_events(
        cls,
        agenda: Agenda,
        events: Iterable[Event],
        meeting_id: str = "",
        audio_started_at: str | None = None,
    ) -> "Record":
        """The record that `events` (in the order of `seq`) add up to; reading one of them twice changes nothing."""
        facts = _Facts(AgendaState.from_agenda(agenda))
        for event in events:
            facts.take(event)
        segments = tuple(sorted(filter(_said, facts.segments.values()), key=lambda segment: segment.start_ms))
        decisions = tuple(decision for decision in facts.decisions.values() if not decision.withdrawn)
        actions = tuple(action for action in facts.actions.values() if action.state != "withdrawn")
        gaps = tuple(sorted(facts.gaps, key=lambda gap: gap.start_ms))
        record = cls(
            agenda=agenda,
            meeting_id=meeting_id,
            audio_started_at=audio_started_at,
            items=facts.state.items,
            current_item=facts.state.current,
            segments=segments,
            decisions=decisions,
            actions=actions,
            gaps=gaps,
            notes=standing_notes(facts.notes),
            phase=facts.state.phase,
            attendance=tuple(facts.attendance),
            ended=facts.ended,
        )
        return replace(record, sections=_sections(record))


@dataclass
class _Facts:
    state: AgendaState
    segments: dict[str, Segment] = field(default_factory=dict)
    decisions: dict[str, Decision] = field(default_factory=dict)
    actions: dict[str, Action] = field(default_factory=dict)
    # Dictionaries in the order of their keys' arrival: an event that is read twice stays one.
    gaps: dict[Gap, None] = field(default_factory=dict)
    notes: dict[Note, None] = field(default_factory=dict)
    attendance: dict[Attendance, None] = field(default_factory=dict)
    ended: bool = False

    def take(self, event: Event) -> None:
        match event:
            case Segment():
                _newest(self.segments, event.segment_id, event)
            case Decision():
                _newest(self.decisions, event.decision_id, event)
            case Action():
                _newest(self.actions, event.action_id, event)
            case Gap():
                self.gaps[event] = None
            case Note():
                self.notes[event] = None
            case Attendance():
                self.attendance[event] = None
            case End():
                self.ended = True
            case ItemMoved() | AgendaChanged() | Phase():
                self.state.apply(event)


def _newest(kept: dict[str, Revised], key: str, event: Revised) -> None:
    if key not in kept or event.rev >= kept[key].rev:
        kept[key] = event


def _said(segment: Segment) -> bool:
    return bool(segment.text.strip())


def _sections(record: Record) -> tuple[Section, ...]:
    entries: dict[str | int, list[Segment | Gap]] = {}
    known = {item.item_id for item in record.items}
    place: str | int = 0
    in_time: list[Segment | Gap] = [*record.segments, *record.gaps]
    for entry in sorted(in_time, key=lambda entry: entry.start_ms):
        if isinstance(entry, Segment):
            if entry.item_id in known and entry.item_id is not None:
                place = entry.item_id
            elif isinstance(place, str):
                # Each stretch outside the items stands where it was spoken: before, between or after them.
                place = len(entries)
        entries.setdefault(place, []).append(entry)
    _add_silent_items(entries, record.items)
    return tuple(_section(place, tuple(found), record) for place, found in entries.items())


def _add_silent_items(entries: dict[str | int, list[Segment | Gap]], items: tuple[ItemEntry, ...]) -> None:
    """Gives items on which nothing was said their place behind the item before them."""
    order = list(entries)
    for index, item in enumerate(items):
        if item.item_id in order:
            continue
        before = [order.index(earlier.item_id) for earlier in items[:index] if earlier.item_id in order]
        spoken = [place for place, key in enumerate(order) if isinstance(key, str)]
        first = spoken[0] if spoken else len(order)
        order.insert(max(before) + 1 if before else first, item.item_id)
    found = {key: entries.get(key, []) for key in order}
    entries.clear()
    entries.update(found)


def _section(place: str | int, entries: tuple[Segment | Gap, ...], record: Record) -> Section:
    if not isinstance(place, str):
        ids = {entry.segment_id for entry in entries if isinstance(entry, Segment)}
        return Section(None, entries, notes=tuple(note for note in record.notes if note.segment_id in ids))
    spoken = {segment.segment_id for segment in record.segments if segment.item_id == place}
    return Section(
        next(item for item in record.items if item.item_id == place),
        entries,
        tuple(decision for decision in record.decisions if place in decision.item_ids),
        tuple(action for action in record.actions if action.item_id == place),
        tuple(note for note in record.notes if note.item_id == place or note.segment_id in spoken),
        _recused(place, record),
        _beside(place, record),
    )


def _recused(place: str, record: Record) -> tuple[str, ...]:
    newest = {one.person: one.state for one in record.attendance if one.item_id == place}
    return tuple(person for person, state in newest.items() if state == "recused")


def _beside(place: str, record: Record) -> tuple[int, ...]:
    """The numbers of the items that were taken together with this one."""
    lead = next(item.together_with or place for item in record.items if item.item_id == place)
    return tuple(
        item.number
        for item in record.items
        if item.item_id != place and lead in (item.item_id, item.together_with)
    )
