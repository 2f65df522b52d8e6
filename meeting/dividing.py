"""Two passages of one, and one of several, with all that was noted and decided on them. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import uuid4

import msgspec

from meeting.domain.events import Action, Decision, Doubt, Event, Note, Segment
from meeting.domain.notes import note_id_of, standing_notes
from meeting.domain.split import split_utterance
from meeting.errors import BadCommand, NotJoinable, NotSplittable, RevisionOld, SegmentUnknown
from meeting.stream.messages import Join, Split

Kept = TypeVar("Kept")

_FRESH: dict[str, Any] = {"seq": 0, "at": "", "batch": "", "undoes": "", "command": ""}


@dataclass
class Standing:
    """The record as it stands: the newest of each thing by its id, without what was removed or taken back."""

    segments: dict[str, Segment] = field(default_factory=dict)
    decisions: dict[str, Decision] = field(default_factory=dict)
    actions: dict[str, Action] = field(default_factory=dict)
    notes: dict[str, Note] = field(default_factory=dict)

    def take(self, event: Event) -> None:
        """Takes in an event that is newer than what is known."""
        match event:
            case Segment():
                _put(self.segments, event.segment_id, event, bool(event.text))
            case Decision():
                _put(self.decisions, event.decision_id, event, not event.withdrawn)
            case Action():
                _put(self.actions, event.action_id, event, event.state != "withdrawn")
            case Note():
                notes = standing_notes([*self.notes.values(), event])
                self.notes = {note_id_of(one): one for one in notes}


def _put(into: dict[str, Kept], key: str, event: Kept, stands: bool) -> None:
    into.pop(key, None)
    if stands:
        into[key] = event


def divided(command: Split, standing: Standing, by: str) -> list[Event]:
    """The events of a split: the passage is removed, two new ones stand in its place.

    The time is shared out as the characters are. Raises SegmentUnknown, RevisionOld, NotSplittable.
    """
    seen = newest(standing, command.segment_id, command.rev)
    text, offset = seen.text, command.offset
    parts = split_utterance(text, seen.start_ms, seen.end_ms, (), offset, seen.raw_text) if offset > 0 else None
    if parts is None:
        raise NotSplittable()
    begins = (len(text) - len(text.lstrip()), offset + len(text[offset:]) - len(text[offset:].lstrip()))
    made = [
        msgspec.structs.replace(
            _new(seen, by, (seen.segment_id,)),
            text=part.text,
            raw_text=part.raw_text,
            start_ms=part.start_ms,
            end_ms=part.end_ms,
            changes=tuple(change for change in seen.changes if change.after in part.text),
            marks=_inside(seen.marks, begin, len(part.text)),
        )
        for part, begin in zip(parts, begins, strict=True)
    ]
    return [_removed(seen, by), *made, *_followed(standing, {seen.segment_id: made}, by)]


def joined(command: Join, standing: Standing, by: str) -> list[Event]:
    """The events of a join: the passages are removed, a new one has all of their words.

    Raises SegmentUnknown, RevisionOld, NotJoinable.
    """
    ids = list(dict.fromkeys(command.segment_ids))
    check_revs(standing, command.segment_ids, command.revs)
    parts = sorted((newest(standing, one) for one in ids), key=_place)
    in_time = [one.segment_id for one in sorted(standing.segments.values(), key=_place)]
    at = in_time.index(parts[0].segment_id)
    speakers = {part.speaker for part in parts} - {None}
    neighbours = in_time[at : at + len(parts)] == [part.segment_id for part in parts]
    if len(parts) < 2 or not neighbours or len({part.item_id for part in parts}) > 1 or len(speakers) > 1:
        raise NotJoinable()
    text, marks = "", list[Doubt]()
    for part in parts:
        text += " " * _needs_space(text, part.text)
        marks += [msgspec.structs.replace(mark, offset=mark.offset + len(text)) for mark in part.marks]
        text += part.text
    sure = [part.confidence for part in parts if part.confidence is not None]
    made = msgspec.structs.replace(
        _new(parts[0], by, tuple(part.segment_id for part in parts)),
        text=text,
        raw_text="".join(part.raw_text for part in parts),
        end_ms=max(part.end_ms for part in parts),
        speaker=next(iter(speakers), None),
        confidence=min(sure, default=None),
        source="human" if any(part.source == "human" for part in parts) else parts[0].source,
        changes=tuple(change for part in parts for change in part.changes),
        marks=tuple(marks),
    )
    followers = {part.segment_id: [made] for part in parts}
    return [*(_removed(part, by) for part in parts), made, *_followed(standing, followers, by)]


def newest(standing: Standing, segment_id: str, rev: int | None = None) -> Segment:
    """The passage as it stands. Raises SegmentUnknown, and RevisionOld where another `rev` was seen."""
    segment = standing.segments.get(segment_id)
    if segment is None:
        raise SegmentUnknown(segment=segment_id)
    if rev is not None and rev != segment.rev:
        raise RevisionOld(segment=segment_id, rev=segment.rev, text=segment.text)
    return segment


def check_revs(standing: Standing, segment_ids: Sequence[str], revs: Sequence[int]) -> None:
    """Whether each passage is as it was seen; without `revs` nobody asks.

    Raises SegmentUnknown, RevisionOld, BadCommand.
    """
    for segment_id, rev in paired(segment_ids, revs):
        newest(standing, segment_id, rev)


def paired(segment_ids: Sequence[str], revs: Sequence[int]) -> list[tuple[str, int]]:
    """Each passage with the revision that was seen, where any were given. Raises BadCommand where some are missing."""
    if revs and len(revs) != len(segment_ids):
        raise BadCommand(why="revs has one revision for each of segment_ids")
    return list(zip(segment_ids, revs, strict=bool(revs)))


def _place(segment: Segment) -> tuple[int, int, str]:
    return segment.start_ms, segment.end_ms, segment.segment_id


def _new(like: Segment, by: str, of: tuple[str, ...]) -> Segment:
    # An id of its own each time: one that was removed once is never used for other words.
    return msgspec.structs.replace(like, segment_id=f"h{uuid4().hex[:12]}", rev=1, by=by, from_=of, **_FRESH)


def _removed(segment: Segment, by: str) -> Segment:
    return msgspec.structs.replace(segment, rev=segment.rev + 1, text="", marks=(), by=by, **_FRESH)


def _inside(marks: Sequence[Doubt], begin: int, length: int) -> tuple[Doubt, ...]:
    moved = (msgspec.structs.replace(mark, offset=mark.offset - begin) for mark in marks)
    return tuple(mark for mark in moved if 0 <= mark.offset and mark.offset + mark.length <= length)


def _needs_space(before: str, after: str) -> bool:
    return bool(before) and (before[-1] + after[0]).isascii() and not before[-1].isspace()


def _followed(standing: Standing, followers: dict[str, list[Segment]], by: str) -> list[Event]:
    """What named the old passages names the new ones; a remark stays on the first."""
    events = list[Event]()
    decided: list[Decision | Action] = [*standing.decisions.values(), *standing.actions.values()]
    for one in decided:
        if followers.keys() & set(one.evidence):
            evidence = [new for old in one.evidence for new in _ids(old, followers)]
            events.append(
                msgspec.structs.replace(
                    one, evidence=tuple(dict.fromkeys(evidence)), rev=one.rev + 1, by=by, **_FRESH
                )
            )
    for note in standing.notes.values():
        if note.segment_id in followers:
            first, name = _ids(note.segment_id, followers)[0], note_id_of(note)
            events.append(
                msgspec.structs.replace(note, note_id=name, segment_id=first, rev=note.rev + 1, by=by, **_FRESH)
            )
    return events


def _ids(old: str, followers: dict[str, list[Segment]]) -> list[str]:
    return [segment.segment_id for segment in followers[old]] if old in followers else [old]
