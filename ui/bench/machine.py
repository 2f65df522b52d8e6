"""The machine that figures were measured on, and how busy it was with other things."""

import os
import platform
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import msgspec
import psutil


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """Named with every result. `busy_percent` of all cores were taken by other programs before the measurement."""

    processor: str
    cores: int
    memory_gb: int
    system: str
    python: str
    version: str
    date: str
    busy_percent: int

    @property
    def line(self) -> str:
        """The machine in one line."""
        return f"{self.processor}, {self.cores} cores, {self.memory_gb} GB, {self.system}, Python {self.python}"


def look() -> Machine:
    """This machine, now; takes a second."""
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
        busy_percent=round(psutil.cpu_percent(interval=1.0)),
    )


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return " ".join(line.partition(":")[2].split())
    except OSError:
        pass  # another system; it tells by another way
    return platform.processor() or platform.machine()
