"""Commands over a real socket: answered by id, done once, done whole."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from meeting.access.grant import Grant
from meeting.access.reach import Reach
from meeting.domain.events import AgendaChanged
from meeting.home import Home
from meeting.service import Service
from meeting.store.meetings import Meeting
from meeting.stream.client import CommandRefused, connect
from meeting.stream.connection import MOST_ANSWERS
from meeting.stream.messages import Item, Next, Search, Snapshot, Stop, Welcome
from tests.integration.hostile import Intruder
from tests.integration.stream_host import AGENDA, Room, open_room, said, serving
from tests.integration.stream_sockets import first, port_of, raw, until
from ui.bench.stream.frames import TEXT, masked


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


async def test_who_asks_much_and_goes_without_reading_leaves_nothing_behind(service: Service) -> None:
    for _ in range(200):
        service.records.meetings.add(AGENDA)
    address = service.home.address()
    async with Intruder(port_of(service)) as deaf:
        deaf.writer.transport.pause_reading()  # type: ignore[attr-defined] # a socket's transport reads
        deaf.writer.write(masked(TEXT, json.dumps({"type": "hello", "token": address.token}).encode()))
        for number in range(400):
            deaf.writer.write(masked(TEXT, json.dumps({"type": "meetings", "id": str(number)}).encode()))
        async with asyncio.timeout(60):
            while not any(one.outbox.answers >= MOST_ANSWERS for one in service.hub.subscriptions):
                await asyncio.sleep(0.01)
        deaf.writer.transport.abort()
    async with asyncio.timeout(60):
        while len(service.hub):
            await asyncio.sleep(0.01)


async def test_of_what_waits_to_be_read_from_who_is_shown_out_nothing_is_done(
    service: Service, room: Room
) -> None:
    address = service.home.address()
    async with Intruder(port_of(service)) as shown_out:
        shown_out.writer.write(masked(TEXT, json.dumps({"type": "hello", "token": address.token}).encode()))
        for number in range(400):
            asked = {"type": "item", "id": f"n{number}", "number": 1}
            shown_out.writer.write(masked(TEXT, json.dumps(asked).encode()))
        async with asyncio.timeout(60):
            while room.log.last_seq() < 2:
                await asyncio.sleep(0.01)
            for one in service.hub.subscriptions:
                one.dismiss()
            while len(service.hub):
                await asyncio.sleep(0.01)
    assert room.log.last_seq() < 100


async def test_a_command_is_done_once_for_its_id(service: Service, room: Room) -> None:
    async with raw(service) as socket:
        for _ in range(2):
            await socket.send(json.dumps({"type": "item", "id": "same", "number": 2}))
        answers = [await first(socket, "ok"), await first(socket, "ok")]
    assert answers == [{"type": "ok", "id": "same", "result": {"number": 2}}] * 2
    assert room.log.last_seq() == 2


async def test_records_that_answer_late_keep_the_order_of_commands_and_nobody_else_waiting(
    service: Service, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, answer = threading.Event(), threading.Event()
    sees_all = Reach.sees_all

    def late(self: Reach, grant: Grant, meeting: Meeting) -> bool:
        if not asked.is_set():
            asked.set()
            assert answer.wait(60)
        return sees_all(self, grant, meeting)

    monkeypatch.setattr(Reach, "sees_all", late)
    async with raw(service, within_s=120) as socket:
        await first(socket, "snapshot")
        for number in (2, 1):
            await socket.send(json.dumps({"type": "item", "id": f"to {number}", "number": number}))
            await asyncio.to_thread(asked.wait, 60)
        async with raw(service, within_s=60) as other:
            await first(other, "snapshot")
            await room.tell([said(1)])
            assert (await first(other, "segment"))["text"]
        assert room.log.last_seq() == 2
        answer.set()
        moved = [(await first(socket, "item"))["number"] for _ in range(2)]
    assert moved == [2, 1]


async def test_our_own_mistake_is_answered_too_and_the_talk_goes_on(
    service: Service, room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    address = service.home.address()
    async with asyncio.timeout(60), connect(address.ws_url, address.token) as stream:
        await until(aiter(stream), Snapshot)
        with pytest.raises(CommandRefused) as refused:
            await stream.command(Next(id="n"))
        assert refused.value.code == "unexpected"
        assert await stream.command(Search(id="s", query="用房")) is not None
    assert "a mistake of ours" in caplog.text


async def test_stop_of_nothing_is_refused(service: Service) -> None:
    address = service.home.address()
    async with connect(address.ws_url, address.token) as stream:
        await until(aiter(stream), Welcome)
        with pytest.raises(CommandRefused) as refused:
            await stream.command(Stop(id="1"))
        assert refused.value.code == "no_meeting_running"
