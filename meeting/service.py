"""The service of one home: answers clients, runs at most one meeting, leaves the recorder to itself when it goes."""

import asyncio
import contextlib
import os
import socket
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec

from asr.languages import check_language
from meeting.access.door import Door
from meeting.access.errors import PortsOpen
from meeting.access.grade import closed_to_networks, declared_grade, highest_held, highest_of
from meeting.access.grant import OWNER, Grant
from meeting.access.watch import TokenWatch
from meeting.agenda import refuse_classified
from meeting.dispatch import carry_out
from meeting.errors import (
    BadCommand,
    ClassifiedRefused,
    GradeTooLow,
    MeetingEnded,
    MeetingRunning,
    NoMeetingRunning,
)
from meeting.home import Home, ServiceAddress, ServiceLock, started_of, write_private
from meeting.inquiring import answer_to, query_of
from meeting.memory.opening import Opened
from meeting.names import giver_of
from meeting.ports import FLUSH_S, Ports, Share
from meeting.projection import head_of, item_entries
from meeting.reception import Desk
from meeting.records import Records
from meeting.session import Session
from meeting.store.meetings import Meeting, RunOptions
from meeting.stream.host import Subject
from meeting.stream.hub import Hub
from meeting.stream.messages import (
    ClientCommand,
    Export,
    Inquiry,
    NewMeeting,
    Reception,
    Search,
    Status,
    Verify,
)
from meeting.stream.protocol import CLOSE_END, CLOSE_STOPPING
from meeting.stream.server import make_app
from meeting.upkeep import Upkeep
from models.refusal import Refusal

STATUS_EVERY_S = 0.5
FIRST_CLIENT_S = 30.0
LAST_CLIENT_S = 3.0
"""So long a service that serves `until_left` waits for the first client, and for one to come back."""
REMEMBERED_COMMANDS = 256


class Service:
    """Made on the event loop's thread; `serve` runs until `leave` is called or, with `until_end`, the meeting ends.

    Holding a Service means holding the home's lock. Raises ServiceRunning when another one does.
    """

    def __init__(self, home: Home, find_model: Callable[[str], Path], share: Share | None = None) -> None:
        self._lock = ServiceLock(home)
        self.home = home
        self.records = Records(home)
        self.ports = Ports(home, share, held=highest_held(self.records))
        self.epoch = self.records.meetings.epoch()
        self.hub = Hub()
        self.session: Session | None = None
        self._find_model = find_model
        self._token = home.token()
        self._door = Door(self.records, self._token)
        self._leaving = asyncio.Event()
        self._starting = asyncio.Lock()
        self._checking = asyncio.Lock()
        self._upkeep = Upkeep(self.records)
        self._desk = Desk(self.records, find_model, self._recording)
        # Searching has threads of its own: a client that asks much keeps no event and no order waiting.
        self._searching = ThreadPoolExecutor(2, thread_name_prefix="search")
        self._answered: OrderedDict[str, tuple[ClientCommand, asyncio.Task[object]]] = OrderedDict()

    # What the stream asks of its host.

    def authenticate(self, token: str) -> Grant | None:
        """What a token opens: that of `service.json`, or one of those that were made."""
        return self._door.authenticate(token)

    async def look_at_store(self) -> None:
        """Reads what every store has. Raises a StoreError."""
        await asyncio.to_thread(self.records.meetings.epoch)

    async def subject(self, meeting: str | None, grant: Grant = OWNER) -> Subject | None:
        """The running meeting, or a stored one by its id, where the grant opens it."""
        session = self.session
        if meeting is None:
            here = session is not None and self._door.opens(grant, session.meeting, running=True)
            return session.subject() if session is not None and here else None
        if session is not None and session.meeting.id == meeting:
            self._door.check(grant, session.meeting, running=True)
            return session.subject()
        return await asyncio.to_thread(self._stored_subject, meeting, grant)

    def opened(self, meeting: str, grant: Grant) -> None:
        """Writes down that somebody opens the record of an ended meeting."""
        self._door.opened(grant, meeting)

    def _stored_subject(self, meeting: str, grant: Grant) -> Subject:
        stored = self._door.find(grant, meeting)
        self._door.check(grant, stored, running=False)
        log = self.records.log(stored.id)
        return Subject(head=head_of(stored), log=log, items=item_entries(stored, log), current_item=None)

    async def perform(self, command: ClientCommand, grant: Grant = OWNER) -> object:
        """Does a command, once for its id; its refusals go back to the client that gave it."""
        role = grant.role
        if isinstance(command, Search):
            return await self._search(command, grant)
        if isinstance(command, Inquiry):
            return await self._inquire(command, grant)
        if isinstance(command, Export | Verify):
            await asyncio.to_thread(self._door.opening, grant, command.meeting)
        await self._check_steering(command, grant)
        if self.session is not None and role == "secretary":
            await self.session.answered()
        if isinstance(command, Reception) and not isinstance(command, NewMeeting):
            return await self._desk.answer(command)
        known = self._answered.get(command.id)
        if known is None:
            known = command, asyncio.ensure_future(self._act(command, grant))
            self._answered[command.id] = known
            while len(self._answered) > REMEMBERED_COMMANDS:
                self._answered.popitem(last=False)
        elif known[0] != command:
            # Taken for the same, the order of one client would be lost without a word.
            raise BadCommand(why=f"{command.id} is the id of another command; give each its own")
        return await asyncio.shield(known[1])

    async def _check_steering(self, command: ClientCommand, grant: Grant) -> None:
        """Reads the records beside the event loop; one after the other, so that orders are done as they came."""
        async with self._checking:
            while True:
                session = self.session
                running = session.meeting if session is not None else None
                await asyncio.to_thread(self._door.check_steering, grant, command, running)
                if self.session is session:
                    return

    async def _search(self, command: Search, grant: Grant) -> object:
        within = await asyncio.to_thread(self._door.within, grant, self._recording())
        query = query_of(command, within)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._searching, self.records.library.search, query)

    async def _inquire(self, command: Inquiry, grant: Grant) -> object:
        session = self.session
        current = None
        if session is not None:
            agenda = session.ledger.agenda
            current = session.meeting, agenda.find(agenda.current)
        within = await asyncio.to_thread(self._door.within, grant, self._recording())
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._searching, answer_to, command, self.records, current, within)
        if isinstance(found, Opened):
            await asyncio.to_thread(self._door.opened_passage, grant, found)
        return found

    async def _act(self, command: ClientCommand, grant: Grant) -> object:
        if isinstance(command, Reception):
            return await self._desk.answer(command)
        by = giver_of(command.who, grant.role, grant.name)
        return await carry_out(command, by, self.start, self._running)

    def _recording(self) -> str | None:
        return None if self.session is None or self.session.ended.is_set() else self.session.meeting.id

    def _running(self) -> Session:
        if self.session is None or self.session.ended.is_set():
            raise NoMeetingRunning()
        return self.session

    # The meeting.

    async def start(self, name: str, options: RunOptions, by: str) -> str:
        """Begins a stored meeting and returns its id once sound is being recorded.

        Raises MeetingRunning, MeetingEnded, ClassifiedRefused, GradeTooLow, PortsOpen, and what keeps sound or
        recognition from starting.
        """
        async with self._starting:
            return await self._start(name, options, by)

    async def _start(self, name: str, options: RunOptions, by: str, going_on: bool = False) -> str:
        meeting = await asyncio.to_thread(self.records.meetings.get, name)
        if self.session is not None and not self.session.ended.is_set():
            if self.session.meeting.id == meeting.id:
                return meeting.id
            raise MeetingRunning(meeting=self.session.meeting.id)
        model = await asyncio.to_thread(self._admitted, meeting, options, going_on)
        await self._desk.close()
        session = Session(self.records, self.hub, meeting, options, model)
        await session.begin(by)
        self.session = session
        self._announce()
        for one in self.hub.idle():
            one.ring()
        return meeting.id

    def _admitted(self, meeting: Meeting, options: RunOptions, going_on: bool) -> Path:
        """The model for a meeting that may begin. Reads records, files and all of the model."""
        other = self.records.meetings.open()
        if meeting.state == "closed":
            raise MeetingEnded(meeting=meeting.id)
        if other is not None and other.id != meeting.id:
            raise MeetingRunning(meeting=other.id)
        if not going_on:
            # One that is open is taken up by `serve`, whatever was declared since: else nobody could end it.
            refuse_classified(meeting.agenda, meeting.id, declared_grade())
        if not self.ports.private and closed_to_networks(highest := highest_of(meeting.agenda)):
            raise PortsOpen(file=meeting.id, classification=highest)
        model = self._find_model(options.model)
        check_language(model, options.language)
        return model

    async def go_on(self) -> Refusal | None:
        """Takes up the meeting that was open when the last service ended, if there is one.

        What would refuse it now, were it not open: its grade is not declared for this machine any more.
        """
        meeting = await asyncio.to_thread(self.records.meetings.open)
        if meeting is None or meeting.run is None:
            return None
        async with self._starting:
            await self._start(meeting.id, meeting.run, by="service", going_on=True)
        try:
            refuse_classified(meeting.agenda, meeting.id, declared_grade())
        except (ClassifiedRefused, GradeTooLow) as refusal:
            return refusal
        return None

    # The port.

    def bind(self, port: int) -> socket.socket:
        """The listening socket of `Ports.bind`. Raises PortTaken."""
        return self.ports.bind(port)

    async def serve(self, listener: socket.socket, until_end: bool = False, until_left: bool = False) -> None:
        """Answers clients on `listener` until told to leave; with `until_left` no longer than somebody needs it."""
        looking = asyncio.create_task(self._upkeep.look_back())
        watching = asyncio.create_task(TokenWatch(self.records.tokens, lambda: self.hub.subscriptions).run())
        async with self.ports.open(make_app(self), listener):
            try:
                self._announce()
                await self._until_leave(until_end, until_left)
                await self._say_goodbye()
            finally:
                (self.home.run / "service.json").unlink(missing_ok=True)
                looking.cancel()
                watching.cancel()
                await self._desk.close()
                if self.session is not None:
                    await self.session.detach()
        self._searching.shutdown(cancel_futures=True)
        await asyncio.to_thread(self._upkeep.close)
        self.records.close()
        self._lock.release()

    def leave(self) -> None:
        """Ends the service, not the meeting: the recorder goes on and the next service takes it up."""
        self._leaving.set()

    async def _until_leave(self, until_end: bool, until_left: bool) -> None:
        needed, patience_s = asyncio.get_running_loop().time(), FIRST_CLIENT_S
        while not self._leaving.is_set():
            await self._upkeep.step()
            session = self.session
            now = asyncio.get_running_loop().time()
            if session is not None or len(self.hub):
                needed, patience_s = now, LAST_CLIENT_S
            elif until_left and now - needed > patience_s:
                return
            if session is None:
                self.hub.pass_on(None, "status", Status(recording="off", state="idle", clients=len(self.hub)))
            elif session.ended.is_set():
                self.hub.close(session.meeting.id, CLOSE_END)
                await self._upkeep.meeting_ended(session.meeting.id)
                if until_end:
                    return
                await session.detach()
                if self.session is session:
                    self.session = None
                    self._announce()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(STATUS_EVERY_S):
                    await (session.ended.wait() if session else self._leaving.wait())

    async def _say_goodbye(self) -> None:
        self.hub.close(None, CLOSE_END if self.session and self.session.ended.is_set() else CLOSE_STOPPING)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FLUSH_S):
                while len(self.hub):
                    await asyncio.sleep(0.02)

    def _announce(self) -> None:
        address = ServiceAddress(
            url=self.ports.url,
            ws_url=self.ports.ws_url,
            shared=self.ports.shared_urls,
            fingerprint=self.ports.certificate.fingerprint if self.ports.certificate else "",
            token=self._token,
            pid=os.getpid(),
            started=started_of(os.getpid()),
            epoch=self.epoch,
            meeting=self.session.meeting.id if self.session else None,
        )
        write_private(self.home.run / "service.json", msgspec.json.encode(address))
