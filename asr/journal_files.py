"""How the journal's files are written: whole or not at all, on the disk when it is said so, refusals in plain words."""

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from asr.errors import DiskFailing, DiskFull
from models.refusal import Refusal

FULL = (errno.ENOSPC, errno.EDQUOT)
# What a disk answers that was unplugged, is dying, or was made read-only by the system to protect it.
_FAILING = (errno.EIO, errno.EROFS, errno.ENODEV, errno.ENXIO, errno.ESTALE)


@contextmanager
def refusals(folder: Path) -> Iterator[None]:
    """Raises DiskFull and DiskFailing in the place of the system's words for them."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise DiskFull(path=str(folder)) from error
        if error.errno in _FAILING:
            raise DiskFailing(path=str(folder), reason=error.strerror or repr(error)) from error
        raise


@contextmanager
def alone(lock: Path, busy: Refusal) -> Iterator[None]:
    """Holds a lock file, which is made when it is not there; raises `busy` where somebody else holds it. OSError."""
    fd = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise busy from error
    finally:
        os.close(fd)


def write_at(fd: int, data: bytes, offset: int) -> None:
    """Writes all of `data` at `offset`, or raises OSError; what a failed call left is for the next to write over."""
    written = 0
    while written < len(data):
        written += os.pwrite(fd, data[written:], offset + written)


def sync_folder(folder: Path) -> None:
    """Returns when the names in a folder are on the disk."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def write_over(path: Path, data: bytes, durable: bool) -> None:
    """Puts `data` in the place of a small file, atomically; without room for that, over the old file's own space.

    Always write the same length to the same path. Raises OSError when neither can be done.
    """
    try:
        write_whole(path, data, durable)
    except OSError:
        if not path.exists():
            raise
        _fill(path, os.O_WRONLY | os.O_CLOEXEC, data, durable)


def write_whole(path: Path, data: bytes, durable: bool) -> None:
    """Puts `data` in the place of a file, or leaves the old one. Raises OSError."""
    fresh = path.with_suffix(f".{os.getpid()}.new")
    try:
        _fill(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, data, durable)
        os.rename(fresh, path)
        if durable:
            sync_folder(path.parent)
    except OSError:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise


def _fill(path: Path, flags: int, data: bytes, durable: bool) -> None:
    fd = os.open(path, flags, 0o600)
    try:
        write_at(fd, data, 0)
        if durable:
            os.fsync(fd)
    finally:
        os.close(fd)
