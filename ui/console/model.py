"""What the screen shows, as a pure projection of the stream's messages: no Textual, no clock, no I/O."""

from typing import Any

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
from ui.console.changes import Change as Change
from ui.console.changes import Part as Part
from ui.console.noted import Noted
from ui.console.rows import Row, Rows
from ui.console.stream import ConnectionLost
from ui.console.turns import Turns

CLOSES = {"start": False, "resume": False, "pause": True, "recess": True, "deadline": True}
"""What an order does to the microphone; others leave it as it is."""


class MeetingModel:
    """One meeting as a client sees it. Feed `apply`; read the attributes; never write them."""

    def __init__(self) -> None:
        self.head: MeetingHead | None = None
        self.role: ClientRole | None = None
        self.partial: Partial | None = None
        self.status: Status | None = None
        self.paused = False
        self.live = False
        """What comes now happens now; before the first status after a welcome it is history."""
        self.ended: str | None = None
        self.lost_attempt: int | None = None
        self.silent_since_ms: int | None = None
        self.shown_to: frozenset[str] = frozenset()
        """`display`, `participants`: to whom what is said is shown."""
        self.suggestion: Suggestion | None = None
        """Something that is known and was just mentioned."""
        self._rows = Rows()
        self._turns = Turns()
        self._background: Background | None = None
        self._noted = Noted()
        self._newest_ms = 0

    @property
    def rows(self) -> list[Row]:
        """The record in its order."""
        return self._rows.all

    @property
    def unlabelled(self) -> int:
        """Sentences of which nobody has said who spoke them."""
        return self._rows.unlabelled

    @property
    def items(self) -> tuple[ItemEntry, ...]:
        """The agenda."""
        return self._turns.items

    @property
    def phase(self) -> PhaseName:
        """Where the meeting stands as a whole."""
        return self._turns.phase

    @property
    def current_item(self) -> str | None:
        """The item under discussion; in a recess there is none."""
        return self._turns.current

    @property
    def last_item(self) -> str | None:
        """The item that was current last; the same as `current_item` while there is one."""
        return self._turns.last

    @property
    def before_item(self) -> str | None:
        """The item that was current before that one."""
        return self._turns.before

    @property
    def decisions(self) -> dict[str, Decision]:
        """The newest revision of each, by its id."""
        return self._noted.decisions

    @property
    def actions(self) -> dict[str, Action]:
        """The newest revision of each, by its id."""
        return self._noted.actions

    @property
    def attendance(self) -> dict[str, Attendance]:
        """The newest of each person, besides `recused`."""
        return self._noted.attendance

    @property
    def recused(self) -> set[tuple[str, str | None]]:
        """Who is not to take part in which item."""
        return self._noted.recused

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
        return self._turns.item(item_id)

    def spent_ms(self, item_id: str) -> int:
        """How long the meeting has been at this item, all its turns together."""
        return self._turns.spent_ms(item_id, self.media_now_ms)

    def segment(self, segment_id: str | None) -> Segment | None:
        """The newest revision of a segment; None when it is unknown or was removed."""
        return self._rows.segment(segment_id)

    def place_of(self, segment_id: str | None) -> int | None:
        """The row in which a segment stands now."""
        return self._rows.place_of(segment_id)

    def notes_on(self, target_id: str) -> tuple[Note, ...]:
        """The marks and remarks on a segment or an item."""
        return self._noted.on(target_id)

    def last_item_id(self) -> str | None:
        """The item of the newest segment: where the transcript's last heading stands."""
        return self._rows.last_item_id()

    def apply(self, message: Any) -> Change:
        """Takes one message in and says what it changed. Unknown messages change nothing: the wire may grow."""
        lost = self.connected(message)
        return lost if isinstance(message, ConnectionLost) else self._take(message) | lost

    def connected(self, message: Any) -> Change:
        """Takes of a message only that it came, or that it says that the connection is lost."""
        attempt = message.attempt if isinstance(message, ConnectionLost) else None
        if attempt == self.lost_attempt:
            return Change()
        self.lost_attempt = attempt
        return Change(Part.HEAD | Part.STATUS)

    def connection_ended(self) -> Change:
        """The stream is over without an end of the meeting: what is shown is old."""
        if self.ended is None:
            self.lost_attempt = 0
        return Change(Part.HEAD | Part.STATUS)

    def begin_anew(self) -> Change:
        """The meeting is over and done with; another may come."""
        self._forget()
        self.head, self.live = None, False
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
                return Change(Part.TRANSCRIPT, self._rows.put(message))
            case ItemMoved():
                self._turns.moved(message, self.media_now_ms)
                return Change(Part.AGENDA | Part.TRANSCRIPT)
            case Note():
                if not self._noted.take_note(message):
                    return Change()
                return Change(Part.TRANSCRIPT | Part.AGENDA, self.place_of(message.segment_id) or 0)
            case Decision():
                self._noted.take_decision(message)
                return Change(Part.AGENDA)
            case Action():
                self._noted.take_action(message)
                return Change(Part.AGENDA)
            case Attendance():
                self._noted.take_attendance(message)
                return Change(Part.STATUS)
            case Recalled():
                return self.recall(message)
            case Suggestion():
                self.suggestion = message
                return Change(Part.STATUS)
            case Phase():
                self._turns.enter(message.phase, message.media_ms or self.media_now_ms)
                return Change(Part.STATUS | Part.AGENDA)
            case Sharing():
                others = self.shown_to - {message.audience}
                self.shown_to = others | {message.audience} if message.transcript else others
                return Change(Part.HEAD | Part.STATUS)
            case AgendaChanged():
                self._turns.items = message.items
                return Change(Part.AGENDA | Part.TRANSCRIPT, 0)
            case Welcome():
                return self._take_welcome(message)
            case Snapshot():
                return self._take_snapshot(message)
            case Custody():
                self.paused = CLOSES.get(message.order, self.paused)
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
        self.head, self.role = welcome.meeting, welcome.role
        self._turns.welcome(welcome.items, welcome.current_item, self.media_now_ms)
        return Change(Part.HEAD | Part.AGENDA | Part.STATUS | Part.TRANSCRIPT, 0)

    def _forget(self) -> None:
        self._rows, self._turns, self._noted, self._newest_ms = Rows(), Turns(), Noted(), 0
        self.partial, self.ended, self.status = None, None, None
        self.shown_to = frozenset()
        self.suggestion, self._background = None, None

    def _take_snapshot(self, snapshot: Snapshot) -> Change:
        self._rows = Rows()
        self._noted.begin_anew()
        for fact in (*snapshot.segments, *snapshot.gaps, *snapshot.notes, *snapshot.decisions, *snapshot.actions):
            self._take(fact)
        self._turns.spend_by(self.rows, self.media_now_ms)
        return Change(Part.TRANSCRIPT | Part.AGENDA, 0)

    def _take_segment(self, segment: Segment) -> Change:
        self._newest_ms = max(self._newest_ms, segment.end_ms)
        partial = self.partial
        if partial and (partial.segment_id == segment.segment_id or partial.start_ms < segment.start_ms):
            self.partial = None
        unlabelled = self.unlabelled
        first_row = self._rows.take(segment)
        named = Part.STATUS if self.unlabelled != unlabelled else Part.NONE
        return Change(Part.TRANSCRIPT | named, first_row)

    def _take_partial(self, partial: Partial) -> Change:
        if self._rows.knows(partial.segment_id) or self.ended is not None:
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
