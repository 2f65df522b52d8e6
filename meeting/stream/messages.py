"""The messages of the stream that are never stored (contract 2): greetings, commands and their answers, live state."""

from typing import Any, Literal

import msgspec

from meeting.domain.agenda import Recording
from meeting.domain.events import Action, AttendanceState, Decision, Gap, ItemEntry, Note, Position, Segment
from meeting.domain.words import WordKind
from meeting.memory.facts import Background, Origin

ClientRole = Literal["secretary", "display", "participant", "archivist"]
RecognizerState = Literal["starting", "ready", "restarting", "off"]
RunState = Literal["idle", "starting", "recording", "paused", "no_device", "disk_full", "finishing", "ended"]


class Message(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """One JSON object on the wire, told apart by `type`; unknown keys are ignored, so that the wire can grow."""


class Hello(Message, frozen=True, kw_only=True, tag="hello"):
    """The first message of a client, within 5 s. `after` null asks for a snapshot, 0 for every stored event.

    `hints` asks for what the room's memory says by itself: `background` and `suggestion`.
    """

    token: str = ""
    meeting: str | None = None
    epoch: str | None = None
    after: int | None = None
    partials: bool = True
    hints: bool = False


class MeetingHead(msgspec.Struct, frozen=True, kw_only=True):
    """The meeting as `welcome` names it. `audio_started_at` is UTC with milliseconds, null before the first sound.

    `roles` are those of `people`, in their order.
    """

    id: str
    title: str
    audio_started_at: str | None = None
    date: str = ""
    place: str = ""
    chair: str = ""
    state: str = "scheduled"
    people: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()


class Welcome(Message, frozen=True, kw_only=True, tag="welcome"):
    """The answer to `hello`. `meeting` is null while the service idles."""

    epoch: str
    meeting: MeetingHead | None
    items: tuple[ItemEntry, ...]
    current_item: str | None
    role: ClientRole
    seq: int
    server_time: str


class Snapshot(Message, frozen=True, kw_only=True, tag="snapshot"):
    """The record as it stands at `seq`: what a client shows that has no history of its own."""

    seq: int
    segments: tuple[Segment, ...]
    decisions: tuple[Decision, ...] = ()
    actions: tuple[Action, ...] = ()
    gaps: tuple[Gap, ...] = ()
    notes: tuple[Note, ...] = ()


class Partial(Message, frozen=True, kw_only=True, tag="partial"):
    """Text of an utterance that is still being spoken; the newest replaces the one before, a final replaces both.

    `end_ms` is the newest sound decoded; the first `stable_chars` code points will hardly change any more.
    """

    segment_id: str
    revision: int
    start_ms: int
    end_ms: int
    text: str
    stable_chars: int = 0


class Status(Message, frozen=True, kw_only=True, tag="status"):
    """How the service is, twice a second. `level_dbfs`: RMS of the newest tenth of a second, null without sound."""

    recording: Literal["keep", "transcribe_only", "off"]
    state: RunState
    audio_started_at: str | None = None
    recorded_ms: int = 0
    lag_ms: int = 0
    level_dbfs: float | None = None
    device: str = ""
    clients: int = 0
    disk_free_bytes: int | None = None
    recognizer: RecognizerState = "off"
    warnings: tuple[str, ...] = ()


class Recalled(Background, Message, frozen=True, kw_only=True, tag="background"):
    """What was before the item that has become the current one; never stored."""


class Suggestion(Message, frozen=True, kw_only=True, tag="suggestion"):
    """Something that is known was mentioned: `about` says what, `text` what is known, `source` where it stands.

    `offset` and `length` are code points of the segment's text; never stored, quiet, and not twice for one thing.
    """

    meeting_id: str
    segment_id: str
    item_id: str | None
    offset: int
    length: int
    mention: str
    about: Literal["document", "meeting", "number", "unit"]
    title: str
    text: str
    source: Origin


class Failure(Message, frozen=True, kw_only=True, tag="error"):
    """A refusal. `id` is the command's, null when the connection itself is refused.

    `message` is English; `template` and `facts` let a client say it in its user's language.
    """

    code: str
    message: str
    id: str | None = None
    template: str = ""
    facts: dict[str, str] = {}
    exit_code: int = 1


class Ok(Message, frozen=True, kw_only=True, tag="ok"):
    """A command was done; `result` depends on the command."""

    id: str
    result: Any = None


class Command(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """What a client asks for; `id` comes back in the answer and makes a repeated command harmless.

    `who` is the name of the person who asks, where it is known: events name them instead of their role, and each
    undoes their own.
    """

    id: str
    who: str = ""


class Start(Command, frozen=True, kw_only=True, tag="start"):
    """Begins a stored meeting on an idle service. `pace`: `realtime`, `fast` or a factor, for a file as source."""

    meeting: str
    source: str = "mic"
    device: str | None = None
    pace: str = "realtime"
    follow_chair: bool = False
    model: str = "whisper-base"
    language: str = "zh"
    figures: bool = True


class Next(Command, frozen=True, kw_only=True, tag="next"):
    """The next item becomes the current one; after the last, the items are closed."""


class Item(Command, frozen=True, kw_only=True, tag="item"):
    """Makes item `number` the current one (`go`), with those of `together` beside it, or changes its place.

    `defer` and `withdraw` take it from today's agenda, `restore` brings it back. `insert` needs a `title` and goes in
    after item `number` (null: after the current one, else at the end). `reorder` gives all item ids in their new order.
    The answer's result is the item that is current then, `{"number", "title"}`; of `insert` also `inserted` and
    `item_id`.
    """

    number: int | None = None
    action: Literal["go", "defer", "withdraw", "restore", "insert", "reorder"] = "go"
    title: str = ""
    order: tuple[str, ...] = ()
    together: tuple[int, ...] = ()
    presenter: str = ""
    presenting_units: tuple[str, ...] = ()
    minutes_planned: int | None = None


class Pause(Command, frozen=True, kw_only=True, tag="pause"):
    """Closes the device; with `recess` the meeting has a break, in which no item is current."""

    recess: bool = False


class Resume(Command, frozen=True, kw_only=True, tag="resume"):
    """Opens the device again."""


class HandOver(Command, frozen=True, kw_only=True, tag="handover"):
    """Somebody else (`to`) looks after the record from now on; recording is not touched."""

    to: str


class Stop(Command, frozen=True, kw_only=True, tag="stop"):
    """Ends the meeting; answered after `end`."""


class Search(Command, frozen=True, kw_only=True, tag="search"):
    """Asks the archive and the running meeting. The answer's `result` is contract 1's search JSON."""

    query: str
    kind: tuple[str, ...] = ()
    date_from: str | None = None
    date_to: str | None = None
    unit: str | None = None
    speaker: str | None = None
    limit: int = 10
    sort: Literal["relevance", "newest"] = "relevance"
    outcome: str = ""
    body: str = ""
    year: str = ""


class LookBack(Command, frozen=True, kw_only=True, tag="background"):
    """What was before an item (前情); null is the current one, or the running meeting. The result is as `Recalled`."""

    item_id: str | None = None
    meeting: str | None = None


class History(Command, frozen=True, kw_only=True, tag="matter"):
    """A matter across meetings.

    The result: `{"matter", "meetings": [{"title", "date", "meeting_id", "steps"}], "similar"}`, the oldest first.
    """

    name: str


class OpenPassage(Command, frozen=True, kw_only=True, tag="context"):
    """A passage where it stands, with `around` others on each side.

    The result: `{"document_id", "kind", "title", "date", "body", "outcome", "meeting_id", "path", "before", "after",
    "passages"}`.
    """

    document_id: str
    passage_id: str = ""
    around: int = 3


class Complete(Command, frozen=True, kw_only=True, tag="complete"):
    """What is being typed into a search, completed. The result: `{"completions"}`, at most 8 whole texts."""

    text: str


class Edit(Command, frozen=True, kw_only=True, tag="edit"):
    """Words a segment anew; an empty `text` removes it. `rev` is the one that was seen: an older is refused.

    The answer's result is `{"words": [{"before", "after"}]}`: what `replace` may put right elsewhere too.
    """

    segment_id: str
    rev: int
    text: str


class Split(Command, frozen=True, kw_only=True, tag="split"):
    """Makes two segments of one, before the code point `offset` of its text.

    The answer's result is `{"segment_ids"}`, the two new ones.
    """

    segment_id: str
    rev: int
    offset: int


class Join(Command, frozen=True, kw_only=True, tag="join"):
    """Makes one segment of several that follow one another under the same item.

    `revs` are the revisions that were seen, one for each; a newer one is refused. The answer's result is
    `{"segment_ids"}`, the new one.
    """

    segment_ids: tuple[str, ...]
    revs: tuple[int, ...] = ()


class Move(Command, frozen=True, kw_only=True, tag="move"):
    """Files segments under another item; null is outside the items (会议程序). `revs` as with `join`."""

    segment_ids: tuple[str, ...]
    item_id: str | None
    revs: tuple[int, ...] = ()


class Speaker(Command, frozen=True, kw_only=True, tag="speaker"):
    """Says who spoke; null takes the name away. `revs` as with `join`."""

    segment_ids: tuple[str, ...]
    person: str | None
    revs: tuple[int, ...] = ()


class NoteDown(Command, frozen=True, kw_only=True, tag="note"):
    """A remark or a mark (★ 重要, ? 待核) on a segment or an item. The answer's result is `{"note_id", "rev"}`.

    A `note_id` given again replaces; with neither text nor mark it takes the note away.
    """

    text: str = ""
    segment_id: str | None = None
    item_id: str | None = None
    mark: str = ""
    note_id: str | None = None
    rev: int | None = None


class Attend(Command, frozen=True, kw_only=True, tag="attendance"):
    """Somebody came, left, is recused for an item, or is stood in for."""

    person: str
    state: AttendanceState
    item_id: str | None = None


class Decide(Command, frozen=True, kw_only=True, tag="decide"):
    """What was decided, with the segments that show it, and what each member said to it (表态), in speaking order.

    A `decision_id` given again replaces that decision, with `rev` only the one that was seen; `withdraw` takes it back.
    The answer's result is `{"decision_id", "rev", "warnings"}`; `chair_first`: on a `major` item the chair spoke before
    others did.
    """

    item_ids: tuple[str, ...]
    outcome: str
    text: str = ""
    segments: tuple[str, ...] = ()
    positions: tuple[Position, ...] = ()
    decision_id: str | None = None
    rev: int | None = None
    withdraw: bool = False


class Assign(Command, frozen=True, kw_only=True, tag="assign"):
    """Something somebody has to do. An `action_id` given again replaces, as with `decide`.

    The answer's result is `{"action_id", "rev"}`.
    """

    text: str
    item_id: str | None = None
    decision_id: str | None = None
    lead_unit: str = ""
    supporting_units: tuple[str, ...] = ()
    owner: str = ""
    due_date: str | None = None
    segments: tuple[str, ...] = ()
    action_id: str | None = None
    rev: int | None = None
    withdraw: bool = False


class Word(Command, frozen=True, kw_only=True, tag="word"):
    """Something to listen for from now on, in this meeting and those of its body; `remove` takes it out again.

    The answer's result is `{"text", "kind"}`.
    """

    text: str
    kind: WordKind | None = None
    remove: bool = False


class Replace(Command, frozen=True, kw_only=True, tag="replace"):
    """Puts `after` in the place of `before` in every segment that no person has worded (or in `segment_ids` only).

    The answer's result is `{"segments": [{"segment_id", "rev", "before", "after"}]}`, with the texts as they stood and
    stand; with `preview` it is what would be done, and nothing is changed.
    """

    before: str
    after: str
    preview: bool = False
    segment_ids: tuple[str, ...] = ()


class Undo(Command, frozen=True, kw_only=True, tag="undo"):
    """Takes back the newest change that the same person has made and not taken back yet.

    The answer's result is `{"undone"}`: what kinds of events took it back.
    """


class Redo(Command, frozen=True, kw_only=True, tag="redo"):
    """Does again what the same person has taken back last, when they have changed nothing since.

    The answer's result is `{"redone"}`: what kinds of events did it.
    """


class Share(Command, frozen=True, kw_only=True, tag="share"):
    """Shows what is said in this meeting on the room's display, or to participants; or no longer.

    The answer's result is `{"audience", "transcript"}`.
    """

    audience: Literal["display", "participants"]
    transcript: bool


class Record(Command, frozen=True, kw_only=True, tag="recording"):
    """What may be kept of the sound from now on; the item of the moment may be stricter, never laxer.

    The answer's result is `{"recording"}`: what is in force now.
    """

    recording: Recording


class ListMeetings(Command, frozen=True, kw_only=True, tag="meetings"):
    """Which are stored? The result: `{"meetings": [{"id", "title", "date", "state", "place", "items"}]}`."""


class NewMeeting(Command, frozen=True, kw_only=True, tag="new"):
    """Stores the meeting of an agenda file on the service's machine. The result: `{"id"}`."""

    path: str


class Devices(Command, frozen=True, kw_only=True, tag="devices"):
    """Asks for the microphones and listens to `device` from now on, while the service idles.

    The result: `{"devices": [{"name", "index", "channels", "rate_hz", "default"}]}`.
    """

    device: str | None = None


class LevelOf(Command, frozen=True, kw_only=True, tag="level"):
    """Asks for the level of a microphone just now. The result: `{"device", "level_dbfs"}`.

    It is let go of some seconds after the last question, and at once when a meeting begins.
    """

    device: str | None = None


class TrySentence(Command, frozen=True, kw_only=True, tag="sentence"):
    """Listens to a test sentence for `seconds` and recognizes it; none of it reaches the disk.

    The result: `{"text", "level_dbfs"}`.
    """

    device: str | None = None
    seconds: float = 5.0
    model: str = "whisper-base"
    language: str = "zh"


class Readiness(Command, frozen=True, kw_only=True, tag="ready"):
    """Asks whether a meeting could begin. The result: `{"checks": [{"name", "ok", "detail", "code", "template",
    "facts"}]}` for the model, the disk, the index and the microphone."""

    device: str | None = None
    model: str = "whisper-base"


class Verify(Command, frozen=True, kw_only=True, tag="verify"):
    """Asks whether a meeting's record is as it was written. The result: that of `meeting verify --json`."""

    meeting: str


class Export(Command, frozen=True, kw_only=True, tag="export"):
    """Asks for a meeting's record as a file. The result: `{"title", "date", "content"}`, the content in base64."""

    meeting: str
    format: str = "md"


Correction = (
    Edit | Split | Join | Move | Speaker | NoteDown | Attend | Decide | Assign | Word | Replace | Undo | Redo
)
Reception = ListMeetings | NewMeeting | Devices | LevelOf | TrySentence | Readiness | Verify | Export
Inquiry = LookBack | History | OpenPassage | Complete
ClientCommand = (
    Start
    | Inquiry
    | Next
    | Item
    | Pause
    | Resume
    | HandOver
    | Stop
    | Search
    | Share
    | Correction
    | Record
    | Reception
)
ServerMessage = Welcome | Snapshot | Partial | Status | Recalled | Suggestion | Failure | Ok
