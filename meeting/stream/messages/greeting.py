"""How a client and the service meet: what it says first, and what it gets before anything else."""

from typing import Literal

import msgspec

from meeting.domain.events import Action, Decision, Gap, ItemEntry, Note, Segment
from meeting.stream.messages.base import Message, Whole

ClientRole = Literal["secretary", "display", "participant", "archivist"]


class Hello(Message, frozen=True, kw_only=True, tag="hello"):
    """The first message of a client, within 5 s. `after` null asks for a snapshot, 0 for every stored event.

    `hints` asks for what the room's memory says by itself: `background` and `suggestion`.
    """

    token: str = ""
    meeting: str | None = None
    epoch: str | None = None
    after: Whole | None = None
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
