"""A spare recorder: a process that has loaded all it needs and waits, deaf, to take the place of one that died.

It opens no device and reads no sample before it is told which journal to go on with; it ends when whoever started it
does. Its own side is `asr.waiting`.
"""

import asyncio
import os
import sys
from collections.abc import Callable
from contextlib import suppress

import msgspec

from asr.errors import AsrError
from asr.journal import JournalReader
from asr.programs import command_of, environment_of
from asr.recording import Recording

_RETRY_S = (0.1, 0.5, 2.0, 5.0)


class Spare:
    """One spare. `Recording.launch` and `relaunch` take it; once taken, or dead, it is no spare any more."""

    def __init__(self) -> None:
        read_fd, self._fd = os.pipe2(os.O_CLOEXEC)
        try:
            self.pid: int | None = os.posix_spawn(
                sys.executable,
                [*command_of("asr.recorder"), "--spare"],
                environment_of(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1"),
                file_actions=[
                    (os.POSIX_SPAWN_DUP2, read_fd, 0),
                    (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
                    (os.POSIX_SPAWN_DUP2, 1, 2),
                ],
                setsid=True,
            )
        except OSError:
            os.close(self._fd)
            raise
        finally:
            os.close(read_fd)

    def alive(self) -> bool:
        """Whether it waits."""
        if self.pid is None:
            return False
        with suppress(ChildProcessError):
            ended, _ = os.waitpid(self.pid, os.WNOHANG)
            if ended == 0:
                return True
        self.pid = None
        return False

    def take(self, arguments: list[str]) -> int | None:
        """Has it record with these arguments; its pid, which is its taker's from now on, or None when it is dead."""
        if not self.alive():
            return None
        try:
            os.write(self._fd, msgspec.json.encode(arguments) + b"\n")
        except BrokenPipeError:
            return None
        taken, self.pid = self.pid, None
        self.close()
        return taken

    def close(self) -> None:
        """Ends it, unless it was taken."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1
        if self.pid is not None:
            with suppress(ChildProcessError):
                os.waitpid(self.pid, 0)
            self.pid = None


async def keep_recording(recording: Recording, replaced: Callable[[Recording], None]) -> None:
    """Has a spare take the place of the recorder whenever it dies, until the recording is sealed or this is cancelled.

    `replaced` is told the new recording. What keeps a recorder from starting is tried again, the oftener the later;
    the recorder's state says why.
    """
    spare = await asyncio.to_thread(_new_spare)
    journal, failures = JournalReader(recording.folder), 0
    try:
        while True:
            await gone(recording)
            if await asyncio.to_thread(lambda: journal.sealed):
                return
            try:
                recording = await asyncio.to_thread(recording.relaunch, spare)
            except AsrError:
                await asyncio.sleep(_RETRY_S[min(failures, len(_RETRY_S) - 1)])
                failures += 1
            else:
                failures = 0
                replaced(recording)
            if spare is None or not spare.alive():
                spare = await asyncio.to_thread(_new_spare)
    finally:
        if spare is not None:
            spare.close()


def _new_spare() -> Spare | None:
    try:
        return Spare()
    except OSError:
        return None  # a machine that can start no process now; the next recorder is started when it is needed


async def gone(recording: Recording) -> None:
    """Returns the moment the recorder's process is dead, whoever started it."""
    fd = recording.life()
    if fd is not None:
        loop, died = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(fd, died.set)
        try:
            await died.wait()
        finally:
            loop.remove_reader(fd)
            os.close(fd)
    recording.wait(0)  # nothing is left of it, not even its entry among the processes
