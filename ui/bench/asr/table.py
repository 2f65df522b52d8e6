"""The report as one Markdown table with its ratios, for a terminal and for the documents."""

from collections.abc import Callable, Iterator, Sequence

from ui.bench.asr.delays import Spread
from ui.bench.asr.results import Figures, Ratio
from ui.bench.asr.run import Failure, Report
from ui.bench.demand import Demand, cells

BEGIN, END = "<!-- bench asr: begin -->", "<!-- bench asr: end -->"
QUIET_CORES = 0.25
"""What the reader of the stream, the sender of the sound and the system itself may take."""


def _seconds(one: Spread | None) -> str:
    if one is None:
        return "–"
    missing = f" ({one.missing} of {one.count + one.missing} never)" if one.missing else ""
    return " / ".join(f"{value / 1000:.2f}" for value in (one.p50, one.p95, one.max)) + missing


def _recall(line: Figures) -> str:
    kinds = ", ".join(f"{kind} {got.right}/{got.spoken}" for kind, got in line.terms_by_kind.items() if got.spoken)
    return f"{line.terms.right}/{line.terms.spoken}" + (f" ({kinds})" if kinds else "")


COLUMNS: dict[str, Callable[[Figures], str]] = {
    "recording": lambda line: line.recording,
    "condition": lambda line: line.condition + (f", first {line.part_s:g} s" if line.part_s else ""),
    "system": lambda line: line.system,
    "CER": lambda line: f"{line.cer:.3f}",
    "agenda terms right": _recall,
    "partial age, s": lambda line: _seconds(line.partial_age),
    "voice until shown, s": lambda line: _seconds(line.shown),
    "final after the end, s": lambda line: _seconds(line.final),
    "flicker": lambda line: "–" if line.flicker is None else f"{line.flicker:.1%}",
    "cores": lambda line: f"{line.cpu:.2f}",
    "memory, MB": lambda line: f"{line.peak_bytes / 1e6:.0f}" if line.peak_bytes else "–",
    "lag max, s": lambda line: "–" if line.lag_max_ms is None else f"{line.lag_max_ms / 1000:.1f}",
}


def table(report: Report) -> list[str]:
    """The machine, the table, the ratios, and what is demanded, as lines of Markdown."""
    rows = [[show(line) for show in COLUMNS.values()] for line in report.lines]
    return [
        *_heading(report),
        "",
        "| " + " | ".join(COLUMNS) + " |",
        "|" + " --- |" * len(COLUMNS),
        *("| " + " | ".join(cell.replace("|", "/") for cell in row) + " |" for row in rows),
        "",
        *(f"- {line}" for line in map(_ratio, report.ratios)),
        *(f"- {line}" for line in map(_failure, report.failures)),
        *_demands(report.demands),
    ]


def _heading(report: Report) -> Iterator[str]:
    machine = report.machine
    yield f"{machine.date}, smart-meeting {machine.version}, {report.model}, {report.pace:g} × real time."
    yield f"Machine: {machine.line}."
    others = max((line.other_cores for line in report.lines), default=0.0)
    if others > QUIET_CORES:
        yield f"**Other programs took up to {others:.1f} cores of it meanwhile: not a fair measurement.**"


def _demands(found: Sequence[Demand]) -> Iterator[str]:
    if not found:
        return
    yield ""
    yield "| recording | demanded | reached | met |"
    yield "| --- | --- | --- | --- |"
    for one in found:
        what, reached, met = cells(one)
        yield f"| {one.recording} | {what} | {reached} | {met} |"


def _failure(one: Failure) -> str:
    place = ", ".join(filter(None, (one.recording, one.condition)))
    return f"**{place + ': ' if place else ''}{one.sentence}**"


def _ratio(one: Ratio) -> str:
    figures = {"CER": one.cer, "cores": one.cpu, "final p95": one.final_p95}
    shown = ", ".join(f"{name} {value:.2f} ×" for name, value in figures.items() if value is not None)
    return f"{one.recording}, {one.condition}: {one.system} against {one.against}: {shown}"
