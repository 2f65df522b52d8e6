"""Wrong tokens slow their sender down: each doubles the wait before the next try. Pure but for its clock."""

import time
from collections import OrderedDict
from collections.abc import Callable

FREE_TRIES = 3
FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 300.0
FORGOTTEN_AFTER_S = 900.0
MOST_ADDRESSES = 10_000


class Penalties:
    """By address. At most MOST_ADDRESSES are remembered, the oldest is forgotten first."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._wrong: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._wrong)

    def add(self, address: str) -> None:
        """A wrong token came from this address."""
        tries, _ = self._known(address)
        self._wrong[address] = (tries + 1, self._clock())
        self._wrong.move_to_end(address)
        while len(self._wrong) > MOST_ADDRESSES:
            self._wrong.popitem(last=False)

    def forgive(self, address: str) -> None:
        """A good token came from this address."""
        self._wrong.pop(address, None)

    def wait_s(self, address: str) -> float:
        """How long the address still has to wait."""
        tries, last = self._known(address)
        if tries <= FREE_TRIES:
            return 0.0
        # The power of a large number is none that a float holds.
        doublings: int = min(tries - FREE_TRIES - 1, 20)
        wait_s = min(LONGEST_WAIT_S, FIRST_WAIT_S * float(2**doublings))
        return max(0.0, last + wait_s - self._clock())

    def _known(self, address: str) -> tuple[int, float]:
        tries, last = self._wrong.get(address, (0, 0.0))
        if tries and self._clock() - last > FORGOTTEN_AFTER_S:
            del self._wrong[address]
            return 0, 0.0
        return tries, last
