"""The handle on a recorder process: start it, find one that runs, tell it what is wanted, hear how it fares.

Two small files beside the sound carry both ways, so that neither side needs the other to live: `control.json` is what
people want, `recorder.json` is what the recorder does.
"""

import errno
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

import asr.errors
from asr.errors import AsrError, DiskFull, JournalSealed, JournalTaken, RecorderFailed
from asr.journal import JournalWriter, lock_holder
from asr.liveness import ProcessMark, is_running, mark_of
from models.refusal import N_

T = TypeVar("T")
Wanted = Literal["record", "pause", "stop"]
Mode = Literal["keep", "transcribe_only"]
Stage = Literal["starting", "recording", "paused", "no_device", "disk_full", "sealed", "ended", "failed"]

STATE_NAME, CONTROL_NAME, LOG_NAME = "recorder.json", "control.json", "recorder.log"
_STATE_BYTES = 4096
# A recorder that goes on with a long file has to decode up to where it was.
_START_TIMEOUT_S = 60.0


class Control(msgspec.Struct, frozen=True, kw_only=True):
    """What people want of the recorder. It outlives every process: a new recorder obeys it before it opens anything.

    `reason` names the gap of a pause (paused, off, recess); `recognized_sample` and `erase_before` are media time.
    """

    wanted: Wanted = "record"
    by: str = ""
    reason: str = "paused"
    recognized_sample: int = 0
    erase_before: int = 0


class RecorderState(msgspec.Struct, frozen=True, kw_only=True):
    """What the recorder does, rewritten twice a second while it lives.

    `ended` is a recorder that was asked to go without ending the recording. `device` is the one asked for (None: the
    default), `opened_device` the one that is open now. `samples` is the journal's end,
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
        """The typed error behind `failed`, `no_device` or `disk_full`."""
        kinds = {kind.code: kind for kind in _kinds_of(AsrError)}
        kind = kinds.get(self.error_code or "")
        return kind(**self.error_facts) if kind else None


def read_state(folder: Path) -> RecorderState | None:
    """The state last written, or None when there never was a recorder."""
    return _read(folder / STATE_NAME, RecorderState)


def write_state(folder: Path, state: RecorderState) -> None:
    """Atomic where there is room; on a full disk the old file's own space is written over."""
    data = msgspec.json.encode(state).ljust(_STATE_BYTES)
    try:
        _write_atomically(folder / STATE_NAME, data, durable=False)
    except OSError as error:
        if not (folder / STATE_NAME).exists():
            raise _refused(folder, error) from error
        fd = os.open(folder / STATE_NAME, os.O_WRONLY)
        try:
            os.pwrite(fd, data, 0)
        finally:
            os.close(fd)


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

    def order(self, wanted: Wanted, by: str, reason: str = "paused") -> None:
        """Says what is wanted, durably; the recorder obeys within 0.1 s, the next one before it opens a device.

        Raises JournalSealed when a stop was ordered before: a finished recording does not go on.
        """
        with self._changing() as control:
            if control.wanted == "stop" and wanted != "stop":
                raise JournalSealed(path=str(self.folder))
            changed = msgspec.structs.replace(control, wanted=wanted, by=by, reason=reason)
            _write_atomically(self.folder / CONTROL_NAME, msgspec.json.encode(changed), durable=True)

    def progress(self, recognized_sample: int, erase_before: int = 0) -> None:
        """Tells how far recognition is (a fast file waits for it) and what sound may be erased (never less again)."""
        with self._changing() as control:
            changed = msgspec.structs.replace(
                control,
                recognized_sample=max(recognized_sample, control.recognized_sample),
                erase_before=max(erase_before, control.erase_before),
            )
            if changed != control:
                _write_atomically(self.folder / CONTROL_NAME, msgspec.json.encode(changed), durable=False)

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
        """Makes all sound unreadable, gaps and times staying; for a recording that has ended. Raises JournalTaken."""
        with JournalWriter(self.folder) as writer:
            writer.erase_before(writer.end_sample)

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
        self.folder.mkdir(parents=True, exist_ok=True)
        fd = os.open(self.folder / "control.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX)
            yield _read(self.folder / CONTROL_NAME, Control) or Control()
        finally:
            os.close(fd)


def _spawn(arguments: list[str], folder: Path) -> int:
    # The recorder resamples a few samples at a time: a pool of threads would only take memory and time to start.
    environment = dict(os.environ, OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1")
    root = str(Path(asr.errors.__file__).parent.parent)
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH", "")]))
    log = str(folder / LOG_NAME)
    # -P: a folder that happens to hold a `models` or `search` must not be imported from.
    return os.posix_spawn(
        sys.executable,
        [sys.executable, "-P", "-m", "asr.recorder", *arguments],
        environment,
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
        setsid=True,
    )


def _refused(folder: Path, error: OSError) -> AsrError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull(path=str(folder))
    return RecorderFailed(path=str(folder), reason=error.strerror or repr(error))


def _kinds_of(kind: type[AsrError]) -> Iterator[type[AsrError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from _kinds_of(child)


def _read(path: Path, kind: type[T]) -> T | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def _write_atomically(path: Path, data: bytes, durable: bool) -> None:
    fresh = path.with_suffix(f".{os.getpid()}.new")
    try:
        fd = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        try:
            os.write(fd, data)
            if durable:
                os.fsync(fd)
        finally:
            os.close(fd)
        os.rename(fresh, path)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise


def _last_line(path: Path) -> str:
    lines = path.read_text("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else N_("it does not say why")
