"""Kept sound is destroyed on a written order: that it was is an event, and the text's chain goes on over it."""

import os
import shutil
from pathlib import Path

import msgspec

from asr.journal_files import sync_folder
from asr.recording import Recording
from meeting.backup.errors import SoundInUse
from meeting.backup.known import SoundCopy, copies_of_sound
from meeting.domain.events import SoundDestroyed
from meeting.errors import HomeReadOnly, MeetingRunning, NoSoundKept
from meeting.records import Records
from meeting.store.meetings import Meeting

_GONE = "audio.destroyed"
_CHUNK = 1 << 20


class Destroyed(msgspec.Struct, frozen=True, kw_only=True):
    """What was destroyed, and where copies of it still lie, or may."""

    meeting: str
    files: int
    size: int
    copies: tuple[SoundCopy, ...]


def sound_of(records: Records, meeting: Meeting) -> Destroyed:
    """What there is to be destroyed. Raises MeetingRunning, SoundInUse, NoSoundKept."""
    if meeting.state == "open":
        raise MeetingRunning(meeting=meeting.id)
    folder = records.home.journal(meeting.id)
    if Recording.adopt(folder) is not None:
        raise SoundInUse(meeting=meeting.id)
    places = _places(folder)
    files = [path for place in places for path in place.rglob("*") if path.is_file()]
    # Who died after the last file has left a folder to be taken away.
    if not files and folder.with_name(_GONE) not in places:
        raise NoSoundKept(meeting=meeting.id)
    size = sum(path.stat().st_size for path in files)
    return Destroyed(
        meeting=meeting.id,
        files=len(files),
        size=size,
        copies=tuple(copies_of_sound(records.home, meeting.id)),
    )


def destroy_sound(records: Records, meeting: Meeting, by: str, order: str, reason: str) -> Destroyed:
    """Destroys the kept sound of an ended meeting. Raises what `sound_of` raises, StoreError, HomeReadOnly.

    The event is stored first: who dies after it calls this once more, and nothing is told twice.
    """
    found = sound_of(records, meeting)
    log = records.log(meeting.id)
    folder = records.home.journal(meeting.id)
    told = any(isinstance(event, SoundDestroyed) for event in log.all())
    if not told:
        places = tuple(copy.place for copy in found.copies)
        log.append([SoundDestroyed(by=by, order=order, reason=reason, copies=places)])
    try:
        Recording(folder).erase_sound()
        _remove(folder)
    except OSError as error:
        raise HomeReadOnly(home=folder) from error
    return found


def _places(folder: Path) -> list[Path]:
    return [path for path in (folder, folder.with_name(_GONE)) if path.is_dir()]


def _remove(folder: Path) -> None:
    """Writes zeros over every file before it goes. A disk that writes elsewhere (flash) keeps what it keeps."""
    gone = folder.with_name(_GONE)
    if folder.is_dir():
        if gone.is_dir():
            _overwrite_all(gone)
        # Out of reach at once, whoever still seals it or plays it.
        os.rename(folder, gone)
        sync_folder(folder.parent)
    _overwrite_all(gone)
    sync_folder(folder.parent)


def _overwrite_all(folder: Path) -> None:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            _overwrite(path)
    shutil.rmtree(folder)


def _overwrite(path: Path) -> None:
    size = path.stat().st_size
    with path.open("r+b") as file:
        for offset in range(0, size, _CHUNK):
            file.write(bytes(min(_CHUNK, size - offset)))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()
