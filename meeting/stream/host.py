"""What the stream serves, and what it needs of the service around it."""

from typing import Protocol

import msgspec

from meeting.domain.events import ItemEntry
from meeting.store.log import EventLog
from meeting.stream.hub import Hub
from meeting.stream.messages import ClientCommand, ClientRole, MeetingHead


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

    def authenticate(self, token: str) -> ClientRole | None:
        """The role of a token, None for a wrong one."""
        ...

    async def subject(self, meeting: str | None) -> Subject | None:
        """The meeting asked for (None: the running one); None while the service idles. May raise MeetingUnknown.

        The running one is given without letting go of the event loop.
        """
        ...

    async def perform(self, command: ClientCommand, role: ClientRole) -> object:
        """Does a command and returns its result. Raises Refusal."""
        ...
