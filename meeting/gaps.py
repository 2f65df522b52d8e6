"""Where the journal has no sound: each gap becomes one event, once, also across restarts of the service."""

from asr.journal import JournalReader
from asr.journal_records import RATE_HZ
from meeting.domain.events import Event, Gap


class GapWatch:
    """Compares the journal's gaps with those that are events already. Feed it every stored event."""

    def __init__(self, journal: JournalReader) -> None:
        self._journal = journal
        self._known_until_ms = 0
        # The journal only grows, so a stretch that was looked through once need not be read again.
        self._looked_until = 0

    def apply(self, event: Event) -> None:
        """Takes in a stored event."""
        if isinstance(event, Gap):
            self._known_until_ms = max(self._known_until_ms, event.end_ms)

    def look(self, before: int | None = None) -> list[Gap]:
        """The gaps that begin before a sample (None: all of them); reads the journal, so call it in a thread."""
        end = self._journal.end_sample
        known = max(self._known_until_ms * RATE_HZ // 1000, self._looked_until)
        found = [
            Gap(start_ms=to_ms(gap.start_sample), end_ms=to_ms(gap.start_sample + gap.samples), reason=gap.reason)
            for gap in self._journal.gaps(known)
            if before is None or gap.start_sample < before
        ]
        if before is None and not found:
            self._looked_until = end
        return found

    def news(self, found: list[Gap]) -> list[Event]:
        """Those of `found` that are no events yet; one too short for a millisecond is none."""
        return [gap for gap in found if gap.start_ms >= self._known_until_ms and gap.end_ms > gap.start_ms]


def to_ms(sample: int) -> int:
    """Samples at 16 kHz to media time in milliseconds."""
    return sample * 1000 // RATE_HZ
