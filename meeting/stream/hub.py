"""Spreads the events of the running meeting to every client. Each is encoded once; nobody waits for anybody."""

import asyncio
from collections.abc import Iterable

import msgspec

from meeting.domain.events import End, Segment
from meeting.store.log import Stored
from meeting.stream.messages import Message
from meeting.stream.protocol import Outbox


class Subscription:
    """One client's outbox, with a bell that rings when something waits."""

    def __init__(self, meeting_id: str | None, partials: bool) -> None:
        self.meeting_id = meeting_id
        self.partials = partials
        self.outbox = Outbox()
        self.bell = asyncio.Event()
        self.close_code: int | None = None

    def ring(self) -> None:
        """Wakes the client's writer."""
        self.bell.set()

    def close(self, code: int) -> None:
        """Ends the client once everything waiting has been sent."""
        self.close_code = code
        self.ring()


class Hub:
    """Lives on the service's event loop; every method is called there."""

    def __init__(self) -> None:
        self._subscriptions: set[Subscription] = set()

    def __len__(self) -> int:
        return len(self._subscriptions)

    def join(self, meeting_id: str | None, partials: bool) -> Subscription:
        """From now on the client's outbox collects what is published for its meeting."""
        subscription = Subscription(meeting_id, partials)
        self._subscriptions.add(subscription)
        return subscription

    def leave(self, subscription: Subscription) -> None:
        """The client is gone."""
        self._subscriptions.discard(subscription)

    def publish(self, meeting_id: str, stored: Iterable[Stored]) -> None:
        """Committed events, to the clients of this meeting."""
        events = list(stored)
        final = any(isinstance(event.event, Segment) for event in events)
        ended = any(isinstance(event.event, End) for event in events)
        for one in self._of(meeting_id):
            if final:
                one.outbox.forget("partial")
            for event in events:
                one.outbox.put_event(event.event.seq, event.body)
            if ended:
                one.outbox.finish()
            one.ring()

    def pass_on(self, meeting_id: str | None, kind: str, message: Message) -> None:
        """A message that is never stored; `kind` `partial` only to those who want it. None reaches every client."""
        body = msgspec.json.encode(message)
        for one in list(self._subscriptions) if meeting_id is None else self._of(meeting_id):
            if kind != "partial" or one.partials:
                one.outbox.put_passing(kind, body)
                one.ring()

    def close(self, meeting_id: str | None, code: int) -> None:
        """Ends the clients of a meeting (None: all of them), each after what waits for it."""
        for one in list(self._subscriptions) if meeting_id is None else self._of(meeting_id):
            one.close(code)

    def idle(self) -> list[Subscription]:
        """The clients that wait for a meeting to begin."""
        return self._of(None)

    def _of(self, meeting_id: str | None) -> list[Subscription]:
        return [one for one in self._subscriptions if one.meeting_id == meeting_id]
