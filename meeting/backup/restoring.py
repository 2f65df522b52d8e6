"""The way back: a back-up is checked whole, laid beside the home's records, and then put in their place.

What was there before is put aside, never thrown away. The records come last: who dies before can do it again, and
`_UNDER_WAY` tells that what lies in the home then is of no person's work.
"""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import msgspec
from sqlalchemy import select, update

from asr.journal_files import sync_folder
from asr.recording import Recording
from meeting.backup.errors import BackupDamaged, BackupRoom, HomeInUse, SoundInUse
from meeting.backup.known import ASIDE, add_known, known_in, remember_backup
from meeting.backup.manifest import (
    DATABASE_NAME,
    BackupManifest,
    CopiedFile,
    alone_in,
    copied,
    digest,
    object_path,
    read_manifest,
)
from meeting.backup.sources import meeting_folders
from meeting.errors import DiskFull, HomeReadOnly, StoreDamaged
from meeting.home import Home, ServiceLock, write_private
from meeting.store.copying import copy_database, copy_rows
from meeting.store.engine import open_engine, reading, refusing, writing
from meeting.store.tables import facts, meetings, tokens
from models.refusal import N_

_SPARE_BYTES = 16_000_000
_STAGE = ".restoring"
_UNDER_WAY = ".restoring-from"


class RestoreReport(msgspec.Struct, frozen=True, kw_only=True):
    """What was restored; `aside` is where the records of before lie, null when there were none."""

    home: str
    made_at: str
    meetings: int
    files: int
    epoch: str
    aside: str | None = None


def check_backup(folder: Path) -> BackupManifest:
    """Reads every byte of a back-up. Raises NoBackup, BackupNewer, BackupBusy, BackupDamaged naming the first file."""
    folder = folder.expanduser().absolute()
    manifest = read_manifest(folder)
    with _undisturbed(folder):
        for file in manifest.files:
            try:
                found = digest(object_path(folder, file.sha256))
            except OSError as error:
                why = N_("is missing") if error.errno == errno.ENOENT else error.strerror
                raise BackupDamaged(folder=folder, file=file.name, why=why) from error
            if found != (file.size, file.sha256):
                raise BackupDamaged(folder=folder, file=file.name, why=N_("was changed"))
    return manifest


def restore_backup(folder: Path, home: Home, replace: bool = False) -> RestoreReport:
    """Puts a back-up in the place of the home's records; `replace`: though there are some, which are put aside.

    Raises what `check_backup` raises, ServiceRunning, SoundInUse, HomeInUse, BackupRoom, DiskFull, HomeReadOnly.
    """
    folder = folder.expanduser().absolute()
    manifest = check_backup(folder)
    lock = ServiceLock(home.prepare())
    try:
        with _refusals(home), _undisturbed(folder):
            return _Restoring(folder, home, manifest).do(replace)
    finally:
        lock.release()


class _Restoring:
    def __init__(self, folder: Path, home: Home, manifest: BackupManifest) -> None:
        self._folder, self._home, self._manifest = folder, home, manifest
        self._stage = home.folder / _STAGE
        self._under_way = home.folder / _UNDER_WAY

    def do(self, replace: bool) -> RestoreReport:
        for one in meeting_folders(self._home):
            if Recording.adopt(one / "audio") is not None:
                raise SoundInUse(meeting=one.name)
        used = self._is_used()
        if used and not replace:
            raise HomeInUse(home=self._home.folder)
        self._lay_out()
        # Other back-ups of these records, made before this one, hold the same sound.
        add_known(self._home, known_in(self._stage))
        epoch = self._new_epoch()
        aside = self._put_aside() if used or meeting_folders(self._home) else None
        write_private(self._under_way, self._manifest.checksum.encode())
        self._put_in()
        remember_backup(self._home, self._folder, self._manifest.made_at)
        self._under_way.unlink()
        return RestoreReport(
            home=str(self._home.folder),
            made_at=self._manifest.made_at,
            meetings=len(self._manifest.heads),
            files=len(self._manifest.files),
            epoch=epoch,
            aside=str(aside) if aside else None,
        )

    @property
    def _in_file(self) -> bool:
        """Whether the home's records are its own file, not another database."""
        return self._home.database_url == f"sqlite:///{self._home.folder / DATABASE_NAME}"

    def _is_used(self) -> bool:
        """Whether there is anything but what this restoring itself has left, when it died at an earlier time."""
        again = self._was_under_way()
        if not again and meeting_folders(self._home):
            return True
        try:
            engine = open_engine(self._home.database_url)
        except StoreDamaged:
            return True
        columns = (meetings.c.id, meetings.c.last_seq, meetings.c.last_hash)
        try:
            with refusing(engine.url.render_as_string()), engine.connect() as connection:
                found = {tuple(row) for row in connection.execute(select(*columns))}
        finally:
            engine.dispose()
        own = {(head.meeting, head.seq, head.hash) for head in self._manifest.heads}
        return bool(found) and not (again and found == own)

    def _was_under_way(self) -> bool:
        try:
            return self._under_way.read_bytes() == self._manifest.checksum.encode()
        except OSError:
            return False

    def _lay_out(self) -> None:
        """Copies everything beside the records, each file checked once more as it is written."""
        shutil.rmtree(self._stage, ignore_errors=True)
        needed = sum(file.size for file in self._manifest.files) + _SPARE_BYTES
        free = shutil.disk_usage(self._home.folder).free
        needed += (self._home.folder / DATABASE_NAME).stat().st_size
        if free < needed:
            raise BackupRoom(folder=self._home.folder, free=free // 10**6, needed=needed // 10**6)
        (self._stage / "meetings").mkdir(mode=0o700, parents=True)
        for file in self._manifest.files:
            self._copy(file)
        for folder, _, _ in os.walk(self._stage):
            sync_folder(Path(folder))

    def _copy(self, file: CopiedFile) -> None:
        place = self._stage / file.name
        for parent in reversed(place.relative_to(self._stage).parents):
            (self._stage / parent).mkdir(mode=0o700, exist_ok=True)
        _, sha256 = copied(object_path(self._folder, file.sha256), place)
        if sha256 != file.sha256:
            raise BackupDamaged(folder=self._folder, file=file.name, why=N_("was changed"))

    def _new_epoch(self) -> str:
        """Clients that know the log of before must not go on in this one as if it were the same.

        Nor does a token come back that was taken back since: those of the back-up open nothing any more.
        """
        epoch = uuid4().hex
        engine = open_engine(f"sqlite:///{self._stage / DATABASE_NAME}")
        with refusing(str(self._stage)), writing(engine) as connection:
            connection.execute(update(facts).where(facts.c.name == "epoch").values(value=epoch))
            now = datetime.now(UTC).isoformat(timespec="milliseconds")
            connection.execute(update(tokens).where(tokens.c.revoked_at.is_(None)).values(revoked_at=now))
        engine.dispose()
        return epoch

    def _put_aside(self) -> Path:
        at = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
        aside = self._home.folder / f"{ASIDE}{at}-{uuid4().hex[:4]}"
        aside.mkdir(mode=0o700)
        # Copied, not moved: their newest rows may lie in a file beside theirs, and who dies here has them twice.
        try:
            copy_database(self._home.database_url, aside / DATABASE_NAME)
        except StoreDamaged:
            for path in sorted(self._home.folder.glob(f"{DATABASE_NAME}*"), reverse=True):
                os.rename(path, aside / path.name)
        os.rename(self._home.folder / "meetings", aside / "meetings")
        sync_folder(aside)
        sync_folder(self._home.folder)
        return aside

    def _put_in(self) -> None:
        target = self._home.folder
        shutil.rmtree(self._home.index, ignore_errors=True)
        # Without anything in them, they were not put aside.
        shutil.rmtree(target / "meetings", ignore_errors=True)
        os.rename(self._stage / "meetings", target / "meetings")
        if self._in_file:
            for leftover in target.glob(f"{DATABASE_NAME}-*"):
                leftover.unlink()
            os.replace(self._stage / DATABASE_NAME, target / DATABASE_NAME)
        else:
            self._put_rows()
        shutil.rmtree(self._stage)
        sync_folder(target)
        self._home.prepare()

    def _put_rows(self) -> None:
        staged, engine = (
            open_engine(f"sqlite:///{self._stage / DATABASE_NAME}"),
            open_engine(self._home.database_url),
        )
        with refusing(engine.url.render_as_string()), reading(staged) as read, writing(engine) as write:
            copy_rows(read, write)
        staged.dispose()
        engine.dispose()


@contextmanager
def _undisturbed(folder: Path) -> Iterator[None]:
    """Nobody renews the back-up meanwhile; on a disk that cannot be written nobody can."""
    with alone_in(folder) if os.access(folder, os.W_OK) else nullcontext():
        yield


@contextmanager
def _refusals(home: Home) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(path=home.folder) from error
        raise HomeReadOnly(home=home.folder) from error
