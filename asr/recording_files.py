"""The two small files between a recorder and everybody else: `control.json` says what people want of it,
`recorder.json` what it does. Either side can die without the other."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal, TypeVar

import msgspec

from asr.errors import AsrError, NotWritten, RecorderFailed
from asr.journal_files import refusals, write_over

T = TypeVar("T")
Wanted = Literal["record", "pause", "stop"]
Mode = Literal["keep", "transcribe_only"]
Stage = Literal["starting", "recording", "paused", "no_device", "disk_full", "sealed", "ended", "failed"]

STATE_NAME, CONTROL_NAME = "recorder.json", "control.json"
FILE_BYTES = 4096
CHANGES_KEPT = 16
# A device tells its sound later than it was spoken.
_KEEP_LATE_NS = 100_000_000


class ModeChange(msgspec.Struct, frozen=True):
    """From `at_boot_ns` on (ns since boot) sound is kept, or withheld from the disk."""

    mode: Mode
    at_boot_ns: int


class Control(msgspec.Struct, frozen=True, kw_only=True):
    """What people want of the recorder. It outlives every process: a new recorder obeys it before it opens anything.

    `reason` names the gap of a pause (paused, off, recess); `recognized_sample`, `erase_before` and `withhold_from`
    are media time. `modes` are the newest changes between keeping and withholding, the last one in force: sound that
    waited while a change came goes by the mode of its own time. Sound that is on the disk already from
    `withhold_from` on is taken off it. `until_ns` is the time of day (ns since 1970, UTC) at which the recorder closes
    the device by itself, when nobody has said more; None: never.
    """

    wanted: Wanted = "record"
    by: str = ""
    reason: str = "paused"
    recognized_sample: int = 0
    erase_before: int = 0
    modes: tuple[ModeChange, ...] = ()
    withhold_from: int | None = None
    until_ns: int | None = None

    def mode(self, started_with: Mode) -> Mode:
        """The mode in force."""
        return self.modes[-1].mode if self.modes else started_with

    def withholds(self, begin_ns: int, end_ns: int, now_ns: int, started_with: Mode) -> bool:
        """Whether sound of the time from `begin_ns` to `end_ns` (ns since boot) may not reach the disk.

        In doubt it may not: a change holds for the whole of what it cuts through, and keeping begins a little late.
        """
        changes = self.modes
        first: Mode = "transcribe_only" if len(changes) == CHANGES_KEPT else started_with
        for number, change in enumerate(self.modes):
            if change.at_boot_ns > now_ns:  # ordered before the machine was started anew, like all before it
                first, changes = change.mode, self.modes[number + 1 :]
        begins = [0, *(change.at_boot_ns for change in changes)]
        ends = [*(change.at_boot_ns + _KEEP_LATE_NS for change in changes), end_ns + 1]
        modes = [first, *(change.mode for change in changes)]
        return any(
            mode == "transcribe_only" and begin < end_ns and begin_ns < end
            for mode, begin, end in zip(modes, begins, ends, strict=True)
        )


class RecorderState(msgspec.Struct, frozen=True, kw_only=True):
    """What the recorder does, rewritten twice a second while it lives.

    `ended` is a recorder that was asked to go without ending the recording. `device` is the one asked for (None: the
    default), `opened_device` the one that is open now. `mode` is the one in force, `samples` the journal's end,
    `at_ns` the time of day of this writing. `warnings` are codes: truncated, silent_input, clipping, control_damaged,
    disk_low, recorder_silent. `closed_by_itself`: nobody answered, so the device was closed; only a person opens it
    again. `drift_ppm` is how many millionths the device's clock is faster than the machine's, `free_bytes` the room on
    the journal's disk (None until known), `leave_bytes` what is left of it to others.
    """

    pid: int
    started: int
    state: Stage
    source: str
    device: str | None = None
    opened_device: str | None = None
    mode: Mode = "keep"
    pace: str = "realtime"
    samples: int = 0
    level_dbfs: float | None = None
    at_ns: int = 0
    warnings: tuple[str, ...] = ()
    closed_by_itself: bool = False
    drift_ppm: float | None = None
    free_bytes: int | None = None
    leave_bytes: int = 0
    error_code: str | None = None
    error_facts: dict[str, str | int] = {}

    @property
    def error(self) -> AsrError | None:
        """The typed error behind `failed`, `no_device` or `disk_full` (which stands for a failing disk too)."""
        kinds = {kind.code: kind for kind in _kinds_of(AsrError)}
        kind = kinds.get(self.error_code or "")
        return kind(**self.error_facts) if kind else None


def read_state(folder: Path) -> RecorderState | None:
    """The state last written, or None when there never was a recorder."""
    return _read(folder / STATE_NAME, RecorderState)


def write_state(folder: Path, state: RecorderState) -> None:
    """Atomic where there is room; on a full disk the old file's own space is written over."""
    try:
        write_over(folder / STATE_NAME, msgspec.json.encode(state).ljust(FILE_BYTES), durable=False)
    except OSError as error:
        raise refused(folder, error) from error


def read_control(folder: Path) -> Control | None:
    """The orders, or None when there are none yet. Raises msgspec.DecodeError when they cannot be understood."""
    try:
        return msgspec.json.decode((folder / CONTROL_NAME).read_bytes(), type=Control)
    except FileNotFoundError:
        return None


def write_control(folder: Path, control: Control) -> None:
    """Durably. Raises DiskFull, DiskFailing, RecorderFailed."""
    try:
        write_over(folder / CONTROL_NAME, msgspec.json.encode(control).ljust(FILE_BYTES), durable=True)
    except OSError as error:
        raise refused(folder, error) from error


def refused(folder: Path, error: OSError) -> AsrError:
    """The refusal that stands for the system's error."""
    try:
        with refusals(folder):
            raise error
    except OSError:
        return RecorderFailed(path=str(folder), reason=error.strerror or repr(error))
    except NotWritten as refusal:
        return refusal


def _kinds_of(kind: type[AsrError]) -> Iterator[type[AsrError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from _kinds_of(child)


def _read(path: Path, kind: type[T]) -> T | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (FileNotFoundError, msgspec.DecodeError):
        return None
