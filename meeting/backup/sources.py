"""What of a home belongs in a back-up: the sound and the written results of each meeting; no token, key or lock."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from asr.errors import JournalDamaged
from asr.journal_parts import opened, record_offset
from asr.sealed import MANIFEST_NAME
from asr.sound_key import key_file
from meeting.backup.errors import SoundInUse
from meeting.home import Home

FOLDERS = ("audio", "exports")
_OF_A_PROCESS = ("recorder.json",)
_PASSING = (".lock", ".new", ".log", ".tmp")
_PATIENCE_S = 120.0
_LOOK_EVERY_S = 0.5


class Source(NamedTuple):
    """A file that is to be copied: its name from the home's folder, and how many bytes of it are complete."""

    name: str
    path: Path
    size: int


def meeting_folders(home: Home) -> list[Path]:
    """One folder for each meeting that has files."""
    return sorted(path for path in (home.folder / "meetings").glob("*") if path.is_dir() and not path.is_symlink())


def sources_in(home: Home, folder: Path) -> list[Source]:
    """The files of one meeting. A part that is being recorded counts up to its last whole record."""
    secret = key_file()
    found = []
    for path in _files(folder):
        if secret is not None and path.resolve() == secret.resolve():
            continue
        try:
            found.append(Source(path.relative_to(home.folder).as_posix(), path, _complete(path)))
        except FileNotFoundError:
            continue  # taken away on order, or sealed, while we looked
    return found


class Sealing:
    """Tells whether a meeting's sound was brought into its final form meanwhile: then it has to be looked at again."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "audio" / MANIFEST_NAME
        self._meeting = folder.name
        self._until = time.monotonic() + _PATIENCE_S
        self._seen = self._read()

    def goes_on(self) -> bool:
        """Whether anything changed since the last call, or the beginning. Raises SoundInUse when it never ends."""
        before, self._seen = self._seen, self._read()
        if before == self._seen:
            return False
        if time.monotonic() > self._until:
            raise SoundInUse(meeting=self._meeting)
        time.sleep(_LOOK_EVERY_S)
        return True

    def _read(self) -> bytes | None:
        try:
            return self._path.read_bytes()
        except OSError:
            return None


def _files(folder: Path) -> Iterator[Path]:
    for part in FOLDERS:
        for path in sorted((folder / part).rglob("*")):
            passing = path.suffix in _PASSING or path.name in _OF_A_PROCESS
            if path.is_file() and not path.is_symlink() and not passing:
                yield path


def _complete(path: Path) -> int:
    if path.suffix != ".smj":
        return path.stat().st_size
    try:
        with opened(path) as part:
            last = part.last_good()
            return record_offset(last[0] + 1 if last else 0)
    except JournalDamaged:
        # What cannot be understood is kept as it is: somebody may be able to mend it.
        return path.stat().st_size
