"""The machine that figures were measured on, and how much of it other programs took meanwhile."""

import os
import platform
import time
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import msgspec
import psutil


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """Named with every result."""

    processor: str
    cores: int
    memory_gb: int
    system: str
    python: str
    version: str
    date: str

    @property
    def line(self) -> str:
        """The machine in one line."""
        return f"{self.processor}, {self.cores} cores, {self.memory_gb} GB, {self.system}, Python {self.python}"


def look() -> Machine:
    """This machine, today."""
    try:
        own = version("smart-meeting")
    except PackageNotFoundError:
        own = ""
    return Machine(
        processor=_processor(),
        cores=os.cpu_count() or 1,
        memory_gb=round(psutil.virtual_memory().total / 2**30),
        system=f"{platform.system()} {platform.release()}",
        python=platform.python_version(),
        version=own,
        date=date.today().isoformat(),
    )


class Others:
    """How many cores were taken by programs that are not measured, from its making on."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._busy = _busy_s()

    def cores(self, measured_cpu_s: float) -> float:
        """All that the machine did less what was measured, in cores."""
        passed = time.monotonic() - self._began
        return max(0.0, _busy_s() - self._busy - measured_cpu_s) / max(passed, 1e-3)


def _busy_s() -> float:
    times = psutil.cpu_times()
    idle = times.idle + getattr(times, "iowait", 0.0) + getattr(times, "steal", 0.0)
    # A guest's time is in that of its user already.
    return float(sum(times) - idle - getattr(times, "guest", 0.0) - getattr(times, "guest_nice", 0.0))


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return " ".join(line.partition(":")[2].split())
    except OSError:
        pass  # another system; it tells by another way
    return platform.processor() or platform.machine()
