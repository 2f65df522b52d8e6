"""How a client comes to the newest event: welcome, then the replay of what it missed, or the record as it stands."""

import asyncio
from datetime import UTC, datetime

import msgspec

from meeting.access.gate import Gate
from meeting.access.view import View
from meeting.domain.events import StoredEvent
from meeting.store.log import State
from meeting.stream.host import Host, Subject
from meeting.stream.hub import BURST_BYTES, Subscription
from meeting.stream.messages import Hello, Recalled, Snapshot, Welcome
from meeting.stream.protocol import Joined
from meeting.stream.wire import Wire, text_frame

REPLAY_BATCH = 500

_events = msgspec.json.Decoder(StoredEvent)

# Custody of the sound is between the log and `verify`; quotes inside a text are escaped, so that none looks like it.
_SEALED = b'"type":"sound_sealed"'


class Opening:
    """What one client is sent before it is live. Everything goes through its view, when it has one."""

    def __init__(self, host: Host, wire: Wire, joined: Joined) -> None:
        self._host = host
        self._wire = wire
        self._joined = joined

    async def subject(self) -> tuple[Subject | None, View | None]:
        """The meeting asked for, and how the client sees it. Between this and the hub's `join` nothing may wait."""
        subject = await self._host.subject(self._joined.hello.meeting, self._joined.grant)
        if subject is not None and subject.head.state == "closed":
            await asyncio.to_thread(self._host.opened, subject.head.id, self._joined.grant)
        return subject, await self._view(subject)

    async def _view(self, subject: Subject | None) -> View | None:
        """None for who sees everything, as the one that is spared all filtering."""
        if View(Gate((), None, False), self._joined.grant).wide:
            return None
        if subject is None:
            return View(Gate((), None, False), self._joined.grant)
        hub, meeting = self._host.hub, subject.head.id
        while (gate := hub.gate(meeting)) is None:
            state = await asyncio.to_thread(subject.log.state)
            closed = subject.head.state == "closed"
            hub.guard(meeting, Gate.of(state, subject.items, subject.current_item, closed), state.seq)
        return View(gate, self._joined.grant)

    async def begin(self, one: Subscription) -> None:
        """The meeting that this client waited for has begun: all of it is new to the client."""
        subject = await self._host.subject(None, self._joined.grant)
        if subject is None:
            return
        view = await self._view(subject)
        one.hold()
        one.meeting_id, one.view = subject.head.id, view
        await self._open(Hello(after=0), subject, one)

    async def open(self, subject: Subject | None, one: Subscription) -> None:
        """Sends the welcome and what follows from the client's hello."""
        await self._open(self._joined.hello, subject, one)

    async def show_anew(self, one: Subscription) -> None:
        """What the client may see of the past has changed: it gets the record as it stands, so far as it is shown."""
        subject = await self._host.subject(one.meeting_id, self._joined.grant)
        if subject is not None:
            await self._stand(subject, one)

    async def _recall(self, subject: Subject, view: View | None) -> None:
        """The background of the current item, which the room was told before this client came."""
        recalled = self._host.hub.recalled
        if recalled is not None and (recalled.meeting_id, recalled.item_id) == (
            subject.head.id,
            subject.current_item,
        ):
            await self._send(view, recalled)

    async def _open(self, hello: Hello, subject: Subject | None, one: Subscription) -> None:
        if subject is None:
            await self._welcome(None, one.view, 0)
            return
        seq = await asyncio.to_thread(subject.log.last_seq)
        after = hello.after
        if after is None or after > seq or (after > 0 and hello.epoch != self._host.epoch):
            await self._stand(subject, one)
        elif after == 0 or one.view is None or await self._unbroken(subject, after, one.view):
            await self._welcome(subject, one.view, seq)
            await self._replay(subject, after, one)
        else:
            await self._stand(subject, one)
        if hello.hints:
            await self._recall(subject, one.view)

    async def _unbroken(self, subject: Subject, after: int, view: View) -> bool:
        while bodies := await asyncio.to_thread(subject.log.after, after, REPLAY_BATCH):
            if not view.unbroken([_events.decode(body) for body in bodies]):
                return False
            after += len(bodies)
        return True

    async def _stand(self, subject: Subject, one: Subscription) -> None:
        state = await asyncio.to_thread(subject.log.state)
        # Items may have moved since: the welcome must not be older than the snapshot.
        newest = await self._host.subject(subject.head.id, self._joined.grant)
        view = one.view
        if view is not None:
            # By the record that it shows, not by the hub's gate, which may be a moment behind what is committed.
            closed = subject.head.state == "closed"
            view = View(Gate.of(state, subject.items, subject.current_item, closed), self._joined.grant)
        await self._welcome(newest or subject, view, state.seq)
        await self._snapshot(state, view)
        one.outbox.start_after(state.seq)

    async def _welcome(self, subject: Subject | None, view: View | None, seq: int) -> None:
        welcome = Welcome(
            epoch=self._host.epoch,
            meeting=subject.head if subject else None,
            items=subject.items if subject else (),
            current_item=subject.current_item if subject else None,
            role=self._joined.role,
            seq=seq,
            server_time=datetime.now(UTC).isoformat(timespec="milliseconds"),
        )
        await self._send(view, welcome)

    async def _replay(self, subject: Subject, after: int, one: Subscription) -> None:
        while bodies := await asyncio.to_thread(subject.log.after, after, REPLAY_BATCH):
            if one.view is not None and subject.head.state != "closed":
                # Of what its gate has not taken in yet nobody can say who sees it: it comes when it is published.
                bodies = bodies[: max(0, self._host.hub.position(subject.head.id) - after)]
                if not bodies:
                    return
            pending = bytearray()
            for body in bodies:
                shown = _shown(one.view, body)
                pending += text_frame(shown) if shown is not None else b""
                if len(pending) >= BURST_BYTES:
                    await self._put(bytes(pending))
                    pending.clear()
            await self._put(bytes(pending))
            after += len(bodies)
            one.outbox.start_after(after)

    async def _snapshot(self, state: State, view: View | None) -> None:
        snapshot = Snapshot(
            seq=state.seq,
            segments=state.segments,
            decisions=state.decisions,
            actions=state.actions,
            gaps=state.gaps,
            notes=state.notes,
        )
        await self._send(view, snapshot)

    async def _send(self, view: View | None, message: Welcome | Snapshot | Recalled) -> None:
        shown = message if view is None else view.shown(message)
        if shown is not None:
            await self._put(text_frame(msgspec.json.encode(shown)))

    async def _put(self, frames: bytes) -> None:
        await self._wire.drained()
        self._wire.put(frames)


def _shown(view: View | None, body: bytes) -> bytes | None:
    if _SEALED in body:
        return None
    if view is None:
        return body
    event = _events.decode(body)
    shown = view.shown(event)
    if shown is event:
        return body
    return None if shown is None else msgspec.json.encode(shown)
