"""What a recorder keeps an eye on: its orders and their deadline, the signal, the room on the disk."""

import os
import time
from pathlib import Path

import msgspec
import numpy as np

from asr.errors import DiskFull
from asr.journal import Samples
from asr.journal_records import RATE_HZ
from asr.recording_files import CONTROL_NAME, Control, read_control
from asr.room import free_bytes, is_low
from asr.sources import boot_ns

_LOOK_AT_DISK_S = 5.0


class Orders:
    """`control.json`, read again only when it has changed.

    Orders that cannot be understood mean pause: nobody is recorded on a guess.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: tuple[int, int] | None = None
        self._control = Control()
        self.damaged = False

    def read(self) -> Control:
        """The orders in force."""
        try:
            found = os.stat(self._folder / CONTROL_NAME)
        except FileNotFoundError:
            return self._control
        if (found.st_ino, found.st_mtime_ns) != self._seen:
            self._seen = (found.st_ino, found.st_mtime_ns)
            try:
                self._control = read_control(self._folder) or self._control
                self.damaged = False
            except msgspec.DecodeError:
                self._control = msgspec.structs.replace(self._control, wanted="pause")
                self.damaged = True
        return self._control


class Deadline:
    """When the device is to be closed though nobody said so; no setting of the clock moves it once it is known."""

    def __init__(self) -> None:
        self._until_ns: int | None = None
        self._at_boot_ns: int | None = None

    def passed(self, control: Control) -> bool:
        """Whether it has come."""
        if control.until_ns != self._until_ns:
            self._until_ns = control.until_ns
            wait_ns = None if control.until_ns is None else control.until_ns - time.time_ns()
            self._at_boot_ns = None if wait_ns is None else boot_ns() + wait_ns
        return self._at_boot_ns is not None and boot_ns() >= self._at_boot_ns


class SignalWatch:
    """Notices an input that has delivered nothing but zeros, or clipped in every block, for 10 s."""

    _LIMIT_SAMPLES = 10 * RATE_HZ

    def __init__(self) -> None:
        self._silent = self._clipped = 0

    def hear(self, samples: Samples) -> None:
        """Takes the next block."""
        peak = int(np.abs(samples.astype(np.int32)).max(initial=0))
        self._silent = self._silent + len(samples) if peak == 0 else 0
        self._clipped = self._clipped + len(samples) if peak >= 32767 else 0

    @property
    def warnings(self) -> tuple[str, ...]:
        """The codes that hold now."""
        held = (("silent_input", self._silent), ("clipping", self._clipped))
        return tuple(code for code, samples in held if samples >= self._LIMIT_SAMPLES)


class RoomWatch:
    """The room on the journal's disk. The recorder stops before it takes the last, which others need for text."""

    def __init__(self, folder: Path, leave_bytes: int) -> None:
        self._folder, self._leave_bytes = folder, leave_bytes
        self._next_look = 0.0
        self.free_bytes: int | None = None

    @property
    def warnings(self) -> tuple[str, ...]:
        """The code that holds now, if any."""
        if time.monotonic() >= self._next_look:
            self._next_look = time.monotonic() + _LOOK_AT_DISK_S
            self.free_bytes = free_bytes(self._folder)
        return ("disk_low",) if self.free_bytes is not None and is_low(self.free_bytes) else ()

    def spare(self) -> None:
        """Raises DiskFull when writing now would take what is to be left."""
        if self._leave_bytes:
            self.free_bytes = free_bytes(self._folder)
            if self.free_bytes is not None and self.free_bytes < self._leave_bytes:
                raise DiskFull(path=str(self._folder))
