"""`meeting bench console` in its shortest form: every figure is there, and the table names what is demanded."""

import json
import subprocess
import sys

import msgspec

from ui.bench.console.run import Report
from ui.bench.console.table import table


def test_each_figure_of_the_console_is_measured_once() -> None:
    short = ["--segments", "200", "--runs", "1", "--times", "4", "--partial-seconds", "1", "--lookups", "2"]
    command = [sys.executable, "-m", "ui.cli", "bench", "console", *short, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180)
    assert done.returncode in (0, 1), done.stderr
    report = msgspec.convert(json.loads(done.stdout), Report)
    assert [(one.what, one.times) for one in report.lines] == [
        ("append a sentence", 4),
        ("scroll a page", 4),
        ("wrap all to another width", 2),
        ("open", 1),
        ("look-up by keys", 2),
    ]
    assert all(0 < one.p50 <= one.p95 for one in report.lines) and report.partials_core > 0
    assert len(report.demands) == 6 and all(one.met is not None for one in report.demands)
    shown = "\n".join(table(report))
    assert "look-up by keys p95 ≤ 150 ms" in shown and "ten partials a second < 0.1 cores" in shown
