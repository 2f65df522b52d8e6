"""What a program costs, with all of its processes: processor time and memory, read while it runs."""

import threading
from types import TracebackType
from typing import Self

import psutil

_EVERY_S = 0.25
_MEMORY_EVERY = 4
"""Every fourth look: summing up a process's pages takes milliseconds."""

_Mark = tuple[int, float]


class Meter:
    """Watches a process and its descendants inside a `with` block; of one that dies, its last reading counts.

    `cpu_s` is user and system time since the block was entered. `peak_bytes` is the highest sum of what they hold
    (proportional set size; resident size where the system does not tell).
    """

    def __init__(self, pid: int) -> None:
        self._root = psutil.Process(pid)
        self._before: dict[_Mark, float] = {}
        self._after: dict[_Mark, float] = {}
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.peak_bytes = 0

    def __enter__(self) -> Self:
        self._before = {_mark(process): seconds for process in self._tree() if (seconds := _cpu_s(process))}
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
        return sum(seconds - self._before.get(mark, 0.0) for mark, seconds in self._after.items())

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
                self._after[_mark(process)] = seconds
            held += _held_bytes(process) if memory else 0
        self.peak_bytes = max(self.peak_bytes, held)

    def _tree(self) -> list[psutil.Process]:
        try:
            return [self._root, *self._root.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []


def _mark(process: psutil.Process) -> _Mark:
    return process.pid, process.create_time()


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
