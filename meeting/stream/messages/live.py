"""What the service says while a client is there, and never stores: live state, and answers to commands."""

from typing import Any, Literal

from meeting.memory.facts import Background, Origin
from meeting.stream.messages.base import Message

RecognizerState = Literal["starting", "ready", "restarting", "off"]
RunState = Literal["idle", "starting", "recording", "paused", "no_device", "disk_full", "finishing", "ended"]


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
