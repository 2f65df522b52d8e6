"""A real service with a meeting whose facts come from the test; run as a program it says one thing after another."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from meeting.domain.agenda import Agenda, AgendaItem
from meeting.domain.events import AgendaChanged, Event, ItemMoved, Segment
from meeting.domain.state import AgendaState
from meeting.errors import BadCommand
from meeting.home import Home
from meeting.ports import Ports
from meeting.projection import head_of
from meeting.service import Service
from meeting.store.log import Stored
from meeting.stream.host import Subject
from meeting.stream.limits import Limits
from meeting.stream.messages import Item, Next

AGENDA = Agenda(
    title="局长办公会议",
    date="2026-03-09",
    items=(AgendaItem(number=1, title="审议办公用房清理整改方案"), AgendaItem(number=2, title="听取试运行情况")),
)


def said(number: int, text: str = "同意。") -> Segment:
    start = number * 1000
    return Segment(segment_id=f"s{number}", rev=1, item_id="i1", start_ms=start, end_ms=start + 900, text=text)


def no_model(name: str) -> Path:
    raise AssertionError(f"no speech model is needed here, {name} least of all")


class Room:
    """Stands where a session stands in the service: what is said in it goes into the log and to the clients."""

    def __init__(self, service: Service, meeting_id: str) -> None:
        self.meeting = service.records.meetings.get(meeting_id)
        self.ended = asyncio.Event()
        self.log = service.records.log(meeting_id)
        self._hub = service.hub
        self._steering = asyncio.Lock()
        self.items = AgendaState.from_agenda(self.meeting.agenda).items

    def subject(self) -> Subject:
        return Subject(head=head_of(self.meeting, None, "open"), log=self.log, items=self.items, current_item="i1")

    async def tell(self, facts: list[Event]) -> list[Stored]:
        stored = await asyncio.to_thread(self.log.append, facts)
        self._hub.publish(self.meeting.id, stored)
        return stored

    async def steer(self, command: Next | Item, by: str) -> dict[str, object]:
        """Takes its time between the order and its event."""
        if isinstance(command, Next):
            raise RuntimeError("a mistake of ours")
        if (number := command.number) is None:
            raise BadCommand(why="item needs a number")
        async with self._steering:
            # One at a time and in their order, as a session's ledger writes.
            await asyncio.sleep(0.3)
            await self.tell([ItemMoved(item_id=f"i{number}", number=number, state="ongoing", by=by)])
        return {"number": number}

    async def answered(self) -> None:
        pass

    async def detach(self) -> None:
        pass


def open_room(service: Service, meeting_id: str | None = None) -> Room:
    room = Room(service, meeting_id or service.records.meetings.add(AGENDA))
    service.session = room  # type: ignore[assignment] # stands in its place
    return room


@asynccontextmanager
async def at_work(service: Service, port: int = 0) -> AsyncIterator[None]:
    """A service that answers, until the block ends."""
    task = asyncio.create_task(service.serve(service.bind(port)))
    try:
        while not (service.home.run / "service.json").exists():
            assert not task.done()
            await asyncio.sleep(0.005)
        yield
    finally:
        service.leave()
        await task


@asynccontextmanager
async def serving(home: Home, port: int = 0, limits: Limits | None = None) -> AsyncIterator[Service]:
    """An idle service, until the block ends."""
    service = Service(home, no_model)
    service.ports = Ports(home, limits=limits)
    async with at_work(service, port):
        yield service


async def talk_on(home: Home, port: int, meeting_id: str) -> None:
    """Serves a meeting in which something new is said all the time, until killed."""
    async with serving(home, port) as service:
        room = open_room(service, meeting_id)
        if room.log.last_seq() == 0:
            await room.tell([AgendaChanged(items=room.items, by="王芳")])
        number = room.log.last_seq()
        while True:
            await room.tell([said(number, f"第{number}句：会议原则同意𠮷。")])
            number += 1
            await asyncio.sleep(0.002)


if __name__ == "__main__":
    asyncio.run(talk_on(Home(Path(sys.argv[1])), int(sys.argv[2]), sys.argv[3]))
