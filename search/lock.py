"""One writer at a time, over all programs: a lock that the system drops when its holder dies."""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

from search.errors import IndexLocked

_POLL_S = 0.02
_LOCK = "write.lock"


def can_be_written(folder: Path, *parts: Path) -> bool:
    """Whether this user may take the write lock of an index folder and write in it and its `parts`, on such a disk."""
    lock = folder / _LOCK
    needed = [folder, *parts, *([lock] if lock.exists() else [])]
    return all(os.access(one, os.W_OK) for one in needed)


@contextlib.contextmanager
def write_lock(folder: Path, timeout_s: float) -> Iterator[None]:
    """Holds the write lock of an index folder; waits up to `timeout_s` for it. Raises: IndexLocked."""
    handle = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        deadline = time.monotonic() + timeout_s
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if time.monotonic() >= deadline:
                    raise IndexLocked(folder=str(folder)) from error
                time.sleep(_POLL_S)
        yield
    finally:
        os.close(handle)
