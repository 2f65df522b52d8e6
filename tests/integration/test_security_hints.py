"""What the room's memory says by itself goes to nobody who may not see where it comes from, whoever stands beside."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from meeting.access.grant import CLEARANCE, Grant
from meeting.domain.events import Sharing
from meeting.home import Home
from meeting.memory.facts import Origin
from meeting.service import Service
from meeting.stream.messages import ClientRole, Status, Suggestion
from tests.integration.stream_host import AGENDA, Room, open_room, serving
from tests.integration.stream_sockets import first, raw

BODY, OTHER = "省局办公会", "局党组"


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    async with serving(Home(tmp_path / "家").prepare()) as running:
        yield running


@pytest.fixture
async def room(service: Service) -> Room:
    room = open_room(service, service.records.meetings.add(replace(AGENDA, body=BODY)))
    await room.tell([Sharing(audience="participants", transcript=True, by="王芳")])
    return room


def hint(room: Room, body: str) -> Suggestion:
    source = Origin(kind="minutes", document_id="file:1", title="纪要", date="2025-01-01", body=body)
    return Suggestion(
        meeting_id=room.meeting.id,
        segment_id="s1",
        item_id="i1",
        offset=0,
        length=2,
        mention="编制",
        about="meeting",
        title="纪要",
        text=f"{body}𠮷",
        source=source,
    )


@pytest.mark.parametrize("role", ["participant", "secretary"])
@pytest.mark.parametrize("first_there", ["wide", "narrow"])
async def test_a_hint_from_another_body_reaches_only_who_sees_its_archive(
    service: Service, room: Room, role: ClientRole, first_there: str
) -> None:
    wide = Grant(role=role, clearance=CLEARANCE[role])
    grants = {"wide": wide, "narrow": replace(wide, body=BODY), "meeting": replace(wide, meeting=room.meeting.id)}
    names = sorted(grants, key=lambda name: name != first_there)
    heard: dict[str, list[str]] = {name: [] for name in names}
    async with AsyncExitStack() as held:
        sockets = {}
        for name in names:
            token, _ = service.records.tokens.make(grants[name], timedelta(hours=1))
            sockets[name] = await held.enter_async_context(raw(service, token=token, after=0, hints=True))
            await first(sockets[name], "sharing")
        for body in (OTHER, BODY):
            service.hub.pass_on(room.meeting.id, "suggestion", hint(room, body))
            # What passes keeps its order: behind this one the hint has come, or comes no more.
            service.hub.pass_on(room.meeting.id, "status", Status(recording="keep", state="recording"))
            for name, socket in sockets.items():
                while (message := json.loads(await socket.recv()))["type"] != "status":
                    heard[name] += [message["text"]] if message["type"] == "suggestion" else []
    assert heard == {"wide": [f"{OTHER}𠮷", f"{BODY}𠮷"], "narrow": [f"{BODY}𠮷"], "meeting": []}
