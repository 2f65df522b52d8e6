"""How far a long piece of work has come, on one line of the terminal."""

import sys
import time

from ui.locale import _
from ui.plain import powerless


class Progress:
    """A bar with the time left on stderr, when a person looks at it."""

    def __init__(self, name: str, total_ms: int = 0) -> None:
        self._name = powerless(name)
        self._total_ms = total_ms
        self._shown = sys.stderr.isatty()

    def __enter__(self) -> "Progress":
        self._began = time.monotonic()
        return self

    def __call__(self, done_ms: int) -> None:
        if not self._shown or not self._total_ms:
            return
        share = min(1.0, done_ms / self._total_ms)
        passed = time.monotonic() - self._began
        left = _("{seconds} s left").format(seconds=round(passed / share - passed)) if share > 0.02 else ""
        bar = "█" * round(30 * share) + "░" * (30 - round(30 * share))
        sys.stderr.write(f"\r\x1b[K{self._name} {bar} {share:4.0%} {left}")
        sys.stderr.flush()

    def of(self, done_ms: int, total_ms: int) -> None:
        """Draws the bar of work whose length is told along with it."""
        self._total_ms = total_ms
        self(done_ms)

    def clear(self) -> None:
        """Takes the bar off the line, for something else to be written there."""
        self.__exit__()

    def __exit__(self, *exc: object) -> None:
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
