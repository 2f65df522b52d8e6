"""The report as one Markdown table, for a terminal and for the documents."""

from collections.abc import Callable

from ui.bench.stream.figures import P99_MS, Figures
from ui.bench.stream.run import Report

BEGIN, END = "<!-- bench stream: begin -->", "<!-- bench stream: end -->"
QUIET_CORES = 0.25

COLUMNS: dict[str, Callable[[Figures], str]] = {
    "clients": lambda line: f"{line.clients}",
    "seconds": lambda line: f"{line.seconds:g}",
    "every event once, in order": lambda line: f"{line.whole}/{line.live}",
    "reconnects": lambda line: f"{line.reconnects}",
    "stalled": lambda line: _ends(line),
    "finals p50, ms": lambda line: f"{line.p50_ms:.0f}",
    "finals p99, ms": lambda line: f"{line.p99_ms:.0f}",
    "finals max, ms": lambda line: f"{line.max_ms:.0f}",
    "service, cores": lambda line: f"{line.cores:.2f}",
    "for each client, millicores": lambda line: f"{line.cores_each * 1000:.2f}",
    "memory with them, MB": lambda line: f"+{line.held_bytes / 1e6:.0f}",
    "met": lambda line: "yes" if line.met else "**no**",
}


def _ends(line: Figures) -> str:
    """How many stalled, and how they were ended."""
    words = {"0": "not behind", "1006": "cut", "1013": "1013"}
    ends = ", ".join(f"{n} {words.get(code, code)}" for code, n in sorted(line.stalled_closed.items()))
    return f"{line.stalled}: {ends}" if ends else "0"


def table(report: Report) -> list[str]:
    """The machine, the table, and the slope, as lines of Markdown."""
    machine = report.machine
    others = max(line.other_cores for line in report.lines)
    loud = f"**Other programs took up to {others:.1f} cores of it meanwhile: not a fair measurement.**"
    rows = [[show(line) for show in COLUMNS.values()] for line in report.lines]
    each, held = report.cpu_slope, report.bytes_slope
    return [
        f"{machine.date}, smart-meeting {machine.version}, service and clients on the same machine.",
        f"Machine: {machine.line}.",
        *([loud] if others > QUIET_CORES else []),
        "",
        "| " + " | ".join(COLUMNS) + " |",
        "|" + " --- |" * len(COLUMNS),
        *("| " + " | ".join(row) + " |" for row in rows),
        "",
        f"- demanded: every live client gets every stored event once, in order; p99 of finals < {P99_MS:g} ms; "
        "who does not read is told 1013 or cut, unless its system's buffers took everything",
        *(
            []
            if each is None or held is None
            else [f"- each further client costs {each * 1000:.2f} millicores and {held / 1000:.0f} KB"]
        ),
    ]
