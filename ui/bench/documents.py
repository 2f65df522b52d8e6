"""A benchmark's table inside a document, between two marks."""

from collections.abc import Sequence
from pathlib import Path


def put(path: Path, begin: str, end: str, lines: Sequence[str]) -> None:
    """Puts the lines into a document, in place of those that stand between the marks; the rest of it stays."""
    from meeting.minutes.export import write_file

    part = "\n".join([begin, *lines, end])
    old = path.read_text(encoding="utf-8") if path.exists() else "# Benchmarks\n"
    before, begun, rest = old.partition(begin)
    after = rest.partition(end)[2] if begun else ""
    write_file(path, (before.rstrip() + "\n\n" + part + "\n" + after.lstrip("\n")).encode())
