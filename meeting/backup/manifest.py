"""What a back-up says of itself: every file with its sha256, and where the chain of each meeting's events stood."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO

import msgspec

from asr.journal_files import alone, write_whole
from meeting.backup.errors import BackupBusy, BackupDamaged, BackupNewer, NoBackup
from models.refusal import N_

FORMAT = 1
MANIFEST_NAME, LOCK_NAME, OBJECTS_NAME = "backup.json", "backup.lock", "files"
DATABASE_NAME = "meeting.db"
_CHUNK = 1 << 20


class CopiedFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file of the home (`name` with slashes, from its folder) as it was copied."""

    name: str
    size: int
    sha256: str


class MeetingHead(msgspec.Struct, frozen=True, kw_only=True):
    """How far a meeting was: the newest event's seq and hash, and the end of its sealed sound's chain."""

    meeting: str
    seq: int
    hash: str
    sound: str | None = None


class BackupManifest(msgspec.Struct, frozen=True, kw_only=True):
    """The whole of a back-up; written last, so that what it names is there. `checksum` is over all the rest."""

    format: int = FORMAT
    made_at: str
    schema: int
    epoch: str
    files: tuple[CopiedFile, ...]
    heads: tuple[MeetingHead, ...]
    checksum: str = ""

    def reckoned(self) -> str:
        """What `checksum` has to be."""
        return hashlib.sha256(msgspec.json.encode(msgspec.structs.replace(self, checksum=""))).hexdigest()

    def head(self, meeting: str) -> MeetingHead | None:
        """How far this meeting was."""
        return next((one for one in self.heads if one.meeting == meeting), None)

    def holds_sound_of(self, meeting: str) -> bool:
        """Whether sound of this meeting is in it."""
        folder = f"meetings/{meeting}/audio/"
        return any(one.name.startswith((f"{folder}part-",)) for one in self.files)


def read_manifest(folder: Path) -> BackupManifest:
    """Raises NoBackup, BackupNewer, BackupDamaged."""
    try:
        data = (folder / MANIFEST_NAME).read_bytes()
    except OSError as error:
        raise NoBackup(folder=folder) from error
    try:
        if msgspec.json.decode(data, type=_Format).format > FORMAT:
            raise BackupNewer(folder=folder)
        manifest = msgspec.json.decode(data, type=BackupManifest)
    except msgspec.DecodeError as error:
        raise BackupDamaged(folder=folder, file=MANIFEST_NAME, why=N_("cannot be understood")) from error
    if manifest.checksum != manifest.reckoned() or not all(map(_is_inside, manifest.files)):
        raise BackupDamaged(folder=folder, file=MANIFEST_NAME, why=N_("was changed"))
    return manifest


class _Format(msgspec.Struct):
    format: int


def _is_inside(file: CopiedFile) -> bool:
    parts = file.name.split("/")
    return "" not in parts and ".." not in parts and "." not in parts


def write_manifest(folder: Path, manifest: BackupManifest) -> None:
    """Puts it in the place of the one before, whole and on the disk. Raises OSError."""
    whole = msgspec.structs.replace(manifest, checksum=manifest.reckoned())
    write_whole(folder / MANIFEST_NAME, msgspec.json.format(msgspec.json.encode(whole), indent=1), durable=True)


def object_path(folder: Path, sha256: str) -> Path:
    """Where the content with this sha256 lies, once for all files that are alike."""
    return folder / OBJECTS_NAME / sha256[:2] / sha256


def digest(path: Path, length: int | None = None) -> tuple[int, str]:
    """How many bytes were read, `length` at most, and their sha256. Raises OSError."""
    reckoned, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        for chunk in _chunks(file, length):
            reckoned.update(chunk)
            size += len(chunk)
    return size, reckoned.hexdigest()


def copied(source: Path, target: Path, length: int | None = None) -> tuple[int, str]:
    """Copies `length` bytes at most; how many they were, and the sha256 of what was written.

    `target` is its owner's alone, and on the disk when this returns. Raises OSError.
    """
    reckoned, size = hashlib.sha256(), 0
    with source.open("rb") as read, target.open("wb") as write:
        os.fchmod(write.fileno(), 0o600)
        for chunk in _chunks(read, length):
            reckoned.update(chunk)
            size += write.write(chunk)
        write.flush()
        os.fsync(write.fileno())
    return size, reckoned.hexdigest()


def alone_in(folder: Path) -> AbstractContextManager[None]:
    """Nobody else makes or restores this back-up meanwhile. Raises BackupBusy, OSError."""
    return alone(folder / LOCK_NAME, BackupBusy(folder=folder))


def _chunks(file: BinaryIO, length: int | None) -> Iterator[bytes]:
    left = length
    while chunk := file.read(_CHUNK if left is None else min(_CHUNK, left)):
        yield chunk
        left = None if left is None else left - len(chunk)
