"""How fast a device's clock runs against the machine's, from when each piece of its sound was spoken."""

from asr.journal_records import RATE_HZ

NS = 1_000_000_000
# Deliveries are dated to some milliseconds: over a shorter time that would be taken for drift.
_LEAST_SAMPLES = 60 * RATE_HZ
# Two quartzes differ by less than a thousandth; what jumps was set, or lost.
_JUMP_NS = 50_000_000


class Drift:
    """Feed it every piece of sound. A stretch ends where sound is missing or a clock was set; stretches add up."""

    def __init__(self) -> None:
        self._done_samples = 0
        self._done_ns = 0
        self._began: tuple[int, int] | None = None
        self._last = (0, 0)
        self._next_sample = 0

    def heard(self, start: int, samples: int, at_ns: int) -> None:
        """`samples` from sample `start` of media time on, the first one spoken at `at_ns`."""
        if self._began is None or start != self._next_sample or self._jumped(start, at_ns):
            self._end_stretch()
            self._began = (start, at_ns)
        self._last = (start, at_ns)
        self._next_sample = start + samples

    @property
    def ppm(self) -> float | None:
        """Millionths by which the device is faster than the machine; None until a minute was heard."""
        samples, passed_ns = self._total()
        if samples < _LEAST_SAMPLES or passed_ns <= 0:
            return None
        return round((samples * NS / RATE_HZ - passed_ns) / passed_ns * 1e6, 1)

    def _jumped(self, start: int, at_ns: int) -> bool:
        last_start, last_ns = self._last
        return abs(at_ns - last_ns - (start - last_start) * NS // RATE_HZ) > _JUMP_NS

    def _total(self) -> tuple[int, int]:
        if self._began is None:
            return self._done_samples, self._done_ns
        samples, passed_ns = self._last[0] - self._began[0], self._last[1] - self._began[1]
        return self._done_samples + samples, self._done_ns + passed_ns

    def _end_stretch(self) -> None:
        self._done_samples, self._done_ns = self._total()
        self._began = None
