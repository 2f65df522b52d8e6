"""Ending a meeting while no service runs: the recorder seals the sound, and the next service completes the record."""

from typing import Literal

import msgspec

from asr.journal import JournalReader
from asr.recording import Recording, read_state
from meeting.errors import NoService, StopPending
from meeting.home import ServiceLock
from meeting.keeping import launched
from meeting.records import Records
from meeting.store.meetings import Meeting

SEALED_WITHIN_S = 10.0


class Stopped(msgspec.Struct, frozen=True, kw_only=True):
    """What was ended. `record`: the last words are written by the next service."""

    meeting: str
    record: Literal["waits"] = "waits"


def stop_alone(records: Records, by: str) -> Stopped:
    """Ends the open meeting's recording, whoever records it.

    Raises NoService when no meeting is open, ServiceRunning when one is just being started, StopPending when the
    recorder has not sealed the sound in time, and what `Recording.order` and `launch` raise.
    """
    lock = ServiceLock(records.home)
    try:
        meeting = records.meetings.open()
        if meeting is None:
            raise NoService(home=records.home.folder)
        if not _finished(records, meeting, by):
            raise StopPending(meeting=meeting.id)
        return Stopped(meeting=meeting.id)
    finally:
        lock.release()


def _finished(records: Records, meeting: Meeting, by: str) -> bool:
    folder = records.home.make_journal(meeting.id)
    recording = Recording(folder)
    if read_state(folder) is not None:
        return recording.finish(by, SEALED_WITHIN_S)
    # Nothing was ever recorded, or on another machine: a recorder that is told to stop only seals.
    recording.order("stop", by)
    if meeting.run is not None:
        launched(folder, meeting, meeting.run).wait(SEALED_WITHIN_S)
    return JournalReader(folder).sealed
