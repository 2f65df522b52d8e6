"""The process under measurement: the real service, in whose meeting something is said so often a second.

It says on stdout when it answers, begins when it is told to on stdin, and ends the meeting when the time is over.
"""

import asyncio
import sys
from pathlib import Path

import msgspec

from meeting.domain.agenda import Agenda, AgendaItem
from meeting.domain.events import AgendaChanged, End, Event, Segment
from meeting.domain.state import AgendaState
from meeting.home import Home
from meeting.projection import head_of
from meeting.service import Service
from meeting.stream.host import Subject
from meeting.stream.messages import Partial
from ui.bench.stream.limits import many_files

AGENDA = Agenda(title="推流测量", date="2026-03-09", items=(AgendaItem(number=1, title="测量"),))
TEXT = "会议原则同意省直单位办公用房清理整改情况的汇报，请资产管理处会同财政处抓紧落实。"


class Talk(msgspec.Struct, frozen=True, kw_only=True):
    """How often in a second, and for how long."""

    home: str
    seconds: float
    segments: float
    partials: float


class Said:
    """A session whose facts come from a clock instead of a room."""

    def __init__(self, service: Service) -> None:
        self.meeting = service.records.meetings.get(service.records.meetings.add(AGENDA))
        self.ended = asyncio.Event()
        self.log = service.records.log(self.meeting.id)
        self._hub = service.hub
        self.agenda = AgendaState.from_agenda(AGENDA)
        self._items = self.agenda.items

    @property
    def ledger(self) -> "Said":
        """Where questions find the agenda."""
        return self

    def subject(self) -> Subject:
        """The meeting as it is served."""
        head = head_of(self.meeting, None, "open")
        return Subject(head=head, log=self.log, items=self._items, current_item="i1")

    async def tell(self, fact: Event) -> None:
        """Stores and publishes one fact, as a ledger does."""
        self._hub.publish(self.meeting.id, await asyncio.to_thread(self.log.append, [fact]))

    async def begin(self) -> None:
        """The first event."""
        await self.tell(AgendaChanged(items=self._items, by="service"))

    async def talk(self, talk: Talk) -> None:
        """Segments and partials, evenly, then the end."""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        ticks = sorted(
            [(n / talk.segments, 1) for n in range(int(talk.seconds * talk.segments))]
            + [(n / talk.partials + 0.01, 0) for n in range(int(talk.seconds * talk.partials))]
        )
        for number, (at, final) in enumerate(ticks):
            await asyncio.sleep(begun + at - loop.time())
            start = int(at * 1000)
            if final:
                await self.tell(
                    Segment(
                        segment_id=f"s{number}",
                        rev=1,
                        item_id="i1",
                        start_ms=start,
                        end_ms=start + 190,
                        text=TEXT,
                        raw_text=TEXT,
                    )
                )
            else:
                partial = Partial(
                    segment_id=f"p{number}", revision=1, start_ms=start, end_ms=start + 90, text=TEXT[:20]
                )
                self._hub.pass_on(self.meeting.id, "partial", partial)
        await self.tell(End(reason="stopped"))

    async def answered(self) -> None:
        """Nobody is waited for."""

    async def detach(self) -> None:
        """Nothing is held."""


def _no_model(name: str) -> Path:
    raise AssertionError(name)


async def _main(talk: Talk) -> None:
    many_files()
    service = Service(Home(Path(talk.home)).prepare(), _no_model)
    said = Said(service)
    service.session = said  # type: ignore[assignment] # stands where a session stands
    serving = asyncio.create_task(service.serve(service.bind(0)))
    while not (service.home.run / "service.json").exists():
        await asyncio.sleep(0.01)
    await said.begin()
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    await said.talk(talk)
    await asyncio.to_thread(sys.stdin.readline)
    service.leave()
    await serving


if __name__ == "__main__":
    asyncio.run(_main(msgspec.json.decode(sys.argv[1], type=Talk)))
