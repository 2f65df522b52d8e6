"""The report as Markdown, for a terminal and for the documents."""

from collections.abc import Iterator

from ui.bench.demand import cells
from ui.bench.search.demands import slower
from ui.bench.search.results import Latency, Quality, System, of_kind
from ui.bench.search.run import Report

BEGIN, END = "<!-- bench search: begin -->", "<!-- bench search: end -->"
QUIET_CORES = 0.25


def table(report: Report) -> list[str]:
    """The machine, times and quality of each engine side by side, the parts of the index, and what is demanded."""
    return [
        *_heading(report),
        "",
        *_engines(report),
        "",
        *_times(report),
        *_quality(report),
        *_parts(report),
        *_rest(report),
    ]


def _heading(report: Report) -> Iterator[str]:
    machine, ours = report.machine, report.systems[0]
    size = report.text_bytes / 1e6
    corpus = f"{report.documents} documents, {report.passages} passages, {size:.1f} MB of text"
    yield f"{machine.date}, smart-meeting {machine.version}: {corpus}."
    yield f"Machine: {machine.line}."
    if ours.other_cores > QUIET_CORES:
        yield f"**Other programs took up to {ours.other_cores:.1f} cores of it meanwhile: not a fair measurement.**"
    if report.resumed:
        yield f"{report.resumed} documents were in the index already, so its building was not measured."


def _row(cells_: list[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "/") for cell in cells_) + " |"


def _head(names: list[str]) -> list[str]:
    return [_row(names), "|" + " --- |" * len(names)]


def _engines(report: Report) -> list[str]:
    rows = [
        [
            one.name,
            "–" if one.build_s is None else f"{one.build_s:.1f}",
            f"{one.index_bytes / 1e6:.0f} ({one.index_bytes / report.text_bytes:.1f} ×)",
            "–" if one.first_ms is None else f"{one.first_ms:.0f}",
            f"{one.peak_bytes / 1e6:.0f}",
        ]
        for one in report.systems
    ]
    names = ["engine", "build, s", "index, MB (× the text)", "first query after start, ms", "peak memory, MB"]
    return [*_head(names), *map(_row, rows)]


def _times(report: Report) -> Iterator[str]:
    kinds = [one.kind for one in report.systems[0].latencies]
    yield from _head(["query, p50 / p95 / max in ms", *(one.name for one in report.systems)])
    for kind in kinds:
        yield _row([kind, *(_spread(of_kind(one.latencies, kind)) for one in report.systems)])
    yield ""


def _spread(one: Latency | None) -> str:
    return "–" if one is None else f"{one.p50:.1f} / {one.p95:.1f} / {one.max:.1f}"


def _quality(report: Report) -> Iterator[str]:
    ours = report.systems[0]
    if not ours.qualities:
        return
    yield from _head(["right first, among the first five, of all", *(one.name for one in report.systems)])
    for kind in (one.kind for one in ours.qualities):
        yield _row([kind, *(_right(one, kind) for one in report.systems)])
    yield ""


def _right(system: System, kind: str) -> str:
    found: Quality | None = next((one for one in system.qualities if one.kind == kind), None)
    return "–" if found is None else f"{found.first}, {found.first_five}, of {found.asked}"


def _parts(report: Report) -> Iterator[str]:
    yield from _head(["part of the index", "MB", "× the text"])
    for part in report.parts:
        yield _row([part.name, f"{part.size_bytes / 1e6:.1f}", f"{part.size_bytes / report.text_bytes:.2f}"])
    yield ""


def _rest(report: Report) -> Iterator[str]:
    yield from (f"- **{sentence}**" for sentence in report.failures)
    if report.missed:
        yield "- not found: " + ", ".join(report.missed[:20])
    faster = [
        f"{name}, {kind}: {times:.1f} × as fast"
        for name, kind, times in slower(report.systems[0], report.systems[1:])
    ]
    yield from (f"- {line}" for line in faster)
    if report.failures or report.missed or faster:
        yield ""
    yield from _head(["demanded", "reached", "met"])
    for one in report.demands:
        yield _row(list(cells(one)))
