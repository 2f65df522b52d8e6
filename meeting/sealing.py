"""The sound of ended meetings is brought into its final form beside everything else, and its sum put into the records.

`python -m meeting.sealing HOME MEETING` seals one: a process of its own, at low priority, that nobody waits for. The
end of the sound's chain (`asr.sealed`) is an event, so that sound which was sealed anew behind the records' back shows.
"""

import logging
import os
import sys
from collections import deque
from pathlib import Path

from asr.errors import JournalDamaged
from asr.programs import command_of, environment_of
from asr.sealing import manifest_of, seal, waits_for_sealing
from meeting.domain.events import SoundSealed
from meeting.home import Home
from meeting.records import Records
from meeting.store.meetings import Meeting
from models.refusal import Refusal

log = logging.getLogger(__name__)

_NICENESS = 10


def wants_seal(home: Home, meeting: Meeting) -> bool:
    """Whether a meeting's sound is to be sealed, or its sum not in the records yet."""
    folder = home.journal(meeting.id)
    if meeting.state != "closed" or not folder.is_dir():
        return False
    try:
        manifest = manifest_of(folder)
        return waits_for_sealing(folder) or (
            manifest is not None and manifest.complete and not meeting.sound_chain
        )
    except JournalDamaged:
        return False  # `meeting verify` tells


def seal_meeting(records: Records, meeting: Meeting) -> str:
    """Seals a meeting's sound and puts its sum into the records; returns it. Raises as `seal`, StoreError.

    The event is stored first: who dies after it finds it there. Sound is sealed once, so the first one counts.
    """
    chain = seal(records.home.journal(meeting.id)).chain
    log = records.log(meeting.id)
    if not any(isinstance(event, SoundSealed) for event in log.all()):
        log.append([SoundSealed(chain=chain)])
    records.meetings.sound_sealed(meeting.id, chain)
    return chain


class Sealer:
    """Has the sound of ended meetings sealed, one after the other. Call `step` now and then."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._waiting: deque[str] = deque()
        self._pids: set[int] = set()

    def look(self) -> None:
        """Finds what earlier services have left; reads folders, so call it in a thread."""
        home = self._records.home
        self._waiting.extend(one.id for one in self._records.meetings.all() if wants_seal(home, one))

    def step(self) -> None:
        """Begins with the next one once none is at work."""
        self._reap()
        if self._waiting and not self._pids:
            self.start(self._waiting.popleft())

    def start(self, meeting_id: str) -> None:
        """Begins at once; it goes on when this process ends."""
        void = os.devnull
        arguments = [*command_of("meeting.sealing"), str(self._records.home.folder), meeting_id]
        errors = str(self._records.home.run / "sealing.log")
        try:
            pid = os.posix_spawn(
                sys.executable,
                arguments,
                environment_of(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1"),
                file_actions=[
                    (os.POSIX_SPAWN_OPEN, 0, void, os.O_RDONLY, 0),
                    (os.POSIX_SPAWN_OPEN, 1, void, os.O_WRONLY, 0),
                    (os.POSIX_SPAWN_OPEN, 2, errors, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600),
                ],
                setsid=True,
            )
        except OSError as error:
            # The next service finds it.
            log.warning("the sound of %s is not sealed yet: %s", meeting_id, error)
            return
        self._pids.add(pid)

    def _reap(self) -> None:
        for pid in list(self._pids):
            try:
                ended, _ = os.waitpid(pid, os.WNOHANG)
            except ChildProcessError:
                ended = pid
            if ended:
                self._pids.discard(pid)


def main(argv: list[str]) -> int:
    """The program: returns its exit code."""
    if len(argv) != 2:
        print("python -m meeting.sealing HOME MEETING", file=sys.stderr)
        return 2
    os.nice(_NICENESS)
    try:
        records = Records(Home(Path(argv[0])))
        try:
            seal_meeting(records, records.meetings.get(argv[1]))
        finally:
            records.close()
    except Refusal as error:
        print(f"{argv[1]}: {error}", file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
