"""One client of the stream: its greeting, what it is sent, what it asks for. A shell around `protocol` and `hub`."""

import asyncio
import logging

import msgspec
from starlette.websockets import WebSocket, WebSocketDisconnect

from meeting.errors import BadToken, MeetingAmbiguous, MeetingUnknown, ProtocolError
from meeting.stream.guard import JUDGE
from meeting.stream.host import Host
from meeting.stream.hub import Subscription
from meeting.stream.messages import ClientCommand, Failure, Message, Ok
from meeting.stream.opening import Opening
from meeting.stream.protocol import (
    CLOSE_END,
    CLOSE_FAILED,
    CLOSE_REFUSED,
    HELLO_WITHIN_S,
    Asked,
    Conversation,
    Joined,
    Refused,
    failure,
)
from meeting.stream.wire import SCOPE, Wire, text_frame
from models.refusal import N_, Refusal

log = logging.getLogger(__name__)

MOST_COMMANDS = 8
MOST_ANSWERS = 64
UNEXPECTED = N_("That failed by a mistake of this program; the meeting goes on. Try again, and report it.")
ASKED_WRONGLY = (ProtocolError, MeetingUnknown, MeetingAmbiguous)
"""Refusals that coming back would only repeat; after all others the client may try again."""


class Connection:
    """`unfinished` holds the commands that go on when their client has left: what was begun is done whole."""

    def __init__(self, host: Host, socket: WebSocket, unfinished: set[asyncio.Task[None]]) -> None:
        self._host = host
        self._unfinished = unfinished
        self._socket = socket
        self._wire: Wire = socket.scope["extensions"][SCOPE]["wire"]
        self._conversation = Conversation(host.authenticate)
        self._doing: set[asyncio.Task[None]] = set()
        self._subscription: Subscription | None = None
        self._subscribed = asyncio.Event()

    async def serve(self) -> None:
        """Talks with the client until it goes, or is told to."""
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
        outcome: Joined | Asked | Refused
        try:
            async with asyncio.timeout(HELLO_WITHIN_S):
                hello = await self._read()
            # In a thread: tokens stand in the records, and nobody waits for those but who asks.
            outcome = await asyncio.to_thread(self._conversation.receive, hello)
        except TimeoutError:
            outcome = self._conversation.late()
        except Refusal as error:
            outcome = Refused(failure(error, None), CLOSE_FAILED)
        judge = (self._socket.scope.get("extensions") or {}).get(JUDGE)
        if isinstance(outcome, Joined):
            if judge is not None:
                await judge(True)
            return outcome
        assert isinstance(outcome, Refused)
        if judge is not None and outcome.failure.code == BadToken.code:
            await judge(False)
        self._refuse(outcome)
        return None

    async def _converse(self, joined: Joined) -> None:
        steward = asyncio.create_task(self._look_after(joined))
        reader = asyncio.create_task(self._listen(joined))
        try:
            done, _ = await asyncio.wait({steward, reader}, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        except Refusal as error:
            code = CLOSE_REFUSED if isinstance(error, ASKED_WRONGLY) else CLOSE_FAILED
            self._refuse(Refused(failure(error, None), code))
        except (WebSocketDisconnect, OSError):
            raise
        except Exception:
            # A mistake of ours: the client may come back, the meeting goes on.
            log.exception("a client could not be served")
            self._refuse(
                Refused(Failure(code="unexpected", message=UNEXPECTED, template=UNEXPECTED), CLOSE_FAILED)
            )
        finally:
            for task in (steward, reader):
                task.cancel()
            await asyncio.gather(steward, reader, return_exceptions=True)

    async def _read(self) -> str | bytes:
        message = await self._socket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code", 1005))
        data: str | bytes = message["bytes"] if message.get("text") is None else message["text"]
        return data

    async def _listen(self, joined: Joined) -> None:
        await self._subscribed.wait()
        while True:
            outcome = self._conversation.receive(await self._read())
            if isinstance(outcome, Asked):
                await self._room_for_a_command()
            if self._subscription is None or self._subscription.dismissed:
                return
            if isinstance(outcome, Asked):
                task = asyncio.create_task(self._do(outcome.command, joined))
                self._count(1)
                for held in (self._doing, self._unfinished):
                    held.add(task)
                    task.add_done_callback(held.discard)
                task.add_done_callback(lambda _: self._count(-1))
            elif isinstance(outcome, Refused):
                if outcome.close_code is not None:
                    self._refuse(outcome)
                    return
                self._answer(outcome.failure)

    async def _room_for_a_command(self) -> None:
        """A client that asks faster than it is answered, or than it reads, is read no further for a while."""
        while len(self._doing) >= MOST_COMMANDS:
            await asyncio.wait(self._doing, return_when=asyncio.FIRST_COMPLETED)
        while self._answers_wait() and self._wire.open:
            await asyncio.sleep(0.05)

    def _answers_wait(self) -> bool:
        return self._subscription is not None and self._subscription.outbox.answers >= MOST_ANSWERS

    def _count(self, more: int) -> None:
        if self._subscription is not None:
            self._subscription.doing += more
            self._subscription.pump()

    async def _do(self, command: ClientCommand, joined: Joined) -> None:
        try:
            self._answer(Ok(id=command.id, result=await self._host.perform(command, joined.grant)))
        except Refusal as error:
            self._answer(failure(error, command.id))
        except Exception:
            # A mistake of ours: the client is told, the meeting and the connection go on.
            log.exception("a command failed")
            self._answer(Failure(code="unexpected", message=UNEXPECTED, template=UNEXPECTED, id=command.id))

    def _answer(self, message: Message) -> None:
        if self._subscription is not None:
            self._subscription.outbox.put_answer(text_frame(msgspec.json.encode(message)))
            self._subscription.pump()

    async def _look_after(self, joined: Joined) -> None:
        opening = Opening(self._host, self._wire, joined)
        subject, view = await opening.subject()
        self._subscription = one = self._host.hub.join(
            subject.head.id if subject else None, joined.hello.partials, self._wire, view
        )
        one.token = joined.grant.token
        one.hints = joined.hello.hints
        self._wire.on_ready = one.pump
        self._subscribed.set()
        await opening.open(subject, one)
        if subject is not None and subject.head.state == "closed" and joined.hello.after is not None:
            # Who follows has now got everything, as if it had been there at the end.
            one.close(CLOSE_END)
        while True:
            one.go_live()
            await one.bell.wait()
            one.bell.clear()
            if one.turned:
                one.turned = False
                await opening.show_anew(one)
            elif one.meeting_id is None:
                await opening.begin(one)

    def _refuse(self, refused: Refused) -> None:
        self._wire.put(text_frame(msgspec.json.encode(refused.failure)))
        self._wire.part(refused.close_code or CLOSE_REFUSED, refused.failure.code)
