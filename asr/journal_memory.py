"""Sound that may not reach the disk: parts in memory, beside a journal on disk that keeps only their place in time.

The memory folder follows from the journal's own path, so that whoever opens the journal finds both. It is its owner's
alone; one that is somebody else's, or that does not lie in memory, is refused. A restart of the machine empties it.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from functools import cached_property
from pathlib import Path

import msgspec

from asr.errors import MemoryRefused
from asr.journal_files import refusals, write_at, write_over
from asr.journal_parts import Part, begin_part, drop_unfinished, first_sample, opened, part_paths, record_offset
from asr.journal_records import RATE_HZ, Kind, PartHeader, Record, pack_record
from models.refusal import N_

# Short, so that what is erased goes as whole files.
MEMORY_PART_SAMPLES = 10 * RATE_HZ
ERASED_NAME = "erased.json"
_ERASED_BYTES = 4096
_MEMORY = Path("/dev/shm")
_MEMORY_KINDS = ("tmpfs", "ramfs")


class Erased(msgspec.Struct, frozen=True, kw_only=True):
    """Why withheld sound is gone: erased on order up to `before` (samples), except `lost` spans (start, end)."""

    before: int = 0
    lost: tuple[tuple[int, int], ...] = ()


def memory_folder(journal: Path) -> Path:
    """Where the withheld sound of the journal in folder `journal` lies."""
    import hashlib  # brings OpenSSL along, for which a recorder that withholds nothing has no use

    digest = hashlib.sha256(os.fsencode(os.path.realpath(journal))).hexdigest()[:20]
    return _MEMORY / f"smart-meeting-{os.getuid()}-{digest}"


def withheld_records(journal: Path, start: int, end: int) -> Iterator[Record]:
    """The sound that still lies in memory and overlaps `start` to `end`."""
    folder = memory_folder(journal)
    if _objection(folder) is not None:
        return
    for path in part_paths(folder):
        if first_sample(path) >= end:
            return
        try:
            with opened(path) as part:
                for _, record in part.records_from(start):
                    if record.start >= end:
                        break
                    if record.end > start and not record.erased:
                        yield record
        except FileNotFoundError:
            continue  # erased while we looked


def read_erased(journal: Path) -> Erased:
    """What was erased so far; nothing, where that was never said or cannot be understood."""
    try:
        return msgspec.json.decode((journal / ERASED_NAME).read_bytes(), type=Erased)
    except (OSError, msgspec.DecodeError):
        return Erased()


def write_erased(journal: Path, erased: Erased) -> None:
    """Says it durably. Raises OSError."""
    # The newest losses are the ones that somebody may still have to be told of.
    while len(data := msgspec.json.encode(erased)) > _ERASED_BYTES:
        erased = msgspec.structs.replace(erased, lost=erased.lost[1:])
    write_over(journal / ERASED_NAME, data.ljust(_ERASED_BYTES), durable=True)


class SoundMemory:
    """The writer's side of the memory folder. It is made when the first sound comes."""

    def __init__(self, journal: Path) -> None:
        self._journal = journal
        self._fd: int | None = None
        self._first = self._last_start = self._number = 0

    @cached_property
    def folder(self) -> Path:
        """Where the sound lies."""
        return memory_folder(self._journal)

    def prepare(self) -> None:
        """Makes the folder. Raises MemoryRefused where sound could get to the disk or to somebody else."""
        if not _lies_in_memory(_MEMORY):
            raise MemoryRefused(path=str(self.folder), reason=N_("this machine has no memory folder"))
        with suppress(FileExistsError), refusals(self.folder):
            os.mkdir(self.folder, 0o700)
        if objection := _objection(self.folder):
            raise MemoryRefused(path=str(self.folder), reason=objection)

    def put(self, record: Record, started_at_ns: int) -> None:
        """Adds sound; the same place in time given again replaces it. Raises MemoryRefused, DiskFull."""
        with refusals(self.folder):
            if self._fd is None or not self._last_start <= record.start < self._first + MEMORY_PART_SAMPLES:
                self.prepare()
                self.close()
                self._fd = begin_part(self.folder, PartHeader(record.start, started_at_ns))
                self._first = self._last_start = record.start
                self._number = 0
            number = self._number + (record.start > self._last_start)
            write_at(self._fd, pack_record(record), record_offset(number))
        self._number, self._last_start = number, record.start

    def erase_before(self, sample: int) -> None:
        """Nothing of the sound that ends by `sample` is left."""
        if _objection(self.folder) is not None:
            return
        for path in part_paths(self.folder):
            if first_sample(path) >= sample:
                return
            with opened(path, os.O_RDWR) as part:
                last = part.last_good()
                if last is not None and last[1].end > sample:
                    part.blank_before(sample)
                    continue
            path.unlink()
            if first_sample(path) == self._first:
                self.close()

    def cut_from(self, sample: int) -> None:
        """Drops what a dead writer put here and did not live to enter in the journal."""
        if not (self._journal / ERASED_NAME).exists() or _objection(self.folder) is not None:
            return
        drop_unfinished(self.folder)
        for path in part_paths(self.folder):
            if first_sample(path) >= sample:
                path.unlink()
                continue
            with opened(path, os.O_RDWR) as part:
                part.cut_after(_last_before(part, sample))

    def remove(self) -> None:
        """No sound and no folder is left."""
        self.close()
        if _objection(self.folder) is None:
            for path in self.folder.iterdir():
                path.unlink()
            self.folder.rmdir()

    def close(self) -> None:
        """What is in memory stays."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None


def _last_before(part: Part, sample: int) -> int:
    for number in reversed(range(len(part))):
        record = part.record(number)
        if record is not None and record.kind is Kind.AUDIO and record.end <= sample:
            return number
    return -1


def _objection(folder: Path) -> str | None:
    """Why a folder is not to be trusted with sound, or does not exist; None when it is ours alone."""
    try:
        found = os.lstat(folder)
    except OSError as error:
        return error.strerror or repr(error)
    if not stat.S_ISDIR(found.st_mode):
        return N_("it is not a folder")
    if found.st_uid != os.geteuid() or found.st_mode & 0o077:
        return N_("it is open to somebody else")
    return None


def _lies_in_memory(folder: Path) -> bool:
    """Whether a folder is a file system in memory of its own."""
    try:
        mounts = Path("/proc/self/mounts").read_text("utf-8", "replace").splitlines()
    except OSError:
        return False
    kinds = [fields[2] for line in mounts if (fields := line.split())[1] == str(folder)]
    return bool(kinds) and kinds[-1] in _MEMORY_KINDS
