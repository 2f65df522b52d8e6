"""The facts of a meeting (contract 2): every one is one stored event, and everything else is a projection of them.

All `*_ms` are media time in milliseconds from the start of the meeting's sound. `by` says who did it: a person's
name or role, `voice` for the chair's own words, `asr` for the recognizer, `service` for the program.
The wire only grows: a new field has a default, an old one never changes its type.
"""

from typing import Literal

import msgspec

from meeting.domain.agenda import Recording
from meeting.domain.words import WordKind

ItemState = Literal["draft", "scheduled", "next", "ongoing", "completed", "withdrawn", "deferred"]
PhaseName = Literal["opening", "items", "recess", "closed"]
SegmentSource = Literal["asr", "refine", "human"]
AttendanceState = Literal["present", "left", "recused", "proxy"]
ActionState = Literal["open", "done", "withdrawn"]
Stand = Literal["同意", "不同意", "保留", "弃权", "未表态"]


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """A stored fact. The event log gives `seq` (from 1, without holes, per meeting) and `at` (UTC, ISO 8601).

    `batch` names what one command of a person has done, all that `undo` takes back together; `undoes` is the batch
    that an event takes back. `command` is the id of the command that it came from: one given again does nothing.
    """

    seq: int = 0
    at: str = ""
    batch: str = ""
    undoes: str = ""
    command: str = ""


class Changed(msgspec.Struct, frozen=True, kw_only=True):
    """A correction in a segment's text: what was heard, what stands there now, and why."""

    before: str
    after: str
    reason: str


class Doubt(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of a segment's text, in code points, that may mean any of `candidates`: only a person can tell."""

    offset: int
    length: int
    candidates: tuple[str, ...]


class Segment(Event, frozen=True, kw_only=True, tag="segment", rename={"from_": "from"}):
    """One utterance, or a part of it, as text. A higher `rev` replaces; an empty `text` removes.

    `raw_text` is what the recognizer heard before correction; `confidence` is 0 to 1; `from_` names the segments
    that a split or a join came from; `item_id` is null outside the items (会议程序).
    """

    segment_id: str
    rev: int
    item_id: str | None
    start_ms: int
    end_ms: int
    text: str
    speaker: str | None = None
    raw_text: str = ""
    confidence: float | None = None
    source: SegmentSource = "asr"
    by: str = "asr"
    from_: tuple[str, ...] = ()
    changes: tuple[Changed, ...] = ()
    marks: tuple[Doubt, ...] = ()


class ItemMoved(Event, frozen=True, kw_only=True, tag="item"):
    """An agenda item changed its state; `ongoing` makes it the current one.

    `media_ms` is where in the sound that was: what was said after it belongs to the new item. `together_with` names
    the item that this one is taken together with (合并审议): that one is the current one then.
    """

    item_id: str
    number: int
    state: ItemState
    by: str
    media_ms: int | None = None
    together_with: str | None = None


class ItemEntry(msgspec.Struct, frozen=True, kw_only=True):
    """An item as clients see it in `welcome` and `agenda`. `late`: a 临时议题, put in while the meeting was held.

    `together_with` names the item that it is, or was, taken together with.
    """

    item_id: str
    number: int
    title: str
    state: ItemState
    parent: int | None = None
    kind: str = "其他"
    presenting_units: tuple[str, ...] = ()
    presenter: str = ""
    minutes_planned: int | None = None
    matter: str = ""
    classification: str = ""
    recording: str = ""
    major: bool = False
    documents: tuple[str, ...] = ()
    late: bool = False
    together_with: str | None = None


class AgendaChanged(Event, frozen=True, kw_only=True, tag="agenda"):
    """The list of items as it now stands: late, inserted, reordered or renamed items.

    `media_ms`, here and of other facts: where in the sound it was; what is said after it is heard with it in mind.
    """

    items: tuple[ItemEntry, ...]
    by: str = ""
    media_ms: int | None = None


class Attendance(Event, frozen=True, kw_only=True, tag="attendance"):
    """Somebody came, left, or is recused for an item."""

    person: str
    state: AttendanceState
    by: str
    item_id: str | None = None
    media_ms: int | None = None


class Phase(Event, frozen=True, kw_only=True, tag="phase"):
    """Where the meeting stands as a whole."""

    phase: PhaseName
    by: str
    media_ms: int | None = None


class Custody(Event, frozen=True, kw_only=True, tag="custody"):
    """What happens to the sound from now on, and by whose order.

    `order`: start, pause, recess, resume, item, deadline (nobody answered after the planned end), handover (`to` looks
    after the record from now on; what is recorded stays as it was), recording (`wanted` was ordered; `recording` is
    what that and the item of the moment allow), stop.
    """

    recording: Recording
    order: str
    by: str
    to: str = ""
    wanted: Recording | None = None


class Note(Event, frozen=True, kw_only=True, tag="note"):
    """A remark or a mark (★ 重要, ? 待核) of the secretary on a segment or an item.

    A higher `rev` of the same `note_id` replaces; one with neither text nor mark removes.
    """

    text: str
    by: str
    segment_id: str | None = None
    item_id: str | None = None
    mark: str = ""
    note_id: str = ""
    rev: int = 1


class Position(msgspec.Struct, frozen=True, kw_only=True):
    """What a member of the body said to a decision (表态); `written`: the written opinion of somebody absent."""

    person: str
    position: Stand
    written: bool = False
    remark: str = ""


class Decision(Event, frozen=True, kw_only=True, tag="decision"):
    """What was decided on one item, or on several taken together, with the segments that show it.

    `positions` stand in the order in which they were spoken. A higher `rev` replaces.
    """

    decision_id: str
    rev: int
    item_ids: tuple[str, ...]
    outcome: str
    by: str
    resolution_text: str = ""
    evidence: tuple[str, ...] = ()
    withdrawn: bool = False
    positions: tuple[Position, ...] = ()


class Action(Event, frozen=True, kw_only=True, tag="action"):
    """Something somebody has to do. Being overdue is computed from `due_date` (ISO 8601), never stored."""

    action_id: str
    rev: int
    text: str
    by: str
    item_id: str | None = None
    decision_id: str | None = None
    lead_unit: str = ""
    supporting_units: tuple[str, ...] = ()
    owner: str = ""
    due_date: str | None = None
    state: ActionState = "open"
    evidence: tuple[str, ...] = ()


class WordNoted(Event, frozen=True, kw_only=True, tag="word"):
    """A word that the meeting listens for from now on, or (`removed`) no longer.

    `learnt`: it comes from a correction by hand.
    """

    text: str
    by: str
    kind: WordKind = "term"
    learnt: bool = False
    removed: bool = False
    media_ms: int | None = None


class Gap(Event, frozen=True, kw_only=True, tag="gap"):
    """No sound exists for this span, and why.

    paused, off, recess, closed_by_itself, recorder_restart, device_lost, overflow, interrupted, damaged, lost, erased.
    """

    start_ms: int
    end_ms: int
    reason: str


class SoundSealed(Event, frozen=True, kw_only=True, tag="sound_sealed"):
    """The kept sound has its final form; `chain` is the end of the chain over all of its parts.

    It comes after `end`: who changes the sound later would have to change the chain of events too. It is for
    `verify`; clients do not get it.
    """

    chain: str
    by: str = "service"


class SoundDestroyed(Event, frozen=True, kw_only=True, tag="sound_destroyed"):
    """The kept sound of the meeting was destroyed, by whom, on which order (a document) and why; the text stays.

    `copies` are the places of back-ups that may still have held it at that time.
    """

    by: str
    order: str
    reason: str
    copies: tuple[str, ...] = ()


class Sharing(Event, frozen=True, kw_only=True, tag="sharing"):
    """From now on an audience is shown what is said in this meeting, or (`transcript` false) no longer."""

    audience: Literal["display", "participants"]
    transcript: bool
    by: str


class End(Event, frozen=True, kw_only=True, tag="end"):
    """The meeting's record is complete: sound is sealed and every final is stored."""

    reason: str


StoredEvent = (
    Segment
    | ItemMoved
    | AgendaChanged
    | Attendance
    | Phase
    | Custody
    | Note
    | Decision
    | Action
    | WordNoted
    | Gap
    | SoundDestroyed
    | SoundSealed
    | Sharing
    | End
)
