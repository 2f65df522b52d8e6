"""Every command of the wire and every passing message, for each role and scope: nothing of what is hidden comes out."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, get_args

import msgspec
import pytest

from meeting.access.grant import CLEARANCE, Grant
from meeting.domain.agenda import Agenda, AgendaDocument, AgendaItem
from meeting.domain.events import (
    Action,
    AgendaChanged,
    Attendance,
    Decision,
    End,
    ItemEntry,
    ItemMoved,
    Note,
    Segment,
    Sharing,
)
from meeting.domain.state import AgendaState
from meeting.home import Home
from meeting.memory.facts import Origin
from meeting.service import Service
from meeting.stream.messages import ClientCommand, Partial, Recalled, Suggestion
from tests.integration.stream_host import Room, open_room, serving
from tests.integration.test_security_stream import ask, joined, seen_until_phase

PAST = Agenda(
    title="去年的办公会",
    body="省局办公会",
    date="2025-03-09",
    items=(
        AgendaItem(number=1, title="审议办公用房清理", matter="办公用房清理"),
        AgendaItem(
            number=2,
            title="研究甲密字号任免",
            matter="办公用房清理",
            classification="机密",
            presenting_units=("甲密处",),
            documents=(AgendaDocument(title="甲密方案", path="a.docx"),),
        ),
        # Marked no higher than others, it stands under what is.
        AgendaItem(number=3, title="甲密字号分项", matter="办公用房清理", parent=2, classification="公开"),
    ),
)
NOW = Agenda(
    title="今年的办公会",
    body="省局办公会",
    date="2026-03-09",
    items=(
        AgendaItem(number=1, title="再议办公用房清理", matter="办公用房清理"),
        AgendaItem(number=2, title="研究乙密字号任免", matter="乙密事项", classification="机密"),
        AgendaItem(number=3, title="听取丙项情况", matter="丙项"),
    ),
)
OTHER = Agenda(
    title="丁体党组会",
    body="丁体党组",
    date="2025-05-09",
    items=(AgendaItem(number=1, title="丁体的办公用房清理", matter="办公用房清理"),),
)
SECRET = ("甲密", "乙密")
VERBATIM = "从前的原话"
LIVE = "此刻的原话"
OUTSIDE = "议题外的原话"
THIRD = "丙项"
ELSEWHERE = "丁体"


def spoken(number: int, item: str | None, text: str) -> Segment:
    start = number * 1000
    return Segment(
        segment_id=f"s{number}", rev=1, item_id=item, start_ms=start, end_ms=start + 900, text=text, raw_text=text
    )


def facts(secret: str, said: str, items: tuple[ItemEntry, ...]) -> list[Any]:
    return [
        AgendaChanged(items=items, by="王芳"),
        spoken(1, "i1", f"{said}，办公用房清理。"),
        spoken(2, "i2", f"{said}，{secret}字号办公用房清理。"),
        spoken(3, None, f"{OUTSIDE}，办公用房清理。"),
        Note(text=f"{secret}备注", by="王芳", item_id="i2"),
        Attendance(person=f"{secret}某", state="present", by="王芳", item_id="i2"),
        Decision(
            decision_id="d1", rev=1, item_ids=("i1",), outcome="通过", resolution_text="同意清理方案", by="王芳"
        ),
        Decision(
            decision_id="d2",
            rev=1,
            item_ids=("i1", "i2"),
            outcome="通过",
            resolution_text=f"同意{secret}办公用房清理",
            by="王芳",
            evidence=("s2",),
        ),
        # It names no item itself: its decision does.
        Action(
            action_id="a1",
            rev=1,
            text=f"落实{secret}办公用房清理",
            by="王芳",
            decision_id="d2",
            lead_unit=f"{secret}处",
        ),
        Action(action_id="a2", rev=1, text="落实清理方案", by="王芳", item_id="i1"),
    ]


@pytest.fixture
async def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Service]:
    # What is classified is there already; no port is opened then, and this test speaks to a port.
    monkeypatch.setattr("meeting.service.highest_held", lambda records: "")
    async with serving(Home(tmp_path / "家").prepare()) as running:
        yield running


async def _fill(service: Service) -> tuple[Room, str, str]:
    records = service.records
    past, now, other = (records.meetings.add(one) for one in (PAST, NOW, OTHER))
    items = AgendaState.from_agenda(PAST).items
    came = [ItemMoved(item_id=one.item_id, number=one.number, state="completed", by="王芳") for one in items]
    records.log(past).append([*facts("甲密", VERBATIM, items), *came, End(reason="stopped")])
    entries = AgendaState.from_agenda(OTHER).items
    records.log(other).append(
        [AgendaChanged(items=entries, by="王芳"), spoken(1, "i1", "丁体的话"), End(reason="stopped")]
    )
    await asyncio.to_thread(records.library.reindex)
    room = open_room(service, now)
    # The room's memory asks the session for the item of the moment.
    vars(room)["ledger"] = SimpleNamespace(agenda=AgendaState.from_agenda(NOW))
    events = [*facts("乙密", LIVE, room.items), spoken(9, "i3", "丙项的话，办公用房清理。")]
    await room.tell(events)
    said = [one for one in events if isinstance(one, Segment)]
    await asyncio.to_thread(records.library.put_live, room.meeting, said, room.items)
    return room, past, other


def commands(now: str, past: str, other: str) -> list[dict[str, Any]]:
    """One of each kind at least, aimed at what is hidden."""
    documents = [f"{kind}:{one}" for kind in ("record", "agenda") for one in (now, past, other)]
    documents += [f"decision:{one}:{key}" for one in (now, past) for key in ("d1", "d2")]
    looking = [
        *(
            {"type": "search", "query": one}
            for one in ("办公用房清理", "甲密", "乙密", "原话", "丁体", "丙项", "同意")
        ),
        *({"type": "complete", "text": one} for one in ("甲", "乙", "丁", "丙", "原", "jia", "从")),
        *(
            {"type": "matter", "name": one}
            for one in ("办公用房清理", "乙密事项", "研究甲密字号任免", "丙项", "甲密")
        ),
        *({"type": "context", "document_id": one, "around": 50} for one in documents),
        *({"type": "context", "document_id": f"record:{one}", "passage_id": "s2"} for one in (now, past)),
        *(
            {"type": "background", "meeting": one, "item_id": f"i{n}"}
            for one in (now, past, other)
            for n in (1, 2, 3)
        ),
        {"type": "background"},
    ]
    acting = [
        {"type": "edit", "segment_id": "s2", "rev": 0, "text": "改"},
        {"type": "split", "segment_id": "s2", "rev": 0, "offset": 2},
        {"type": "join", "segment_ids": ["s1", "s2"]},
        {"type": "move", "segment_ids": ["s2"], "item_id": "i1"},
        {"type": "speaker", "segment_ids": ["s2"], "person": "王芳"},
        {"type": "note", "segment_id": "s2", "text": "看"},
        {"type": "attendance", "person": "王芳", "state": "present"},
        {"type": "decide", "item_ids": ["i2"], "outcome": "通过", "decision_id": "d2", "rev": 0},
        {"type": "assign", "text": "办", "action_id": "a1", "rev": 0},
        {"type": "word", "text": "甲"},
        {"type": "replace", "before": "密", "after": "蜜", "preview": True},
        *({"type": one} for one in ("undo", "redo", "next", "pause", "resume", "stop", "meetings", "devices")),
        *({"type": one} for one in ("level", "sentence", "ready")),
        {"type": "item", "number": 2},
        {"type": "handover", "to": "王芳"},
        {"type": "share", "audience": "participants", "transcript": True},
        {"type": "recording", "recording": "off"},
        {"type": "start", "meeting": past, "source": "/etc/hostname"},
        {"type": "new", "path": "/etc/hostname"},
        *({"type": kind, "meeting": one} for kind in ("verify", "export") for one in (now, past, other)),
    ]
    return looking + acting


async def everything(service: Service, room: Room, past: str, other: str, grant: Grant) -> dict[str, Any]:
    """All that a bearer can get: what comes by itself, and the answer to every command."""
    token, _ = service.records.tokens.make(grant)
    found: dict[str, Any] = {}
    for after in (None, 0):
        async with joined(service, token, after=after) as socket:
            welcome = found[f"welcome {after}"] = json.loads(await socket.recv())
            if welcome["meeting"] is None:
                continue
            for message in passing(room.meeting.id, past, other):
                service.hub.pass_on(room.meeting.id, type(message).__struct_config__.tag, message)
            found[f"stream {after}"] = await seen_until_phase(socket, room)
    async with joined(service, token) as socket:
        for number, command in enumerate(commands(room.meeting.id, past, other)):
            given = {name: value for name, value in command.items() if name != "type"}
            answer = await ask(socket, command)
            # The answer to "what is 甲密" may say 甲密 in repeating the question.
            if isinstance(answer.get("result"), dict):
                for name in ("query", "name", "matter", "completions", "suggestions"):
                    answer["result"].pop(name, None) if name in ("query", "name", "matter") else None
            answer.pop("facts", None), answer.pop("message", None)
            found[f"{number} {command['type']} {given}"] = answer
    for meeting in (past, other):
        async with joined(service, token, meeting=meeting, after=0) as socket:
            heard = []
            while not heard or heard[-1]["type"] not in ("end", "error"):
                heard.append(json.loads(await socket.recv()))
            found[f"past {meeting}"] = heard
    return found


def passing(now: str, past: str, other: str) -> list[Any]:
    secret = Origin(
        kind="agenda",
        document_id=f"agenda:{past}",
        title="甲密",
        meeting_id=past,
        item=2,
        body="省局办公会",
        classification="机密",
    )
    record = Origin(
        kind="record",
        document_id=f"record:{past}",
        title="去年",
        meeting_id=past,
        item=1,
        body="省局办公会",
        classification="内部",
    )
    foreign = Origin(kind="minutes", document_id="file:x", title="丁体", body="丁体党组", classification="内部")
    hint = {"meeting_id": now, "segment_id": "s1", "item_id": "i1", "offset": 0, "length": 1, "mention": "纪要"}
    return [
        Partial(segment_id="s20", revision=1, start_ms=20_000, end_ms=20_900, text="此刻的原话还没完"),
        Recalled(
            meeting_id=now,
            item_id="i1",
            number=1,
            title="再议办公用房清理",
            matter="办公用房清理",
            earlier=(secret, record, foreign),
        ),
        Recalled(meeting_id=now, item_id="i2", number=2, title="研究乙密字号任免", matter="乙密事项"),
        Suggestion(**hint, about="document", title="甲密方案", text="甲密方案", source=secret),  # type: ignore[arg-type]
        Suggestion(**hint, about="meeting", title="去年", text=VERBATIM, source=record),  # type: ignore[arg-type]
        Suggestion(**hint, about="document", title="丁体", text="丁体", source=foreign),  # type: ignore[arg-type]
    ]


def grants(now: str) -> list[tuple[Grant, tuple[str, ...]]]:
    """Each with what must never reach it."""
    found: list[tuple[Grant, tuple[str, ...]]] = []
    for role in ("display", "participant", "archivist", "secretary"):
        low = Grant(role=role, clearance="内部")  # type: ignore[arg-type]
        read = role in ("archivist", "secretary")
        hidden = SECRET if read else (*SECRET, VERBATIM)
        live = () if role == "secretary" else (LIVE,)
        found += [
            (low, (*hidden, *live)),
            (msgspec.structs.replace(low, body="省局办公会"), (*hidden, *live, ELSEWHERE)),
            (msgspec.structs.replace(low, meeting=now), (*hidden, *live, VERBATIM, ELSEWHERE, "去年")),
            (
                msgspec.structs.replace(low, meeting=now, item=1),
                (*hidden, *live, VERBATIM, ELSEWHERE, "去年", OUTSIDE, THIRD),
            ),
            (
                msgspec.structs.replace(low, clearance="公开"),
                (*SECRET, VERBATIM, LIVE, OUTSIDE, ELSEWHERE, "清理"),
            ),
        ]
    return found


def test_every_kind_of_command_is_tried() -> None:
    kinds = {one.__struct_config__.tag for one in get_args(ClientCommand)}
    assert {one["type"] for one in commands("a", "b", "c")} == kinds


async def test_nothing_hidden_comes_out_by_any_command_or_message(service: Service) -> None:
    room, past, other = await _fill(service)
    for grant, never in grants(room.meeting.id):
        found = await everything(service, room, past, other, grant)
        for where, what in found.items():
            text = json.dumps(what, ensure_ascii=False)
            for word in never:
                assert word not in text, (grant, where, word, text[:2000])


async def test_what_may_be_seen_does_come_out(service: Service) -> None:
    """The counterpart: the table above is not empty for want of a right question."""
    room, past, other = await _fill(service)
    await room.tell([Sharing(audience="participants", transcript=True, by="王芳")])
    owner = Grant(role="secretary", clearance=CLEARANCE["secretary"])
    for grant, always in (
        (owner, (*SECRET, VERBATIM, LIVE, OUTSIDE, THIRD, ELSEWHERE)),
        (Grant(role="archivist", clearance="内部"), (VERBATIM, OUTSIDE, ELSEWHERE)),
        (Grant(role="participant", clearance="内部"), (LIVE, THIRD, ELSEWHERE, "同意清理方案")),
        (Grant(role="participant", clearance="内部", meeting=room.meeting.id, item=1), (LIVE, "同意清理方案")),
    ):
        token, _ = service.records.tokens.make(grant)
        text = ""
        async with joined(service, token, after=0) as socket:
            text += json.dumps(await seen_until_phase(socket, room), ensure_ascii=False)
            for command in commands(room.meeting.id, past, other)[:40]:
                text += json.dumps(await ask(socket, command), ensure_ascii=False)
        assert not [word for word in always if word not in text], grant
