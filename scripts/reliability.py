"""Makes faults, and writes what they cost into docs/reliability.md: `make reliability`; with `--soak` the long ones.

Runs tests/faults, gathers the figures that they keep, and renews the part of the document between its two marks. A run
in which a test failed is written too, naming it; the exit status then is 1.
"""

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tests.faults.figures import FILE_VARIABLE, Figure, kept  # noqa: E402 # the tests lie beside this folder
from ui.bench.machine import Machine, look  # noqa: E402 # likewise

DOCUMENT = ROOT / "docs" / "reliability.md"
BEGIN, END = "<!-- reliability: begin -->", "<!-- reliability: end -->"
HEAD = (
    "| what was done | times | sound lost, s (p50 / max) | sound again after, s (p50 / max) "
    "| text again after, s (p50 / max) | CER, max | found |"
)
SOAKED = ["-m", "soak or not soak"]


class Outcome(NamedTuple):
    """How the tests ended: how many passed, how many were left out, and the names of those that failed."""

    passed: int
    skipped: int
    failed: list[str]


def run(tests: list[str], soak: bool, seed: int, workers: int, figures: Path, junit: Path) -> None:
    """Makes the faults; figures and outcomes are in the files."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={junit}"]
    command += ["-n", str(workers), "--dist", "loadfile"] if workers > 1 else []
    environment = os.environ | {FILE_VARIABLE: str(figures), "FAULT_SEED": str(seed)}
    subprocess.run([*command, *(SOAKED if soak else []), *tests], cwd=ROOT, env=environment)


def outcome(junit: Path) -> Outcome:
    """Reads what pytest says of its tests."""
    passed, skipped, failed = 0, 0, []
    for case in ET.parse(junit).iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None:
            failed.append(case.get("name", "?"))
        elif case.find("skipped") is not None:
            skipped += 1
        else:
            passed += 1
    return Outcome(passed, skipped, failed)


def part(figures: list[Figure], ended: Outcome, machine: Machine, seed: int, soak: bool) -> str:
    """The part of the document that is renewed."""
    size = "with the long forms (`--soak`)" if soak else "as the tests run everywhere"
    left_out = f", {ended.skipped} left out" if ended.skipped else ""
    lines = [
        f"{machine.date}, smart-meeting {machine.version}, {size}, seed {seed}: {ended.passed} tests passed{left_out}, "
        f"{len(ended.failed)} failed.",
        f"Machine: {machine.line}.",
        "",
        HEAD,
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for fault in sorted({figure.fault for figure in figures}):
        lines.append(row([figure for figure in figures if figure.fault == fault]))
    if ended.failed:
        lines += ["", *(f"- failed: `{name}`" for name in ended.failed)]
    return "\n".join(lines)


def row(figures: list[Figure]) -> str:
    """One fault, all the times that it was made."""
    cers = [cer for figure in figures for cer in figure.cer]
    cells = [
        figures[0].fault,
        str(sum(figure.times for figure in figures)),
        spread(seconds for figure in figures for seconds in figure.lost_s),
        spread(seconds for figure in figures for seconds in figure.sound_s),
        spread(seconds for figure in figures for seconds in figure.text_s),
        f"{max(cers):.3f}" if cers else "–",
        figures[-1].found or "–",
    ]
    return f"| {' | '.join(cells)} |"


def spread(values: Iterable[float]) -> str:
    """The middle and the largest."""
    known = sorted(values)
    return f"{statistics.median(known):.2f} / {known[-1]:.2f}" if known else "–"


def renewed(document: str, new: str) -> str:
    """The document with its part replaced."""
    before, _, rest = document.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{new}\n{END}{after}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--soak", action="store_true", help="the long forms too; SOAK_KILLS, SOAK_MINUTES shorten them"
    )
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("tests", nargs="*", default=["tests/faults"])
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        figures, junit = Path(name) / "figures.jsonl", Path(name) / "tests.xml"
        figures.touch()
        run(given.tests, given.soak, given.seed, given.workers, figures, junit)
        ended = outcome(junit)
        new = part(kept(figures), ended, look(), given.seed, given.soak)
    DOCUMENT.write_text(renewed(DOCUMENT.read_text(encoding="utf-8"), new), encoding="utf-8")
    print(new)
    return 1 if ended.failed else 0


if __name__ == "__main__":
    sys.exit(main())
