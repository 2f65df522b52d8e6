"""The figures of a run, and how they are reckoned from single answers."""

from collections.abc import Sequence

import msgspec

from ui.bench.search.queries import Asked

OURS = "meeting"


class Latency(msgspec.Struct, frozen=True, kw_only=True):
    """Times of one kind of query in ms; `found` of them had an answer."""

    kind: str
    count: int
    found: int
    p50: float
    p95: float
    max: float


class Quality(msgspec.Struct, frozen=True, kw_only=True):
    """Of queries whose answers are known: how often one came first, or among the first five."""

    kind: str
    asked: int
    first: int
    first_five: int


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the index on the disk; only `by_sound` parts serve pinyin and near sounds."""

    name: str
    size_bytes: int
    by_sound: bool = False


class System(msgspec.Struct, frozen=True, kw_only=True):
    """One engine; null is what was not measured, or what it cannot do. `peak_bytes` of a peer has its building in it.

    `first_ms`: from the start of a program to its first answer. `other_cores` were taken by other programs meanwhile.
    """

    name: str
    build_s: float | None = None
    index_bytes: int = 0
    latencies: tuple[Latency, ...] = ()
    qualities: tuple[Quality, ...] = ()
    first_ms: float | None = None
    rss_bytes: int = 0
    peak_bytes: int = 0
    other_cores: float = 0.0


def latencies(asked: Sequence[Asked], answers: Sequence[tuple[float, int] | None]) -> tuple[Latency, ...]:
    """By kind of query, and over all; an answer is its time in ms and how much it found."""
    kinds = [*dict.fromkeys(one.kind for one in asked), ""]
    found = []
    for kind in kinds:
        pairs = zip(asked, answers, strict=True)
        some = [answer for one, answer in pairs if answer is not None and kind in ("", one.kind)]
        if some:
            times = sorted(ms for ms, _ in some)
            found.append(
                Latency(
                    kind=kind or "all",
                    count=len(some),
                    found=sum(total > 0 for _, total in some),
                    p50=_percentile(times, 0.50),
                    p95=_percentile(times, 0.95),
                    max=times[-1],
                )
            )
    return tuple(found)


def qualities(asked: Sequence[Asked], answers: Sequence[Sequence[str]]) -> tuple[Quality, ...]:
    """By kind of query, and over all."""
    found = []
    for kind in [*dict.fromkeys(one.kind for one in asked), ""]:
        some = [(one.expected, ids) for one, ids in zip(asked, answers, strict=True) if kind in ("", one.kind)]
        found.append(
            Quality(
                kind=kind or "all",
                asked=len(some),
                first=sum(ids[0] in expected for expected, ids in some if ids),
                first_five=sum(any(id_ in expected for id_ in ids[:5]) for expected, ids in some),
            )
        )
    return tuple(found)


def of_kind(latencies: Sequence[Latency], kind: str) -> Latency | None:
    """The times of one kind of query."""
    return next((one for one in latencies if one.kind == kind), None)


def _percentile(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
