"""Is sound missing? Told from when a device delivered how many frames, without touching a device."""

from collections import deque

NS = 1_000_000_000
# A delivery is late for many harmless reasons and then caught up within moments: only what stays missing is a loss.
_WINDOW_NS = NS
_LOSS_NS = NS // 4
_LOSS_AFTER_OVERFLOW_NS = NS // 50
_DRIFT_SHARE = 0.05


class Continuity:
    """Follows the offset between a device's clock (frames delivered) and the machine's (ns since boot).

    The offset wanders slowly, as two quartzes do, and jumps when frames are lost or the machine slept. Holes are
    told at most one second late; their length is exact to some milliseconds.
    """

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._frames = 0
        self._offset_ns: float | None = None
        self._recent: deque[tuple[int, float]] = deque()
        self._overflow_at: int | None = None

    def time_of_next_frame(self) -> int:
        """When (ns since boot) the frame after the ones delivered is spoken, freed of the jitter of deliveries."""
        return int((self._offset_ns or 0) + self._frames * NS / self._rate_hz)

    def delivered(self, frames: int, at_ns: int, overflow: bool) -> tuple[int, str] | None:
        """Takes one delivery that ended at `at_ns`; a hole comes back as (ns, reason) once it is certain."""
        self._frames += frames
        offset = at_ns - self._frames * NS / self._rate_hz
        if overflow:
            self._overflow_at = at_ns
        self._recent.append((at_ns, offset))
        if self._offset_ns is None or offset < self._offset_ns:
            self._offset_ns = offset
        if at_ns - self._recent[0][0] < _WINDOW_NS:
            return None
        least = min(offset for _, offset in self._recent)
        while at_ns - self._recent[0][0] >= _WINDOW_NS:
            self._recent.popleft()
        return self._judge(least - self._offset_ns)

    def _judge(self, excess_ns: float) -> tuple[int, str] | None:
        assert self._offset_ns is not None
        overflowed = self._overflow_at is not None
        if excess_ns > (_LOSS_AFTER_OVERFLOW_NS if overflowed else _LOSS_NS):
            self._offset_ns += excess_ns
            self._overflow_at = None
            self._recent.clear()
            return int(excess_ns), "overflow" if overflowed else "interrupted"
        self._offset_ns += excess_ns * _DRIFT_SHARE
        if overflowed and self._recent and self._recent[-1][0] - (self._overflow_at or 0) > 2 * _WINDOW_NS:
            self._overflow_at = None
        return None
