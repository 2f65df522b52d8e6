"""What the stream serves, and what it needs of the service around it."""

from typing import Protocol

import msgspec

from meeting.access.grant import Grant
from meeting.domain.events import ItemEntry
from meeting.store.log import EventLog
from meeting.stream.hub import Hub
from meeting.stream.messages import ClientCommand, MeetingHead


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """A meeting as the stream serves it."""

    head: MeetingHead
    log: EventLog
    items: tuple[ItemEntry, ...]
    current_item: str | None


class Host(Protocol):
    """What the server needs of the service."""

    epoch: str
    hub: Hub

    def authenticate(self, token: str) -> Grant | None:
        """What a token opens, None for a wrong one."""
        ...

    async def subject(self, meeting: str | None, grant: Grant) -> Subject | None:
        """The meeting asked for (None: the running one); None while the service idles, or holds none for this grant.

        May raise MeetingUnknown, also for a meeting that the grant does not open.

        The running one is given without letting go of the event loop.
        """
        ...

    def opened(self, meeting: str, grant: Grant) -> None:
        """Writes down, before it happens, that an ended meeting's record is opened. Blocks. Raises a StoreError."""
        ...

    async def perform(self, command: ClientCommand, grant: Grant) -> object:
        """Does a command and returns its result. Raises Refusal."""
        ...

    async def look_at_store(self) -> None:
        """Reads something of the records. Raises a StoreError when they do not answer."""
        ...
