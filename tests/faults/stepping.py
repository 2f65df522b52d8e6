"""Work on a home's files, done by processes that are killed at their first, second, third … step on the disk.

A step is a file opened to be written, written to the disk (fsync), renamed or taken away, a folder made or taken away,
a database opened. The kill is a real one, of a real process, just before the step is taken: every middle is hit.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.conftest import ROOT

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_STEPS = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "sqlite3.connect")


class Stepper:
    """A process that has loaded everything, and does each piece of work in a fork of its own."""

    def __init__(self) -> None:
        self.taken = 0
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.stepping"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            text=True,
        )

    def killed_at(self, step: int, work: str, *arguments: object) -> bool:
        """Does the work; whether it was killed at that step, which it was not when it has fewer."""
        assert self._process.stdin is not None and self._process.stdout is not None
        print(json.dumps([step, work, *map(str, arguments)]), file=self._process.stdin, flush=True)
        answer = self._process.stdout.readline().split()
        assert answer and answer[0] in ("killed", "done"), answer
        self.taken = int(answer[1])
        return answer[0] == "killed"

    def steps(self, work: str, *arguments: object) -> range:
        """Does the work undisturbed; the steps that it took."""
        assert not self.killed_at(0, work, *arguments)
        return range(1, self.taken + 1)

    def close(self) -> None:
        """Ends the process."""
        self._process.communicate(timeout=60)


def _backup(home: str, place: str) -> None:
    from meeting.backup.making import make_backup
    from meeting.home import Home

    make_backup(Home(Path(home)), Path(place))


def _restore(home: str, place: str, replace: str) -> None:
    from meeting.backup.restoring import restore_backup
    from meeting.home import Home

    restore_backup(Path(place), Home(Path(home)), replace == "True")


def _destroy(home: str, meeting: str) -> None:
    from meeting.destruction import destroy_sound
    from meeting.home import Home
    from meeting.records import Records

    records = Records(Home(Path(home)))
    destroy_sound(records, records.meetings.get(meeting), "王芳", "局办〔2026〕9号", "保管期满")


WORKS: dict[str, Callable[..., None]] = {"backup": _backup, "restore": _restore, "destroy": _destroy}


def _die_at(step: int) -> Callable[[], int]:
    """Returns what tells how many steps were taken."""
    taken = 0

    def count() -> None:
        nonlocal taken
        taken += 1
        if taken == step:
            os.kill(os.getpid(), signal.SIGKILL)

    def heard(event: str, arguments: tuple[object, ...]) -> None:
        if event in _STEPS or (event == "open" and _is_written(arguments)):
            count()

    def synced(fd: int, sync: Callable[[int], None] = os.fsync) -> None:
        count()
        sync(fd)

    os.fsync = synced
    sys.addaudithook(heard)
    return lambda: taken


def _is_written(arguments: tuple[object, ...]) -> bool:
    path, _, flags = arguments
    # A library's compiled code is written where it was not there.
    return isinstance(flags, int) and bool(flags & _WRITES) and not str(path).endswith((".pyc", "__pycache__"))


def main() -> None:
    """Takes a line for each piece of work, and says how it ended."""
    import meeting.backup.making
    import meeting.backup.restoring
    import meeting.destruction
    import meeting.records  # noqa: F401 # loaded once, not by each fork

    for line in sys.stdin:
        step, work, *arguments = json.loads(line)
        if (pid := os.fork()) == 0:
            try:
                taken = _die_at(step)
                WORKS[work](*arguments)
                print("done", taken(), flush=True)
            finally:
                os._exit(0)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        if code:
            print("killed" if code == -signal.SIGKILL else "failed", step, flush=True)


if __name__ == "__main__":
    main()
