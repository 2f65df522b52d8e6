"""What the search has to reach, and whether a run reached it."""

from collections.abc import Iterator

from ui.bench.demand import Demand, demand
from ui.bench.search.results import Part, System, of_kind


def demands(
    ours: System, parts: tuple[Part, ...], text_bytes: int, missed: int, sampled: int
) -> tuple[Demand, ...]:
    """All that is demanded of the run."""
    return (*_times(ours), *_sizes(ours, parts, text_bytes), *_found(ours, missed, sampled))


def _times(ours: System) -> Iterator[Demand]:
    for one in ours.latencies:
        name = "query" if one.kind == "all" else f"{one.kind} query"
        yield demand(f"{name} p50", one.p50, "<", 15, "ms")
        yield demand(f"{name} p95", one.p95, "<", 50, "ms")
    yield demand("build", None if ours.build_s is None else ours.build_s / 60, "≤", 6, "min")
    yield demand("first query after start", ours.first_ms, "<", 500, "ms")


def _sizes(ours: System, parts: tuple[Part, ...], text_bytes: int) -> Iterator[Demand]:
    whole = sum(part.size_bytes for part in parts)
    without = whole - sum(part.size_bytes for part in parts if part.by_sound)
    yield demand("index without sounds", without / text_bytes if text_bytes else None, "≤", 6, "× the text")
    yield demand("index with sounds", whole / text_bytes if text_bytes else None, "≤", 8, "× the text")
    yield demand("memory of the searching process", ours.peak_bytes / 1e6, "≤", 400, "MB")


def _found(ours: System, missed: int, sampled: int) -> Iterator[Demand]:
    share = (sampled - missed) / sampled if sampled else None
    yield demand("substrings of 2 to 8 characters found", share, "≥", 1, beside=f"{sampled - missed}/{sampled}")
    whole = next((one for one in ours.qualities if one.kind == "all"), None)
    asked = whole.asked if whole else 0
    five, first = (whole.first_five, whole.first) if whole else (0, 0)
    yield demand(
        "right among the first five", five / asked if asked else None, "≥", 0.95, beside=f"{five}/{asked}"
    )
    yield demand("right first", first / asked if asked else None, "≥", 0.85, beside=f"{first}/{asked}")


def slower(ours: System, peers: tuple[System, ...]) -> Iterator[tuple[str, str, float]]:
    """Peer, kind of query, and how many times as fast it is there by its median, where it is faster."""
    for peer in peers:
        for theirs in peer.latencies:
            mine = of_kind(ours.latencies, theirs.kind)
            if mine is not None and theirs.kind != "all" and theirs.p50 and mine.p50 > theirs.p50:
                yield peer.name, theirs.kind, mine.p50 / theirs.p50
