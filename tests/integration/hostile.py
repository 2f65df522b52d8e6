"""Messages that no good client sends, each with the close code that it must get. The same for the same seed."""

import asyncio
import json
import random
from collections.abc import Callable

from ui.bench.stream.frames import CLOSE, PING, PONG, TEXT, Frames, handshake, masked

BINARY, CONTINUED = 0x2, 0x0
MANGLED: tuple[Callable[[random.Random], bytes], ...] = (
    lambda rng: b"[" * rng.randrange(100, 30_000),
    lambda rng: b'{"type":"item","number":1,"id":' + b"9" * rng.randrange(20, 400) + b"}",
    lambda rng: b'{"type":"item","number":1,"id":1e' + b"9" * rng.randrange(3, 20) + b"}",
    lambda rng: json.dumps({"type": rng.choice(["weg", "", "segment", "hello"]), "id": "x"}).encode(),
    lambda rng: json.dumps({"type": "edit", "id": rng.random(), "segment_id": None}).encode(),
    lambda rng: json.dumps({"type": "search", "id": ["x"], "query": "\ud800"}).encode(),
    lambda rng: b'{"type":"next","id":"x"' * rng.randrange(1, 50),
    lambda rng: bytes(rng.choice(b'{}[]",:0 \\u') for _ in range(rng.randrange(1, 200))),
    lambda rng: b"",
    lambda rng: b'{"type":"note","id":' + b'{"a":' * rng.randrange(50, 5_000) + b"1",
)
"""Text that is no command: answered by `error`, and the conversation goes on."""


def opening(rng: random.Random) -> tuple[bytes, int]:
    """Bytes sent in place of a hello, and the close code for them."""
    deep = b"[" * rng.randrange(1_000, 60_000)
    whole = masked(TEXT, b"{}")
    kinds: tuple[tuple[bytes, int], ...] = (
        (masked(TEXT, b"\xff\xfe" + rng.randbytes(8)), 1007),
        (masked(TEXT, deep), 1008),
        (masked(TEXT, b'{"type":"hello","after":' + b"7" * 400 + b"}"), 1008),
        (masked(TEXT, b'{"type":"hello","token":1}'), 1008),
        (masked(BINARY, rng.randbytes(rng.randrange(0, 2_000))), 1008),
        (masked(TEXT, b"x" * (64 * 1024 + rng.randrange(1, 9_000))), 1009),
        (masked(TEXT, b"")[:1] + b"\xff" + (1 << 40).to_bytes(8) + b"mask", 1009),
        (masked(TEXT, b"x" * 200_000, fin=False) + masked(CONTINUED, b"x" * 200_000), 1009),
        (masked(TEXT, b"x" * 3_000_000), 1009),
        (bytes([0x81, 2]) + b"{}", 1002),
        (bytes([whole[0] | 0x40]) + whole[1:], 1002),
        (masked(0x3, b"reserved"), 1002),
        (masked(PING, b"", fin=False), 1002),
        (masked(PING, b"x" * 126), 1002),
        (masked(CONTINUED, b"of nothing"), 1002),
        (masked(TEXT, b"{", fin=False) + masked(TEXT, b"}"), 1002),
        (masked(CLOSE, (5).to_bytes(2)), 1002),
        (masked(CLOSE, b"\x03"), 1002),
        (masked(PING, b"flood") * rng.randrange(50, 500) + masked(TEXT, b"{}"), 1008),
        (b"".join(masked(TEXT if n == 0 else CONTINUED, b"{", fin=n == 99) for n in range(100)), 1008),
    )
    return rng.choice(kinds)


class Intruder:
    """A raw connection."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._frames = Frames()
        self.texts: list[bytes] = []
        self.pongs = 0
        self.code = 0

    async def __aenter__(self) -> "Intruder":
        self._reader, self.writer = await asyncio.open_connection("127.0.0.1", self._port)
        self.writer.write(handshake(f"127.0.0.1:{self._port}"))
        head = await self._reader.readuntil(b"\r\n\r\n")
        assert b" 101 " in head, head
        return self

    async def __aexit__(self, *error: object) -> None:
        self.writer.transport.abort()

    async def hear(self, until: Callable[[], bool] = lambda: False) -> None:
        """Reads until something holds, or the connection ends."""
        while not until():
            try:
                data = await self._reader.read(65536)
            except ConnectionError:
                return
            if not data:
                return
            for opcode, body in self._frames.feed(data):
                if opcode == TEXT:
                    self.texts.append(body)
                elif opcode == CLOSE:
                    self.code = int.from_bytes(body[:2])
                    self.writer.write(masked(CLOSE, body[:2]))
                else:
                    self.pongs += opcode == PONG


async def badly_opened(port: int, rng: random.Random) -> int:
    """One connection that begins wrongly; returns how many messages that were."""
    body, code = opening(rng)
    async with Intruder(port) as one:
        one.writer.write(body)
        await one.hear()
        assert one.code == code, (body[:60], one.code, code)
    return 1


async def badly_continued(port: int, hello: bytes, rng: random.Random, count: int) -> int:
    """A client that is let in and then talks nonsense: each is answered, and a real command still works."""
    async with Intruder(port) as one:
        one.writer.write(masked(TEXT, hello))
        for _ in range(count):
            one.writer.write(masked(TEXT, rng.choice(MANGLED)(rng)))
        one.writer.write(masked(TEXT, b'{"type":"search","id":"last","query":""}'))
        await one.hear(lambda: any(b'"id":"last"' in text for text in one.texts[-9:]))
        errors = [text for text in one.texts if text.startswith(b'{"type":"error"')]
        assert len(errors) == count, (len(errors), count, one.code, one.texts[-1][:200] if one.texts else b"")
    return count


async def half_open(port: int, rng: random.Random) -> int:
    """Connections that stop in the middle of everything."""
    request = handshake(f"127.0.0.1:{port}")
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(rng.choice([b"", request[: rng.randrange(len(request))], request, rng.randbytes(300)]))
    if rng.random() < 0.5:
        writer.write(masked(TEXT, b'{"type":"hello"}')[: rng.randrange(1, 20)])
    writer.transport.abort()
    return 1
