"""The real client against the real server: it keeps its place through deaths, ends and refusals."""

import asyncio
import contextlib
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from meeting.domain.events import AgendaChanged, End, Event, Segment
from meeting.home import Home
from meeting.records import Records
from meeting.service import Service
from meeting.stream.client import CommandRefused, Reconnected, Reconnecting, StreamRefused, connect
from meeting.stream.messages import Next, Snapshot, Status, Welcome
from tests.integration.stream_host import AGENDA, Room, open_room, said, serving
from tests.integration.stream_sockets import port_of, until


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


def start_child(home: Home, port: int, meeting_id: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "tests.integration.stream_host", str(home.folder), str(port), meeting_id]
    return subprocess.Popen(command)


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


async def test_refused_client_does_not_try_again(service: Service) -> None:
    async with asyncio.timeout(60), connect(service.home.address().ws_url, "falsch") as stream:
        with pytest.raises(StreamRefused) as refused:
            async for message in stream:
                assert not isinstance(message, Reconnecting)
    assert refused.value.code == "bad_token"


async def test_iteration_ends_with_the_meeting(service: Service, room: Room) -> None:
    address = service.home.address()
    seen: list[int] = []
    async with asyncio.timeout(60), connect(address.ws_url, address.token, after=0) as stream:
        async for message in stream:
            if isinstance(message, Event):
                seen.append(message.seq)
            if isinstance(message, AgendaChanged):
                await room.tell([said(1), End(reason="stopped")])
                room.ended.set()
    assert (seen, stream.close_code) == ([1, 2, 3], 1000)


async def test_client_finds_its_place_again_after_the_service_was_killed(home: Home) -> None:
    records = Records(home)
    meeting_id = records.meetings.add(AGENDA)
    async with serving(home) as service:
        port = port_of(service)
    child = start_child(home, port, meeting_id)
    seen: list[bytes] = []
    back = kills = 0
    try:
        async with asyncio.timeout(120):
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
        port = port_of(service)
        room = open_room(service)
        await room.tell([said(1), said(2)])
        address = home.address()
        stream_context = connect(address.ws_url, address.token, after=0)
        stream = await stream_context.__aenter__()
        messages = aiter(stream)
        while len(seen) < 2:
            async with asyncio.timeout(60):
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
        async with asyncio.timeout(60):
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
            port = port_of(service)
            open_room(service)
            address = home.address()
            if context is None:
                context = connect(address.ws_url, address.token, meeting=service.session.meeting.id)  # type: ignore[union-attr] # just opened
                stream = await context.__aenter__()
                messages = aiter(stream)
            assert messages is not None
            async with asyncio.timeout(60):
                async for message in messages:
                    if isinstance(message, Reconnecting):
                        waits.append(message.attempt)
                    if isinstance(message, Snapshot) or (isinstance(message, Welcome) and waits):
                        break
    assert context is not None
    await context.__aexit__(None, None, None)
    assert waits.count(1) == 3
