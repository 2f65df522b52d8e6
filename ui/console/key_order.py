"""Keys reach what has the focus once the key before them has done its work, so that nothing typed ahead is lost."""

from collections import deque
from time import monotonic
from typing import Generic, TypeVar

from textual import events
from textual.message import Message
from textual.message_pump import MessagePump
from textual.screen import Screen
from textual.timer import Timer

from ui.console.editing.pasted import one_line
from ui.console.leaving import LeavesQuietly

PATIENCE_S = 5.0
"""The next key waits no longer for one whose work does not come to an end."""
LOOK_EVERY_S = 0.02
"""A widget that went away with its key never answers: so soon it is seen that it has gone."""

Result = TypeVar("Result")


class KeyDone(Message):
    """Follows a key through the same queues, up to the app: once it arrives, the key has been dealt with.

    `settled`: it has gone the way a second time, behind what the key's action has put off (a focus is given later).
    """

    def __init__(self, screen: Screen[object], settled: bool) -> None:
        self.screen, self.settled = screen, settled
        super().__init__()


class KeysInOrder(LeavesQuietly[Result], Generic[Result]):
    """A key that opens a field gives the focus a moment later. A terminal sends what is typed behind it in the same
    breath: without order it would go to the field before."""

    def __init__(self) -> None:
        super().__init__()
        self._typed: deque[events.Event] = deque()
        self._underway: KeyDone | None = None
        self._patience: Timer | None = None

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            self._typed.append(events.Paste(one_line(event.text)) if isinstance(event, events.Paste) else event)
            await self._hand_on()
        else:
            await super().on_event(event)

    async def on_key_done(self, message: KeyDone) -> None:
        if message is not self._underway or not self.screen_stack:
            # An app that is going away has no screen any more, and its queue still brings what was on the way.
            return
        if not message.settled or message.screen is not self.screen:
            # A screen that was just opened takes the focus only when it is drawn up.
            self._follow(self.screen, settled=message.settled or message.screen is self.screen)
        else:
            await self._finish()

    async def _hand_on(self) -> None:
        while self._typed and self._underway is None and self.screen_stack:
            target, screen = self.focused or self.screen, self.screen
            await super().on_event(self._typed.popleft())
            self._follow(target, settled=False, screen=screen)

    def _follow(self, target: MessagePump, settled: bool, screen: Screen[object] | None = None) -> None:
        if self._patience is not None:
            self._patience.stop()
        self._underway = KeyDone(screen or self.screen, settled)
        if target.post_message(self._underway):
            until = monotonic() + PATIENCE_S
            self._patience = self.set_interval(LOOK_EVERY_S, lambda: self._look(target, until))
        else:
            self._underway = None

    async def _look(self, target: MessagePump, until: float) -> None:
        if not self.screen_stack or monotonic() >= until:
            await self._finish()
        elif not target.is_running:
            self._follow(self.screen, settled=False)

    async def _finish(self) -> None:
        if self._patience is not None:
            self._patience.stop()
        self._underway = None
        await self._hand_on()
