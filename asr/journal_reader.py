"""Reading a journal by sample offset, beside a running writer or long after it."""

from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from asr.journal_memory import ERASED_NAME, read_erased, withheld_records
from asr.journal_parts import Part, first_sample, opened, part_paths
from asr.journal_records import NS_PER_SAMPLE, Kind, Record

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
        paths = part_paths(self.folder)
        last = self._last_record()
        return max(first_sample(paths[-1]) if paths else 0, last.end if last else 0)

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
        for record in self._records(start, end):
            if record.kind is Kind.AUDIO and record.end > start:
                if record.erased:
                    withheld.add((record.start, record.samples))
                else:
                    _lay(record, out, start)
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
        for record in self._records(after, None):
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

    def level_dbfs(self) -> float | None:
        """RMS level of the newest 100 ms relative to full scale; None when there is no sound at all."""
        last = self._last_record()
        if last is None or last.kind is not Kind.AUDIO:
            return None
        return level_dbfs(self.read(last.start, last.samples))

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

    def _parts(self, newest_first: bool = False) -> Iterator[Part]:
        for path in sorted(part_paths(self.folder), reverse=newest_first):
            try:
                with opened(path) as part:
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
        paths = part_paths(self.folder)
        first = max(0, bisect_right(paths, start, key=first_sample) - 1)
        while first > 0 and first_sample(paths[first]) == start:
            first -= 1  # a gap of no length may close the part before
        for path in paths[first:]:
            try:
                with opened(path) as part:
                    for _, record in part.records_from(start):
                        if end is not None and record.start >= end:
                            return
                        yield record
            except FileNotFoundError:
                continue


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
