"""Who sees and does what over a real socket: tokens, their scope, what is hidden, and what is written down of it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as open_socket
from websockets.exceptions import ConnectionClosed

from meeting.access.grant import CLEARANCE, Grant
from meeting.domain.agenda import Agenda, AgendaItem
from meeting.domain.events import AgendaChanged, Decision, End, ItemMoved, Note, Sharing
from meeting.home import Home
from meeting.service import Service
from meeting.stream.messages import ClientRole, Partial
from tests.integration.stream_host import Room, open_room, said, serving

AGENDA = Agenda(
    title="局长办公会议",
    body="省局办公会",
    date="2026-03-09",
    classification="公开",
    items=(
        AgendaItem(number=1, title="审议办公用房清理整改方案"),
        AgendaItem(number=2, title="研究𠮷字号人事任免", classification="内部", presenting_units=("人事处",)),
    ),
)
PASSING = ("welcome", "status", "partial", "ok", "error", "snapshot")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "家").prepare()


@pytest.fixture
async def service(home: Home) -> AsyncIterator[Service]:
    async with serving(home) as running:
        yield running


@pytest.fixture
async def room(service: Service) -> Room:
    meeting = service.records.meetings.add(AGENDA)
    service.records.library.add_agenda(service.records.meetings.get(meeting))
    room = open_room(service, meeting)
    await room.tell([AgendaChanged(items=room.items, by="王芳")])
    return room


def token(service: Service, role: ClientRole, **scope: Any) -> str:
    grant = Grant(role=role, clearance=scope.pop("clearance", CLEARANCE[role]), name="周敏", **scope)
    return service.records.tokens.make(grant, scope.get("lasts"))[0]


@asynccontextmanager
async def joined(service: Service, given: str, **hello: Any) -> AsyncIterator[ClientConnection]:
    options: dict[str, Any] = {"proxy": None, "compression": None, "close_timeout": 1}
    async with asyncio.timeout(120), open_socket(service.home.address().ws_url, **options) as socket:
        await socket.send(json.dumps({"type": "hello", "token": given, **hello}))
        yield socket


async def first(socket: ClientConnection, kind: str, **fields: Any) -> dict[str, Any]:
    while True:
        message: dict[str, Any] = json.loads(await socket.recv())
        if message["type"] == kind and all(message[name] == value for name, value in fields.items()):
            return message


async def seen_until_phase(socket: ClientConnection, room: Room) -> list[dict[str, Any]]:
    """What comes until a mark that everybody sees."""
    from meeting.domain.events import Phase

    await room.tell([Phase(phase="items", by="标记")])
    found = []
    while True:
        message = json.loads(await socket.recv())
        if message["type"] == "phase":
            return found
        if message["type"] not in ("status", "welcome"):
            found.append(message)


async def ask(socket: ClientConnection, command: dict[str, Any]) -> dict[str, Any]:
    await socket.send(json.dumps({"id": "q", **command}))
    while True:
        message: dict[str, Any] = json.loads(await socket.recv())
        if message.get("id") == "q":
            return message


@pytest.mark.parametrize("role", ["display", "participant"])
async def test_transcript_comes_only_once_it_is_switched_on(
    service: Service, room: Room, role: ClientRole
) -> None:
    audience = "display" if role == "display" else "participants"
    await room.tell([said(1, "先说的话。")])
    async with joined(service, token(service, role)) as socket:
        assert (await first(socket, "snapshot"))["segments"] == []
        await room.tell([said(2, "还看不到。")])
        partial = Partial(segment_id="s9", revision=1, start_ms=9_000, end_ms=9_500, text="正在说")
        service.hub.pass_on(room.meeting.id, "partial", partial)
        assert await seen_until_phase(socket, room) == []
        await room.tell([Sharing(audience=audience, transcript=True, by="王芳")])  # type: ignore[arg-type]
        shown = await first(socket, "snapshot")
        assert [one["text"] for one in shown["segments"]] == ["先说的话。", "还看不到。"]
        await room.tell([said(3, "看得到了。")])
        segment = await first(socket, "segment")
        assert segment["text"] == "看得到了。" and not segment["raw_text"]
        await room.tell([Sharing(audience=audience, transcript=False, by="王芳")])  # type: ignore[arg-type]
        assert (await first(socket, "snapshot"))["segments"] == []


async def test_item_above_the_clearance_is_never_sent(service: Service, room: Room) -> None:
    await room.tell([Sharing(audience="participants", transcript=True, by="王芳")])
    hidden = said(2, "人事机密。")
    hidden = type(hidden)(**{f: getattr(hidden, f) for f in hidden.__struct_fields__} | {"item_id": "i2"})
    async with joined(service, token(service, "participant", clearance="公开"), after=0) as socket:
        welcome = await first(socket, "welcome")
        assert [one["number"] for one in welcome["items"]] == [1]
        await room.tell([ItemMoved(item_id="i2", number=2, state="ongoing", by="王芳", media_ms=2_000)])
        await room.tell([hidden, Note(text="人事", by="王芳", item_id="i2")])
        decision = Decision(decision_id="d1", rev=1, item_ids=("i1", "i2"), outcome="通过", by="王芳")
        await room.tell([decision])
        partial = Partial(segment_id="s9", revision=1, start_ms=9_000, end_ms=9_500, text="任命")
        service.hub.pass_on(room.meeting.id, "partial", partial)
        heard = await seen_until_phase(socket, room)
        assert [one["type"] for one in heard] == ["agenda", "sharing"]
        assert "人事" not in json.dumps(heard, ensure_ascii=False)
    async with joined(service, token(service, "participant", clearance="公开"), after=0) as socket:
        replayed = await seen_until_phase(socket, room)
    assert "人事" not in json.dumps(replayed, ensure_ascii=False)


async def test_what_moves_out_of_sight_is_taken_away_from_who_saw_it(service: Service, room: Room) -> None:
    await room.tell([Sharing(audience="participants", transcript=True, by="王芳")])
    async with joined(service, token(service, "participant", clearance="公开")) as socket:
        await first(socket, "snapshot")
        segment = said(1, "其实是人事的话。")
        await room.tell([segment])
        assert (await first(socket, "segment"))["text"]
        values = {f: getattr(segment, f) for f in segment.__struct_fields__}
        moved = type(segment)(**values | {"item_id": "i2", "rev": 2})
        await room.tell([moved])
        gone = await first(socket, "segment")
        assert (gone["segment_id"], gone["rev"], gone["text"]) == ("s1", 2, "")
        await room.tell([type(segment)(**values | {"item_id": "i2", "rev": 3, "text": "改过的人事的话。"})])
        assert await seen_until_phase(socket, room) == []


async def test_search_neither_finds_nor_counts_what_is_hidden(service: Service, room: Room) -> None:
    ask_for = {"type": "search", "query": "人事任免"}
    async with joined(service, service.home.address().token) as socket:
        # The index is built beside everything else.
        while not (await ask(socket, ask_for))["result"]["total"]:
            await asyncio.sleep(0.05)
    for given, found in ((token(service, "archivist"), 1), (token(service, "archivist", clearance="公开"), 0)):
        async with joined(service, given) as socket:
            result = (await ask(socket, ask_for))["result"]
        assert (result["total"], len(result["hits"])) == (found, found)
        assert sum(result["facets"]["kind"].values()) == found
    async with joined(service, token(service, "archivist", clearance="公开")) as socket:
        result = (await ask(socket, {"type": "search", "query": "办公用房"}))["result"]
    assert result["total"] == 1 and "人事处" not in json.dumps(result, ensure_ascii=False)


async def test_search_for_participants_has_no_verbatim_records(service: Service, room: Room) -> None:
    library = service.records.library
    segment = said(1, "逐字记录里的话。")
    await room.tell([segment])
    await asyncio.to_thread(library.put_live, room.meeting, [segment], room.items)
    async with joined(service, token(service, "participant")) as socket:
        assert (await ask(socket, {"type": "search", "query": "逐字记录"}))["result"]["total"] == 0
        await room.tell([Sharing(audience="participants", transcript=True, by="王芳")])
        assert (await ask(socket, {"type": "search", "query": "逐字记录"}))["result"]["total"] == 1
    async with joined(service, service.home.address().token) as socket:
        assert (await ask(socket, {"type": "search", "query": "逐字记录"}))["result"]["total"] == 1


async def test_bodies_see_their_own_archive(service: Service, room: Room) -> None:
    ask_for = {"type": "search", "query": "办公用房"}
    async with joined(service, service.home.address().token) as socket:
        while not (await ask(socket, ask_for))["result"]["total"]:
            await asyncio.sleep(0.05)
    for body, found in (("省局办公会", 1), ("另一个主体", 0)):
        async with joined(service, token(service, "archivist", body=body), meeting=None) as socket:
            assert (await ask(socket, ask_for))["result"]["total"] == found
    async with joined(service, token(service, "archivist", body="另一个主体"), meeting=room.meeting.id) as socket:
        assert (await first(socket, "error"))["code"] == "meeting_unknown"
    async with joined(service, token(service, "participant", body="另一个主体")) as socket:
        assert (await first(socket, "welcome"))["meeting"] is None


async def test_participant_has_no_past_meeting(service: Service, room: Room) -> None:
    await room.tell([said(1), End(reason="stopped")])
    room.ended.set()
    while service.session is not None:
        await asyncio.sleep(0.02)
    for scope, code in (({}, "meeting_unknown"), ({"meeting": room.meeting.id}, None)):
        async with joined(service, token(service, "participant", **scope), meeting=room.meeting.id) as socket:
            if code:
                assert (await first(socket, "error"))["code"] == code
            else:
                assert (await first(socket, "snapshot"))["segments"] == []
    async with joined(service, token(service, "archivist"), meeting=room.meeting.id) as socket:
        assert [one["text"] for one in (await first(socket, "snapshot"))["segments"]] == ["同意。"]
    opened = [one for one in service.records.openings.of(room.meeting.id) if one.who.startswith("archivist 周敏")]
    assert [(one.what, one.meeting) for one in opened] == [("record", room.meeting.id)]


@pytest.mark.parametrize("role", ["display", "participant", "archivist"])
async def test_only_the_secretary_steers(service: Service, room: Room, role: ClientRole) -> None:
    async with joined(service, token(service, role)) as socket:
        for command in ("next", "stop", "pause", "meetings", "share"):
            fields = {"audience": "display", "transcript": True} if command == "share" else {}
            assert (await ask(socket, {"type": command, **fields}))["code"] == "not_allowed"


async def test_token_that_is_over_or_taken_back_opens_nothing_and_ends_its_client(
    service: Service, room: Room
) -> None:
    grant = Grant(role="participant", clearance="内部")
    over, _ = service.records.tokens.make(grant, timedelta(seconds=-1))
    async with joined(service, over) as socket:
        assert (await first(socket, "error"))["code"] == "bad_token"
    good, listed = service.records.tokens.make(grant)
    async with joined(service, good) as socket:
        await first(socket, "welcome")
        service.records.tokens.revoke(listed.id)
        with pytest.raises(ConnectionClosed):
            while True:
                await socket.recv()
        assert socket.close_code == 1008
    async with joined(service, good) as socket:
        assert (await first(socket, "error"))["code"] == "bad_token"


@pytest.mark.parametrize(
    ("headers", "path", "status"),
    [
        ({"Origin": "https://evil.example"}, "/stream", 403),
        ({"Host": "evil.example"}, "/stream", 421),
        ({}, "/stream?token=abc", 400),
        ({"Origin": "null"}, "/stream", 403),
    ],
)
async def test_strangers_get_no_socket(service: Service, headers: dict[str, str], path: str, status: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", service.ports.port)
    lines = {"Host": f"127.0.0.1:{service.ports.port}", "Upgrade": "websocket", "Connection": "Upgrade"}
    lines |= {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version": "13"} | headers
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    writer.write(f"GET {path} HTTP/1.1\r\n{head}\r\n".encode())
    assert f" {status} ".encode() in await asyncio.wait_for(reader.readline(), 60)
    writer.close()


async def test_answers_carry_what_keeps_a_browser_strict(service: Service) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", service.ports.port)
    request = f"GET /../../run/token HTTP/1.1\r\nHost: 127.0.0.1:{service.ports.port}\r\nConnection: close\r\n\r\n"
    writer.write(request.encode())
    answer = (await asyncio.wait_for(reader.read(), 60)).decode().lower()
    writer.close()
    assert answer.startswith("http/1.1 404")
    assert "script-src 'self'" in answer and "unsafe-inline" not in answer
    for line in ("x-content-type-options: nosniff", "frame-ancestors 'none'", "referrer-policy: no-referrer"):
        assert line in answer


async def test_own_socket_is_good_after_wrong_tokens(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("meeting.stream.guard.LONGEST_ANSWER_S", 0.05)
    for _ in range(6):
        async with joined(service, "falsch") as socket:
            assert (await first(socket, "error"))["code"] == "bad_token"
    async with joined(service, service.home.address().token) as socket:
        assert await first(socket, "welcome")
