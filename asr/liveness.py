"""Is the process that a file names still that process? A pid alone may have been given to another since."""

from pathlib import Path

import msgspec


class ProcessMark(msgspec.Struct, frozen=True):
    """A process by pid and start (clock ticks since boot, which setting the clock does not move)."""

    pid: int
    started: int


def mark_of(pid: int) -> ProcessMark | None:
    """The mark of a running process, or None when there is none (a dead one not yet reaped counts as none)."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace")
    except OSError:
        return None
    fields = stat[stat.rindex(")") + 2 :].split()  # the name in brackets may hold blanks and brackets itself
    if fields[0] in "ZX":
        return None
    return ProcessMark(pid, int(fields[19]))


def is_running(mark: ProcessMark) -> bool:
    """Whether the very process that `mark` was taken of still runs."""
    return mark_of(mark.pid) == mark
