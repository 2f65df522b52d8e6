"""Messages that no good client sends, each with the answer that it must get. The same for the same seed."""

import asyncio
import contextlib
import json
import random
from collections import Counter
from collections.abc import Callable, Sequence

from ui.bench.stream.frames import CLOSE, PING, PONG, TEXT, Frames, handshake, masked

BINARY, CONTINUED = 0x2, 0x0
LAST = b'{"type":"search","id":"last","query":""}'
Made = Callable[[random.Random], bytes]

MANGLED: dict[str, Made] = {
    "deep arrays": lambda rng: b"[" * rng.randrange(100, 30_000),
    "deep objects": lambda rng: b'{"type":"note","id":' + b'{"a":' * rng.randrange(50, 5_000) + b"1",
    "a huge integer": lambda rng: b'{"type":"item","number":1,"id":' + b"9" * rng.randrange(20, 400) + b"}",
    "a huge exponent": lambda rng: b'{"type":"item","number":1,"id":1e' + b"9" * rng.randrange(3, 20) + b"}",
    "a huge number of an item": lambda rng: (
        b'{"type":"item","id":"x","number":' + b"7" * rng.randrange(30, 300) + b"}"
    ),
    "an unknown type": lambda rng: json.dumps({"type": rng.choice(["weg", "", "segment"]), "id": "x"}).encode(),
    "a second hello": lambda rng: b'{"type":"hello","token":"x"}',
    "fields of other kinds": lambda rng: json.dumps({"type": "edit", "id": rng.random(), "rev": None}).encode(),
    "half a surrogate": lambda rng: json.dumps({"type": "note", "id": "\ud800", "text": 1}).encode(),
    "a list for an id": lambda rng: json.dumps({"type": "search", "id": ["x"], "query": "\ud800"}).encode(),
    "unfinished objects": lambda rng: b'{"type":"next","id":"x"' * rng.randrange(1, 50),
    "signs of JSON": lambda rng: bytes(rng.choices(b'{}[]",:0 \\u', k=rng.randrange(1, 200))),
    "nothing": lambda rng: b"",
    "zeros": lambda rng: b"\0" * rng.randrange(1, 2_000),
}
"""Text that is no command: answered by `error`, and the conversation goes on."""

BROKEN: dict[str, tuple[int, Made]] = {
    "wrong UTF-8": (1007, lambda rng: masked(TEXT, b"\xff\xfe" + rng.randbytes(8))),
    "wrong UTF-8 across frames": (
        1007,
        lambda rng: masked(TEXT, "𠮷".encode()[:3], fin=False) + masked(CONTINUED, b"x"),
    ),
    "a binary message": (1008, lambda rng: masked(BINARY, rng.randbytes(rng.randrange(0, 2_000)))),
    "a large message": (1009, lambda rng: masked(TEXT, b"x" * (64 * 1024 + rng.randrange(1, 9_000)))),
    "a frame said to be huge": (1009, lambda rng: b"\x81\xff" + (1 << 40).to_bytes(8) + b"mask"),
    "large in fragments": (
        1009,
        lambda rng: masked(TEXT, b"x" * 200_000, fin=False) + masked(CONTINUED, b"x" * 200_000),
    ),
    "a frame of a megabyte": (1009, lambda rng: masked(TEXT, b"x" * rng.randrange(900_000, 1_100_000))),
    "an unmasked frame": (1002, lambda rng: bytes([0x81, 2]) + b"{}"),
    "a reserved bit": (
        1002,
        lambda rng: bytes([0x80 | rng.choice([0x40, 0x20, 0x10]) | TEXT]) + masked(TEXT, b"{}")[1:],
    ),
    "a reserved opcode": (1002, lambda rng: masked(rng.choice([0x3, 0x7, 0xB, 0xF]), b"reserved")),
    "a ping in fragments": (1002, lambda rng: masked(PING, b"", fin=False)),
    "a long ping": (1002, lambda rng: masked(PING, b"x" * rng.randrange(126, 500))),
    "a fragment of nothing": (1002, lambda rng: masked(CONTINUED, b"of nothing")),
    "a message within fragments": (1002, lambda rng: masked(TEXT, b"{", fin=False) + masked(TEXT, b"}")),
    "a forbidden close code": (
        1002,
        lambda rng: masked(
            CLOSE, rng.choice([0, 5, 999, 1004, 1005, 1006, 1015, 2_999, 5_000, 65_535]).to_bytes(2)
        ),
    ),
    "half a close code": (1002, lambda rng: masked(CLOSE, b"\x03")),
    "a close reason of wrong UTF-8": (1007, lambda rng: masked(CLOSE, (1000).to_bytes(2) + b"\xff")),
    "a long close reason": (1002, lambda rng: masked(CLOSE, (1000).to_bytes(2) + b"x" * 200)),
    "a good close": (4_000, lambda rng: masked(CLOSE, (4_000).to_bytes(2) + "再见".encode())),
}
"""Bytes that end a connection, at its beginning or later, each with its close code."""

UNGREETED: dict[str, tuple[int, Made]] = {
    "deep JSON for a hello": (1008, lambda rng: masked(TEXT, b"[" * rng.randrange(1_000, 60_000))),
    "pings before no hello": (
        1008,
        lambda rng: masked(PING, b"flood") * rng.randrange(50, 500) + masked(TEXT, b"{}"),
    ),
    "a hundred fragments": (
        1008,
        lambda rng: b"".join(masked(TEXT if n == 0 else CONTINUED, b"{", fin=n == 99) for n in range(100)),
    ),
}
"""What is sent in place of a hello."""

GREETINGS: dict[str, dict[str, object]] = {
    "a huge number in a hello": {"after": 10**30},
    "a huge fraction in a hello": {"after": 1e300},
    "a list for a meeting": {"meeting": ["x"]},
    "a number for a token": {"token": 1},
}
"""What is changed in a good hello, so that it is none."""

_HEAD = "Host: {host}\r\n"
_UPGRADE = "Connection: Upgrade\r\nUpgrade: websocket\r\n"
_KEY = "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
REQUESTS: dict[str, tuple[int, str]] = {
    "no request at all": (400, "SSH-2.0-OpenSSH_9.2\r\n\r\n"),
    "TLS on a plain port": (400, "\x16\x03\x01\x02\x00\x01\x00"),
    "an unknown version": (400, "GET /stream HTTP/two\r\n" + _HEAD + "\r\n"),
    "a header without a name": (400, "GET /stream HTTP/1.1\r\n" + _HEAD + ": x\r\n\r\n"),
    "a header without an end": (400, "GET /stream HTTP/1.1\r\n" + _HEAD + "X: " + "x" * 70_000),
    "no host": (400, "GET /stream HTTP/1.1\r\n\r\n"),
    "two lengths": (400, "POST / HTTP/1.1\r\n" + _HEAD + "Content-Length: 3\r\nContent-Length: 4\r\n\r\n"),
    "a method that nobody needs": (405, "POST /stream HTTP/1.1\r\n" + _HEAD + "Content-Length: 3\r\n\r\nabc"),
    "a path out of the house": (404, "GET /../../run/token HTTP/1.1\r\n" + _HEAD + "\r\n"),
    "no upgrade": (404, "GET /stream HTTP/1.1\r\n" + _HEAD + "\r\n"),
    "another upgrade": (404, "GET /stream HTTP/1.1\r\n" + _HEAD + "Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n"),
    "no key": (400, "GET /stream HTTP/1.1\r\n" + _HEAD + _UPGRADE + "Sec-WebSocket-Version: 13\r\n\r\n"),
    "an old version": (400, "GET /stream HTTP/1.1\r\n" + _HEAD + _UPGRADE + _KEY.replace("13", "8") + "\r\n"),
    "a foreign host": (421, "GET /stream HTTP/1.1\r\nHost: evil.example\r\n" + _UPGRADE + _KEY + "\r\n"),
    "a foreign page": (
        403,
        "GET /stream HTTP/1.1\r\n" + _HEAD + "Origin: http://evil.example\r\n" + _UPGRADE + _KEY + "\r\n",
    ),
    "a token in the query": (400, "GET /stream?token=x HTTP/1.1\r\n" + _HEAD + _UPGRADE + _KEY + "\r\n"),
    "a long path": (400, "GET /" + "x" * 3_000 + " HTTP/1.1\r\n" + _HEAD + _UPGRADE + _KEY + "\r\n"),
}
"""What comes in place of a handshake, each with the HTTP status of its refusal."""


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


class Attack:
    """Counts by kind what was sent to a port; `hello` is a good one."""

    def __init__(self, port: int, hello: bytes) -> None:
        self._port = port
        self._hello = hello
        self.sent: Counter[str] = Counter()

    async def each(self, rng: random.Random) -> None:
        """One of each kind."""
        for name in (*BROKEN, *UNGREETED, *GREETINGS):
            await self.broken(rng, name)
        for name in REQUESTS:
            await self.request(rng, name)
        for breaking in BROKEN:
            await self.nonsense(rng, list(MANGLED), breaking)
        await self.half(rng)

    async def broken(self, rng: random.Random, name: str = "") -> None:
        """One connection that begins wrongly."""
        kinds = BROKEN | UNGREETED
        name = name or rng.choice([*kinds, *GREETINGS])
        if name in GREETINGS:
            hello = json.dumps(json.loads(self._hello) | GREETINGS[name]).encode()
            code, body = 1008, masked(TEXT, hello)
        else:
            code, made = kinds[name]
            body = made(rng)
        async with Intruder(self._port) as one:
            one.writer.write(body)
            await one.hear()
            assert one.code == code, (name, one.code, code)
        self.sent[name] += 1

    async def nonsense(self, rng: random.Random, names: Sequence[str] = (), breaking: str | None = None) -> None:
        """A client that is let in and then talks nonsense: each is answered, and a real command still works.

        Some end by breaking the connection.
        """
        if not names:
            names = rng.choices(list(MANGLED), k=rng.randrange(1, 200))
            breaking = rng.choice(list(BROKEN)) if rng.random() < 0.3 else None
        async with Intruder(self._port) as one:
            bodies = [self._hello, *(MANGLED[name](rng) for name in names), LAST]
            one.writer.write(b"".join(masked(TEXT, body) for body in bodies))
            await one.hear(lambda: any(b'"id":"last"' in text for text in one.texts[-9:]))
            errors = sum(text.startswith(b'{"type":"error"') for text in one.texts)
            assert errors == len(names), (errors, len(names), one.code, one.texts[-1:])
            if breaking is not None:
                code, made = BROKEN[breaking]
                one.writer.write(made(rng))
                await one.hear()
                assert one.code == code, (breaking, one.code, code)
                self.sent[breaking] += 1
        self.sent.update(names)

    async def request(self, rng: random.Random, name: str = "") -> None:
        """Something else than a handshake."""
        name = name or rng.choice(list(REQUESTS))
        status, text = REQUESTS[name]
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        writer.write(text.format(host=f"127.0.0.1:{self._port}").encode("latin-1"))
        line = await reader.readline()
        assert f" {status} ".encode() in line, (name, line)
        writer.transport.abort()
        self.sent[name] += 1

    async def half(self, rng: random.Random) -> None:
        """Connections that stop in the middle of everything."""
        request = handshake(f"127.0.0.1:{self._port}")
        _, writer = await asyncio.open_connection("127.0.0.1", self._port)
        writer.write(rng.choice([b"", request[: rng.randrange(len(request))], request, rng.randbytes(300)]))
        if rng.random() < 0.5:
            writer.write(masked(TEXT, b'{"type":"hello"}')[: rng.randrange(1, 20)])
        if rng.random() < 0.5:
            await asyncio.sleep(0)
        writer.transport.abort()
        self.sent["half of something"] += 1

    async def slow_head(self) -> None:
        """A request that comes byte by byte is cut without an answer."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        heard = asyncio.create_task(reader.read(100))
        writer.write(b"GET /stream HTTP/1.1\r\nX: ")
        while not heard.done():
            writer.write(b"x")
            await asyncio.sleep(0.1)
        with contextlib.suppress(ConnectionError):
            assert heard.result() == b""
        writer.transport.abort()
        self.sent["a slow request"] += 1

    async def slow_hello(self) -> None:
        """A hello that comes byte by byte is refused."""
        async with Intruder(self._port) as one:
            hearing = asyncio.create_task(one.hear())
            one.writer.write(masked(TEXT, b"x" * 60_000)[:8])
            while not hearing.done():
                one.writer.write(b"x")
                await asyncio.sleep(0.1)
            assert one.code == 1008 and b'"no_hello"' in one.texts[-1], (one.code, one.texts)
        self.sent["a slow hello"] += 1
