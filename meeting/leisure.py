"""When nobody needs the machine: nothing was asked and nothing said for a while."""

import time
from collections.abc import Callable
from threading import Event

LEISURE_S = 3.0
_LOOK_AGAIN_S = 0.5


class Leisure:
    """Knows when something was last asked or said. Safe for several threads; a new one has leisure at once."""

    def __init__(self, seconds: float = LEISURE_S, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds, self._clock = seconds, clock
        self._until = float("-inf")

    def used(self) -> None:
        """Somebody needs the machine now."""
        self._until = self._clock() + self._seconds

    def is_now(self) -> bool:
        """Whether nobody has needed the machine for a while."""
        return self._clock() >= self._until

    def wait(self, stop: Event, or_else: Callable[[], bool]) -> bool:
        """Waits for leisure, or for `or_else`; False when `stop` was set before."""
        while not stop.is_set() and not self.is_now() and not or_else():
            stop.wait(_LOOK_AGAIN_S)
        return not stop.is_set()
