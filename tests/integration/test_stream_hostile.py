"""Clients that are broken, slow or evil: right close codes, no crash, nothing left behind, and the others unharmed."""

import asyncio
import contextlib
import gc
import json
import logging
import os
import random
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import psutil
import pytest

from meeting.domain.events import AgendaChanged
from meeting.errors import StoreLocked
from meeting.home import Home
from meeting.logs import log_to
from meeting.service import Service
from meeting.store.log import EventLog
from meeting.stream.protocol import MAX_WAITING_EVENTS
from tests.integration.hostile import BROKEN, GREETINGS, MANGLED, REQUESTS, UNGREETED, Attack, Intruder
from tests.integration.stream_host import Room, open_room, said, serving
from tests.integration.stream_sockets import closing, events, first, port_of, raw, seqs
from ui.bench.stream.frames import TEXT, handshake, masked


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    async with serving(Home(tmp_path / "家").prepare()) as running:
        yield running


@pytest.fixture
def complaints(tmp_path: Path) -> Iterator[Callable[[], list[str]]]:
    """What stands in the service's log beyond what goes as it should."""
    levels = {name: logging.getLogger(name).level for name in ("meeting", "asr", "search", "uvicorn")}
    handler = log_to(tmp_path / "log")
    path = tmp_path / "log" / "service.jsonl"
    yield lambda: [line for line in path.read_text("utf-8").splitlines() if '"level": "info"' not in line]
    logging.getLogger().removeHandler(handler)
    handler.close()
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def hello_of(service: Service) -> bytes:
    return json.dumps({"type": "hello", "token": service.home.address().token, "partials": False}).encode()


AT_ONCE = 16
KINDS = {*MANGLED, *BROKEN, *UNGREETED, *GREETINGS, *REQUESTS, "half of something"}


async def fuzz(service: Service, messages: int, seed: int) -> Counter[str]:
    """Each kind once, then many connections at once, until so many messages have been sent; how many of each kind."""
    attack = Attack(port_of(service), hello_of(service))
    await attack.each(random.Random(seed))

    async def one_after_another(number: int) -> None:
        rng = random.Random(f"{seed}/{number}")
        ways = (attack.broken, attack.nonsense, attack.request, attack.half)
        while attack.sent.total() < messages:
            (way,) = rng.choices(ways, weights=(35, 35, 15, 15))
            await way(rng)

    await asyncio.gather(*(one_after_another(number) for number in range(AT_ONCE)))
    return attack.sent


def open_files(service: Service) -> Counter[str]:
    """Every descriptor of the process, by what it leads to, none of them the records' own or the index's.

    Their connections are kept for the next reader, up to a number. One beyond it is closed, but SQLite leaves its file
    open as long as others are, since closing it would drop the others' locks: so all are closed before it is counted.
    The index is put right beside everything else, and opens its files when it comes to that.
    """
    service.records._engine.dispose()
    found: Counter[str] = Counter()
    for one in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            target = os.readlink(one)
            if target.startswith(str(service.home.index)):
                continue
            found[target.partition(":")[0] if target.startswith(("socket:", "pipe:")) else target] += 1
    return found


async def quiet(service: Service, tasks: int, files: Counter[str]) -> None:
    """Waits until everything that came for the clients has gone with them."""
    left: object = None
    for _ in range(1200):
        gc.collect()
        left = len(asyncio.all_tasks()) - tasks, open_files(service) - files, len(service.hub)
        if left[0] <= 0 and not left[1] and not left[2]:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"left behind (tasks, files, clients): {left}, {asyncio.all_tasks()}")


async def attacked(service: Service, room: Room, messages: int, seed: int) -> Counter[str]:
    """While they come a good client is served as ever, and afterwards nothing of them is left."""
    seq = room.log.last_seq()
    tasks, files = len(asyncio.all_tasks()), open_files(service)
    async with raw(service, after=0, within_s=300 + messages / 20) as witness:
        assert len(await events(witness, seq)) == seq
        sent = await fuzz(service, messages, seed)
        await room.tell([said(seq)])
        assert seqs(await events(witness, seq + 1)) == [seq + 1]
    await quiet(service, tasks, files)
    assert len(service.ports.arrivals) == 0
    return sent


async def test_hostile_messages_crash_nothing_and_leave_nothing_not_even_in_the_log(
    service: Service, complaints: Callable[[], list[str]]
) -> None:
    room = open_room(service)
    await room.tell([AgendaChanged(items=room.items, by="王芳")])
    await fuzz(service, 100, seed=20260309)
    sent = await attacked(service, room, 2_000, seed=20260310)
    assert sent.total() >= 2_000 and set(sent) == KINDS
    assert complaints() == []


SLOW = 20


@pytest.mark.soak
async def test_a_hundred_thousand_hostile_messages_leave_nothing_behind(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    # What is logged is kept for the test's own report, and would look like a leak.
    caplog.set_level(logging.CRITICAL)
    room = open_room(service)
    await room.tell([AgendaChanged(items=room.items, by="王芳")])
    sent, held, begun = Counter[str](), list[Held](), time.monotonic()
    slow = Attack(port_of(service), hello_of(service))
    await fuzz(service, 2_000, seed=1)
    async with asyncio.timeout(120):
        await asyncio.gather(*(way() for way in (slow.slow_head, slow.slow_hello) for _ in range(SLOW)))
    for number in range(11):
        sent += await attacked(service, room, 10_000, seed=number) if number else Counter()
        held.append(Held.now())
        print(f"{sent.total():>7} messages, {time.monotonic() - begun:5.0f} s: {held[-1]}")
    assert sent.total() >= 100_000 and set(sent) == KINDS
    assert slow.sent == {"a slow request": SLOW, "a slow hello": SLOW}
    first_half, second_half = held[5] - held[0], held[10] - held[5]
    print(f"grown in the first half: {first_half}\nand in the second: {second_half}")
    # One object or block for every hundred messages would be 500: what a test and its service keep themselves is less.
    assert second_half.objects < max(first_half.objects, 0) + 500, second_half
    assert second_half.blocks < max(first_half.blocks, 0) + 5_000, second_half
    assert second_half.resident < max(first_half.resident, 0) + 16e6, second_half


class Held(NamedTuple):
    """What the process holds: objects that the collector knows, blocks of memory of any kind, resident bytes."""

    objects: int
    blocks: int
    resident: int

    @classmethod
    def now(cls) -> "Held":
        gc.collect()
        return cls(len(gc.get_objects()), sys.getallocatedblocks(), psutil.Process().memory_info().rss)

    def __sub__(self, before: "Held") -> "Held":
        return Held(*(now - then for now, then in zip(self, before, strict=True)))


async def test_a_request_that_comes_byte_by_byte_is_dropped(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("meeting.stream.arrivals.HEAD_WITHIN_S", 0.2)
    for beginning in (b"", b"GET /stream HTTP/1.1\r\nX: "):
        reader, writer = await asyncio.open_connection("127.0.0.1", port_of(service))
        writer.write(beginning)
        async with asyncio.timeout(60):
            with contextlib.suppress(ConnectionError):
                while await reader.read(100) == b"":
                    break
        writer.close()


async def test_who_asks_for_pongs_and_reads_none_is_cut(service: Service) -> None:
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    sock.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(sock, ("127.0.0.1", port_of(service)))
    await loop.sock_sendall(sock, handshake(f"127.0.0.1:{port_of(service)}"))
    pings = masked(0x9, b"x" * 125) * 100
    with contextlib.suppress(ConnectionError):
        async with asyncio.timeout(120):
            while True:
                await loop.sock_sendall(sock, pings)
    sock.close()


async def test_who_does_not_read_is_cut_and_nobody_else_waits(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("meeting.stream.wire.STALLED_AFTER_S", 0.3)
    room = open_room(service)
    text = "会议原则同意办公用房清理整改方案。" * 100
    async with raw(service, after=0) as quick, Intruder(port_of(service)) as deaf:
        deaf.writer.write(masked(TEXT, hello_of(service)))
        while len(service.hub) < 2:
            await asyncio.sleep(0.01)
        deaf.writer.transport.pause_reading()  # type: ignore[attr-defined] # a socket's transport reads
        number = 0
        async with asyncio.timeout(120):
            while len(service.hub) > 1:
                await room.tell([said(number + at, text) for at in range(20)])
                number += 20
                # What was said is with the others, whatever the deaf one's buffers are full of.
                assert seqs(await events(quick, number))[-1] == number
                # So that it is cut for standing still, and not for all that waits for it on a quick machine.
                await asyncio.sleep(0.02)
    assert number < MAX_WAITING_EVENTS


async def test_records_that_do_not_answer_close_with_1011_and_the_client_comes_back(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = open_room(service)
    await room.tell([said(1), said(2)])

    def held(*_: object) -> list[bytes]:
        raise StoreLocked(file="meetings.sqlite")

    with monkeypatch.context() as broken:
        broken.setattr(EventLog, "after", held)
        async with raw(service, after=0) as socket:
            code, heard = await closing(socket)
    assert (code, heard[-1]["code"]) == (1011, "store_locked")
    async with raw(service, after=0) as socket:
        assert seqs(await events(socket, 2)) == [1, 2]


async def test_tokens_that_cannot_be_looked_up_close_with_1011_and_keep_nobody_waiting(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = open_room(service)
    answer = threading.Event()

    def held(token: str) -> None:
        assert answer.wait(60)
        raise StoreLocked(file="meetings.sqlite")

    monkeypatch.setattr(service.records.tokens, "grant_of", held)
    async with raw(service, after=0) as other, raw(service, token="x") as socket:
        await first(other, "welcome")
        await room.tell([said(1)])
        assert seqs(await events(other, 1)) == [1]
        answer.set()
        code, heard = await closing(socket)
    assert (code, heard[-1]["code"]) == (1011, "store_locked")


NODE = """
const [url, token] = process.argv.slice(1);
const socket = new WebSocket(url);
const seen = [];
socket.onopen = () => socket.send(JSON.stringify({type: "hello", token, after: 0}));
socket.onmessage = (event) => {
  const message = JSON.parse(event.data);
  const text = message.text ?? "";
  if (message.seq && message.type !== "welcome") seen.push([message.seq, text.length, text.slice(-4)]);
  if (seen.length === 3) socket.send("x".repeat(1_000_000));
};
socket.onclose = (event) => { console.log(JSON.stringify([event.code, seen])); process.exit(0); };
"""


def node() -> list[str]:
    """Node.js with its WebSocket; empty without."""
    program = shutil.which("node")
    for flags in ([], ["--experimental-websocket"]):
        command = [str(program), *flags, "-e"]
        test = "if (!globalThis.WebSocket) process.exit(1)"
        if program and subprocess.run([*command, test], capture_output=True).returncode == 0:
            return command
    return []


async def test_a_client_of_another_make_understands(service: Service) -> None:
    command = await asyncio.to_thread(node)
    if not command:
        pytest.skip("no Node.js with WebSocket on this machine")
    room = open_room(service)
    await room.tell([AgendaChanged(items=room.items, by="王芳"), said(1, "同意𠮷。" * 30), said(2, "议" * 30_000)])
    address = service.home.address()
    process = await asyncio.create_subprocess_exec(
        *command, NODE, address.ws_url, address.token, stdout=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(120):
        output, _ = await process.communicate()
    assert json.loads(output) == [1009, [[1, 0, ""], [2, 5 * 30, "意𠮷。"], [3, 30_000, "议议议议"]]]
