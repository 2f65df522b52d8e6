"""How long something took, counted into bounds."""

from bisect import bisect_left
from itertools import accumulate

DECODE_BOUNDS_MS = (50, 100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800)


class Spans:
    """A histogram of milliseconds."""

    def __init__(self) -> None:
        self._counts = [0] * (len(DECODE_BOUNDS_MS) + 1)
        self.total_ms = 0

    def add(self, took_ms: int) -> None:
        """Counts one."""
        self._counts[bisect_left(DECODE_BOUNDS_MS, took_ms)] += 1
        self.total_ms += took_ms

    def cumulated(self) -> list[int]:
        """How many were within each bound, the last one being without end."""
        return list(accumulate(self._counts))
