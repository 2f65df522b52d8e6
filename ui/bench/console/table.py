"""The report as Markdown, for a terminal and for the documents."""

from ui.bench.console.run import Report
from ui.bench.demand import cells

BEGIN, END = "<!-- bench console: begin -->", "<!-- bench console: end -->"
QUIET_CORES = 0.25


def table(report: Report) -> list[str]:
    """The machine, the figures, and what is demanded."""
    machine = report.machine
    loud = f"**Other programs took {report.other_cores:.1f} cores of it meanwhile: not a fair measurement.**"
    rows = (f"| {one.what} | {one.times} | {one.p50:.1f} | {one.p95:.1f} |" for one in report.lines)
    return [
        f"{machine.date}, smart-meeting {machine.version}, {report.segments} segments on {report.columns} × "
        f"{report.rows} cells.",
        f"Machine: {machine.line}.",
        *([loud] if report.other_cores > QUIET_CORES else []),
        "",
        "| what | times | p50, ms | p95, ms |",
        "| --- | --- | --- | --- |",
        *rows,
        "",
        f"- ten partials and two states a second take {report.partials_core * 100:.1f} % of a core",
        "",
        "| demanded | reached | met |",
        "| --- | --- | --- |",
        *("| " + " | ".join(cells(one)) + " |" for one in report.demands),
    ]
