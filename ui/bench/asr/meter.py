"""What a program costs, with all of its processes: processor time and memory, read while it runs."""

import contextlib
import threading
from types import TracebackType
from typing import Self

import psutil

_EVERY_S = 0.25
_END_WITHIN_S = 5.0
_MEMORY_EVERY = 4
"""Every fourth look: summing up a process's pages takes milliseconds."""


class Meter:
    """Watches a process and its descendants inside a `with` block; of one that dies, its last reading counts.

    `cpu_s` is user and system time since the block was entered. `peak_bytes` is the highest sum of what they hold
    (proportional set size; resident size where the system does not tell).
    """

    def __init__(self, pid: int) -> None:
        self._root = psutil.Process(pid)
        self._before: dict[psutil.Process, float] = {}
        self._after: dict[psutil.Process, float] = {}
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.peak_bytes = 0

    def __enter__(self) -> Self:
        self._before = {process: seconds for process in self._tree() if (seconds := _cpu_s(process))}
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._look(memory=True)
        self._done.set()
        self._thread.join()

    @property
    def cpu_s(self) -> float:
        return sum(seconds - self._before.get(process, 0.0) for process, seconds in self._after.items())

    def end_remaining(self) -> None:
        """Ends what still runs of the processes that were seen, by force after a while; the root is its starter's."""
        left = [process for process in self._after if process != self._root and process.is_running()]
        for process in left:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.terminate()
        _, stubborn = psutil.wait_procs(left, timeout=_END_WITHIN_S)
        for process in stubborn:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()

    def _watch(self) -> None:
        looks = 0
        while not self._done.is_set():
            self._look(memory=looks % _MEMORY_EVERY == 0)
            looks += 1
            self._done.wait(_EVERY_S)

    def _look(self, memory: bool) -> None:
        held = 0
        for process in self._tree():
            seconds = _cpu_s(process)
            if seconds is not None:
                self._after[process] = seconds
            held += _held_bytes(process) if memory else 0
        self.peak_bytes = max(self.peak_bytes, held)

    def _tree(self) -> list[psutil.Process]:
        try:
            return [self._root, *self._root.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []


def _cpu_s(process: psutil.Process) -> float | None:
    try:
        times = process.cpu_times()
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return None
    return float(times.user + times.system)


def _held_bytes(process: psutil.Process) -> int:
    try:
        held = process.memory_full_info()
        return int(getattr(held, "pss", 0) or held.rss)
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return 0
