"""A person's actions as commands to the service: in order, repeated over a lost connection, never twice."""

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec

from meeting.errors import Disconnected
from meeting.memory.facts import Background
from meeting.stream.messages import ClientCommand, LookBack, Search
from models.refusal import Refusal
from ui.console.hits import Found, read_found
from ui.console.stream import Stream
from ui.locale import _, explain

GIVE_UP_S = 30.0
ANSWER_WITHIN_S = 8.0


class Commands:
    """Sends over whichever stream is open. `tell(text, severity)` speaks to the person."""

    def __init__(self, tell: Callable[[str, str], None]) -> None:
        self._tell = tell
        self._stream: Stream | None = None
        self._alive = asyncio.Event()
        self._turn = asyncio.Lock()

    def opened(self, stream: Stream) -> None:
        """From now on `stream` takes the commands."""
        self._stream = stream

    def alive(self, alive: bool) -> None:
        """Whether messages are coming; commands wait while they are not."""
        if alive:
            self._alive.set()
        else:
            self._alive.clear()

    def new_id(self) -> str:
        """A fresh command id."""
        assert self._stream is not None
        return self._stream.new_id()

    async def give(self, make: Callable[[str], ClientCommand]) -> bool:
        """Sends what `make` gives for a fresh id when its turn has come; True once it is done."""
        async with self._turn:
            return (await self._send(make))[0]

    async def give_for(self, make: Callable[[str], ClientCommand]) -> tuple[bool, Any]:
        """Like `give`, with the answer's result."""
        async with self._turn:
            return await self._send(make)

    async def give_now(self, make: Callable[[str], ClientCommand]) -> bool:
        """Like `give`, for a command whose answer takes long: others do not wait for it."""
        return (await self._send(make))[0]

    async def ask(self, make: Callable[[str], ClientCommand]) -> Any:
        """The answer to a question; a connection that is just being made is waited for. Raises Refusal."""
        deadline = asyncio.get_running_loop().time() + ANSWER_WITHIN_S
        while True:
            try:
                if self._stream is None:
                    raise Disconnected()
                return await self._stream.command(make(self.new_id()))
            except Refusal as refused:
                if refused.code != Disconnected.code or asyncio.get_running_loop().time() > deadline:
                    raise
                await asyncio.sleep(0.2)

    async def look_up(self, query: str, kind: tuple[str, ...] = (), limit: int = 20) -> Found | None:
        """Asks the archive; None when there is no answer now (a look-up is never worth an interruption)."""
        if self._stream is None:
            return None
        try:
            result = await self._stream.command(Search(id=self.new_id(), query=query, kind=kind, limit=limit))
            return msgspec.structs.replace(read_found(result), query=query)
        except (Refusal, msgspec.ValidationError):
            return None

    async def look_back(self) -> Background | None:
        """What was before the current item; None when there is no answer now."""
        try:
            return msgspec.convert(await self.ask(lambda id: LookBack(id=id)), Background)
        except (Refusal, msgspec.ValidationError):
            return None

    async def _send(self, make: Callable[[str], ClientCommand]) -> tuple[bool, Any]:
        try:
            async with asyncio.timeout(GIVE_UP_S) as patience:
                await self._alive.wait()
                command = make(self.new_id())
                while True:
                    try:
                        await self._alive.wait()
                        assert self._stream is not None
                        patience.reschedule(None)
                        return True, await self._stream.command(command)
                    except Refusal as refused:
                        if refused.code != "disconnected":
                            self._tell(explain(refused), "error")
                            return False, None
                        patience.reschedule(asyncio.get_running_loop().time() + GIVE_UP_S)
                        # The client says so a moment before its notice reaches us; the same id makes a repeat harmless.
                        await asyncio.sleep(0.2)
        except TimeoutError:
            self._tell(_("The service cannot be reached, so this was not done. Try again."), "error")
            return False, None
