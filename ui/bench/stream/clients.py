"""A process full of clients: they count what comes, some stop reading, some come and go.

It says on stdout when all are connected, and at the end what each has got, as one JSON line.
"""

import asyncio
import random
import socket
import sys
import time
from datetime import datetime

import msgspec

from meeting.stream.messages import Hello
from ui.bench.stream.frames import CLOSE, PING, PONG, TEXT, Frames, handshake, masked
from ui.bench.stream.limits import many_files

PASSING = frozenset({"status", "partial", "ok", "error", "background", "suggestion"})
ENDED_WITHIN_S = 30.0
KEPT = -1


class Crowd(msgspec.Struct, frozen=True, kw_only=True):
    """Whom to connect to, and how many behave how."""

    port: int
    token: str
    epoch: str
    meeting: str
    clients: int
    stalled: int
    restless: int
    seconds: float
    seed: int


class Got(msgspec.Struct, frozen=True, kw_only=True):
    """Of all clients of one process: `waits_ms` of finals from their commit to their arrival, live ones only.

    `stalled_closed`: how each that did not read was ended (`Client.closed`).
    """

    whole: int
    broken: int
    stalled_closed: tuple[int, ...]
    reconnects: int
    partials: int
    waits_ms: tuple[float, ...]


class _Body(msgspec.Struct):
    type: str
    seq: int = 0
    at: str = ""
    epoch: str = ""


_decode = msgspec.json.Decoder(_Body).decode


class Client(asyncio.Protocol):
    """One client; it comes back with its place when it has been dropped, unless it is one that stalls."""

    def __init__(self, crowd: Crowd, stalls: bool) -> None:
        self._crowd = crowd
        self._stalls = stalls
        self._upgraded = False
        self._head = b""
        self._frames = Frames()
        self._live_from = 0
        self._transport: asyncio.Transport | None = None
        self.joined = asyncio.Event()
        self.done = asyncio.Event()
        self.seqs: list[int] = []
        self.waits: list[float] = []
        self.partials = self.reconnects = 0
        self.closed_with = 0

    async def connect(self) -> None:
        self._upgraded, self._head, self._frames = False, b"", Frames()
        loop = asyncio.get_running_loop()
        own = socket.socket()
        if self._stalls:
            # As little as the system allows: what it took for its program would hide that nobody reads.
            own.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        own.setblocking(False)
        await loop.sock_connect(own, ("127.0.0.1", self._crowd.port))
        await loop.create_connection(lambda: self, sock=own)

    def read_on(self) -> None:
        """One that stalled takes what was sent to it before it was given up, and learns how."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.resume_reading()

    def drop(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(handshake(f"127.0.0.1:{self._crowd.port}"))

    def connection_lost(self, exc: Exception | None) -> None:
        if self._stalls:
            self.closed_with = self.closed_with or 1006
            self.done.set()

    def data_received(self, data: bytes) -> None:
        assert self._transport is not None
        if not self._upgraded:
            self._head += data
            if b"\r\n\r\n" not in self._head:
                return
            head, _, data = self._head.partition(b"\r\n\r\n")
            if b" 101 " not in head.split(b"\r\n")[0]:
                raise ConnectionError(head.decode("latin-1"))
            self._upgraded = True
            after = self.seqs[-1] if self.seqs else 0
            crowd = self._crowd
            hello = Hello(token=crowd.token, meeting=crowd.meeting, epoch=crowd.epoch, after=after)
            self._transport.write(masked(TEXT, msgspec.json.encode(hello)))
        for opcode, body in self._frames.feed(data):
            if opcode == TEXT:
                self._take(_decode(body))
            elif opcode == PING:
                self._transport.write(masked(PONG, body))
            elif opcode == CLOSE:
                self.closed_with = int.from_bytes(body[:2])
                self._transport.close()

    def _take(self, body: _Body) -> None:
        assert self._transport is not None
        if body.type == "welcome":
            self._live_from = body.seq
            self.joined.set()
            if self._stalls:
                self._transport.pause_reading()
        elif body.type == "partial":
            self.partials += 1
        elif body.type not in PASSING:
            self.seqs.append(body.seq)
            if body.seq > self._live_from:
                self.waits.append((time.time() - datetime.fromisoformat(body.at).timestamp()) * 1000)
            if body.type == "end":
                self.done.set()

    @property
    def closed(self) -> int:
        """How the service ended it; 0 when it was never behind, and KEPT when it was and nobody minded."""
        return self.closed_with or (0 if self.whole else KEPT)

    @property
    def whole(self) -> bool:
        return self.done.is_set() and self.seqs == list(range(1, len(self.seqs) + 1))


async def _come_and_go(client: Client, rng: random.Random, seconds: float) -> None:
    """Leaves without a word three times at most, at random moments, and comes back after a moment."""
    for _ in range(3):
        await asyncio.sleep(rng.uniform(0.1, max(0.2, seconds / 3.5)))
        if client.done.is_set():
            return
        client.drop()
        await asyncio.sleep(rng.uniform(0.05, 1.0))
        client.reconnects += 1
        await client.connect()


async def _main(crowd: Crowd) -> None:
    many_files()
    rng = random.Random(crowd.seed)
    clients = [Client(crowd, stalls=number < crowd.stalled) for number in range(crowd.clients)]
    for client in clients:
        await client.connect()
        await client.joined.wait()
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    live = clients[crowd.stalled :]
    going = [asyncio.create_task(_come_and_go(one, rng, crowd.seconds)) for one in live[: crowd.restless]]
    try:
        async with asyncio.timeout(crowd.seconds + 60):
            await asyncio.gather(*going, *(one.done.wait() for one in live))
    except TimeoutError:
        pass  # who has not got all by now counts as broken
    await _until_known(clients[: crowd.stalled])
    got = Got(
        whole=sum(one.whole for one in live),
        broken=sum(not one.whole for one in live),
        stalled_closed=tuple(one.closed for one in clients[: crowd.stalled]),
        reconnects=sum(one.reconnects for one in live),
        partials=sum(one.partials for one in live),
        waits_ms=tuple(round(wait, 1) for one in live for wait in one.waits),
    )
    print(msgspec.json.encode(got).decode(), flush=True)
    for client in clients:
        client.drop()


async def _until_known(stalled: list[Client]) -> None:
    for one in stalled:
        one.read_on()
    try:
        async with asyncio.timeout(ENDED_WITHIN_S):
            await asyncio.gather(*(one.done.wait() for one in stalled))
    except TimeoutError:
        pass  # whom the service forgot


if __name__ == "__main__":
    asyncio.run(_main(msgspec.json.decode(sys.argv[1], type=Crowd)))
