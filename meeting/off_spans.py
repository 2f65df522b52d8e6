"""When people had ordered that no sound be kept, and whether the journal holds any of those times all the same."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal, NamedTuple

from asr.journal import JournalReader
from asr.journal_records import RATE_HZ
from meeting.domain.events import Custody, Event

_NS = 1_000_000_000
# The device is closed before the order is stored; the machine's clock may have been slewed between the two.
GRACE_NS = _NS


class OffSpan(NamedTuple):
    """A time (ns since 1970, UTC) of which no sound is to be kept, by the event `seq`; without end when it goes on."""

    seq: int
    recording: Literal["off", "transcribe_only"]
    start_ns: int
    end_ns: int | None


class Kept(NamedTuple):
    """Sound that is kept of an off span: where it lies, in samples of media time."""

    span: OffSpan
    start: int
    end: int


def off_spans(events: Iterable[Event]) -> list[OffSpan]:
    """The spans that the custody events order, in their order; two that follow one another are one each."""
    found: list[OffSpan] = []
    for event in events:
        if not isinstance(event, Custody):
            continue
        at_ns = _ns(event.at)
        if found and found[-1].end_ns is None:
            found[-1] = found[-1]._replace(end_ns=at_ns)
        if event.recording != "keep":
            found.append(OffSpan(event.seq, event.recording, at_ns, None))
    return found


def first_kept(journal: JournalReader, spans: Iterable[OffSpan]) -> Kept | None:
    """The first off span of which sound, be it silence, lies on the disk. Needs no key. Raises JournalDamaged."""
    stretches = _stretches(journal)
    for span in spans:
        for start, end in stretches:
            low = _sample_at(journal, start, end, span.start_ns + GRACE_NS)
            high = end if span.end_ns is None else _sample_at(journal, start, end, span.end_ns)
            if low < high and journal.has_sound(low, high):
                return Kept(span, low, high)
    return None


def _stretches(journal: JournalReader) -> list[tuple[int, int]]:
    """Media time between the gaps: in each the time of day goes on evenly (a clock that jumps leaves a gap)."""
    found, start = [], 0
    for gap in journal.gaps():
        if gap.start_sample > start:
            found.append((start, gap.start_sample))
        start = max(start, gap.start_sample + gap.samples)
    if journal.end_sample > start:
        found.append((start, journal.end_sample))
    return found


def _sample_at(journal: JournalReader, start: int, end: int, wall_ns: int) -> int:
    """The first sample from `start` to `end` that was spoken at `wall_ns` or later; `end` when none was."""
    if journal.wall_time(start) >= wall_ns:
        return start
    if journal.wall_time(end - 1) < wall_ns:
        return end
    low, high = start, end
    while high - low > RATE_HZ // 100:
        middle = (low + high) // 2
        low, high = (low, middle) if journal.wall_time(middle) >= wall_ns else (middle, high)
    return high


def _ns(at: str) -> int:
    since = datetime.fromisoformat(at) - datetime.fromisoformat("1970-01-01T00:00:00+00:00")
    return (since.days * 86_400 + since.seconds) * _NS + since.microseconds * 1000
