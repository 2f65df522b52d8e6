"""Whatever comes between: each client gets each stored event once, in order. Log, hub and outbox, without a socket."""

import tempfile
from pathlib import Path

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from meeting.domain.agenda import Agenda, AgendaItem
from meeting.domain.events import Segment
from meeting.home import Home
from meeting.records import Records
from meeting.store.log import EventLog
from meeting.stream.hub import Hub, Subscription
from meeting.stream.messages import Partial

AGENDA = Agenda(title="局长办公会议", date="2026-03-09", items=(AgendaItem(number=1, title="审议方案"),))
ROOM = 3
"""Frames that a client's transport takes before it is full."""


class Body(msgspec.Struct):
    type: str
    seq: int = 0
    revision: int = 0


def bodies(frames: bytes) -> list[Body]:
    """The messages in server frames that are shorter than 64 KiB."""
    found = []
    while frames:
        assert frames[0] == 0x81 and frames[1] < 127
        begin, size = (4, int.from_bytes(frames[2:4])) if frames[1] == 126 else (2, frames[1])
        found.append(msgspec.json.decode(frames[begin : begin + size], type=Body))
        frames = frames[begin + size :]
    return found


class Client:
    """A person's program: it keeps what it has got, and its link, which a stall fills up."""

    def __init__(self) -> None:
        self.seqs: list[int] = []
        self.revision = 0
        self.stalled = False
        self.pending: list[Body] = []
        self.closed: int | None = None
        self.one: Subscription | None = None

    @property
    def ready(self) -> bool:
        return self.closed is None and len(self.pending) < ROOM

    def put(self, frames: bytes) -> None:
        self.pending += bodies(frames)
        self.read()

    def part(self, code: int, reason: str = "") -> None:
        self.closed = code

    def read(self) -> None:
        while self.pending and not self.stalled:
            body = self.pending.pop(0)
            if body.type == "segment":
                self.seqs.append(body.seq)
            else:
                assert body.revision > self.revision
                self.revision = body.revision


class Interleaved(RuleBasedStateMachine):
    clients = Bundle("clients")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.records = Records(Home(Path(self.folder.name) / "家").prepare())
        self.meeting = self.records.meetings.add(AGENDA)
        self.log: EventLog = self.records.log(self.meeting)
        self.hub = Hub()
        self.all: list[Client] = []
        self.said = self.revision = 0

    def teardown(self) -> None:
        self.records.close()
        self.folder.cleanup()

    @rule(target=clients)
    def arrive(self) -> Client:
        client = Client()
        self.all.append(client)
        return client

    @rule(client=clients, between=st.integers(0, 3), batch=st.integers(1, 4))
    def connect(self, client: Client, between: int, batch: int) -> None:
        """Joins, replays in small batches, with events published in the middle of it, then goes live."""
        if client.one is not None:
            return
        client.closed = None
        client.one = one = self.hub.join(self.meeting, True, client)
        after = client.seqs[-1] if client.seqs else 0
        while events := self.log.after(after, batch):
            for event in events:
                seq = msgspec.json.decode(event, type=Body).seq
                assert seq == after + 1
                client.seqs.append(seq)
                after = seq
            one.outbox.start_after(after)
            if between:
                between -= 1
                self.publish(1)
        one.go_live()

    @rule(count=st.integers(1, 5))
    def publish(self, count: int) -> None:
        facts = []
        for _ in range(count):
            self.said += 1
            start = self.said * 1000
            text = f"第{self.said}句𠮷"
            facts.append(
                Segment(
                    segment_id=f"s{self.said}", rev=1, item_id=None, start_ms=start, end_ms=start + 1, text=text
                )
            )
        self.hub.publish(self.meeting, self.log.append(list(facts)))

    @rule()
    def speak(self) -> None:
        self.revision += 1
        partial = Partial(segment_id="s", revision=self.revision, start_ms=0, end_ms=1, text="…")
        self.hub.pass_on(self.meeting, "partial", partial)

    @rule(client=clients)
    def stall(self, client: Client) -> None:
        client.stalled = True

    @rule(client=clients)
    def read_on(self, client: Client) -> None:
        client.stalled = False
        client.read()
        if client.one is not None:
            client.one.pump()

    @rule(client=clients)
    def lose(self, client: Client) -> None:
        """The connection breaks: what was under way is lost."""
        client.pending.clear()
        self._leave(client)

    @rule(client=consumes(clients))
    def go(self, client: Client) -> None:
        self._leave(client)
        self.all.remove(client)

    @rule()
    def restart(self) -> None:
        """The service dies and comes back: the log is all that is left of it."""
        for client in self.all:
            client.pending.clear()
            client.one = None
        self.hub = Hub()
        self.log = self.records.log(self.meeting)

    def _leave(self, client: Client) -> None:
        if client.one is not None:
            self.hub.leave(client.one)
            client.one = None

    @invariant()
    def each_event_once_in_order(self) -> None:
        for client in self.all:
            assert client.seqs == list(range(1, len(client.seqs) + 1))

    @invariant()
    def who_reads_has_everything(self) -> None:
        for client in self.all:
            if client.one is not None and not client.stalled and client.closed is None:
                assert len(client.seqs) == self.said


Interleaved.TestCase.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
TestInterleaved = Interleaved.TestCase
