"""The handle on a recorder process: start it, find one that runs, tell it what is wanted, hear how it fares.

Two small files beside the sound carry both ways, so that neither side needs the other to live: `control.json` is what
people want, `recorder.json` is what the recorder does.
"""

import os
import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from asr.errors import AsrError, JournalSealed, JournalTaken, RecorderFailed
from asr.journal import JournalReader, JournalWriter, lock_holder
from asr.liveness import ProcessMark, is_running, mark_of
from asr.recording_files import (
    CONTROL_NAME,
    STATE_NAME,
    Control,
    Mode,
    ModeChange,
    RecorderState,
    Stage,
    Wanted,
    read_control,
    read_state,
    refused,
    write_control,
    write_state,
)
from asr.recording_orders import changing, in_mode
from asr.recording_process import last_words, spawn
from models.refusal import N_

if TYPE_CHECKING:
    from asr.spare import Spare

__all__ = [
    "CONTROL_NAME",
    "STATE_NAME",
    "Control",
    "Mode",
    "ModeChange",
    "RecorderState",
    "Recording",
    "Stage",
    "Wanted",
    "read_control",
    "read_state",
    "write_state",
]

# A recorder that goes on with a long file has to decode up to where it was.
_START_TIMEOUT_S = 60.0
_END_TIMEOUT_S = 2.0
# It writes its state twice a second.
_SILENT_NS = 5_000_000_000


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
        leave_bytes: int = 0,
        spare: "Spare | None" = None,
    ) -> "Recording":
        """Starts a recorder of its own session and returns once it records (or is paused, as was ordered before).

        `source` is "mic" or a file's path; `leave_bytes` of the disk's room are left to others; a `spare` that lives
        takes the place of a new process. Sound is encrypted when a key file is named (see `asr.sound_key`).

        Raises the error that kept it from recording: NoMicrophone, DeviceGone, LibraryMissing, SoundUnreadable,
        SoundEmpty, JournalTaken, JournalDamaged, DiskFull, KeyRefused, SoundLocked, RecorderFailed. A journal that is
        sealed already, or whose stop was ordered, gives a recording that has ended.
        """
        where = source if source == "mic" else str(Path(source).absolute())
        arguments = ["--journal", str(folder.absolute()), "--source", where, "--pace", pace, "--mode", mode]
        arguments += ["--leave", str(leave_bytes)]
        if device is not None:
            arguments += ["--device", device]
        try:
            folder.mkdir(parents=True, exist_ok=True)
            taken = spare.take(arguments) if spare else None
            recording = cls(folder, taken or spawn(arguments, folder))
        except OSError as error:
            raise refused(folder, error) from error
        recording._await_start()
        return recording

    @classmethod
    def adopt(cls, folder: Path) -> "Recording | None":
        """The recording whose recorder runs now, whoever started it; None when none does."""
        recording = cls(folder)
        return recording if recording.alive() else None

    def state(self) -> RecorderState | None:
        """What the recorder last said of itself; it may be dead since (see `alive`).

        The warning recorder_silent is ours: it lives and says nothing, as on a disk that takes nothing any more.
        """
        state = read_state(self.folder)
        if state is None or time.time_ns() - state.at_ns < _SILENT_NS or not self.alive():
            return state
        return msgspec.structs.replace(state, warnings=(*state.warnings, "recorder_silent"))

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
        until_ns: int | None = None,
    ) -> None:
        """Says what is wanted, durably; the recorder obeys within 0.1 s, the next one before it opens a device.

        `mode` holds from now on (None: as before). With `transcribe_only`, `withhold_from` is the sample from which
        on no sound may be on the disk, when that lies in the past. `until_ns` is the time of day up to which nobody
        has to say more (None: as before); a device that was closed by itself is only opened again with it.

        Raises JournalSealed when a stop was ordered before: a finished recording does not go on; DiskFull,
        DiskFailing and RecorderFailed when the order could not be given.
        """
        now_ns = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
        with changing(self.folder) as control:
            if control.wanted == "stop" and wanted != "stop":
                raise JournalSealed(path=str(self.folder))
            changed = msgspec.structs.replace(control, wanted=wanted, by=by, reason=reason)
            if until_ns is not None:
                changed = msgspec.structs.replace(changed, until_ns=until_ns)
            if mode is not None:
                changed = in_mode(changed, ModeChange(mode, now_ns), withhold_from)
            write_control(self.folder, changed)

    def progress(self, recognized_sample: int, erase_before: int = 0) -> None:
        """Tells how far recognition is (a fast file waits for it), and up to where withheld sound is to be erased.

        Neither ever goes back. Raises DiskFull, DiskFailing, RecorderFailed.
        """
        with changing(self.folder) as control:
            changed = msgspec.structs.replace(
                control,
                recognized_sample=max(recognized_sample, control.recognized_sample),
                erase_before=max(erase_before, control.erase_before),
            )
            if changed != control:
                write_control(self.folder, changed)

    def wait(self, timeout: float | None = None) -> bool:
        """Waits for the recorder's end; False when it still runs after `timeout` seconds."""
        until = None if timeout is None else time.monotonic() + timeout
        while self.alive():
            if until is not None and time.monotonic() >= until:
                return False
            time.sleep(0.02)
        return True

    def finish(self, by: str, timeout: float = 10.0) -> bool:
        """Ends the recording with nobody else at hand: the recorder seals, and for a dead one another that is started.

        Whether it is sealed within `timeout` seconds. Raises as `order` and `launch`.
        """
        self.order("stop", by)
        if not self.alive() and not JournalReader(self.folder).sealed:
            self._child = self.relaunch()._child
        self.wait(timeout)
        return JournalReader(self.folder).sealed

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

    def relaunch(self, spare: "Spare | None" = None) -> "Recording":
        """Starts a recorder in the place of a dead one, with what that one was started with; raises as `launch`."""
        last = self.state()
        if last is None:
            raise RecorderFailed(path=str(self.folder), reason=N_("nothing was ever recorded there"))
        device = last.device if last.source == "mic" else None
        return Recording.launch(self.folder, last.source, device, last.pace, last.mode, last.leave_bytes, spare)

    def life(self) -> int | None:
        """A pidfd, readable as soon as the recorder dies, for the caller to close; None when it is dead already."""
        mark = self._mark()
        try:
            fd = -1 if mark is None else os.pidfd_open(mark.pid)
        except OSError:
            return None
        # The pid may have been given to another process before it was opened.
        if fd >= 0 and mark is not None and is_running(mark):
            return fd
        if fd >= 0:
            os.close(fd)
        return None

    def keep_until(self, until_ns: int) -> bool:
        """Puts off (or brings forward) the time of day at which the recorder closes the device by itself.

        False, and nothing is changed, when that time has come already: then only a person's order opens it again.
        Raises DiskFull, DiskFailing, RecorderFailed.
        """
        with changing(self.folder) as control:
            if control.until_ns is not None and control.until_ns <= time.time_ns():
                return False
            if control.until_ns != until_ns:
                write_control(self.folder, msgspec.structs.replace(control, until_ns=until_ns))
            return True

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
        return RecorderFailed(path=str(self.folder), reason=last_words(self.folder))
