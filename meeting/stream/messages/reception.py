"""Commands before and after a meeting: what is stored, whether one could begin, what its record is worth."""

from meeting.stream.messages.base import Command


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


Reception = ListMeetings | NewMeeting | Devices | LevelOf | TrySentence | Readiness | Verify | Export
