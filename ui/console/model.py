"""What the screen shows, as a pure projection of the stream's messages: no Textual, no clock, no I/O."""

from bisect import bisect_left
from dataclasses import dataclass
from enum import Flag, auto
from typing import Any

import msgspec

from meeting.domain.events import (
    Action,
    AgendaChanged,
    Attendance,
    Custody,
    Decision,
    End,
    Gap,
    ItemEntry,
    ItemMoved,
    ItemState,
    Note,
    Phase,
    PhaseName,
    Segment,
    Sharing,
)
from meeting.memory.facts import Background
from meeting.stream.messages import (
    ClientRole,
    MeetingHead,
    Partial,
    Recalled,
    Snapshot,
    Status,
    Suggestion,
    Welcome,
)
from ui.console.stream import ConnectionLost

Row = Segment | Gap
Key = tuple[int, int, int, str]


class Part(Flag):
    """A part of the screen that a message may change."""

    NONE = 0
    HEAD = auto()
    TRANSCRIPT = auto()
    AGENDA = auto()
    STATUS = auto()


@dataclass(frozen=True, slots=True)
class Change:
    """What must be drawn again. `first_row`: rows before it are as they were; None when no row changed."""

    parts: Part = Part.NONE
    first_row: int | None = None

    def __or__(self, other: "Change") -> "Change":
        rows = [row for row in (self.first_row, other.first_row) if row is not None]
        return Change(self.parts | other.parts, min(rows) if rows else None)


def row_key(row: Row) -> Key:
    """The place of a row in the record: by time; the id only makes the order total."""
    if isinstance(row, Gap):
        return (row.start_ms, row.end_ms, 1, row.reason)
    return (row.start_ms, row.end_ms, 0, row.segment_id)


class MeetingModel:
    """One meeting as a client sees it. Feed `apply`; read the attributes; never write them."""

    def __init__(self) -> None:
        self.head: MeetingHead | None = None
        self.role: ClientRole | None = None
        self.items: tuple[ItemEntry, ...] = ()
        self.current_item: str | None = None
        self.rows: list[Row] = []
        self.partial: Partial | None = None
        self.status: Status | None = None
        self.paused = False
        self.live = False
        """What comes now happens now; before the first status after a welcome it is history."""
        self.ended: str | None = None
        self.lost_attempt: int | None = None
        self.silent_since_ms: int | None = None
        self.phase: PhaseName = "opening"
        self.last_item: str | None = None
        """The item that was current last; the same as `current_item` while there is one."""
        self.before_item: str | None = None
        """The item that was current before that one."""
        self.decisions: dict[str, Decision] = {}
        self.actions: dict[str, Action] = {}
        self.attendance: dict[str, Attendance] = {}
        """The newest of each person, besides `recused`."""
        self.recused: set[tuple[str, str | None]] = set()
        self.unlabelled = 0
        """Sentences of which nobody has said who spoke them."""
        self.shown_to: frozenset[str] = frozenset()
        """`display`, `participants`: to whom what is said is shown."""
        """What is said is shown on the room's display."""
        self.suggestion: Suggestion | None = None
        """Something that is known and was just mentioned."""
        self._background: Background | None = None
        self._notes: dict[str, dict[str, Note]] = {}
        self._keys: list[Key] = []
        self._segments: dict[str, Segment] = {}
        self._newest_ms = 0
        self._spent_ms: dict[str, int] = {}
        self._item_since_ms = 0

    @property
    def current(self) -> ItemEntry | None:
        """The current item's entry; None outside the items."""
        return self.item(self.current_item)

    @property
    def background(self) -> Background | None:
        """What was before the current item (前情), once it is known."""
        found = self._background
        return found if found is not None and found.item_id == self.current_item else None

    @property
    def media_now_ms(self) -> int:
        """The newest moment that anything is known about, in media time."""
        return max(self._newest_ms, self.status.recorded_ms if self.status else 0)

    @property
    def audio_started_at(self) -> str | None:
        """UTC, ISO 8601; the newest word on it."""
        if self.status is not None and self.status.audio_started_at:
            return self.status.audio_started_at
        return self.head.audio_started_at if self.head else None

    @property
    def shown_in_room(self) -> bool:
        """Whether what is said is shown on the room's display."""
        return "display" in self.shown_to

    def item(self, item_id: str | None) -> ItemEntry | None:
        """The entry with this id."""
        return next((entry for entry in self.items if entry.item_id == item_id), None)

    def spent_ms(self, item_id: str) -> int:
        """How long the meeting has been at this item, all its turns together."""
        spent = self._spent_ms.get(item_id, 0)
        if item_id == self.current_item:
            spent += max(0, self.media_now_ms - self._item_since_ms)
        return spent

    def segment(self, segment_id: str | None) -> Segment | None:
        """The newest revision of a segment; None when it is unknown or was removed."""
        found = self._segments.get(segment_id or "")
        return found if found is not None and found.text else None

    def place_of(self, segment_id: str | None) -> int | None:
        """The row in which a segment stands now."""
        found = self.segment(segment_id)
        return bisect_left(self._keys, row_key(found)) if found else None

    def notes_on(self, target_id: str) -> tuple[Note, ...]:
        """The marks and remarks on a segment or an item."""
        return tuple(self._notes.get(target_id, {}).values())

    def last_item_id(self) -> str | None:
        """The item of the newest segment: where the transcript's last heading stands."""
        return next((row.item_id for row in reversed(self.rows) if isinstance(row, Segment)), None)

    def apply(self, message: Any) -> Change:
        """Takes one message in and says what it changed. Unknown messages change nothing: the wire may grow."""
        if isinstance(message, ConnectionLost):
            self.lost_attempt = message.attempt
            return Change(Part.HEAD | Part.STATUS)
        change = self._take(message)
        if self.lost_attempt is not None:
            self.lost_attempt = None
            change |= Change(Part.HEAD | Part.STATUS)
        return change

    def connection_ended(self) -> Change:
        """The stream is over without an end of the meeting: what is shown is old."""
        if self.ended is None:
            self.lost_attempt = 0
        return Change(Part.HEAD | Part.STATUS)

    def begin_anew(self) -> Change:
        """The meeting is over and done with; another may come."""
        self._forget()
        self.head, self.items, self.current_item, self.live = None, (), None, False
        return Change(Part.HEAD | Part.AGENDA | Part.STATUS | Part.TRANSCRIPT, 0)

    def recall(self, background: Background) -> Change:
        """Takes in what was before an item, pushed or asked for."""
        self._background = background
        return Change(Part.AGENDA)

    def _take(self, message: Any) -> Change:
        match message:
            case Segment():
                return self._take_segment(message)
            case Partial():
                return self._take_partial(message)
            case Status():
                return self._take_status(message)
            case Gap():
                return Change(Part.TRANSCRIPT, self._put(message))
            case ItemMoved():
                return self._take_item(message)
            case Note():
                return self._take_note(message)
            case Decision():
                self._newest(self.decisions, message.decision_id, message)
                return Change(Part.AGENDA)
            case Action():
                self._newest(self.actions, message.action_id, message)
                return Change(Part.AGENDA)
            case Attendance():
                return self._take_attendance(message)
            case Recalled():
                return self.recall(message)
            case Suggestion():
                self.suggestion = message
                return Change(Part.STATUS)
            case Phase():
                self.phase = message.phase
                return Change(Part.STATUS | Part.AGENDA)
            case Sharing():
                self.shown_to = (self.shown_to - {message.audience}) | (
                    {message.audience} if message.transcript else set()
                )
                return Change(Part.HEAD | Part.STATUS)
            case AgendaChanged():
                self.items = message.items
                return Change(Part.AGENDA | Part.TRANSCRIPT, 0)
            case Welcome():
                return self._take_welcome(message)
            case Snapshot():
                return self._take_snapshot(message)
            case Custody():
                self.paused = message.order == "pause"
                self.partial = None
                return Change(Part.STATUS | Part.TRANSCRIPT)
            case End():
                self.ended = message.reason
                self.partial = None
                return Change(Part.STATUS | Part.TRANSCRIPT)
        return Change()

    def _take_welcome(self, welcome: Welcome) -> Change:
        if self.head and (welcome.meeting is None or welcome.meeting.id != self.head.id):
            self._forget()
        self.live = False
        self.head, self.role, self.items = welcome.meeting, welcome.role, welcome.items
        self._go_to(welcome.current_item)
        return Change(Part.HEAD | Part.AGENDA | Part.STATUS | Part.TRANSCRIPT, 0)

    def _forget(self) -> None:
        self.rows, self._keys, self._segments = [], [], {}
        self.partial, self.ended, self.status = None, None, None
        self._newest_ms, self._spent_ms, self._item_since_ms = 0, {}, 0
        self.phase, self.last_item, self.before_item, self.unlabelled = "opening", None, None, 0
        self.decisions, self.actions, self._notes = {}, {}, {}
        self.attendance, self.recused = {}, set()
        self.shown_to = frozenset()
        self.suggestion, self._background = None, None

    def _take_snapshot(self, snapshot: Snapshot) -> Change:
        self.rows, self._keys, self._segments = [], [], {}
        self._spent_ms, self.unlabelled = {}, 0
        self.decisions, self.actions, self._notes = {}, {}, {}
        for fact in (*snapshot.segments, *snapshot.gaps, *snapshot.notes, *snapshot.decisions, *snapshot.actions):
            self._take(fact)
        self._spend_by_segments()
        return Change(Part.TRANSCRIPT | Part.AGENDA, 0)

    def _spend_by_segments(self) -> None:
        """A snapshot tells no switches: an item's turn lasts from its first segment to the next turn's."""
        turn_id, since_ms = None, 0
        for row in self.rows:
            if isinstance(row, Segment) and row.item_id != turn_id:
                if turn_id is not None:
                    self._spent_ms[turn_id] = self._spent_ms.get(turn_id, 0) + row.start_ms - since_ms
                turn_id, since_ms = row.item_id, row.start_ms
        if turn_id is not None and turn_id != self.current_item:
            self._spent_ms[turn_id] = self._spent_ms.get(turn_id, 0) + max(0, self._newest_ms - since_ms)
            since_ms = self.media_now_ms
        self._item_since_ms = since_ms

    def _take_segment(self, segment: Segment) -> Change:
        self._newest_ms = max(self._newest_ms, segment.end_ms)
        parts = Part.TRANSCRIPT
        partial = self.partial
        if partial and (partial.segment_id == segment.segment_id or partial.start_ms < segment.start_ms):
            self.partial = None
        known = self._segments.get(segment.segment_id)
        if known is not None and (known.rev, known.seq) >= (segment.rev, segment.seq):
            return Change(parts)
        self._segments[segment.segment_id] = segment
        gone = self._drop(known) if known is not None and known.text else None
        came = self._put(segment) if segment.text else None
        fewer_names = _lacks_name(segment) - (known is not None and _lacks_name(known))
        if fewer_names:
            self.unlabelled += fewer_names
            parts |= Part.STATUS
        return Change(parts, gone) | Change(parts, came)

    @staticmethod
    def _newest(known: dict[str, Any], name: str, fact: Decision | Action) -> None:
        if name not in known or known[name].rev <= fact.rev:
            known[name] = fact

    def _take_note(self, note: Note) -> Change:
        target = note.segment_id or note.item_id or ""
        notes = self._notes.setdefault(target, {})
        name = note.note_id or f"seq{note.seq}"
        if note.note_id and note.note_id in notes and notes[note.note_id].rev > note.rev:
            return Change()
        # A split or a join files a note anew under other words.
        for others in self._notes.values():
            others.pop(name, None)
        if note.text or note.mark:
            notes[name] = note
        return Change(Part.TRANSCRIPT | Part.AGENDA, self.place_of(note.segment_id) or 0)

    def _take_attendance(self, fact: Attendance) -> Change:
        if fact.state == "recused":
            self.recused.add((fact.person, fact.item_id))
        else:
            self.attendance[fact.person] = fact
            self.recused.discard((fact.person, fact.item_id))
        return Change(Part.STATUS)

    def _put(self, row: Row) -> int:
        key = row_key(row)
        index = len(self.rows) if not self._keys or key > self._keys[-1] else bisect_left(self._keys, key)
        if index < len(self._keys) and self._keys[index] == key:
            return index
        self._keys.insert(index, key)
        self.rows.insert(index, row)
        return index

    def _drop(self, row: Row) -> int:
        index = bisect_left(self._keys, row_key(row))
        del self._keys[index], self.rows[index]
        return index

    def _take_partial(self, partial: Partial) -> Change:
        if partial.segment_id in self._segments or self.ended is not None:
            return Change()
        shown = self.partial
        if shown and shown.segment_id == partial.segment_id and shown.revision > partial.revision:
            return Change()
        self._newest_ms = max(self._newest_ms, partial.end_ms)
        self.partial = partial if partial.text else None
        return Change(Part.TRANSCRIPT)

    def _take_status(self, status: Status) -> Change:
        moved_clock = status.audio_started_at != (self.status.audio_started_at if self.status else None)
        self.status, self.live = status, True
        if status.state in ("recording", "paused"):
            self.paused = status.state == "paused"
        silent = status.state == "recording" and (status.level_dbfs is None or status.level_dbfs < -75)
        if not silent:
            self.silent_since_ms = None
        elif self.silent_since_ms is None:
            self.silent_since_ms = status.recorded_ms
        change = Change(Part.STATUS | Part.AGENDA)
        return change | Change(Part.TRANSCRIPT, 0) if moved_clock else change

    def _take_item(self, moved: ItemMoved) -> Change:
        self.items = tuple(self._with_state(entry, moved) for entry in self.items)
        if moved.state == "ongoing" and moved.together_with is None:
            self._go_to(moved.item_id)
        elif moved.item_id == self.current_item:
            self._go_to(None)
        return Change(Part.AGENDA | Part.TRANSCRIPT)

    @staticmethod
    def _with_state(entry: ItemEntry, moved: ItemMoved) -> ItemEntry:
        state: ItemState = entry.state
        if entry.item_id == moved.item_id:
            state = moved.state
        elif moved.state == "ongoing" and state == "ongoing" and not _together(entry, moved):
            state = "completed"
        other = moved.together_with if entry.item_id == moved.item_id else entry.together_with
        if (state, other) == (entry.state, entry.together_with):
            return entry
        return msgspec.structs.replace(entry, state=state, together_with=other)

    def _go_to(self, item_id: str | None) -> None:
        if item_id == self.current_item:
            return
        if self.current_item is not None:
            self._spent_ms[self.current_item] = self.spent_ms(self.current_item)
        self.current_item, self._item_since_ms = item_id, self.media_now_ms
        if item_id is not None and item_id != self.last_item:
            self.before_item, self.last_item = self.last_item, item_id


def _lacks_name(segment: Segment) -> bool:
    return bool(segment.text) and not segment.speaker


def _together(entry: ItemEntry, moved: ItemMoved) -> bool:
    """Whether the two are taken together (合并审议), or one is what the other begins."""
    return entry.together_with == moved.item_id or moved.together_with is not None
