"""How an order reaches the recorder: changed under a lock, so that none undoes another."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from asr.recording_files import CHANGES_KEPT, Control, ModeChange, read_control, refused


@contextmanager
def changing(folder: Path) -> Iterator[Control]:
    """The service and `meeting stop` may both give orders: one at a time, none undone by the other's progress."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        fd = os.open(folder / "control.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise refused(folder, error) from error
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield _orders(folder)
    finally:
        os.close(fd)


def in_mode(control: Control, change: ModeChange, withhold_from: int | None) -> Control:
    """The orders with a mode that holds from now on; `withhold_from`: sound from there on is taken off the disk."""
    if not control.modes or control.modes[-1].mode != change.mode:
        control = msgspec.structs.replace(control, modes=(*control.modes, change)[-CHANGES_KEPT:])
    if change.mode == "keep":
        return msgspec.structs.replace(control, withhold_from=None)
    earlier = [sample for sample in (control.withhold_from, withhold_from) if sample is not None]
    return msgspec.structs.replace(control, withhold_from=min(earlier, default=None))


def _orders(folder: Path) -> Control:
    try:
        return read_control(folder) or Control()
    except msgspec.DecodeError:
        # What was ordered is not known any more: nothing of it may be kept until somebody says so.
        return Control(wanted="pause", modes=(ModeChange("transcribe_only", 0),))
