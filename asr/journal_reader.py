"""Reading a journal by sample offset, beside a running writer or long after it, sealed or not."""

import os
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from asr.drift import Drift
from asr.journal_memory import ERASED_NAME, read_erased, withheld_records
from asr.journal_parts import Part, first_sample, part_paths
from asr.journal_records import NS_PER_SAMPLE, Kind, Record
from asr.sealed import MANIFEST_NAME, Decoded, SealedSound, read_manifest

Samples = NDArray[np.int16]
_FOREVER = 1 << 62


class Gap(NamedTuple):
    """Media time without sound: where it begins, how long it is (samples), why, and its time of day (ns, UTC)."""

    start_sample: int
    samples: int
    reason: str
    wall_ns: int


class JournalReader:
    """Reads a journal with what was withheld from the disk. It keeps no file open and holds nothing that grows old.

    Raises JournalDamaged when a part is not a part at all; a damaged record reads as silence. `read` of encrypted
    sound raises SoundLocked and KeyRefused; all else is known without the key.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._parts = _Parts(folder)

    @property
    def started_at_ns(self) -> int | None:
        """Wall clock (ns since 1970, UTC) at sample 0, or None before the first sound."""
        for part in self._parts.all():
            return part.header.started_at_ns
        return None

    @property
    def end_sample(self) -> int:
        """The first sample that is not there yet."""
        for part in self._parts.all(newest_first=True):
            # A part that holds nothing yet begins where the one before it ends.
            last = part.last_good()
            return max(part.header.first_sample, last[1].end if last else 0)
        return 0

    @property
    def sealed(self) -> bool:
        """Whether the recording is finished: nothing will be added."""
        last = self._last_record()
        return last is not None and last.kind is Kind.SEAL

    def read(self, start: int, count: int) -> Samples:
        """Up to `count` samples from `start`, fewer at the end; gaps and erased sound are zeros. Never waits."""
        end = min(start + count, self.end_sample)
        out = np.zeros(max(0, end - start), np.int16)
        withheld = set()
        for part, record in self._parts.records(start, end):
            if record.kind is Kind.AUDIO and record.end > start:
                if record.erased:
                    withheld.add((record.start, record.samples))
                else:
                    low, high = max(start, record.start), min(end, record.end)
                    out[low - start : high - start] = part.sound(record, low, high)
        if withheld:
            for record in withheld_records(self.folder, start, end):
                if (record.start, record.samples) in withheld:
                    _lay(record, out, start)
        return out

    def gaps(self, after: int = 0) -> list[Gap]:
        """The gaps that begin at or after sample `after`, in order.

        Unreadable records are gaps of reason "damaged"; withheld sound that went before it was erased on order (the
        machine was restarted) is a gap of reason "lost".
        """
        found: list[Gap] = []
        losses = _Losses(self.folder)
        expected: int | None = None
        for _, record in self._parts.records(after, None):
            if expected is not None and record.start > expected:
                wall_ns = record.wall_ns - (record.start - expected) * NS_PER_SAMPLE
                found.append(Gap(expected, record.start - expected, "damaged", wall_ns))
            if record.kind is Kind.GAP:
                found.append(Gap(record.start, record.samples, record.reason, record.wall_ns))
            elif losses.hold(record):
                _add_loss(found, record)
            expected = record.end
        return [gap for gap in found if gap.start_sample >= after]

    @property
    def withheld(self) -> bool:
        """Whether any sound was ever kept off the disk."""
        return (self.folder / ERASED_NAME).exists()

    def has_sound(self, start: int, end: int) -> bool:
        """Whether any sound of the time from sample `start` to `end` is kept on the disk, be it silence."""
        return any(
            record.kind is Kind.AUDIO and not record.erased and record.end > start
            for _, record in self._parts.records(start, end)
        )

    @property
    def drift_ppm(self) -> float | None:
        """Millionths by which the device's clock ran faster than the time of day; None where too little was heard."""
        drift = Drift()
        for _, record in self._parts.records(0, None):
            if record.kind is Kind.AUDIO:
                drift.heard(record.start, record.samples, record.wall_ns)
        return drift.ppm

    def level_dbfs(self) -> float | None:
        """RMS level of the newest 100 ms relative to full scale; None when there is no sound at all."""
        last = self._last_record()
        if last is None or last.kind is not Kind.AUDIO:
            return None
        return level_dbfs(self.read(last.start, last.samples))

    def wall_time(self, sample: int) -> int:
        """Time of day of a sample (ns since 1970, UTC), by the clock as it stood then; reckoned on past the end."""
        for _, record in self._parts.records(sample, None):
            if record.start <= sample < record.end:
                return record.wall_ns + (sample - record.start) * NS_PER_SAMPLE
            if record.start > sample:
                break
        last = self._last_record()
        if last is not None and sample >= last.end:
            return last.wall_ns + (sample - last.start) * NS_PER_SAMPLE
        return (self.started_at_ns or 0) + sample * NS_PER_SAMPLE

    def _last_record(self) -> Record | None:
        for part in self._parts.all(newest_first=True):
            if last := part.last_good():
                return last[1]
        return None


class _Parts:
    """The parts of a journal in the form that each has now: as it was recorded, or sealed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: tuple[int, int] | None = None
        self._sealed: dict[int, SealedSound] = {}
        self._decoded = Decoded()

    def all(self, newest_first: bool = False) -> "Iterator[Part | SealedSound]":
        """Every part, open while it is given."""
        for first, place in sorted(self._places().items(), reverse=newest_first):
            with suppress(FileNotFoundError), self._opened(first, place) as part:
                yield part

    def records(self, start: int, end: int | None) -> "Iterator[tuple[Part | SealedSound, Record]]":
        """Good records of the parts that overlap the range, from the one that holds `start`."""
        places = sorted(self._places().items())
        first = max(0, bisect_right(places, start, key=lambda place: place[0]) - 1)
        while first > 0 and places[first][0] == start:
            first -= 1  # a gap of no length may close the part before
        for number in range(first, len(places)):
            # What a failed file did not confirm was written again to the part after it.
            until = places[number + 1][0] if number + 1 < len(places) else None
            with suppress(FileNotFoundError), self._opened(*places[number]) as part:
                for _, record in part.records_from(start):
                    if end is not None and record.start >= end:
                        return
                    if until is None or record.start < until or not record.samples:
                        yield part, record

    def _places(self) -> dict[int, "Path | SealedSound"]:
        # Looked for before what is sealed is read: a part is never in neither of both.
        recorded: dict[int, Path | SealedSound] = {first_sample(path): path for path in part_paths(self._folder)}
        return recorded | self._read_sealed()

    def _read_sealed(self) -> dict[int, SealedSound]:
        try:
            found = (self._folder / MANIFEST_NAME).stat()
        except OSError:
            return {}
        if (found.st_ino, found.st_mtime_ns) != self._seen:
            self._seen = (found.st_ino, found.st_mtime_ns)
            manifest = read_manifest(self._folder)
            parts = manifest.parts if manifest else ()
            started_at_ns = manifest.started_at_ns if manifest else None
            self._sealed = {
                part.first_sample: SealedSound(self._folder, part, started_at_ns, self._decoded) for part in parts
            }
        return self._sealed

    @contextmanager
    def _opened(self, first: int, place: "Path | SealedSound") -> "Iterator[Part | SealedSound]":
        if isinstance(place, Path):
            try:
                fd = os.open(place, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
            except FileNotFoundError:
                # Sealed, or destroyed, since we looked.
                sealed = self._read_sealed().get(first)
                if sealed is None:
                    raise
                yield sealed
                return
            try:
                yield Part(place, fd)
            finally:
                os.close(fd)
            return
        yield place


class _Losses:
    """Which withheld sound is gone though nobody had it erased."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._erased = read_erased(folder)
        self._in_memory: set[tuple[int, int]] | None = None

    def hold(self, record: Record) -> bool:
        if record.kind is not Kind.AUDIO or not record.erased:
            return False
        if any(start <= record.start < end for start, end in self._erased.lost):
            return True
        return record.end > self._erased.before and self._gone(record)

    def _gone(self, record: Record) -> bool:
        if self._in_memory is None:
            held = withheld_records(self._folder, record.start, _FOREVER)
            self._in_memory = {(one.start, one.samples) for one in held}
        if (record.start, record.samples) in self._in_memory:
            return False
        # It may have come, or been erased on order, since we looked.
        if any(one.start == record.start for one in withheld_records(self._folder, record.start, record.end)):
            return False
        self._erased = read_erased(self._folder)
        return record.end > self._erased.before


def _lay(record: Record, out: Samples, begin: int) -> None:
    """Puts the sound of a record in its place in `out`, which begins at sample `begin`."""
    low, high = max(begin, record.start), min(begin + len(out), record.end)
    sound = np.frombuffer(record.payload, "<i2", record.samples)
    out[low - begin : high - begin] = sound[low - record.start : high - record.start]


def _add_loss(found: list[Gap], record: Record) -> None:
    last = found[-1] if found else None
    if last is not None and last.reason == "lost" and last.start_sample + last.samples == record.start:
        found[-1] = last._replace(samples=last.samples + record.samples)
    else:
        found.append(Gap(record.start, record.samples, "lost", record.wall_ns))


def level_dbfs(samples: Samples) -> float | None:
    """RMS level relative to full scale (a full-scale square wave is 0 dBFS); None for digital silence."""
    if not len(samples):
        return None
    power = float(np.mean(np.square(samples, dtype=np.float64)))
    return round(10 * float(np.log10(power / 32768**2)), 1) if power else None
