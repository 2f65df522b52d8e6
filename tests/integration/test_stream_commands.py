"""Commands over a real socket: answered by id, done once, done whole."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from meeting.domain.events import AgendaChanged
from meeting.home import Home
from meeting.service import Service
from meeting.stream.client import CommandRefused, connect
from meeting.stream.messages import Item, Next, Search, Snapshot, Stop, Welcome
from tests.integration.stream_host import Room, open_room, serving
from tests.integration.stream_sockets import first, raw, until


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


async def test_a_command_is_done_once_for_its_id(service: Service, room: Room) -> None:
    async with raw(service) as socket:
        for _ in range(2):
            await socket.send(json.dumps({"type": "item", "id": "same", "number": 2}))
        answers = [await first(socket, "ok"), await first(socket, "ok")]
    assert answers == [{"type": "ok", "id": "same", "result": {"number": 2}}] * 2
    assert room.log.last_seq() == 2


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
