"""One client of the stream: its greeting, what it is sent, what it asks for. A shell around `protocol` and `hub`."""

import asyncio
import contextlib
import logging
from datetime import UTC, datetime

import msgspec
from starlette.websockets import WebSocket, WebSocketDisconnect

from meeting.store.log import EventLog, State
from meeting.stream.host import Host, Subject
from meeting.stream.hub import Subscription
from meeting.stream.messages import (
    ClientCommand,
    ClientRole,
    Failure,
    Hello,
    Message,
    Ok,
    Snapshot,
    Welcome,
)
from meeting.stream.protocol import (
    CLOSE_END,
    CLOSE_TOO_SLOW,
    HELLO_WITHIN_S,
    Asked,
    Conversation,
    Joined,
    Refused,
    failure,
)
from models.refusal import N_, Refusal

log = logging.getLogger(__name__)

REPLAY_BATCH = 500
MOST_COMMANDS = 8
MOST_ANSWERS = 64
UNEXPECTED = N_("That failed by a mistake of this program; the meeting goes on. Try again, and report it.")


class Connection:
    """`unfinished` holds the commands that go on when their client has left: what was begun is done whole."""

    def __init__(self, host: Host, socket: WebSocket, unfinished: set[asyncio.Task[None]]) -> None:
        self._host = host
        self._unfinished = unfinished
        self._socket = socket
        self._conversation = Conversation(host.authenticate)
        self._answers: asyncio.Queue[bytes] = asyncio.Queue()
        self._doing: set[asyncio.Task[None]] = set()
        self._subscription: Subscription | None = None

    async def serve(self) -> None:
        try:
            joined = await self._greet()
            if joined is not None:
                await self._converse(joined)
        except (WebSocketDisconnect, OSError):
            pass
        finally:
            if self._subscription is not None:
                self._host.hub.leave(self._subscription)

    async def _greet(self) -> Joined | None:
        try:
            async with asyncio.timeout(HELLO_WITHIN_S):
                outcome = self._conversation.receive(await self._read())
        except TimeoutError:
            outcome = self._conversation.late()
        if isinstance(outcome, Joined):
            return outcome
        assert isinstance(outcome, Refused)
        await self._refuse(outcome)
        return None

    async def _converse(self, joined: Joined) -> None:
        try:
            writer = asyncio.create_task(self._write(joined))
            reader = asyncio.create_task(self._listen(joined.role))
            _done, rest = await asyncio.wait({writer, reader}, return_when=asyncio.FIRST_COMPLETED)
            for task in rest:
                task.cancel()
            await asyncio.gather(*_done)
        except Refusal as error:
            await self._refuse(Refused(failure(error, None), 1008))

    async def _read(self) -> str | bytes:
        message = await self._socket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code", 1005))
        data: str | bytes = message["bytes"] if message.get("text") is None else message["text"]
        return data

    async def _listen(self, role: ClientRole) -> None:
        while True:
            outcome = self._conversation.receive(await self._read())
            if isinstance(outcome, Asked):
                await self._room_for_a_command()
                task = asyncio.create_task(self._do(outcome.command, role))
                for held in (self._doing, self._unfinished):
                    held.add(task)
                    task.add_done_callback(held.discard)
            elif isinstance(outcome, Refused):
                if outcome.close_code is not None:
                    await self._refuse(outcome)
                    return
                self._answer(outcome.failure)

    async def _room_for_a_command(self) -> None:
        """A client that asks faster than it is answered, or than it reads, is read no further for a while."""
        while len(self._doing) >= MOST_COMMANDS:
            await asyncio.wait(self._doing, return_when=asyncio.FIRST_COMPLETED)
        while self._answers.qsize() >= MOST_ANSWERS:
            await asyncio.sleep(0.05)

    async def _do(self, command: ClientCommand, role: ClientRole) -> None:
        try:
            self._answer(Ok(id=command.id, result=await self._host.perform(command, role)))
        except Refusal as error:
            self._answer(failure(error, command.id))
        except Exception:
            # A mistake of ours: the client is told, the meeting and the connection go on.
            log.exception("a command failed")
            self._answer(Failure(code="unexpected", message=UNEXPECTED, template=UNEXPECTED, id=command.id))

    def _answer(self, message: Message) -> None:
        self._answers.put_nowait(msgspec.json.encode(message))
        if self._subscription is not None:
            self._subscription.ring()

    async def _write(self, joined: Joined) -> None:
        hub = self._host.hub
        subject = await self._host.subject(joined.hello.meeting)
        self._subscription = one = hub.join(subject.head.id if subject else None, joined.hello.partials)
        await self._open(joined.hello, joined.role, subject, one)
        if subject is not None and subject.head.state == "closed" and joined.hello.after is not None:
            # Who follows has now got everything, as if it had been there at the end.
            one.close(CLOSE_END)
        while True:
            one.bell.clear()
            await self._flush(one)
            if one.outbox.too_slow:
                await self._socket.close(CLOSE_TOO_SLOW, "too slow: come back with after")
                return
            if one.close_code is not None and self._answers.empty() and not self._doing:
                await self._flush(one)
                await self._socket.close(one.close_code)
                return
            if one.meeting_id is None and (subject := await self._host.subject(None)) is not None:
                # The meeting that this client waited for has begun: all of it is new to the client.
                one.meeting_id = subject.head.id
                await self._open(Hello(after=0), joined.role, subject, one)
                continue
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(1.0):
                    await one.bell.wait()

    async def _flush(self, one: Subscription) -> None:
        while (body := one.outbox.take()) is not None:
            await self._send(body)
        while not self._answers.empty():
            await self._send(self._answers.get_nowait())

    async def _open(self, hello: Hello, role: ClientRole, subject: Subject | None, one: Subscription) -> None:
        if subject is None:
            await self._welcome(None, role, 0)
            return
        seq = await asyncio.to_thread(subject.log.last_seq)
        usable = hello.after is not None and (hello.after == 0 or hello.epoch == self._host.epoch)
        if usable and hello.after is not None and hello.after <= seq:
            await self._welcome(subject, role, seq)
            await self._replay(subject.log, hello.after, one)
        else:
            state = await asyncio.to_thread(subject.log.state)
            # Items may have moved since: the welcome must not be older than the snapshot.
            await self._welcome(await self._host.subject(subject.head.id) or subject, role, state.seq)
            await self._snapshot(state, one)

    async def _welcome(self, subject: Subject | None, role: ClientRole, seq: int) -> None:
        welcome = Welcome(
            epoch=self._host.epoch,
            meeting=subject.head if subject else None,
            items=subject.items if subject else (),
            current_item=subject.current_item if subject else None,
            role=role,
            seq=seq,
            server_time=datetime.now(UTC).isoformat(timespec="milliseconds"),
        )
        await self._send(msgspec.json.encode(welcome))

    async def _replay(self, log: EventLog, after: int, one: Subscription) -> None:
        while bodies := await asyncio.to_thread(log.after, after, REPLAY_BATCH):
            for body in bodies:
                await self._send(body)
            after += len(bodies)
            one.outbox.start_after(after)

    async def _snapshot(self, state: State, one: Subscription) -> None:
        snapshot = Snapshot(
            seq=state.seq,
            segments=state.segments,
            decisions=state.decisions,
            actions=state.actions,
            gaps=state.gaps,
            notes=state.notes,
        )
        await self._send(msgspec.json.encode(snapshot))
        one.outbox.start_after(state.seq)

    async def _send(self, body: bytes) -> None:
        await self._socket.send_text(body.decode())

    async def _refuse(self, refused: Refused) -> None:
        await self._send(msgspec.json.encode(refused.failure))
        await self._socket.close(refused.close_code or 1008, refused.failure.code)
