"""The real server and the real client over a real socket: in order, once each, none missing, whatever happens."""

import asyncio
import contextlib
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as open_socket
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin

from meeting.domain.events import AgendaChanged, End, Event, Segment
from meeting.home import Home
from meeting.records import Records
from meeting.service import Service
from meeting.stream.client import CommandRefused, Received, Reconnected, Reconnecting, StreamRefused, connect
from meeting.stream.messages import Item, Next, Partial, Search, Snapshot, Status, Stop, Welcome
from meeting.stream.protocol import MAX_MESSAGE_BYTES, MAX_WAITING_EVENTS
from tests.integration.stream_host import AGENDA, Room, open_room, said, serving

EPHEMERAL = ("welcome", "status", "partial", "ok", "error", "snapshot")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "家").prepare()


@pytest.fixture
async def service(home: Home) -> AsyncIterator[Service]:
    async with serving(home) as running:
        yield running


@pytest.fixture
async def room(service: Service) -> Room:
    room = open_room(service)
    await room.tell([AgendaChanged(items=room.items, by="王芳")])
    return room


@asynccontextmanager
async def raw(service: Service, **hello: Any) -> AsyncIterator[ClientConnection]:
    """A client that is nothing but a socket which has said hello."""
    address = service.home.address()
    options: dict[str, Any] = {"proxy": None, "compression": None, "max_queue": None, "close_timeout": 1}
    async with asyncio.timeout(20), open_socket(address.ws_url, **options) as socket:
        await socket.send(json.dumps({"type": "hello", "token": address.token, **hello}))
        yield socket


async def events(socket: ClientConnection, until_seq: int) -> list[bytes]:
    """The stored events that come, up to one."""
    found: list[bytes] = []
    while not found or json.loads(found[-1])["seq"] < until_seq:
        line = (await socket.recv()).encode()
        if json.loads(line)["type"] not in EPHEMERAL:
            found.append(line)
    return found


async def first(socket: ClientConnection, kind: str) -> dict[str, Any]:
    while True:
        message: dict[str, Any] = json.loads(await socket.recv())
        if message["type"] == kind:
            return message


async def closing(socket: ClientConnection) -> tuple[int | None, list[dict[str, Any]]]:
    """The close code, and what came before it."""
    heard = []
    with contextlib.suppress(ConnectionClosed):
        while True:
            heard.append(json.loads(await socket.recv()))
    return socket.close_code, heard


def seqs(bodies: list[bytes]) -> list[int]:
    return [json.loads(body)["seq"] for body in bodies]


async def test_without_a_place_a_client_gets_the_record_as_it_stands(service: Service, room: Room) -> None:
    await room.tell([said(1), said(2, "不同意𠮷。")])
    async with raw(service) as socket:
        welcome = json.loads(await socket.recv())
        snapshot = json.loads(await socket.recv())
        assert (welcome["type"], welcome["seq"], welcome["current_item"]) == ("welcome", 3, "i1")
        assert (welcome["epoch"], welcome["role"]) == (service.epoch, "secretary")
        assert welcome["meeting"]["id"] == room.meeting.id and len(welcome["items"]) == 2
        assert (snapshot["type"], snapshot["seq"]) == ("snapshot", 3)
        assert [segment["text"] for segment in snapshot["segments"]] == ["同意。", "不同意𠮷。"]
        await room.tell([said(3)])
        assert seqs(await events(socket, 4)) == [4]


@pytest.mark.parametrize("epoch", [None, "another"])
async def test_after_zero_replays_every_event_to_the_byte_whatever_the_epoch(
    service: Service, room: Room, epoch: str | None
) -> None:
    for number in range(30):
        await room.tell([said(number, f"第{number}句，“引号”\\n👩‍👩‍👧〇")])
    async with raw(service, after=0, epoch=epoch) as socket:
        assert await events(socket, 31) == room.log.after(0)


@pytest.mark.parametrize("hello", [{"epoch": "another", "after": 2}, {"after": 2}, {"after": 99}])
async def test_a_place_that_is_not_usable_gets_a_snapshot(
    service: Service, room: Room, hello: dict[str, Any]
) -> None:
    await room.tell([said(1), said(2)])
    if "after" in hello and hello["after"] == 99:
        hello = {**hello, "epoch": service.epoch}
    async with raw(service, **hello) as socket:
        assert [json.loads(await socket.recv())["type"] for _ in range(2)] == ["welcome", "snapshot"]


async def test_resuming_at_full_speed_has_neither_gap_nor_double(service: Service, room: Room) -> None:
    total = 800

    async def talk() -> None:
        for number in range(0, total, 2):
            await room.tell([said(number), said(number + 1)])

    async def follow(patience: int) -> list[bytes]:
        got: list[bytes] = []
        while len(got) < total + 1:
            async with raw(service, epoch=service.epoch, after=len(got)) as socket:
                got += await events(socket, min(len(got) + patience, total + 1))
                if patience % 2:
                    socket.transport.abort()
        return got

    _, *all_got = await asyncio.gather(talk(), *(follow(patience) for patience in (1000, 97, 50)))
    for got in all_got:
        assert got == room.log.after(0)


async def test_two_clients_see_the_same(service: Service, room: Room) -> None:
    async with raw(service, after=0) as one, raw(service, after=0) as other:
        for number in range(50):
            await room.tell([said(number)])
        assert await events(one, 51) == await events(other, 51)


async def test_partials_reach_who_wants_them_and_a_final_ends_them(service: Service, room: Room) -> None:
    partial = Partial(segment_id="s1", revision=1, start_ms=0, end_ms=500, text="同")
    async with raw(service) as socket, raw(service, partials=False) as quiet:
        for each in (socket, quiet):
            await first(each, "snapshot")
        service.hub.pass_on(room.meeting.id, "partial", partial)
        assert (await first(socket, "partial"))["text"] == "同"
        await room.tell([said(1)])
        assert json.loads(await socket.recv())["type"] == "segment"
        assert json.loads(await quiet.recv())["type"] == "segment"


async def test_wrong_token_and_wrong_beginning_close_with_1008(service: Service) -> None:
    for hello in ({"token": "falsch"}, {"type": "next", "id": "1"}, {"after": "x"}):
        async with raw(service, **hello) as socket:
            code, heard = await closing(socket)
        assert code == 1008
        assert [message["code"] for message in heard] == ["bad_token" if "token" in hello else "no_hello"]


async def test_binary_closes_with_1008(service: Service) -> None:
    async with raw(service) as socket:
        await socket.send(b"\x00")
        code, heard = await closing(socket)
    assert (code, heard[-1]["code"]) == (1008, "not_text")


async def test_client_that_says_nothing_is_closed(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("meeting.stream.connection.HELLO_WITHIN_S", 0.1)
    async with asyncio.timeout(5), open_socket(service.home.address().ws_url, proxy=None) as socket:
        code, heard = await closing(socket)
    assert (code, heard[0]["code"]) == (1008, "no_hello")


@pytest.mark.parametrize("size", [MAX_MESSAGE_BYTES + 1, 2_000_000])
async def test_too_large_closes_with_1009(service: Service, size: int) -> None:
    async with raw(service) as socket:
        await first(socket, "welcome")
        with contextlib.suppress(ConnectionClosed):
            await socket.send("x" * size)
        code, _ = await closing(socket)
    assert code == 1009


async def test_unknown_meeting_is_refused_by_name(service: Service) -> None:
    async with raw(service, meeting="19990101-none") as socket:
        code, heard = await closing(socket)
    assert (code, heard[-1]["code"], heard[-1]["facts"]) == (1008, "meeting_unknown", {"meeting": "19990101-none"})


async def test_end_of_the_meeting_closes_with_1000_after_its_event(service: Service, room: Room) -> None:
    async with raw(service, after=0) as socket:
        await room.tell([said(1), End(reason="stopped")])
        room.ended.set()
        code, heard = await closing(socket)
    stored = [message for message in heard if message["type"] not in EPHEMERAL]
    assert (code, stored[-1]["type"], stored[-1]["seq"]) == (1000, "end", 3)


async def test_client_that_comes_back_after_the_end_gets_the_rest_and_1000(service: Service, room: Room) -> None:
    await room.tell([said(1), said(2), End(reason="stopped")])
    room.ended.set()
    while service.session is not None:
        await asyncio.sleep(0.02)
    async with raw(service, meeting=room.meeting.id, epoch=service.epoch, after=2) as socket:
        code, heard = await closing(socket)
    assert (code, [message.get("seq") for message in heard if message["type"] not in EPHEMERAL]) == (1000, [3, 4])


async def test_service_that_goes_closes_with_1001(home: Home) -> None:
    async with serving(home) as service:
        room = open_room(service)
        async with raw(service, after=0) as socket, raw(service, meeting=room.meeting.id) as other:
            for each in (socket, other):
                await first(each, "welcome")
            service.leave()
            assert [(await closing(each))[0] for each in (socket, other)] == [1001, 1001]
    assert not (home.run / "service.json").exists()


async def test_slow_client_is_closed_with_1013_and_delays_nobody(service: Service, room: Room) -> None:
    address = service.home.address()
    total = 2 * MAX_WAITING_EVENTS
    async with raw(service, after=0) as quick:
        async with open_socket(address.ws_url, proxy=None, compression=None, max_queue=1, close_timeout=1) as slow:
            await slow.send(json.dumps({"type": "hello", "token": address.token, "after": 0}))
            await first(slow, "welcome")
            reading = asyncio.create_task(events(quick, total + 1))
            text = "会议原则同意办公用房清理整改方案。" * 100
            for number in range(0, total, 50):
                await room.tell([said(number + at, text) for at in range(50)])
            assert seqs(await reading) == list(range(1, total + 2))
            async with asyncio.timeout(20):
                code, heard = await closing(slow)
        got = [message["seq"] for message in heard if message["type"] not in EPHEMERAL]
        assert code == 1013
        assert got == list(range(1, len(got) + 1)) and len(got) < total
        async with raw(service, epoch=service.epoch, after=len(got)) as back:
            assert seqs(await events(back, total + 1)) == list(range(len(got) + 1, total + 2))


async def until(stream: AsyncIterator[Received], kind: type) -> Any:
    async with asyncio.timeout(15):
        async for message in stream:
            if isinstance(message, kind):
                return message
    raise AssertionError("the stream ended")


async def test_idle_service_says_so_and_clients_that_wait_are_welcomed_again(service: Service) -> None:
    address = service.home.address()
    async with connect(address.ws_url, address.token) as stream:
        messages = aiter(stream)
        assert (await until(messages, Welcome)).meeting is None
        assert (await until(messages, Status)).state == "idle"
        with pytest.raises(CommandRefused) as refused:
            await stream.command(Next(id="1"))
        assert (refused.value.code, refused.value.exit_code) == ("no_meeting_running", 1)
        room = open_room(service)
        await room.tell([AgendaChanged(items=room.items, by="王芳"), said(1)])
        for one in service.hub.idle():
            one.ring()
        assert (await until(messages, Welcome)).meeting.id == room.meeting.id
        assert (await until(messages, AgendaChanged)).seq == 1
        assert (await until(messages, Segment)).seq == 2
        await room.tell([said(2)])
        assert (await until(messages, Segment)).seq == 3


async def test_commands_are_answered_each_by_its_id(service: Service, room: Room) -> None:
    address = service.home.address()
    async with connect(address.ws_url, address.token) as stream:
        await until(aiter(stream), Snapshot)
        found: Any = await stream.command(Search(id="s", query="没有的词𠮷"))
        assert (found["query"], found["total"]) == ("没有的词𠮷", 0)
        with pytest.raises(CommandRefused) as refused:
            await stream.command(Item(id="i"))
        assert refused.value.code == "bad_command"


async def test_what_was_begun_is_done_whole_also_when_its_client_has_left(service: Service, room: Room) -> None:
    async with raw(service) as watcher:
        await first(watcher, "snapshot")
        async with raw(service) as leaver:
            await first(leaver, "snapshot")
            await leaver.send(json.dumps({"type": "item", "id": "x", "number": 2}))
        moved = await first(watcher, "item")
    assert (moved["number"], moved["seq"]) == (2, 2)
    assert room.log.last_seq() == 2


async def test_a_command_is_done_once_for_its_id(service: Service, room: Room) -> None:
    async with raw(service) as socket:
        for _ in range(2):
            await socket.send(json.dumps({"type": "item", "id": "same", "number": 2}))
        answers = [await first(socket, "ok"), await first(socket, "ok")]
    assert answers == [{"type": "ok", "id": "same", "result": {"number": 2}}] * 2
    assert room.log.last_seq() == 2


async def test_another_sites_page_is_turned_away(service: Service) -> None:
    address = service.home.address()
    with pytest.raises(InvalidStatus):
        async with open_socket(address.ws_url, proxy=None, origin=Origin("https://evil.example")):
            pass
    async with open_socket(address.ws_url, proxy=None, origin=Origin(address.url.rstrip("/"))):
        pass


async def test_our_own_mistake_is_answered_too_and_the_talk_goes_on(
    service: Service, room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    address = service.home.address()
    async with asyncio.timeout(10), connect(address.ws_url, address.token) as stream:
        await until(aiter(stream), Snapshot)
        with pytest.raises(CommandRefused) as refused:
            await stream.command(Next(id="n"))
        assert refused.value.code == "unexpected"
        assert await stream.command(Search(id="s", query="用房")) is not None
    assert "a mistake of ours" in caplog.text


async def test_refused_client_does_not_try_again(service: Service) -> None:
    async with asyncio.timeout(10), connect(service.home.address().ws_url, "falsch") as stream:
        with pytest.raises(StreamRefused) as refused:
            async for message in stream:
                assert not isinstance(message, Reconnecting)
    assert refused.value.code == "bad_token"


async def test_iteration_ends_with_the_meeting(service: Service, room: Room) -> None:
    address = service.home.address()
    seen: list[int] = []
    async with asyncio.timeout(10), connect(address.ws_url, address.token, after=0) as stream:
        async for message in stream:
            if isinstance(message, Event):
                seen.append(message.seq)
            if isinstance(message, AgendaChanged):
                await room.tell([said(1), End(reason="stopped")])
                room.ended.set()
    assert (seen, stream.close_code) == ([1, 2, 3], 1000)


def start_child(home: Home, port: int, meeting_id: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "tests.integration.stream_host", str(home.folder), str(port), meeting_id]
    return subprocess.Popen(command)


async def test_client_finds_its_place_again_after_the_service_was_killed(home: Home) -> None:
    records = Records(home)
    meeting_id = records.meetings.add(AGENDA)
    async with serving(home) as service:
        port = service._port
    child = start_child(home, port, meeting_id)
    seen: list[bytes] = []
    back = kills = 0
    try:
        async with asyncio.timeout(40):
            while True:
                with contextlib.suppress(Exception):
                    if home.address().meeting is None and home.address().pid == child.pid:
                        break
                await asyncio.sleep(0.02)
            address = home.address()
            async with connect(address.ws_url, address.token, meeting=meeting_id, after=0) as stream:
                async for message in stream:
                    if isinstance(message, Event):
                        seen.append(msgspec.json.encode(message))
                        if len(seen) >= 40 * (kills + 1) and back == kills < 2:
                            kills += 1
                            child.kill()
                            child.wait()
                            child = start_child(home, port, meeting_id)
                    assert not isinstance(message, Snapshot)
                    back += isinstance(message, Reconnected)
                    if len(seen) >= 120 and back == 2:
                        break
    finally:
        child.kill()
        child.wait()
    assert back == 2
    assert seen == records.log(meeting_id).after(0)[: len(seen)]
    records.close()


async def test_client_that_followed_the_running_meeting_comes_back_to_the_same_one(home: Home) -> None:
    """Its place is one of that meeting's; another that runs by now counts its own events."""
    seen: list[tuple[str, int]] = []
    meeting = ""
    async with serving(home) as service:
        port = service._port
        room = open_room(service)
        await room.tell([said(1), said(2)])
        address = home.address()
        stream_context = connect(address.ws_url, address.token, after=0)
        stream = await stream_context.__aenter__()
        messages = aiter(stream)
        while len(seen) < 2:
            async with asyncio.timeout(5):
                message = await anext(messages)
            if isinstance(message, Welcome) and message.meeting:
                meeting = message.meeting.id
            elif isinstance(message, Event):
                seen.append((meeting, message.seq))
        await room.tell([])
    # Before the port answers again: a client that comes back sooner than its meeting's end would wait for it.
    records = Records(home)
    records.log(room.meeting.id).append([said(3), End(reason="stopped")])
    records.close()
    async with serving(home, port) as service:
        other = open_room(service)
        await other.tell([said(number) for number in range(10)])
        async with asyncio.timeout(15):
            async for message in messages:
                if isinstance(message, Welcome) and message.meeting:
                    meeting = message.meeting.id
                elif isinstance(message, Event):
                    seen.append((meeting, message.seq))
        await stream_context.__aexit__(None, None, None)
    assert seen == [(room.meeting.id, seq) for seq in (1, 2, 3, 4)]


async def test_waiting_between_tries_begins_small_again_after_each_success(home: Home) -> None:
    waits: list[int] = []
    port = 0
    context = stream = messages = None
    for _ in range(4):
        async with serving(home, port) as service:
            port = service._port
            open_room(service)
            address = home.address()
            if context is None:
                context = connect(address.ws_url, address.token, meeting=service.session.meeting.id)  # type: ignore[union-attr] # just opened
                stream = await context.__aenter__()
                messages = aiter(stream)
            assert messages is not None
            async with asyncio.timeout(15):
                async for message in messages:
                    if isinstance(message, Reconnecting):
                        waits.append(message.attempt)
                    if isinstance(message, Snapshot) or (isinstance(message, Welcome) and waits):
                        break
    assert context is not None
    await context.__aexit__(None, None, None)
    assert waits.count(1) == 3


async def test_health_answers(service: Service) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", service._port)
    writer.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    answer = (await reader.read()).decode()
    writer.close()
    assert answer.startswith("HTTP/1.1 200") and answer.endswith('{"live":true,"ready":true}')


async def test_port_in_use_is_refused(home: Home, tmp_path: Path) -> None:
    from meeting.errors import PortTaken

    async with serving(home) as service:
        other = Service(Home(tmp_path / "other").prepare(), lambda name: tmp_path)
        with pytest.raises(PortTaken) as refused:
            other.bind(service._port)
        assert str(service._port) in str(refused.value)
        other._lock.release()
        other.records.close()


async def test_stop_of_nothing_is_refused(service: Service) -> None:
    address = service.home.address()
    async with connect(address.ws_url, address.token) as stream:
        await until(aiter(stream), Welcome)
        with pytest.raises(CommandRefused) as refused:
            await stream.command(Stop(id="1"))
        assert refused.value.code == "no_meeting_running"
