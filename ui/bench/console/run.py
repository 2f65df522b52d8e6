"""Measures a console several times over, then looks up by real keys."""

import time
from collections.abc import Callable, Iterable
from statistics import median, quantiles

import msgspec

from ui.bench.console.keys import QUERIES, look_up
from ui.bench.console.screen import SIZE, Work, measure
from ui.bench.demand import Demand, demand
from ui.bench.machine import Machine, Others, look
from ui.locale import _

Tell = Callable[[str], None]


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What is measured: so many `segments`, each thing done `times` in each of `runs`, and so many look-ups."""

    segments: int = 10_000
    runs: int = 3
    times: int = 60
    partial_seconds: float = 10.0
    lookups: int = 4 * len(QUERIES)


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What was taken for one thing, over all runs, in ms; `times` says how often it was done."""

    what: str
    times: int
    p50: float
    p95: float


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """All of one run. `other_cores` is what other programs took while the screen was worked on."""

    machine: Machine
    segments: int
    columns: int
    rows: int
    lines: tuple[Figures, ...]
    partials_core: float
    other_cores: float
    demands: tuple[Demand, ...]


def run(order: Order, tell: Tell) -> Report:
    """Measures. Raises SystemFailed."""
    others, used = Others(), time.process_time()
    works = []
    for number in range(order.runs):
        tell(
            _("{count} segments · {number} of {runs}").format(
                count=order.segments, number=number + 1, runs=order.runs
            )
        )
        works.append(measure(order.segments, order.times, order.partial_seconds))
    outside = others.cores(time.process_time() - used)
    tell(_("{count} look-ups by keys").format(count=order.lookups))
    lines = (*_of(works), _figures("look-up by keys", look_up(order.lookups)))
    partials = median(one.partials_core for one in works)
    return Report(
        machine=look(),
        segments=order.segments,
        columns=SIZE[0],
        rows=SIZE[1],
        lines=lines,
        partials_core=partials,
        other_cores=outside,
        demands=_demands(lines, partials),
    )


def _of(works: list[Work]) -> Iterable[Figures]:
    yield _figures("append a sentence", [one for work in works for one in work.append_ms])
    yield _figures("scroll a page", [one for work in works for one in work.page_ms])
    yield _figures("wrap all to another width", [one for work in works for one in work.rewrap_ms])
    yield _figures("open", [work.open_ms for work in works])


def _figures(what: str, taken: list[float]) -> Figures:
    high = quantiles(taken, n=20, method="inclusive")[-1] if len(taken) > 1 else taken[0]
    return Figures(what=what, times=len(taken), p50=median(taken), p95=high)


def _demands(lines: Iterable[Figures], partials: float) -> tuple[Demand, ...]:
    append, page, rewrap, opened, lookup = lines
    most = ((append, 5.0), (page, 33.0), (rewrap, 200.0), (lookup, 150.0))
    return (
        *(demand(f"{one.what} p95", one.p95, "≤", limit, "ms") for one, limit in most),
        demand(f"{opened.what} p95", opened.p95 / 1000, "≤", 1.0, "s"),
        demand("ten partials a second", partials, "<", 0.1, "cores"),
    )
