"""Making a back-up, also while a meeting runs: the records as they are at one moment, then the sound up to now.

Files lie in it under their sha256, so that what has not changed is not copied again. The list of them is written
last: who dies before leaves the back-up before it as it was.
"""

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from sqlalchemy import select

from asr.errors import JournalDamaged
from asr.journal_files import sync_folder
from asr.sealed import read_manifest as read_sealed
from meeting.backup.errors import BackupPlace, BackupRoom
from meeting.backup.known import KNOWN_NAME, remember_backup
from meeting.backup.manifest import (
    DATABASE_NAME,
    OBJECTS_NAME,
    BackupManifest,
    CopiedFile,
    MeetingHead,
    alone_in,
    copied,
    digest,
    object_path,
    write_manifest,
)
from meeting.backup.sources import Sealing, Source, meeting_folders, sources_in
from meeting.home import Home
from meeting.store.copying import copy_database
from meeting.store.engine import open_engine, refusing
from meeting.store.integrity import check_store
from meeting.store.meetings import Meetings
from meeting.store.tables import SCHEMA_VERSION, meetings
from models.refusal import N_

_SPARE_BYTES = 16_000_000
Told = Callable[[int, int], None]


class BackupReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a back-up holds, and what of it was new (bytes)."""

    folder: str
    made_at: str
    meetings: int
    files: int
    size: int
    copied_files: int
    copied_size: int


def make_backup(home: Home, folder: Path, told: Told = lambda done, total: None) -> BackupReport:
    """Copies the home's records and sound to `folder`; `told` hears of bytes done and of all.

    Raises BackupPlace, BackupRoom, BackupBusy, SoundInUse, StoreError, AsrError; the back-up before is then as it was.
    """
    folder = folder.expanduser().absolute()
    _check_place(home, folder)
    with _refusals(folder):
        (folder / OBJECTS_NAME).mkdir(mode=0o700, parents=True, exist_ok=True)
        with alone_in(folder):
            making = _Making(home, folder, told)
            try:
                manifest = making.all()
            finally:
                shutil.rmtree(making.drafts, ignore_errors=True)
            write_manifest(folder, manifest)
            _prune(folder, manifest)
    remember_backup(home, folder, manifest.made_at)
    return BackupReport(
        folder=str(folder),
        made_at=manifest.made_at,
        meetings=len(manifest.heads),
        files=len(manifest.files),
        size=sum(one.size for one in manifest.files),
        copied_files=making.copied_files,
        copied_size=making.copied_size,
    )


class _Making:
    def __init__(self, home: Home, folder: Path, told: Told) -> None:
        self._home, self._folder, self._told = home, folder, told
        self.drafts = folder / OBJECTS_NAME / "drafts"
        self._digests: dict[tuple[Path, int, int], tuple[int, str]] = {}
        self._done = self._total = 0
        self.copied_files = self.copied_size = 0

    def all(self) -> BackupManifest:
        """Copies everything; the records first, so that no event speaks of sound that is not there."""
        shutil.rmtree(self.drafts, ignore_errors=True)
        self.drafts.mkdir(mode=0o700)
        made_at = datetime.now(UTC).isoformat(timespec="seconds")
        draft = self.drafts / DATABASE_NAME
        self._check_room(_size_of_records(self._home))
        copy_database(self._home.database_url, draft)
        epoch, heads = self._look_into(draft)
        files = [self._copy(Source(DATABASE_NAME, draft, draft.stat().st_size))]
        known = self._home.folder / KNOWN_NAME
        if known.exists():
            files.append(self._copy(Source(KNOWN_NAME, known, known.stat().st_size)))
        folders = meeting_folders(self._home)
        found = [source for folder in folders for source in sources_in(self._home, folder)]
        self._total = sum(source.size for source in found)
        self._check_room(sum(source.size for source in found if self._is_new(source)))
        for folder in folders:
            files += self._copy_meeting(folder)
        files.sort(key=lambda one: one.name)
        return BackupManifest(
            made_at=made_at, schema=SCHEMA_VERSION, epoch=epoch, files=tuple(files), heads=tuple(heads)
        )

    def _look_into(self, draft: Path) -> tuple[str, list[MeetingHead]]:
        """Checks the copied records, and reads how far each meeting was. Raises StoreDamaged."""
        engine = open_engine(f"sqlite:///{draft}")
        try:
            check_store(engine)
            with refusing(str(draft)), engine.connect() as connection:
                rows = connection.execute(select(meetings.c.id, meetings.c.last_seq, meetings.c.last_hash)).all()
            epoch = Meetings(engine).epoch()
        finally:
            engine.dispose()
        return epoch, [
            MeetingHead(meeting=id_, seq=seq, hash=hash_, sound=self._sound_of(id_)) for id_, seq, hash_ in rows
        ]

    def _sound_of(self, meeting_id: str) -> str | None:
        try:
            sealed = read_sealed(self._home.journal(meeting_id))
        except JournalDamaged:
            return None
        return sealed.chain if sealed is not None and sealed.complete else None

    def _copy_meeting(self, folder: Path) -> list[CopiedFile]:
        sealing = Sealing(folder)
        while True:
            files = []
            for source in sources_in(self._home, folder):
                try:
                    files.append(self._copy(source))
                except FileNotFoundError:
                    continue  # sealed meanwhile, or taken off the disk on order
            if not sealing.goes_on():
                return files

    def _is_new(self, source: Source) -> bool:
        try:
            return not self._has(*self._digest(source))
        except FileNotFoundError:
            return False

    def _digest(self, source: Source) -> tuple[int, str]:
        """Reckoned once for the same content; a file that was written in place has another time of change."""
        key = (source.path, source.size, source.path.stat().st_mtime_ns)
        if key not in self._digests:
            self._digests[key] = digest(source.path, source.size)
        return self._digests[key]

    def _has(self, size: int, sha256: str) -> bool:
        try:
            return object_path(self._folder, sha256).stat().st_size == size
        except FileNotFoundError:
            return False

    def _copy(self, source: Source) -> CopiedFile:
        size, sha256 = self._digest(source)
        if not self._has(size, sha256):
            size, sha256 = self._write(source)
            self.copied_files += 1
            self.copied_size += size
        self._done += size
        self._told(min(self._done, self._total), self._total)
        return CopiedFile(name=source.name, size=size, sha256=sha256)

    def _write(self, source: Source) -> tuple[int, str]:
        """Writes a file's content under the sha256 of what was written, on the disk when this returns."""
        draft = self.drafts / "file"
        size, sha256 = copied(source.path, draft, source.size)
        place = object_path(self._folder, sha256)
        place.parent.mkdir(mode=0o700, exist_ok=True)
        os.replace(draft, place)
        sync_folder(place.parent)
        return size, sha256

    def _check_room(self, needed: int) -> None:
        free = shutil.disk_usage(self._folder).free
        if free < needed + _SPARE_BYTES:
            raise BackupRoom(folder=self._folder, free=free // 10**6, needed=(needed + _SPARE_BYTES) // 10**6)


def _size_of_records(home: Home) -> int:
    path = home.folder / DATABASE_NAME
    return sum(one.stat().st_size for one in (path, path.with_name(f"{path.name}-wal")) if one.exists())


def _prune(folder: Path, manifest: BackupManifest) -> None:
    """Takes away what no list names any more: sound that was destroyed is not kept here either."""
    named = {one.sha256 for one in manifest.files}
    for path in (folder / OBJECTS_NAME).glob("??/*"):
        if path.name not in named:
            path.unlink()


def _check_place(home: Home, folder: Path) -> None:
    inside = folder.resolve()
    if inside.is_relative_to(home.folder.resolve()) or home.folder.resolve().is_relative_to(inside):
        raise BackupPlace(folder=folder, why=N_("it is in the home itself, or holds it"))


@contextmanager
def _refusals(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            free = shutil.disk_usage(folder).free // 10**6
            raise BackupRoom(folder=folder, free=free, needed=free + 1) from error
        raise BackupPlace(folder=folder, why=error.strerror or str(error)) from error
