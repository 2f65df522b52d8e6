"""Spreads the events of the running meeting to every client. Each is encoded once; nobody waits for anybody."""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Iterable
from typing import Protocol

import msgspec

from meeting.access.gate import Gate
from meeting.access.view import View
from meeting.domain.events import End, Segment
from meeting.store.log import Stored
from meeting.stream.messages import Message, Recalled, Status, Suggestion
from meeting.stream.protocol import CLOSE_FAILED, CLOSE_REFUSED, CLOSE_TOO_SLOW, Outbox
from meeting.stream.spans import Spans
from meeting.stream.wire import text_frame

log = logging.getLogger(__name__)

BURST_BYTES = 32 * 1024


class Link(Protocol):
    """One client's connection, as the hub uses it: nothing of it waits."""

    @property
    def ready(self) -> bool:
        """Whether what is put now leaves at once."""
        ...

    def put(self, frames: bytes) -> None:
        """Writes whole frames."""
        ...

    def part(self, code: int, reason: str = "") -> None:
        """Closes the connection behind what was written."""
        ...


class Subscription:
    """One client: what waits for it goes out as soon as its link is ready, until then in its outbox.

    `bell` rings when its steward has something to do: a meeting has begun, or all that it sees has changed.
    """

    def __init__(self, meeting_id: str | None, partials: bool, link: Link, view: View | None = None) -> None:
        self.meeting_id = meeting_id
        self.partials = partials
        self.hints = False
        self.view = view
        self.token = ""
        self.outbox = Outbox()
        self.bell = asyncio.Event()
        self.close_code: int | None = None
        self.doing = 0
        self.turned = False
        self.dismissed = False
        self._link = link
        self._live = False
        self._parted = False

    def ring(self) -> None:
        """Wakes the client's steward."""
        self.bell.set()

    def go_live(self) -> None:
        """The client has its snapshot or replay: what waits follows, and everything that comes."""
        self._live = True
        self.outbox.go_live(time.monotonic())
        self.pump()

    def hold(self) -> None:
        """Nothing goes out until `go_live`."""
        self._live = False

    def close(self, code: int) -> None:
        """Ends the client once everything waiting has been sent."""
        self.close_code = code
        self.pump()

    def dismiss(self) -> None:
        """Ends the client at once, whose token opens nothing any more: of what waits nothing is sent, nothing done."""
        self.dismissed = True
        if not self._parted:
            self._part(CLOSE_REFUSED)

    def pump(self) -> None:
        """Writes what waits as far as there is room."""
        if self._parted:
            return
        if self.outbox.too_slow:
            self._part(CLOSE_TOO_SLOW, "too slow: come back with after")
            return
        while self._live and self._link.ready and (burst := self._burst()):
            self._link.put(burst)
        if self.close_code is not None and self._live and not self.doing and not self.outbox.waiting:
            self._part(self.close_code)

    def _part(self, code: int, reason: str = "") -> None:
        self._parted = True
        self._link.part(code, reason)

    def _burst(self) -> bytes:
        first = self.outbox.take() or b""
        if not self.outbox.waiting:
            # The usual case: one frame, the same object for every client.
            return first
        frames, size = [first], len(first)
        while size < BURST_BYTES and (frame := self.outbox.take()) is not None:
            frames.append(frame)
            size += len(frame)
        return b"".join(frames)


class Hub:
    """Lives on the service's event loop; every method is called there."""

    def __init__(self) -> None:
        self._subscriptions: set[Subscription] = set()
        self._gates: dict[str, tuple[Gate, int]] = {}
        self._newest: dict[str, int] = {}
        self.status: Status | None = None
        self.status_at = 0.0
        self.recalled: Recalled | None = None
        self.counts: Counter[tuple[str, str]] = Counter()
        self.decodes = {"partial": Spans(), "final": Spans()}

    def __len__(self) -> int:
        return len(self._subscriptions)

    @property
    def replaced(self) -> int:
        """Passing messages that a newer one has taken the place of before they were sent."""
        return self.counts["replaced", ""] + sum(one.outbox.replaced for one in self._subscriptions)

    def decoded(self, kind: str, took_ms: int) -> None:
        """A decode for a `partial` or `final` took so long."""
        self.decodes[kind].add(took_ms)

    @property
    def subscriptions(self) -> tuple[Subscription, ...]:
        """The clients that are there."""
        return tuple(self._subscriptions)

    def gate(self, meeting_id: str) -> Gate | None:
        """The gate of a meeting that events are published of."""
        kept = self._gates.get(meeting_id)
        return kept[0] if kept else None

    def guard(self, meeting_id: str, gate: Gate, seq: int) -> bool:
        """Keeps the gate of a meeting as it stood at `seq`; False when something newer has been published already."""
        if seq < self._newest.get(meeting_id, 0):
            return False
        self._gates.setdefault(meeting_id, (gate, seq))
        return True

    def position(self, meeting_id: str) -> int:
        """The seq up to which the gate of a meeting has taken its events in."""
        return max(self._newest.get(meeting_id, 0), self._gates[meeting_id][1] if meeting_id in self._gates else 0)

    def join(self, meeting_id: str | None, partials: bool, link: Link, view: View | None = None) -> Subscription:
        """From now on the client's outbox collects what is published for its meeting; a None view sees everything."""
        subscription = Subscription(meeting_id, partials, link, view)
        self._subscriptions.add(subscription)
        self.counts["joined", ""] += 1
        log.info("client joined", extra={"meeting": meeting_id, "clients": len(self)})
        return subscription

    def leave(self, subscription: Subscription) -> None:
        """The client is gone."""
        self._subscriptions.discard(subscription)
        if subscription.meeting_id is not None and not self._of(subscription.meeting_id):
            # Who comes next finds one made of the record as it stands by then.
            self._gates.pop(subscription.meeting_id, None)
        log.info("client left", extra={"clients": len(self), "too_slow": subscription.outbox.too_slow})
        self.counts["replaced", ""] += subscription.outbox.replaced
        self.counts["too_slow", ""] += subscription.outbox.too_slow

    def publish(self, meeting_id: str, stored: Iterable[Stored]) -> None:
        """Committed events, to the clients of this meeting: encoded once for each view that differs."""
        now = time.monotonic()
        here = self._of(meeting_id)
        stored = tuple(stored)
        if stored and 0 < self._newest.get(meeting_id, 0) < stored[0].event.seq - 1:
            # Something was committed that nobody was told of: who comes back with its place gets it from the log.
            log.error("events were not published", extra={"meeting": meeting_id, "before": stored[0].event.seq})
            self._gates.pop(meeting_id, None)
            self._newest[meeting_id] = stored[-1].event.seq
            self.close(meeting_id, CLOSE_FAILED)
            return
        final = ended = False
        gate, known = self._gates.get(meeting_id, (None, 0))
        for one in stored:
            self._newest[meeting_id] = one.event.seq
            final = final or isinstance(one.event, Segment)
            ended = ended or isinstance(one.event, End)
            kind = str(one.event.__struct_config__.tag)
            self.counts["event", kind] += 1
            turned = gate is not None and one.event.seq > known and gate.take(one.event)
            self._spread(one, here, turned, now)
            log.info(
                "event", extra={"meeting": meeting_id, "seq": one.event.seq, "type": kind, "clients": len(here)}
            )
        for client in here:
            if final:
                client.outbox.forget("partial")
            if ended:
                client.outbox.finish()
            client.pump()

    def _spread(self, one: Stored, here: list[Subscription], turned: bool, now: float) -> None:
        whole = text_frame(one.body)
        parts: dict[View, bytes | None] = {}
        for client in here:
            frame: bytes | None = whole
            if client.view is not None and not client.view.full:
                if client.view not in parts:
                    shown = client.view.shown(one.event)
                    parts[client.view] = None if shown is None else text_frame(msgspec.json.encode(shown))
                frame = parts[client.view]
                if turned:
                    client.turned = True
                    client.hold()
                    client.ring()
            if frame is not None:
                client.outbox.put_event(one.event.seq, frame, now)

    def pass_on(self, meeting_id: str | None, kind: str, message: Message) -> None:
        """A message that is never stored; partials and hints only to those who want them. None reaches every client."""
        if isinstance(message, Status):
            self.status, self.status_at = message, time.monotonic()
        if isinstance(message, Recalled):
            self.recalled = message
        whole = text_frame(msgspec.json.encode(message))
        parts: dict[View, bytes | None] = {}
        for client in list(self._subscriptions) if meeting_id is None else self._of(meeting_id):
            if kind == "partial" and not client.partials:
                continue
            if isinstance(message, Recalled | Suggestion) and not client.hints:
                continue
            frame: bytes | None = whole
            if client.view is not None and not client.view.takes_whole(message):
                if client.view not in parts:
                    shown = client.view.shown(message)
                    parts[client.view] = None if shown is None else text_frame(msgspec.json.encode(shown))
                frame = parts[client.view]
            if frame is not None:
                client.outbox.put_passing(kind, frame)
                client.pump()

    def close(self, meeting_id: str | None, code: int) -> None:
        """Ends the clients of a meeting (None: all of them), each after what waits for it."""
        for one in list(self._subscriptions) if meeting_id is None else self._of(meeting_id):
            one.close(code)

    def idle(self) -> list[Subscription]:
        """The clients that wait for a meeting to begin."""
        return self._of(None)

    def _of(self, meeting_id: str | None) -> list[Subscription]:
        return [one for one in self._subscriptions if one.meeting_id == meeting_id]
