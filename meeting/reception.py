"""What a client asks around a meeting: which there are and whether all is ready; afterwards, its record checked and
written out. Nothing of it touches the meeting that runs."""

import asyncio
import shutil
from base64 import b64encode
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec

from meeting.errors import DiskFull, MeetingRunning
from meeting.records import Records
from meeting.stream.messages import (
    Devices,
    Export,
    LevelOf,
    ListMeetings,
    NewMeeting,
    Readiness,
    Reception,
    TrySentence,
    Verify,
)
from meeting.trial import MicrophoneTrial
from models.refusal import Refusal

NEEDED_BYTES = 2 * 10**9


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One thing a meeting needs: `name` is model, disk, microphone or index. Not well: the refusal's own words."""

    name: str
    ok: bool
    detail: str = ""
    code: str = ""
    template: str = ""
    facts: dict[str, str] = {}


class Desk:
    """Answers the commands of `Reception`. `running` names the meeting that is being recorded, if there is one."""

    def __init__(
        self, records: Records, find_model: Callable[[str], Path], running: Callable[[], str | None]
    ) -> None:
        self._records = records
        self._find_model = find_model
        self._running = running
        self._trial = MicrophoneTrial()

    async def answer(self, command: Reception) -> object:
        """The result of a command. Raises Refusal."""
        match command:
            case ListMeetings():
                return {"meetings": await asyncio.to_thread(self._meetings)}
            case NewMeeting(path=path):
                return {"id": await asyncio.to_thread(self._store, path)}
            case Devices(device=device):
                return await self._while_idle(lambda: self._trial.devices(device))
            case LevelOf(device=device):
                return await self._while_idle(lambda: self._trial.level(device))
            case TrySentence(device=device, seconds=seconds, model=name, language=language):
                model = await asyncio.to_thread(self._find_model, name)
                return await self._while_idle(lambda: self._trial.sentence(device, seconds, model, language))
            case Readiness(device=device, model=name):
                return {"checks": await self._checks(device, name)}
            case Verify(meeting=meeting):
                return await asyncio.to_thread(self._verify, meeting)
            case Export(meeting=meeting, format=format):
                return await asyncio.to_thread(self._export, meeting, format)

    async def close(self) -> None:
        """Lets go of the microphone: a meeting is about to open it, or the service ends."""
        await self._trial.close()

    async def _while_idle(self, do: Callable[[], Awaitable[object]]) -> object:
        if (running := self._running()) is not None:
            raise MeetingRunning(meeting=running)
        return await do()

    def _meetings(self) -> list[dict[str, object]]:
        return [
            {
                "id": one.id,
                "title": one.title,
                "date": one.date,
                "state": one.state,
                "place": one.agenda.place,
                "items": len(one.agenda.items),
            }
            for one in self._records.meetings.all()
        ]

    def _store(self, given: str) -> str:
        from meeting.access.grade import declared_grade, highest_of, refuse_beside_ports
        from meeting.agenda import read_agenda, refuse_classified

        path = Path(given).expanduser()
        agenda = read_agenda(path)
        refuse_classified(agenda, str(path), grade=declared_grade())
        refuse_beside_ports(self._records.home, highest_of(agenda), str(path))
        meeting_id = self._records.meetings.add(agenda, str(path.absolute().parent))
        self._records.library.add_agenda(self._records.meetings.get(meeting_id))
        return meeting_id

    async def _checks(self, device: str | None, model: str) -> list[Check]:
        async def microphone() -> str:
            return (await self._trial.level(device)).device

        return [
            await _look("model", lambda: asyncio.to_thread(self._model, model)),
            await _look("disk", lambda: asyncio.to_thread(self._disk)),
            await _look("index", lambda: asyncio.to_thread(self._index)),
            await _look("microphone", microphone)
            if self._running() is None
            else Check(name="microphone", ok=True),
        ]

    def _model(self, name: str) -> str:
        self._find_model(name)
        return name

    def _disk(self) -> str:
        free = shutil.disk_usage(self._records.home.folder).free
        if free < NEEDED_BYTES:
            raise DiskFull(path=self._records.home.folder)
        return f"{free / 1e9:.1f} GB"

    def _index(self) -> str:
        self._records.check()
        self._records.library.check()
        return ""

    def _verify(self, name: str) -> object:
        from meeting.verification import verify_meeting

        return verify_meeting(self._records, self._records.meetings.get(name))

    def _export(self, name: str, format: str) -> object:
        from meeting.minutes.export import render
        from meeting.projection import record_of

        stored = self._records.meetings.get(name)
        content = render(record_of(self._records, stored), format)
        return {"title": stored.title, "date": stored.date, "content": b64encode(content).decode()}


async def _look(name: str, check: Callable[[], Awaitable[str]]) -> Check:
    try:
        return Check(name=name, ok=True, detail=await check())
    except Refusal as error:
        facts = {fact: str(value) for fact, value in error.facts.items()}
        return Check(name=name, ok=False, code=error.code, template=error.template, facts=facts)
