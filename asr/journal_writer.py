"""Writing a journal: one process at a time, every 100 ms whole or not at all, on the disk or withheld from it."""

import errno
import fcntl
import os
import time
from contextlib import suppress
from pathlib import Path

import msgspec

from asr.errors import JournalSealed, JournalTaken
from asr.journal_files import refusals
from asr.journal_memory import ERASED_NAME, Erased, SoundMemory, read_erased, write_erased
from asr.journal_parts import Part, blank_of, drop_unfinished, opened, part_paths
from asr.journal_reader import JournalReader, Samples
from asr.journal_records import NS_PER_SAMPLE, RATE_HZ, RECORD_SAMPLES, Kind, Record
from asr.journal_tail import Tail
from asr.liveness import ProcessMark, is_running, mark_of
from asr.sealed import read_manifest

PART_SAMPLES = 600 * RATE_HZ
LOCK_NAME = "recorder.lock"
_DYING_S = 2.0


class JournalWriter:
    """The one writer of a journal; opening it mends what a dead writer left and goes on at `end_sample`.

    Raises JournalTaken when another writer lives, JournalSealed after the end, JournalDamaged, and from every method
    that writes NotWritten (DiskFull, DiskFailing, MemoryRefused); a record (100 ms) is then as if it was never given.

    Sound is encrypted when a key file is named (see `asr.sound_key`), else never: KeyRefused, SoundLocked. A file that
    has failed once is left: what it did not confirm is written again to a new part, where a gap of no length and of
    reason "disk_failing" marks the place.
    """

    def __init__(self, folder: Path, part_samples: int = PART_SAMPLES) -> None:
        self.folder = folder
        self._part_samples = part_samples
        self._tail = Tail(folder)
        self._memory = SoundMemory(folder)
        self._erased: Erased | None = None
        self.end_sample = 0
        self.source_end = 0
        self.started_at_ns: int | None = None
        # Time of day at `end_sample`, by the last record's clock.
        self.end_wall_ns: int | None = None
        self.sealed = False
        folder.mkdir(parents=True, exist_ok=True)
        self._lock_fd = _take_lock(folder)
        try:
            self._recover()
        except BaseException:
            self.close()
            raise

    def append(
        self, samples: Samples, wall_ns: int | None = None, source_end: int | None = None, withheld: bool = False
    ) -> None:
        """Adds sound. `wall_ns` is the time of day of its first sample; without it, the clock of what went before.

        `withheld`: no sample reaches the disk; only its place in time does, and the sound waits in memory until it is
        erased.
        """
        for offset in range(0, len(samples), RECORD_SAMPLES):
            piece = samples[offset : offset + RECORD_SAMPLES]
            left = len(samples) - offset - len(piece)
            self._write(
                Kind.AUDIO,
                len(piece),
                piece.astype("<i2", copy=False).tobytes(),
                None if wall_ns is None else wall_ns + offset * NS_PER_SAMPLE,
                None if source_end is None else source_end - left,
                withheld,
            )

    def gap(self, samples: int, reason: str, wall_ns: int | None = None) -> None:
        """Adds `samples` of media time without sound (0 marks a place only)."""
        self._write(Kind.GAP, samples, reason.encode(), wall_ns)

    def seal(self, reason: str, wall_ns: int | None = None) -> None:
        """Ends the journal for good."""
        self._write(Kind.SEAL, 0, reason.encode(), wall_ns)
        self.sync()
        self.sealed = True

    def sync(self) -> None:
        """Returns when everything added so far is on the disk, but for what is withheld from it."""
        self._mend()
        self._tail.sync()

    def prepare_key(self) -> None:
        """Makes sure that sound can be encrypted where it has to be. Raises KeyRefused, SoundLocked."""
        self._tail.prepare_key()

    def prepare_memory(self) -> None:
        """Makes sure that sound can be withheld. Raises MemoryRefused."""
        self._memory.prepare()

    def withhold_from(self, sample: int) -> None:
        """Moves the sound from `sample` on off the disk: it was known too late that it may not be there.

        Raises JournalSealed for sound that is in its final form already.
        """
        if read_manifest(self.folder) is not None:
            raise JournalSealed(path=str(self.folder))
        for path in part_paths(self.folder):
            with refusals(self.folder), opened(path, os.O_RDWR) as part:
                self._withhold(part, sample)
        self._tail.forget_sound_from(sample)
        self._memory.close()

    def erase_before(self, sample: int) -> None:
        """Nothing of the withheld sound that ends by `sample` is left; media time and kept sound stay as they were."""
        if self._erased is None:
            return
        self._erased = msgspec.structs.replace(self._erased, before=max(sample, self._erased.before))
        # Said first, so that what is gone on order is never taken for lost; but what must go, goes without it too.
        with suppress(OSError):
            write_erased(self.folder, self._erased)
        self._memory.erase_before(sample)

    def erase_withheld(self) -> None:
        """Nothing of any withheld sound is left, nor of the folder it lay in."""
        self.erase_before(self.end_sample)
        self._memory.remove()

    def close(self) -> None:
        """Lets another writer in. The journal stays open-ended unless it was sealed."""
        self._memory.close()
        self._tail.close()
        if self._lock_fd >= 0:
            # Whoever only held it for a moment is not to be taken for the recorder afterwards.
            with suppress(OSError):
                os.ftruncate(self._lock_fd, 0)
            os.close(self._lock_fd)
            self._lock_fd = -1

    def __enter__(self) -> "JournalWriter":
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _recover(self) -> None:
        drop_unfinished(self.folder)
        self._find_end()
        self._memory.cut_from(self.end_sample)
        if (self.folder / ERASED_NAME).exists():
            self._note_losses(read_erased(self.folder))

    def _find_end(self) -> None:
        manifest = read_manifest(self.folder)
        if manifest is not None:
            self.started_at_ns, self.end_sample, self.sealed = manifest.started_at_ns, manifest.end_sample, True
            return
        paths = part_paths(self.folder)
        for path in reversed(paths):
            with opened(path, os.O_RDWR) as part:
                self.started_at_ns = part.header.started_at_ns
                last = self._tail.go_on_in(part) if path is paths[-1] else part.last_until(self._tail.first)
            # A part begins where the one before it was confirmed to end.
            self.end_sample = self._tail.first
            if last:
                self._follow(last)
                self.end_sample = max(self.end_sample, self._tail.first)
                self.sealed = last.kind is Kind.SEAL
                break

    def _note_losses(self, erased: Erased) -> None:
        """What the machine's restart took is told for ever, though everything before a place is erased later."""
        gaps = JournalReader(self.folder).gaps(erased.before)
        lost = {(gap.start_sample, gap.start_sample + gap.samples) for gap in gaps if gap.reason == "lost"}
        self._erased = Erased(before=erased.before, lost=tuple(sorted({*erased.lost, *lost})))
        if self._erased != erased:
            with suppress(OSError):
                write_erased(self.folder, self._erased)

    def _follow(self, record: Record) -> None:
        self.end_sample = record.end
        self.source_end = record.source_end
        self.end_wall_ns = record.wall_ns + record.samples * NS_PER_SAMPLE

    def _write(
        self,
        kind: Kind,
        count: int,
        payload: bytes,
        wall_ns: int | None,
        source_end: int | None = None,
        withheld: bool = False,
    ) -> None:
        if self.sealed:
            raise JournalSealed(path=str(self.folder))
        if wall_ns is None:
            wall_ns = time.time_ns() if self.end_wall_ns is None else self.end_wall_ns
        position = self.source_end if source_end is None else source_end
        record = Record(kind, False, self.end_sample, count, wall_ns, position, payload)
        with refusals(self.folder):
            self._mend()
            if not self._tail.suits(kind) or self.end_sample - self._tail.first >= self._part_samples:
                self._start_part(wall_ns)
            if withheld:
                # In memory before its place is on the disk: a place without sound would count as lost.
                self._put_in_memory(record)
                record = blank_of(record)
            self._tail.put(record)
        self._follow(record)

    def _mend(self) -> None:
        if self._tail.failed:
            wall_ns = self.end_wall_ns or time.time_ns()
            mark = Record(Kind.GAP, False, self.end_sample, 0, wall_ns, self.source_end, b"disk_failing")
            with refusals(self.folder):
                self._tail.begin_anew(mark, self.started_at_ns or wall_ns)

    def _put_in_memory(self, record: Record) -> None:
        if self._erased is None:
            write_erased(self.folder, Erased())
            self._erased = Erased()
        self._memory.put(record, self.started_at_ns or record.wall_ns)

    def _withhold(self, part: Part, sample: int) -> None:
        for number, record in part.records_from(sample):
            if record.kind is Kind.AUDIO and not record.erased and record.end > sample:
                plain = part.plain(record)
                if plain is not None:
                    self._put_in_memory(plain)
                part.blank(number, record)
        os.fdatasync(part.fd)

    def _start_part(self, wall_ns: int) -> None:
        self._tail.sync()
        started_at_ns = wall_ns if self.started_at_ns is None else self.started_at_ns
        self._tail.begin(self.end_sample, started_at_ns)
        self.started_at_ns = started_at_ns


def lock_holder(folder: Path) -> ProcessMark | None:
    """The process that wrote itself into the journal's lock, whether it lives or not."""
    try:
        pid, started = (folder / LOCK_NAME).read_text("ascii").split()
    except (OSError, ValueError):
        return None
    return ProcessMark(int(pid), int(started))


def _take_lock(folder: Path) -> int:
    fd = os.open(folder / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    until = time.monotonic() + _DYING_S
    while True:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError as error:
            holder = lock_holder(folder)
            # A killed process counts as dead while its last threads still hold its files.
            if holder is None or is_running(holder) or time.monotonic() > until:
                os.close(fd)
                raise JournalTaken(path=str(folder), pid=holder.pid if holder else 0) from error
            time.sleep(0.005)
    mark = mark_of(os.getpid())
    try:
        os.ftruncate(fd, 0)
        os.pwrite(fd, f"{mark.pid} {mark.started}\n".encode() if mark else b"", 0)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            os.close(fd)
            raise  # without room for the name the lock itself still holds
    return fd
