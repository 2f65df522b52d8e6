"""Part files of the journal: found, opened, read record by record, begun, and records in them blanked."""

import os
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from asr.errors import JournalDamaged
from asr.journal_files import sync_folder, write_at
from asr.journal_records import (
    PART_BYTES,
    RECORD_BYTES,
    Kind,
    PartHeader,
    Record,
    pack_part,
    pack_record,
    part_name,
    unpack_part,
    unpack_record,
)
from asr.sound_key import Cipher, cipher_of
from models.refusal import N_


class Part:
    """An open part file and its records by number. Raises JournalDamaged; damaged records are None."""

    def __init__(self, path: Path, fd: int) -> None:
        self.path, self.fd = path, fd
        header = unpack_part(os.pread(fd, PART_BYTES, 0))
        if header is None:
            raise JournalDamaged(path=str(path), reason=N_("its first bytes are not those of a recording"))
        self.header = header
        self._cipher: Cipher | None = None

    def __len__(self) -> int:
        return max(0, os.fstat(self.fd).st_size - PART_BYTES) // RECORD_BYTES

    def plain(self, record: Record) -> Record | None:
        """The record with its payload readable; None when it was changed. Raises SoundLocked, KeyRefused."""
        if not record.secret:
            return record
        if self._cipher is None:
            self._cipher = cipher_of(self.header.key_name, self.header.salt, self.path)
        payload = self._cipher.open(record.payload, record.secret, record.bound)
        return None if payload is None else record._replace(payload=payload, secret=b"")

    def sound(self, record: Record, low: int, high: int) -> NDArray[np.int16]:
        """The samples from `low` to `high` (media time) of a record of sound; silence where it was changed."""
        plain = self.plain(record)
        if plain is None:
            return np.zeros(high - low, np.int16)
        return np.frombuffer(plain.payload, "<i2", record.samples)[low - record.start : high - record.start]

    def record(self, number: int) -> Record | None:
        # Read again when damaged: it may have been blanked at this very moment.
        return self._unpacked(number) or self._unpacked(number)

    def _unpacked(self, number: int) -> Record | None:
        return unpack_record(os.pread(self.fd, RECORD_BYTES, record_offset(number)))

    def last_good(self) -> tuple[int, Record] | None:
        """The newest record that is whole, with its number."""
        for number in reversed(range(len(self))):
            if record := self.record(number):
                return number, record
        return None

    def last_until(self, sample: int) -> Record | None:
        """The newest whole record that ends by `sample`."""
        for number in reversed(range(len(self))):
            record = self.record(number)
            if record is not None and record.end <= sample:
                return record
        return None

    def start_of(self, number: int) -> int:
        """First sample of a record; a damaged one is taken to lie where the good one before it does."""
        while number >= 0:
            if record := self.record(number):
                return record.start
            number -= 1
        return self.header.first_sample

    def records_from(self, sample: int) -> Iterator[tuple[int, Record]]:
        """The good records, with their numbers, from the one that holds `sample` on."""
        count = len(self)
        first = bisect_right(range(count), sample, key=self.start_of) - 1
        # Several records may share a start (a gap of no length): go back to the first of them.
        while first > 0 and self.start_of(first - 1) == self.start_of(first):
            first -= 1
        for number in range(max(0, first), count):
            if record := self.record(number):
                yield number, record

    def blank(self, number: int, record: Record) -> None:
        """Writes over the sound of a record; its place in time stays."""
        write_at(self.fd, pack_record(blank_of(record)), record_offset(number))

    def blank_before(self, sample: int) -> None:
        """Blanks the records that end by `sample`."""
        # Backwards to the first that is blank already: the ones before it were blanked by earlier calls.
        for number in reversed(range(len(self))):
            record = self.record(number)
            if record is None or record.kind is not Kind.AUDIO or record.end > sample:
                continue
            if record.erased:
                break
            self.blank(number, record)

    def cut_after(self, number: int) -> None:
        """Drops all that follows a record; -1 drops all records."""
        os.ftruncate(self.fd, record_offset(number + 1))


def blank_of(record: Record) -> Record:
    """A record's place in time, without its sound."""
    return record._replace(erased=True, payload=b"", secret=b"")


def record_offset(number: int) -> int:
    """Where record `number` of a part begins, in bytes."""
    return PART_BYTES + number * RECORD_BYTES


@contextmanager
def opened(path: Path, flags: int = os.O_RDONLY) -> Iterator[Part]:
    """A part, open for as long as it is used. Raises FileNotFoundError, JournalDamaged."""
    fd = os.open(path, flags | os.O_CLOEXEC | os.O_NOFOLLOW)
    try:
        yield Part(path, fd)
    finally:
        os.close(fd)


def part_paths(folder: Path) -> list[Path]:
    """The parts in a folder, by their first sample."""
    return sorted(folder.glob("part-*.smj"))


def first_sample(path: Path) -> int:
    """Where a part begins, as its name says."""
    return int(path.stem.removeprefix("part-"))


def drop_unfinished(folder: Path) -> None:
    """Forgets parts that were being begun when their writer died."""
    for leftover in folder.glob("part-*.new"):
        leftover.unlink()


def begin_part(folder: Path, header: PartHeader) -> int:
    """Makes a part and returns its file, open; it appears under its name with its header whole and on the disk."""
    path = folder / part_name(header.first_sample)
    fresh = path.with_suffix(".new")
    fd = os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        write_at(fd, pack_part(header), 0)
        os.fsync(fd)
        os.rename(fresh, path)
        sync_folder(folder)
    except BaseException:
        os.close(fd)
        fresh.unlink(missing_ok=True)
        raise
    return fd
