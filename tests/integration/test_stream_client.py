"""The client against what an older or newer service may say, and against a place in a record it knows."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from websockets.asyncio.server import ServerConnection, serve

from meeting.domain.events import Segment
from meeting.errors import Disconnected, MessageUnreadable
from meeting.home import Home
from meeting.stream.client import Received, connect
from meeting.stream.messages import Next, Snapshot, Welcome
from tests.integration.stream_host import open_room, said, serving

WELCOME: dict[str, object] = {
    "type": "welcome",
    "epoch": "e",
    "meeting": {"id": "m", "title": "会"},
    "items": [],
    "current_item": None,
    "role": "secretary",
    "seq": 0,
    "server_time": "",
}


@asynccontextmanager
async def saying(*messages: object) -> AsyncIterator[str]:
    """A service of another version, that says these things and then ends; its address."""

    async def talk(socket: ServerConnection) -> None:
        await socket.recv()
        for message in messages:
            await socket.send(message if isinstance(message, str) else json.dumps(message, ensure_ascii=False))
        await asyncio.sleep(0.2)

    async with asyncio.timeout(60), serve(talk, "127.0.0.1", 0) as server:
        yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/stream"


async def heard(url: str) -> list[Received]:
    async with connect(url, "t") as stream:
        return [message async for message in stream]


async def test_passing_messages_that_are_not_understood_are_passed_over() -> None:
    spoken = {"type": "segment", "seq": 1, "at": "2026-03-09T01:00:00Z", "segment_id": "s1", "rev": 1}
    spoken |= {"item_id": None, "start_ms": 0, "end_ms": 900, "text": "同意𠮷。"}
    strange = ({"type": "status", "recording": 7}, {"type": "partial"}, {"type": "天气"})
    async with saying(WELCOME, *strange, spoken) as url:
        found = await heard(url)
    assert [type(message) for message in found] == [Welcome, Segment]


@pytest.mark.parametrize("broken", [{"type": "segment", "seq": 1}, {"type": "welcome"}, "{", "7"])
async def test_a_record_that_is_not_understood_is_told_and_not_passed_over(broken: object) -> None:
    async with saying(WELCOME, broken) as url:
        with pytest.raises(MessageUnreadable):
            await heard(url)


async def test_a_command_does_not_wait_for_an_answer_that_was_not_understood() -> None:
    async with saying(WELCOME, {"type": "ok"}) as url, connect(url, "t") as stream:
        async for _ in stream:
            with pytest.raises(Disconnected):
                await stream.command(Next(id="1"))
            break


async def test_with_the_epoch_only_what_came_after_is_sent(tmp_path: Path) -> None:
    async with asyncio.timeout(60), serving(Home(tmp_path / "家").prepare()) as service:
        room = open_room(service)
        await room.tell([said(number) for number in range(4)])
        address = service.home.address()
        kinds = {}
        for epoch in (None, address.epoch):
            async with connect(address.ws_url, address.token, after=2, epoch=epoch) as stream:
                messages = [message async for message in _until_last(stream.__aiter__())]
            kinds[epoch] = [type(one) for one in messages if isinstance(one, Snapshot | Segment)]
    assert kinds == {None: [Snapshot], address.epoch: [Segment, Segment]}


async def _until_last(messages: AsyncIterator[Received]) -> AsyncIterator[Received]:
    async for message in messages:
        yield message
        if isinstance(message, Snapshot | Segment) and message.seq == 4:
            return
