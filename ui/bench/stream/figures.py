"""The figures of one number of clients, and what the stream has to reach."""

from collections import Counter
from collections.abc import Callable, Sequence

import msgspec

from ui.bench.stream.clients import Got

P99_MS = 100.0
GIVEN_UP = frozenset({"0", "1006", "1013"})
"""How a client that does not read may end: with all it was sent in its buffers, cut, or told that it is too slow."""


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """Waits in ms from a final's commit to its arrival at a client; `cores` and `held_bytes` are the service's.

    `whole`: live clients with every stored event once, in order, of all that live. `other_cores`: taken by strangers.
    `stalled_closed`: by close code, 1006 for who was cut, 0 for whose buffers took everything.
    """

    clients: int
    seconds: float
    live: int
    whole: int
    reconnects: int
    stalled: int
    stalled_closed: dict[str, int]
    finals: int
    partials: int
    p50_ms: float
    p99_ms: float
    max_ms: float
    cores: float
    held_bytes: int
    other_cores: float
    met: bool

    @property
    def exact(self) -> bool:
        """Every live client has everything, and no stalled one was kept for ever."""
        return self.whole == self.live and set(self.stalled_closed) <= GIVEN_UP

    @property
    def cores_each(self) -> float:
        """What one client costs the service."""
        return self.cores / self.clients


def figures(
    clients: int, seconds: float, got: Sequence[Got], cpu_s: float, held_bytes: int, other_cores: float
) -> Figures:
    """One line of the table."""
    waits = sorted(wait for one in got for wait in one.waits_ms)
    whole, broken = sum(one.whole for one in got), sum(one.broken for one in got)
    closed = Counter(str(code) for one in got for code in one.stalled_closed)
    p99 = _rank(waits, 0.99)
    return Figures(
        clients=clients,
        seconds=seconds,
        live=whole + broken,
        whole=whole,
        reconnects=sum(one.reconnects for one in got),
        stalled=sum(closed.values()),
        stalled_closed=dict(closed),
        finals=len(waits),
        partials=sum(one.partials for one in got),
        p50_ms=_rank(waits, 0.5),
        p99_ms=p99,
        max_ms=waits[-1] if waits else 0.0,
        cores=cpu_s / seconds,
        held_bytes=max(0, held_bytes),
        other_cores=other_cores,
        met=bool(waits) and broken == 0 and p99 < P99_MS and GIVEN_UP.issuperset(closed),
    )


def _rank(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def slope(lines: Sequence[Figures], of: Callable[[Figures], float]) -> float | None:
    """What each further client adds, between the fewest and the most clients measured."""
    few, many = min(lines, key=lambda line: line.clients), max(lines, key=lambda line: line.clients)
    if few.clients == many.clients:
        return None
    return (of(many) - of(few)) / (many.clients - few.clients)
