"""Naming a meeting over the wire tells nobody of another: not by the beginning of an id, not by another refusal."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from meeting.access.grant import CLEARANCE, Grant
from meeting.home import Home
from meeting.service import Service
from meeting.stream.messages import ClientRole
from tests.integration.stream_host import AGENDA, open_room, serving
from tests.integration.stream_sockets import closing, first, raw

HIDDEN = replace(AGENDA, title="党组会议", body="局党组")
OWN = replace(AGENDA, body="省局办公会")
SCOPES: tuple[tuple[ClientRole, str], ...] = (
    ("participant", "省局办公会"),
    ("archivist", "省局办公会"),
    ("secretary", "省局办公会"),
)


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    async with serving(Home(tmp_path / "家").prepare()) as running:
        yield running


@pytest.fixture
def hidden(service: Service) -> list[str]:
    """Meetings of another body, none of which the tokens open."""
    return [service.records.meetings.add(HIDDEN) for _ in range(3)]


def token(service: Service, role: ClientRole, body: str) -> str:
    grant = Grant(role=role, clearance=CLEARANCE[role], body=body)
    return service.records.tokens.make(grant, timedelta(hours=1))[0]


def names_of(hidden: list[str]) -> list[str]:
    """Beginnings of ids, of several and of one, and a whole one."""
    return ["2", hidden[0][:-1], hidden[0]]


def without(text: str, given: str) -> str:
    return text.replace(given, "…")


@pytest.mark.parametrize(("role", "body"), SCOPES)
async def test_a_hello_learns_no_id_of_a_meeting_that_it_does_not_open(
    service: Service, hidden: list[str], role: ClientRole, body: str
) -> None:
    given = token(service, role, body)
    answers = set()
    for name in (*names_of(hidden), "没有的"):
        async with raw(service, token=given, meeting=name) as socket:
            code, heard = await closing(socket)
        assert code == 1008
        answers.add(without(json.dumps(heard, ensure_ascii=False), name))
    assert len(answers) == 1 and "meeting_unknown" in answers.pop()


@pytest.mark.parametrize(("role", "body"), SCOPES)
async def test_a_command_learns_no_id_of_a_meeting_that_it_does_not_open(
    service: Service, hidden: list[str], role: ClientRole, body: str
) -> None:
    async with raw(service, token=token(service, role, body)) as socket:
        await first(socket, "welcome")

        async def answer(number: int, name: str, command: dict[str, Any]) -> str:
            """What is answered to a name, without the name."""
            await socket.send(json.dumps({"id": f"c{number}", **command}))
            while True:
                message = json.loads(await socket.recv())
                if message.get("id") == f"c{number}":
                    return without(json.dumps({**message, "id": ""}, ensure_ascii=False), name)

        number = 0
        for command in ("background", "agenda", "record", "start"):
            answers = set()
            for name in (*names_of(hidden), "没有的"):
                number += 1
                asked = {
                    "background": {"type": "background", "meeting": name, "item_id": "i1"},
                    "start": {"type": "start", "meeting": name},
                }.get(command, {"type": "context", "document_id": f"{command}:{name}"})
                answers.add(await answer(number, name, asked))
            assert len(answers) == 1 and '"error"' in answers.pop(), command


async def test_a_meeting_that_is_being_held_is_as_if_it_were_not_for_who_may_not_know_of_it(
    service: Service,
) -> None:
    async def background() -> dict[str, Any]:
        async with raw(service, token=token(service, "participant", "省局办公会")) as socket:
            await first(socket, "welcome")
            await socket.send('{"type":"background","id":"b"}')
            return await first(socket, "error")

    idle = await background()
    room = open_room(service, service.records.meetings.add(HIDDEN))
    room.ledger = type("Ledger", (), {"agenda": _Agenda(room.items)})()  # type: ignore[attr-defined] # as a session's
    assert await background() == idle


class _Agenda:
    """The part of a session's agenda that is asked for its current item."""

    def __init__(self, items: tuple[Any, ...]) -> None:
        self._items = items
        self.current = items[0].item_id

    def find(self, item_id: str | None) -> Any:
        return next((one for one in self._items if one.item_id == item_id), None)


async def test_who_runs_the_machine_may_name_a_meeting_by_its_beginning(service: Service) -> None:
    own = service.records.meetings.add(OWN)
    async with raw(service, meeting=own[:-1]) as socket:
        assert (await first(socket, "welcome"))["meeting"]["id"] == own
