"""Commands that run a meeting: its beginning and end, its items, its sound, and who may see what is said."""

from typing import Literal

from meeting.domain.agenda import Recording
from meeting.stream.messages.base import Command, Whole


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

    number: Whole | None = None
    action: Literal["go", "defer", "withdraw", "restore", "insert", "reorder"] = "go"
    title: str = ""
    order: tuple[str, ...] = ()
    together: tuple[Whole, ...] = ()
    presenter: str = ""
    presenting_units: tuple[str, ...] = ()
    minutes_planned: Whole | None = None


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
