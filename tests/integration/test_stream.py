"""The real server over a real socket: in order, once each, none missing, whatever happens."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import connect as open_socket
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin

from meeting.domain.events import AgendaChanged, End
from meeting.home import Home
from meeting.service import Service
from meeting.stream.messages import Partial
from meeting.stream.protocol import MAX_MESSAGE_BYTES, MAX_WAITING_EVENTS
from tests.integration.stream_host import Room, open_room, said, serving
from tests.integration.stream_sockets import EPHEMERAL, closing, events, first, port_of, raw, seqs


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
    async with asyncio.timeout(60), open_socket(service.home.address().ws_url, proxy=None) as socket:
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


async def test_slow_client_is_closed_with_1013_and_delays_nobody(
    service: Service, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    # It reads nothing until all the others have everything, which takes a busy machine longer.
    monkeypatch.setattr("meeting.stream.wire.STALLED_AFTER_S", 60.0)
    monkeypatch.setattr("meeting.stream.wire.CUT_AFTER_S", 0.05)
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
            async with asyncio.timeout(60):
                code, heard = await closing(slow)
        got = [message["seq"] for message in heard if message["type"] not in EPHEMERAL]
        assert code == 1013
        assert got == list(range(1, len(got) + 1)) and len(got) < total
        async with raw(service, epoch=service.epoch, after=len(got)) as back:
            assert seqs(await events(back, total + 1)) == list(range(len(got) + 1, total + 2))


async def test_another_sites_page_is_turned_away(service: Service) -> None:
    address = service.home.address()
    with pytest.raises(InvalidStatus):
        async with open_socket(address.ws_url, proxy=None, origin=Origin("https://evil.example")):
            pass
    async with open_socket(address.ws_url, proxy=None, origin=Origin(address.url.rstrip("/"))):
        pass


async def test_port_in_use_is_refused(home: Home, tmp_path: Path) -> None:
    from meeting.errors import PortTaken

    async with serving(home) as service:
        other = Service(Home(tmp_path / "other").prepare(), lambda name: tmp_path)
        with pytest.raises(PortTaken) as refused:
            other.bind(port_of(service))
        assert str(port_of(service)) in str(refused.value)
        other._lock.release()
        other.records.close()
