"""A spare recorder: a process that has loaded all it needs and waits, deaf, to take the place of one that died.

It opens no device and reads no sample before it is told which journal to go on with; it ends when whoever started it
does. Its own side is `asr.waiting`.
"""

import asyncio
import os
import sys
from contextlib import suppress

import msgspec

from asr.programs import command_of, environment_of
from asr.recording import Recording


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


async def gone(recording: Recording) -> None:
    """Returns the moment the recorder's process is dead, whoever started it."""
    loop = asyncio.get_running_loop()
    fd = recording.life()
    if fd is None:
        return
    died = asyncio.Event()
    loop.add_reader(fd, died.set)
    try:
        await died.wait()
    finally:
        loop.remove_reader(fd)
        os.close(fd)
