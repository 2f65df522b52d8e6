"""What the console needs of a stream; `meeting.stream.connect` gives it, and a script can."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol, runtime_checkable

from meeting.stream.messages import ClientCommand


class Stream(Protocol):
    """One client's view of a meeting: messages in order, and commands that are waited for."""

    def __aiter__(self) -> AsyncIterator[Any]:
        """Yields `Welcome`, `Snapshot`, `Partial`, `Status`, stored events and notices about the connection."""
        ...

    async def command(self, command: ClientCommand, /) -> Any:
        """Sends `command` and returns the `result` of its `ok`; raises `CommandRefused`."""
        ...

    def new_id(self) -> str:
        """A fresh id for a command."""
        ...


@runtime_checkable
class ConnectionLost(Protocol):
    """The notice that the connection is gone and is being made again; any later message means that it stands."""

    attempt: int
    wait_s: float


Connect = Callable[[str | None], AbstractAsyncContextManager[Stream]]
"""Opens the stream of a meeting by its id, or (None) of the one that runs."""
