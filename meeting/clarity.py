"""Whether the sound has been too bad to be understood for some time: then the hand-written notes count (以手记为准).

Read from the record itself, so that a service that takes up a meeting knows what was said of its sound before.
"""

from collections import deque

from asr.text.unclear import is_marked_unclear
from meeting.domain.events import Event, Note, Segment

BAD_SIGNAL = "bad_signal"
"""The code of the warning in `status`."""
SAID_SO = "识别质量差，以手记为准"
MARK = "⚠"
_OVER_MS = 60_000
"""Of speech, pauses not counted."""
_ENOUGH_MS = 40_000
_BAD_FROM = 0.4
_GOOD_BELOW = 0.2


class Clarity:
    """Feed it every stored event. `bad` begins with 40 % of the last minute of speech unclear, and ends below 20 %."""

    def __init__(self) -> None:
        self.bad = False
        self._heard = deque[tuple[int, bool]]()
        self._newest: Segment | None = None
        self._noted = False

    def apply(self, event: Event) -> None:
        """Takes in a stored event; what refining or a person makes of a segment later does not change how it was."""
        match event:
            case Segment(source="asr", rev=1):
                self._hear(event)
            case Note(by="service", text=text) if text == SAID_SO:
                self._noted = True
            case _:
                pass

    def news(self) -> list[Event]:
        """The remark for the record, once for each time that the sound is bad."""
        if not self.bad or self._noted or self._newest is None:
            return []
        where = self._newest
        return [Note(text=SAID_SO, by="service", mark=MARK, segment_id=where.segment_id, item_id=where.item_id)]

    def _hear(self, segment: Segment) -> None:
        self._newest = segment
        self._heard.append((max(0, segment.end_ms - segment.start_ms), is_marked_unclear(segment.text)))
        while len(self._heard) > 1 and self._spoken_ms() - self._heard[0][0] >= _OVER_MS:
            self._heard.popleft()
        spoken_ms = self._spoken_ms()
        share = sum(length for length, unclear in self._heard if unclear) / max(1, spoken_ms)
        was_bad = self.bad
        self.bad = share >= _GOOD_BELOW if was_bad else spoken_ms >= _ENOUGH_MS and share >= _BAD_FROM
        self._noted = self._noted and was_bad and self.bad

    def _spoken_ms(self) -> int:
        return sum(length for length, _ in self._heard)
