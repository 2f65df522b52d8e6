"""The handle on a recorder process: start it, find one that runs, tell it what is wanted, hear how it fares.

Two small files beside the sound carry both ways, so that neither side needs the other to live: `control.json` is what
people want, `recorder.json` is what the recorder does.
"""

import fcntl
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal, TypeVar

import msgspec

from asr.errors import AsrError, JournalSealed, JournalTaken, NotWritten, RecorderFailed
from asr.journal import JournalReader, JournalWriter, lock_holder
from asr.journal_files import refusals, write_over
from asr.liveness import ProcessMark, is_running, mark_of
from asr.programs import command_of, environment_of
from models.refusal import N_

T = TypeVar("T")
Wanted = Literal["record", "pause", "stop"]
Mode = Literal["keep", "transcribe_only"]
Stage = Literal["starting", "recording", "paused", "no_device", "disk_full", "sealed", "ended", "failed"]

STATE_NAME, CONTROL_NAME, LOG_NAME = "recorder.json", "control.json", "recorder.log"
_FILE_BYTES = 4096
_CHANGES_KEPT = 16
# A device tells its sound later than it was spoken.
_KEEP_LATE_NS = 100_000_000
# A recorder that goes on with a long file has to decode up to where it was.
_START_TIMEOUT_S = 60.0
_END_TIMEOUT_S = 2.0


class ModeChange(msgspec.Struct, frozen=True):
    """From `at_boot_ns` on (ns since boot) sound is kept, or withheld from the disk."""

    mode: Mode
    at_boot_ns: int


class Control(msgspec.Struct, frozen=True, kw_only=True):
    """What people want of the recorder. It outlives every process: a new recorder obeys it before it opens anything.

    `reason` names the gap of a pause (paused, off, recess); `recognized_sample`, `erase_before` and `withhold_from`
    are media time. `modes` are the newest changes between keeping and withholding, the last one in force: sound that
    waited while a change came goes by the mode of its own time. Sound that is on the disk already from
    `withhold_from` on is taken off it.
    """

    wanted: Wanted = "record"
    by: str = ""
    reason: str = "paused"
    recognized_sample: int = 0
    erase_before: int = 0
    modes: tuple[ModeChange, ...] = ()
    withhold_from: int | None = None

    def mode(self, started_with: Mode) -> Mode:
        """The mode in force."""
        return self.modes[-1].mode if self.modes else started_with

    def withholds(self, begin_ns: int, end_ns: int, now_ns: int, started_with: Mode) -> bool:
        """Whether sound of the time from `begin_ns` to `end_ns` (ns since boot) may not reach the disk.

        In doubt it may not: a change holds for the whole of what it cuts through, and keeping begins a little late.
        """
        changes = self.modes
        first: Mode = "transcribe_only" if len(changes) == _CHANGES_KEPT else started_with
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
    `at_ns` the time of day of this writing; `warnings` are codes: truncated, silent_input, clipping, control_damaged.
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
        write_over(folder / STATE_NAME, msgspec.json.encode(state).ljust(_FILE_BYTES), durable=False)
    except OSError as error:
        raise _refused(folder, error) from error


def read_control(folder: Path) -> Control | None:
    """The orders, or None when there are none yet. Raises msgspec.DecodeError when they cannot be understood."""
    try:
        return msgspec.json.decode((folder / CONTROL_NAME).read_bytes(), type=Control)
    except FileNotFoundError:
        return None


class Recording:
    """A recording that may be running: everything here works from any process and survives all of them."""

    def __init__(self, folder: Path, child: int | None = None) -> None:
        self.folder = folder
        self._child = child

    @classmethod
    def launch(
        cls,
        folder: Path,
        source: str = "mic",
        device: str | None = None,
        pace: str = "realtime",
        mode: Mode = "keep",
    ) -> "Recording":
        """Starts a recorder of its own session and returns once it records (or is paused, as was ordered before).

        `source` is "mic" or a file's path. Raises the error that kept it from recording: NoMicrophone, DeviceGone,
        LibraryMissing, SoundUnreadable, SoundEmpty, JournalTaken, JournalDamaged, DiskFull, RecorderFailed. A journal
        that is sealed already, or whose stop was ordered, gives a recording that has ended.
        """
        where = source if source == "mic" else str(Path(source).absolute())
        arguments = ["--journal", str(folder.absolute()), "--source", where, "--pace", pace, "--mode", mode]
        if device is not None:
            arguments += ["--device", device]
        try:
            folder.mkdir(parents=True, exist_ok=True)
            recording = cls(folder, _spawn(arguments, folder))
        except OSError as error:
            raise _refused(folder, error) from error
        recording._await_start()
        return recording

    @classmethod
    def adopt(cls, folder: Path) -> "Recording | None":
        """The recording whose recorder runs now, whoever started it; None when none does."""
        recording = cls(folder)
        return recording if recording.alive() else None

    def state(self) -> RecorderState | None:
        """What the recorder last said of itself; it may be dead since (see `alive`)."""
        return read_state(self.folder)

    def alive(self) -> bool:
        """Whether the recorder runs, by pid and start of the process."""
        self._reap()
        mark = self._mark()
        return mark is not None and is_running(mark)

    def order(
        self,
        wanted: Wanted,
        by: str,
        reason: str = "paused",
        mode: Mode | None = None,
        withhold_from: int | None = None,
    ) -> None:
        """Says what is wanted, durably; the recorder obeys within 0.1 s, the next one before it opens a device.

        `mode` holds from now on (None: as before). With `transcribe_only`, `withhold_from` is the sample from which
        on no sound may be on the disk, when that lies in the past.

        Raises JournalSealed when a stop was ordered before: a finished recording does not go on; DiskFull,
        DiskFailing and RecorderFailed when the order could not be given.
        """
        now_ns = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
        with self._changing() as control:
            if control.wanted == "stop" and wanted != "stop":
                raise JournalSealed(path=str(self.folder))
            changed = msgspec.structs.replace(control, wanted=wanted, by=by, reason=reason)
            if mode is not None:
                changed = _in_mode(changed, ModeChange(mode, now_ns), withhold_from)
            self._say(changed)

    def progress(self, recognized_sample: int, erase_before: int = 0) -> None:
        """Tells how far recognition is (a fast file waits for it), and up to where withheld sound is to be erased.

        Neither ever goes back. Raises DiskFull, DiskFailing, RecorderFailed.
        """
        with self._changing() as control:
            changed = msgspec.structs.replace(
                control,
                recognized_sample=max(recognized_sample, control.recognized_sample),
                erase_before=max(erase_before, control.erase_before),
            )
            if changed != control:
                self._say(changed)

    def wait(self, timeout: float | None = None) -> bool:
        """Waits for the recorder's end; False when it still runs after `timeout` seconds."""
        until = None if timeout is None else time.monotonic() + timeout
        while self.alive():
            if until is not None and time.monotonic() >= until:
                return False
            time.sleep(0.02)
        return True

    def terminate(self) -> None:
        """Asks the recorder to go without ending the recording: another may go on with it."""
        mark = self._mark()
        if mark is not None and is_running(mark):
            os.kill(mark.pid, signal.SIGTERM)

    def erase_sound(self) -> None:
        """Nothing of the withheld sound is left; kept sound stays. For a recording that has ended.

        Raises JournalTaken when its recorder still runs.
        """
        if JournalReader(self.folder).withheld:
            self.wait(_END_TIMEOUT_S)
            with JournalWriter(self.folder) as writer:
                writer.erase_withheld()

    def withhold_from(self, sample: int) -> None:
        """Moves the sound from `sample` on off the disk; for a recording that has ended, whose recorder obeys no more.

        Raises JournalTaken, NotWritten.
        """
        self.wait(_END_TIMEOUT_S)
        with JournalWriter(self.folder) as writer:
            writer.withhold_from(sample)

    def relaunch(self) -> "Recording":
        """Starts a recorder in the place of a dead one, with what that one was started with; raises as `launch`."""
        last = self.state()
        if last is None:
            raise RecorderFailed(path=str(self.folder), reason=N_("nothing was ever recorded there"))
        device = last.device if last.source == "mic" else None
        return Recording.launch(self.folder, last.source, device, last.pace, last.mode)

    def _mark(self) -> ProcessMark | None:
        return lock_holder(self.folder) if self._child is None else mark_of(self._child)

    def _reap(self) -> None:
        if self._child is not None:
            with suppress(ChildProcessError):  # reaped before
                os.waitpid(self._child, os.WNOHANG)

    def _await_start(self) -> None:
        until = time.monotonic() + _START_TIMEOUT_S
        while time.monotonic() < until:
            ended = not self.alive()
            state = self.state()
            if state is not None and state.pid == self._child and state.state != "starting":
                if state.state == "failed":
                    self.wait(2.0)
                    raise state.error or RecorderFailed(path=str(self.folder), reason=N_("it does not say why"))
                return
            if ended:
                raise self._unspoken_failure()
            time.sleep(0.01)
        self.terminate()
        raise RecorderFailed(path=str(self.folder), reason=N_("it did not answer"))

    def _unspoken_failure(self) -> AsrError:
        """Why a recorder ended that never could write its state: the journal is another's, or it broke."""
        holder = lock_holder(self.folder)
        if holder is not None and is_running(holder):
            return JournalTaken(path=str(self.folder), pid=holder.pid)
        return RecorderFailed(path=str(self.folder), reason=_last_line(self.folder / LOG_NAME))

    @contextmanager
    def _changing(self) -> Iterator[Control]:
        """The service and `meeting stop` may both give orders: one at a time, none undone by the other's progress."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            fd = os.open(self.folder / "control.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise _refused(self.folder, error) from error
        try:
            fcntl.flock(fd, fcntl.LOCK_EX)
            yield self._control()
        finally:
            os.close(fd)

    def _control(self) -> Control:
        try:
            return read_control(self.folder) or Control()
        except msgspec.DecodeError:
            # What was ordered is not known any more: nothing of it may be kept until somebody says so.
            return Control(wanted="pause", modes=(ModeChange("transcribe_only", 0),))

    def _say(self, control: Control) -> None:
        try:
            write_over(self.folder / CONTROL_NAME, msgspec.json.encode(control).ljust(_FILE_BYTES), durable=True)
        except OSError as error:
            raise _refused(self.folder, error) from error


def _spawn(arguments: list[str], folder: Path) -> int:
    # The recorder resamples a few samples at a time: a pool of threads would only take memory and time to start.
    environment = environment_of(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1")
    log = str(folder / LOG_NAME)
    return os.posix_spawn(
        sys.executable,
        [*command_of("asr.recorder"), *arguments],
        environment,
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
        setsid=True,
    )


def _in_mode(control: Control, change: ModeChange, withhold_from: int | None) -> Control:
    if not control.modes or control.modes[-1].mode != change.mode:
        control = msgspec.structs.replace(control, modes=(*control.modes, change)[-_CHANGES_KEPT:])
    if change.mode == "keep":
        return msgspec.structs.replace(control, withhold_from=None)
    earlier = [sample for sample in (control.withhold_from, withhold_from) if sample is not None]
    return msgspec.structs.replace(control, withhold_from=min(earlier, default=None))


def _refused(folder: Path, error: OSError) -> AsrError:
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


def _last_line(path: Path) -> str:
    lines = path.read_text("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else N_("it does not say why")
