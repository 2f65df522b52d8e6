"""What participants and screens get over a socket, live or replayed: nothing hidden, nothing missing or twice."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from websockets.asyncio.client import ClientConnection

from meeting.access.grant import Audience, Grant
from meeting.domain.agenda import Agenda, AgendaItem
from meeting.domain.events import AgendaChanged, Phase, Segment, Sharing
from meeting.errors import StoreLocked
from meeting.home import Home
from meeting.service import Service
from meeting.store.log import EventLog
from meeting.stream.messages import ClientRole
from tests.integration.hostile import Intruder
from tests.integration.stream_host import Room, open_room, said, serving
from tests.integration.stream_sockets import closing, events, first, port_of, raw, seqs
from ui.bench.stream.frames import TEXT, masked

AGENDA = Agenda(
    title="局长办公会议",
    date="2026-03-09",
    classification="公开",
    items=(
        AgendaItem(number=1, title="审议办公用房清理整改方案"),
        AgendaItem(number=2, title="研究𠮷字号任免", classification="内部"),
    ),
)
ROLES: list[tuple[ClientRole, Audience]] = [("display", "display"), ("participant", "participants")]
HIDDEN = "不外传的人选。"


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    async with serving(Home(tmp_path / "家").prepare()) as running:
        yield running


@pytest.fixture
async def room(service: Service) -> Room:
    room = open_room(service, service.records.meetings.add(AGENDA))
    await room.tell([AgendaChanged(items=room.items, by="王芳")])
    return room


def token(service: Service, role: ClientRole) -> str:
    return service.records.tokens.make(Grant(role=role, clearance="公开", name="周敏"))[0]


def secret(number: int, **changes: Any) -> Segment:
    return replace(said(number, HIDDEN), item_id="i2", **changes)


async def got(socket: ClientConnection, mark: str) -> list[dict[str, Any]]:
    """What comes before the mark that everybody sees."""
    found: list[dict[str, Any]] = []
    while True:
        message = json.loads(await socket.recv())
        if message["type"] == "phase" and message["by"] == mark:
            return found
        if message["type"] not in ("status", "welcome"):
            found.append(message)


def texts(messages: list[dict[str, Any]]) -> list[str]:
    return [one["text"] for one in messages if one["type"] == "segment"]


@pytest.mark.parametrize(("role", "audience"), ROLES)
async def test_live_replayed_and_reconnected_show_the_same_across_the_switch(
    service: Service, room: Room, role: ClientRole, audience: Audience
) -> None:
    on, off = (Sharing(audience=audience, transcript=shown, by="王芳") for shown in (True, False))
    given = token(service, role)
    async with raw(service, token=given) as live:
        assert (await first(live, "snapshot"))["segments"] == []
        await room.tell([said(1), secret(2), Phase(phase="items", by="甲")])
        assert texts(await got(live, "甲")) == []
        await room.tell([on])
        shown = await first(live, "snapshot")
        assert [one["segment_id"] for one in shown["segments"]] == ["s1"]
        await room.tell([said(3, "三。"), secret(4), said(5, "五。"), Phase(phase="items", by="乙")])
        heard = await got(live, "乙")
        assert texts(heard) == ["三。", "五。"]
        place = heard[-1]["seq"]
    # Away from here on: what is said meanwhile comes by replay, once each.
    await room.tell([said(6, "六。"), secret(7), said(8, "八。"), Phase(phase="items", by="丙")])
    async with raw(service, token=given, after=place, epoch=service.epoch) as back:
        heard = await got(back, "丙")
        assert texts(heard) == ["六。", "八。"] and all(one["type"] != "snapshot" for one in heard)
        await room.tell([said(9, "九。"), Phase(phase="items", by="丁")])
        assert texts(await got(back, "丁")) == ["九。"]
    async with raw(service, token=given, after=0) as late:
        heard = await got(late, "丁")
        assert texts(heard) == ["同意。", "三。", "五。", "六。", "八。", "九。"]
        ordered = [one["seq"] for one in heard if "seq" in one]
        assert ordered == sorted(set(ordered))
    # Away over the switch: what was shown is no longer, and comes back with it.
    await room.tell([off, said(10, "十。"), Phase(phase="items", by="戊")])
    for after in (place, None, 0):
        async with raw(service, token=given, after=after, epoch=service.epoch) as socket:
            await first(socket, "welcome")
            mark = f"己{after}"
            await room.tell([Phase(phase="items", by=mark)])
            heard = await got(socket, mark)
            assert texts(heard) == []
            assert not any(one.get("segments") for one in heard)
    await room.tell([on])
    async with raw(service, token=given, after=place, epoch=service.epoch) as socket:
        back_again = [one["segment_id"] for one in (await first(socket, "snapshot"))["segments"]]
        assert back_again == [f"s{number}" for number in (1, 3, 5, 6, 8, 9, 10)]


async def test_what_is_committed_but_not_told_yet_shows_nobody_what_is_hidden(
    service: Service, room: Room
) -> None:
    """Who joins in the moment between the two reads further than the others have got."""
    await room.tell([Sharing(audience="participants", transcript=True, by="王芳"), said(1, "其实是人选。")])
    given = token(service, "participant")
    async with raw(service, token=given) as witness:
        assert len((await first(witness, "snapshot"))["segments"]) == 1
        moved = await asyncio.to_thread(room.log.append, [secret(1, rev=2), said(2, "可以看的。")])
        async with raw(service, token=given, after=0) as replayed, raw(service, token=given) as standing:
            assert [one["text"] for one in (await first(standing, "snapshot"))["segments"]] == ["可以看的。"]
            assert (await first(replayed, "segment"))["text"] == "其实是人选。"
            service.hub.publish(room.meeting.id, moved)
            await room.tell([Phase(phase="items", by="甲")])
            assert texts(await got(witness, "甲")) == ["", "可以看的。"]
            assert texts(await got(replayed, "甲")) == ["", "可以看的。"]
            assert texts(await got(standing, "甲")) == []


async def test_gate_of_a_meeting_goes_with_its_last_client(service: Service, room: Room) -> None:
    async with raw(service, token=token(service, "participant")) as socket:
        await first(socket, "snapshot")
        assert service.hub.gate(room.meeting.id) is not None
    while len(service.hub):
        await asyncio.sleep(0.01)
    assert service.hub.gate(room.meeting.id) is None


async def test_what_was_committed_and_never_told_reaches_clients_by_coming_back(
    service: Service, room: Room
) -> None:
    async with raw(service, after=0) as socket:
        await events(socket, 1)
        await asyncio.to_thread(room.log.append, [said(1)])
        await room.tell([said(2)])
        code, heard = await closing(socket)
        assert code == 1011 and not texts(heard)
    async with raw(service, after=1, epoch=service.epoch) as socket:
        assert seqs(await events(socket, 3)) == [2, 3]
        await room.tell([said(3)])
        assert seqs(await events(socket, 4)) == [4]


async def test_records_that_close_in_the_middle_of_a_replay_end_it_with_1011(
    service: Service, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    await room.tell([said(number) for number in range(30)])
    monkeypatch.setattr("meeting.stream.opening.REPLAY_BATCH", 10)
    whole = EventLog.after

    def until_locked(log: EventLog, seq: int, limit: int = 10_000) -> list[bytes]:
        if seq >= 20:
            raise StoreLocked(file="meetings.sqlite")
        return whole(log, seq, limit)

    with monkeypatch.context() as broken:
        broken.setattr(EventLog, "after", until_locked)
        async with raw(service, after=0) as socket:
            code, heard = await closing(socket)
    assert (code, heard[-1]["code"]) == (1011, "store_locked")
    last = [one["seq"] for one in heard if "seq" in one and one["type"] not in ("welcome", "snapshot")]
    assert last == list(range(1, 21))
    async with raw(service, after=20, epoch=service.epoch) as socket:
        assert seqs(await events(socket, 31)) == list(range(21, 32))


@pytest.mark.parametrize("size", [300_000, 8_000_000])
async def test_socket_of_a_message_too_large_is_not_reset_over_its_answer(
    service: Service, room: Room, size: int
) -> None:
    """The rest of it is on its way when it is refused."""
    async with asyncio.timeout(60), Intruder(port_of(service)) as one:
        hello = {"type": "hello", "token": service.home.address().token}
        one.writer.write(masked(TEXT, json.dumps(hello).encode()))
        await one.hear(lambda: len(one.texts) > 1)
        one.writer.write(masked(TEXT, b"x" * size))
        await one.hear()
        assert one.code == 1009
