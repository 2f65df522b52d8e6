"""The audio journal: a folder of part files that one recorder appends to and anybody reads by sample offset.

Media time counts samples (16 kHz, mono, int16) from the start of the sound; a gap takes its true length, so that a
sample offset and a time of day are the same thing everywhere. What was written is never moved; a process that dies in
the middle of a write leaves a torn last record, which the next writer cuts and readers do not see.
"""

import errno
import fcntl
import os
import time
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from asr.errors import DiskFull, JournalDamaged, JournalSealed, JournalTaken
from asr.journal_records import (
    NS_PER_SAMPLE,
    PART_BYTES,
    RATE_HZ,
    RECORD_BYTES,
    RECORD_SAMPLES,
    Kind,
    PartHeader,
    Record,
    pack_part,
    pack_record,
    part_name,
    unpack_part,
    unpack_record,
)
from asr.liveness import ProcessMark, mark_of
from models.refusal import N_

Samples = NDArray[np.int16]

KEEP_PART_SAMPLES = 600 * RATE_HZ
# Parts of a recording that keeps no sound are short, so that erased ones can go as whole files.
TRANSCRIBE_ONLY_PART_SAMPLES = 10 * RATE_HZ
LOCK_NAME = "recorder.lock"


class Gap(NamedTuple):
    """Media time without sound: where it begins, how long it is (samples), why, and its time of day (ns, UTC)."""

    start_sample: int
    samples: int
    reason: str
    wall_ns: int


class _Part:
    """An open part file and its records by number. Damaged records are None."""

    def __init__(self, path: Path, fd: int) -> None:
        self.path, self.fd = path, fd
        header = unpack_part(os.pread(fd, PART_BYTES, 0))
        if header is None:
            raise JournalDamaged(path=str(path), reason=N_("its first bytes are not those of a recording"))
        self.header = header

    def __len__(self) -> int:
        return max(0, os.fstat(self.fd).st_size - PART_BYTES) // RECORD_BYTES

    def record(self, number: int) -> Record | None:
        return unpack_record(os.pread(self.fd, RECORD_BYTES, PART_BYTES + number * RECORD_BYTES))

    def last_good(self) -> tuple[int, Record] | None:
        """The newest record that is whole, with its number."""
        for number in reversed(range(len(self))):
            if record := self.record(number):
                return number, record
        return None

    def start_of(self, number: int) -> int:
        """First sample of a record; a damaged one is taken to lie where the good one before it does."""
        while number >= 0:
            if record := self.record(number):
                return record.start
            number -= 1
        return self.header.first_sample

    def records_from(self, sample: int) -> Iterator[Record]:
        """The good records from the one that holds `sample` on."""
        count = len(self)
        first = bisect_right(range(count), sample, key=self.start_of) - 1
        # Several records may share a start (a gap of no length): go back to the first of them.
        while first > 0 and self.start_of(first - 1) == self.start_of(first):
            first -= 1
        for number in range(max(0, first), count):
            if record := self.record(number):
                yield record


@contextmanager
def _opened(path: Path, flags: int = os.O_RDONLY) -> Iterator[_Part]:
    fd = os.open(path, flags | os.O_CLOEXEC)
    try:
        yield _Part(path, fd)
    finally:
        os.close(fd)


def _part_paths(folder: Path) -> list[Path]:
    return sorted(folder.glob("part-*.smj"))


def _first_sample(path: Path) -> int:
    return int(path.stem.removeprefix("part-"))


class JournalReader:
    """Reads a journal beside a running writer. It keeps no file open and holds nothing that could grow old.

    Raises JournalDamaged when a part is not a part at all; a damaged record reads as silence.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def started_at_ns(self) -> int | None:
        """Wall clock (ns since 1970, UTC) at sample 0, or None before the first sound."""
        for part in self._parts():
            return part.header.started_at_ns
        return None

    @property
    def end_sample(self) -> int:
        """The first sample that is not there yet."""
        paths = _part_paths(self.folder)
        last = self._last_record()
        return max(_first_sample(paths[-1]) if paths else 0, last.end if last else 0)

    @property
    def sealed(self) -> bool:
        """Whether the recording is finished: nothing will be added."""
        last = self._last_record()
        return last is not None and last.kind is Kind.SEAL

    def read(self, start: int, count: int) -> Samples:
        """Up to `count` samples from `start`, fewer at the end; gaps and erased sound are zeros. Never waits."""
        end = min(start + count, self.end_sample)
        out = np.zeros(max(0, end - start), np.int16)
        for record in self._records(start, end):
            if record.kind is Kind.AUDIO and record.end > start:
                low, high = max(start, record.start), min(end, record.end)
                sound = np.frombuffer(record.payload, "<i2", record.samples)
                out[low - start : high - start] = sound[low - record.start : high - record.start]
        return out

    def gaps(self, after: int = 0) -> list[Gap]:
        """The gaps that begin at or after sample `after`, in order; lost records are gaps of reason "damaged"."""
        found = []
        expected: int | None = None
        for record in self._records(after, None):
            if expected is not None and record.start > expected:
                wall_ns = record.wall_ns - (record.start - expected) * NS_PER_SAMPLE
                found.append(Gap(expected, record.start - expected, "damaged", wall_ns))
            if record.kind is Kind.GAP:
                found.append(Gap(record.start, record.samples, record.reason, record.wall_ns))
            expected = record.end
        return [gap for gap in found if gap.start_sample >= after]

    def level_dbfs(self) -> float | None:
        """RMS level of the newest 100 ms relative to full scale; None when there is no sound at all."""
        last = self._last_record()
        if last is None or last.kind is not Kind.AUDIO:
            return None
        return level_dbfs(np.frombuffer(last.payload, "<i2", last.samples))

    def wall_time(self, sample: int) -> int:
        """Time of day of a sample (ns since 1970, UTC), by the clock as it stood then; reckoned on past the end."""
        for record in self._records(sample, None):
            if record.start <= sample < record.end:
                return record.wall_ns + (sample - record.start) * NS_PER_SAMPLE
            if record.start > sample:
                break
        last = self._last_record()
        if last is not None and sample >= last.end:
            return last.wall_ns + (sample - last.start) * NS_PER_SAMPLE
        return (self.started_at_ns or 0) + sample * NS_PER_SAMPLE

    def _parts(self, newest_first: bool = False) -> Iterator[_Part]:
        for path in sorted(_part_paths(self.folder), reverse=newest_first):
            try:
                with _opened(path) as part:
                    yield part
            except FileNotFoundError:
                continue  # erased while we looked

    def _last_record(self) -> Record | None:
        for part in self._parts(newest_first=True):
            if last := part.last_good():
                return last[1]
        return None

    def _records(self, start: int, end: int | None) -> Iterator[Record]:
        """Good records of the parts that overlap the range, from the one that holds `start`."""
        paths = _part_paths(self.folder)
        first = max(0, bisect_right(paths, start, key=_first_sample) - 1)
        while first > 0 and _first_sample(paths[first]) == start:
            first -= 1  # a gap of no length may close the part before
        for path in paths[first:]:
            try:
                with _opened(path) as part:
                    for record in part.records_from(start):
                        if end is not None and record.start >= end:
                            return
                        yield record
            except FileNotFoundError:
                continue


class JournalWriter:
    """The one writer of a journal; opening it mends what a dead writer left and goes on at `end_sample`.

    Raises JournalTaken when another writer lives, JournalSealed after the end, JournalDamaged, and DiskFull from every
    method that writes; a record (100 ms of sound) is then written whole or not at all.
    """

    def __init__(self, folder: Path, part_samples: int = KEEP_PART_SAMPLES) -> None:
        self.folder = folder
        self._part_samples = part_samples
        self._part_fd: int | None = None
        self._part_first = 0
        self.end_sample = 0
        self.source_end = 0
        self.started_at_ns: int | None = None
        # Time of day at `end_sample`, by the last record's clock.
        self.end_wall_ns: int | None = None
        self.last_gap_reason: str | None = None
        self.sealed = False
        folder.mkdir(parents=True, exist_ok=True)
        self._lock_fd = _take_lock(folder)
        try:
            self._recover()
        except BaseException:
            self.close()
            raise

    def append(self, samples: Samples, wall_ns: int | None = None, source_end: int | None = None) -> None:
        """Adds sound. `wall_ns` is the time of day of its first sample; without it, the clock of what went before."""
        for offset in range(0, len(samples), RECORD_SAMPLES):
            piece = samples[offset : offset + RECORD_SAMPLES]
            left = len(samples) - offset - len(piece)
            self._write(
                Kind.AUDIO,
                len(piece),
                piece.astype("<i2", copy=False).tobytes(),
                None if wall_ns is None else wall_ns + offset * NS_PER_SAMPLE,
                None if source_end is None else source_end - left,
            )

    def gap(self, samples: int, reason: str, wall_ns: int | None = None) -> None:
        """Adds `samples` of media time without sound (0 marks a place only)."""
        self._write(Kind.GAP, samples, reason.encode(), wall_ns, None)

    def seal(self, reason: str, wall_ns: int | None = None) -> None:
        """Ends the journal for good."""
        self._write(Kind.SEAL, 0, reason.encode(), wall_ns, None)
        self.sync()
        self.sealed = True

    def sync(self) -> None:
        """Returns when everything added so far is on the disk."""
        if self._part_fd is not None:
            with _space_in(self.folder):
                os.fdatasync(self._part_fd)

    def erase_before(self, sample: int) -> None:
        """Makes the sound of every record that ends by `sample` unreadable; media time stays as it was."""
        paths = [path for path in _part_paths(self.folder) if _first_sample(path) < sample]
        for path in paths:
            with _opened(path, os.O_RDWR) as part:
                last = part.last_good()
                whole = last is None or last[1].end <= sample
                if whole and _first_sample(path) != self._part_first:
                    path.unlink()
                else:
                    _erase_records(part, sample)

    def close(self) -> None:
        """Lets another writer in. The journal stays open-ended unless it was sealed."""
        if self._part_fd is not None:
            os.close(self._part_fd)
            self._part_fd = None
        if self._lock_fd >= 0:
            os.close(self._lock_fd)
            self._lock_fd = -1

    def __enter__(self) -> "JournalWriter":
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _recover(self) -> None:
        for leftover in self.folder.glob("part-*.new"):
            leftover.unlink()
        for path in reversed(_part_paths(self.folder)):
            with _opened(path, os.O_RDWR) as part:
                self.started_at_ns = part.header.started_at_ns
                last = part.last_good()
                os.ftruncate(part.fd, PART_BYTES + RECORD_BYTES * (last[0] + 1 if last else 0))
                if self._part_fd is None:
                    self._part_first = part.header.first_sample
                    self._part_fd = os.dup(part.fd)
                    os.lseek(self._part_fd, 0, os.SEEK_END)
                    self.end_sample = self._part_first
            if last:
                self._follow(last[1])
                self.end_sample = max(self.end_sample, self._part_first)
                self.sealed = last[1].kind is Kind.SEAL
                return

    def _follow(self, record: Record) -> None:
        self.end_sample = record.end
        self.source_end = record.source_end
        self.end_wall_ns = record.wall_ns + record.samples * NS_PER_SAMPLE
        self.last_gap_reason = record.reason if record.kind is Kind.GAP else None

    def _write(self, kind: Kind, count: int, payload: bytes, wall_ns: int | None, source_end: int | None) -> None:
        if self.sealed:
            raise JournalSealed(path=str(self.folder))
        if wall_ns is None:
            wall_ns = time.time_ns() if self.end_wall_ns is None else self.end_wall_ns
        position = self.source_end if source_end is None else source_end
        record = Record(kind, False, self.end_sample, count, wall_ns, position, payload)
        if self._part_fd is None or self.end_sample - self._part_first >= self._part_samples:
            self._start_part(wall_ns)
        assert self._part_fd is not None
        _write_whole(self._part_fd, pack_record(record), self.folder)
        self._follow(record)

    def _start_part(self, wall_ns: int) -> None:
        """A part appears under its name with its header whole, so that a part without one is never seen."""
        started_at_ns = wall_ns if self.started_at_ns is None else self.started_at_ns
        path = self.folder / part_name(self.end_sample)
        fresh = path.with_suffix(".new")
        with _space_in(self.folder):
            self.sync()
            fd = os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
            try:
                _write_whole(fd, pack_part(PartHeader(self.end_sample, started_at_ns)), self.folder)
                os.fsync(fd)
                os.rename(fresh, path)
            except BaseException:
                os.close(fd)
                fresh.unlink(missing_ok=True)
                raise
            _sync_folder(self.folder)
        if self._part_fd is not None:
            os.close(self._part_fd)
        self._part_fd, self._part_first, self.started_at_ns = fd, self.end_sample, started_at_ns


def level_dbfs(samples: Samples) -> float | None:
    """RMS level relative to full scale (a full-scale square wave is 0 dBFS); None for digital silence."""
    if not len(samples):
        return None
    power = float(np.mean(np.square(samples, dtype=np.float64)))
    return round(10 * float(np.log10(power / 32768**2)), 1) if power else None


def lock_holder(folder: Path) -> ProcessMark | None:
    """The process that wrote itself into the journal's lock, whether it lives or not."""
    try:
        pid, started = (folder / LOCK_NAME).read_text("ascii").split()
    except (OSError, ValueError):
        return None
    return ProcessMark(int(pid), int(started))


def _take_lock(folder: Path) -> int:
    fd = os.open(folder / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(fd)
        holder = lock_holder(folder)
        raise JournalTaken(path=str(folder), pid=holder.pid if holder else 0) from error
    mark = mark_of(os.getpid())
    try:
        os.ftruncate(fd, 0)
        os.pwrite(fd, f"{mark.pid} {mark.started}\n".encode() if mark else b"", 0)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            os.close(fd)
            raise  # without room for the name the lock itself still holds
    return fd


def _erase_records(part: _Part, sample: int) -> None:
    # Backwards to the first that is erased already: the ones before it were erased by earlier calls.
    for number in reversed(range(len(part))):
        record = part.record(number)
        if record is None or record.kind is not Kind.AUDIO or record.end > sample:
            continue
        if record.erased:
            break
        blank = record._replace(erased=True, payload=b"")
        os.pwrite(part.fd, pack_record(blank), PART_BYTES + number * RECORD_BYTES)
    os.fdatasync(part.fd)


def _write_whole(fd: int, data: bytes, folder: Path) -> None:
    """Appends all of `data` or nothing."""
    before = os.lseek(fd, 0, os.SEEK_CUR)
    try:
        with _space_in(folder):
            written = os.write(fd, data)
            if written < len(data):
                # A short write to a file means that space ran out; the next write says so.
                os.write(fd, data[written:])
    except BaseException:
        os.ftruncate(fd, before)
        os.lseek(fd, before, os.SEEK_SET)
        raise


def _sync_folder(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


@contextmanager
def _space_in(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(path=str(folder)) from error
        raise
