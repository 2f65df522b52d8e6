"""Room on a disk: how much there is, when it is little, and a reserve that is given up when it is gone."""

import os
from contextlib import suppress
from pathlib import Path

from asr.journal_records import RATE_HZ, RECORD_BYTES, RECORD_SAMPLES

LOW_BYTES = 2_000_000_000
LOW_SECONDS = 3_600
BYTES_PER_SECOND = RECORD_BYTES * RATE_HZ // RECORD_SAMPLES


def free_bytes(folder: Path) -> int | None:
    """What a process without privileges can still write to the disk of `folder`; None when that is not known."""
    try:
        found = os.statvfs(folder)
    except OSError:
        return None
    return found.f_bavail * found.f_frsize


def is_low(free: int) -> bool:
    """Whether less than 2 GB, or than an hour of recording, is left."""
    return free < LOW_BYTES or free < LOW_SECONDS * BYTES_PER_SECOND


class Reserve:
    """A file that holds room for text and events, and gives it up when the disk is full.

    Whoever keeps the records makes it (`keep`), gives it up on a full disk (`give_up`), and makes it again when there
    is room (`keep`); a recorder that was told to leave as many bytes takes none of what it frees.
    """

    def __init__(self, path: Path, size: int) -> None:
        self.path, self.size = path, size

    @property
    def kept(self) -> bool:
        """Whether it is there in full."""
        try:
            found = self.path.stat()
        except OSError:
            return False
        return found.st_size >= self.size and found.st_blocks * 512 >= self.size

    def keep(self) -> bool:
        """Makes it where there is twice its room; says whether it is there."""
        if self.kept:
            return True
        if (free_bytes(self.path.parent) or 0) < 2 * self.size:
            return False
        fd = -1
        try:
            fd = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
            os.posix_fallocate(fd, 0, self.size)
        except OSError:
            self.give_up()
            return False
        finally:
            if fd >= 0:
                os.close(fd)
        return True

    def give_up(self) -> bool:
        """Frees its room; says whether there was any to free."""
        there = self.path.exists()
        with suppress(OSError):
            self.path.unlink(missing_ok=True)
        return there and not self.path.exists()
