"""A client of the stream that never loses its place: it reconnects, resumes, and hands out typed messages.

async with connect(url, token) as stream:
    async for message in stream:
        ...
"""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from uuid import uuid4

import msgspec
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from meeting.access.errors import CertificateUntrusted, FingerprintDiffers
from meeting.domain.events import Event, StoredEvent
from meeting.errors import Disconnected, MessageUnreadable
from meeting.stream.dialing import opened
from meeting.stream.messages import ClientCommand, Failure, Hello, Ok, ServerMessage, Snapshot, Welcome
from models.refusal import N_, Refusal

FIRST_WAIT_S = 0.2
LONGEST_WAIT_S = 5.0
REFUSED_CODES = (1008, 1009)
FINAL_CODES = (1000, *REFUSED_CODES)
"""Closed for good: the meeting ended, or the server will refuse us again."""


class Reconnecting(msgspec.Struct, frozen=True, kw_only=True):
    """The connection was lost; what was received before may be old until `Reconnected`."""

    attempt: int
    wait_s: float


class Reconnected(msgspec.Struct, frozen=True, kw_only=True):
    """The connection is back; what was missed follows."""


class CommandRefused(Refusal):
    """The server did not do a command; it carries the code, sentence and exit code of the server's own refusal."""

    code = "command_refused"
    template = N_("The service refused.")

    def __init__(self, failure: Failure) -> None:
        self.code = failure.code  # type: ignore[misc] # another process's refusal: known only now
        self.template = failure.template or failure.message.replace("{", "{{")  # type: ignore[misc] # likewise
        self.exit_code = failure.exit_code  # type: ignore[misc] # likewise
        super().__init__(**failure.facts)


class StreamRefused(CommandRefused):
    """The server will not talk with us: a wrong token, an unknown meeting, a broken message."""


Received = Welcome | Snapshot | ServerMessage | StoredEvent | Reconnecting | Reconnected

_decoder = msgspec.json.Decoder(ServerMessage | StoredEvent)


class _Tag(msgspec.Struct):
    type: str = ""


_KNOWN = {str(kind.__struct_config__.tag) for kind in (*ServerMessage.__args__, *StoredEvent.__args__)}

_PASSING = frozenset({"partial", "status"})


def _decoded(raw: str | bytes) -> ServerMessage | StoredEvent | None:
    """The message; None for a kind that came later than this program, and for a passing one that has changed.

    A part of the record is never passed over. Raises msgspec.DecodeError.
    """
    kind = msgspec.json.decode(raw, type=_Tag).type
    if kind not in _KNOWN:
        return None
    try:
        message: ServerMessage | StoredEvent = _decoder.decode(raw)
    except msgspec.ValidationError:
        if kind in _PASSING:
            return None
        raise
    return message


class Stream:
    """An open stream; iterate it for messages, `command` asks for something. Made by `connect`."""

    def __init__(self, url: str, hello: Hello, fingerprint: str | None = None) -> None:
        self._url = url
        self._fingerprint = fingerprint
        self._hello = hello
        self._socket: ClientConnection | None = None
        self._inbox: asyncio.Queue[Received | Exception | None] = asyncio.Queue()
        self._waiting: dict[str, asyncio.Future[object]] = {}
        self._ended = False
        self._failure: Failure | None = None
        self.close_code: int | None = None

    @staticmethod
    def new_id() -> str:
        """A fresh command id."""
        return uuid4().hex

    def __aiter__(self) -> AsyncIterator[Received]:
        return self._messages()

    async def _messages(self) -> AsyncIterator[Received]:
        while (message := await self._inbox.get()) is not None:
            if isinstance(message, Exception):
                raise message
            yield message

    async def command(self, command: ClientCommand) -> object:
        """Gives a command and waits for its result. Raises CommandRefused, Disconnected."""
        if self._socket is None:
            raise Disconnected()
        answer: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        self._waiting[command.id] = answer
        try:
            await self._socket.send(msgspec.json.encode(command).decode())
            return await answer
        except ConnectionClosed:
            raise Disconnected() from None
        finally:
            self._waiting.pop(command.id, None)

    async def _run(self) -> None:
        attempt = 0
        try:
            while not self._ended:
                try:
                    async with opened(self._url, self._fingerprint) as socket:
                        await self._receive(socket, attempt)
                except (FingerprintDiffers, CertificateUntrusted) as error:
                    self._ended = True
                    self._inbox.put_nowait(error)
                except (OSError, InvalidHandshake, TimeoutError):
                    pass
                if self._socket is not None:
                    attempt = 0
                self._drop()
                if self._ended:
                    return
                wait_s = random.uniform(0.5, 1.0) * min(LONGEST_WAIT_S, FIRST_WAIT_S * 2**attempt)
                attempt += 1
                self._inbox.put_nowait(Reconnecting(attempt=attempt, wait_s=wait_s))
                await asyncio.sleep(wait_s)
        finally:
            self._inbox.put_nowait(None)

    async def _receive(self, socket: ClientConnection, attempt: int) -> None:
        with suppress(ConnectionClosed):
            await socket.send(msgspec.json.encode(self._hello).decode())
            async for raw in socket:
                try:
                    message = _decoded(raw)
                except msgspec.DecodeError:
                    self._ended = True
                    self._inbox.put_nowait(MessageUnreadable())
                    return
                if message is None:
                    continue
                if isinstance(message, Welcome) and self._socket is None:
                    self._socket = socket
                    if attempt:
                        self._inbox.put_nowait(Reconnected())
                self._take(message)
        self.close_code = socket.close_code
        if socket.close_code in FINAL_CODES:
            self._ended = True
            if self._failure is not None and socket.close_code in REFUSED_CODES:
                self._inbox.put_nowait(StreamRefused(self._failure))
        self._failure = None

    def _take(self, message: ServerMessage | StoredEvent) -> None:
        if isinstance(message, Ok | Failure) and message.id is not None:
            answer = self._waiting.get(message.id)
            if answer is not None and not answer.done():
                if isinstance(message, Ok):
                    answer.set_result(message.result)
                else:
                    answer.set_exception(CommandRefused(message))
            return
        if isinstance(message, Failure):
            # Whether it is for good, the close code tells: a service that fails or goes may be there again soon.
            self._failure = message
            return
        if isinstance(message, Welcome):
            # A place is one of this meeting in this log: another meeting that runs by then counts its own events.
            meeting = message.meeting.id if message.meeting else self._hello.meeting
            self._hello = msgspec.structs.replace(self._hello, epoch=message.epoch, meeting=meeting)
        elif isinstance(message, Snapshot | Event):
            self._hello = msgspec.structs.replace(self._hello, after=message.seq)
        self._inbox.put_nowait(message)

    def _drop(self) -> None:
        self._socket = None
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(Disconnected())

    def _finish(self) -> None:
        self._ended = True


@asynccontextmanager
async def connect(
    url: str,
    token: str,
    *,
    meeting: str | None = None,
    epoch: str | None = None,
    after: int | None = None,
    partials: bool = True,
    hints: bool = False,
    fingerprint: str | None = None,
) -> AsyncIterator[Stream]:
    """Opens the stream at a `ws://…/stream` address; `epoch` and `after` as in the protocol's hello.

    At a `wss://` address `fingerprint` names the certificate that is trusted, whoever has signed it.

    The iteration ends when the meeting has ended (close code 1000). A refused hello raises StreamRefused from it,
    a stored event or an answer that cannot be read MessageUnreadable; FingerprintDiffers, CertificateUntrusted.
    """
    stream = Stream(
        url,
        Hello(token=token, meeting=meeting, epoch=epoch, after=after, partials=partials, hints=hints),
        fingerprint,
    )
    runner = asyncio.create_task(stream._run())
    try:
        yield stream
    finally:
        stream._finish()
        runner.cancel()
        with suppress(asyncio.CancelledError):
            await runner
