"""A stream that plays given messages: for pictures of the console, and for rehearsing it without a service."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

from meeting.stream.messages import ClientCommand
from ui.console.stream import Stream

Answer = Callable[[ClientCommand], Any]


class ScriptedStream:
    """Plays `messages`, then whatever is `put`; keeps the commands in `commands` and answers them by `answer`.

    `answer` returns a result, or raises `CommandRefused`.
    """

    def __init__(self, messages: Iterable[Any] = (), answer: Answer = lambda command: None) -> None:
        self.commands: list[ClientCommand] = []
        self._answer = answer
        self._ids = count(1)
        self._inbox: asyncio.Queue[Any] = asyncio.Queue()
        for message in messages:
            self.put(message)

    def put(self, message: Any) -> None:
        """One more message; None ends the stream."""
        self._inbox.put_nowait(message)

    async def __aiter__(self) -> AsyncIterator[Any]:
        while (message := await self._inbox.get()) is not None:
            yield message

    async def command(self, command: ClientCommand, /) -> Any:
        """Keeps and answers a command."""
        self.commands.append(command)
        return self._answer(command)

    def new_id(self) -> str:
        """Ids in order: c1, c2, …"""
        return f"c{next(self._ids)}"

    @asynccontextmanager
    async def connect(self, meeting: str | None = None) -> AsyncIterator[Stream]:
        """The `connect` of a console."""
        yield self
