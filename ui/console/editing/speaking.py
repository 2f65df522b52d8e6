"""Who is speaking, as a person has said with one key: it holds from the sentence of the moment to the next change."""

from meeting.domain.chair import speaks_for_the_meeting
from meeting.domain.events import ItemEntry, Segment
from ui.console.model import MeetingModel

BY = "console"
"""What `by` says of names that were given so: they are no change that a person would take back one by one."""


class Speaking:
    """`since_ms`: what begins before it was said by whoever spoke before.

    Once somebody has been named in this way, an item that becomes the current one presets its presenter. Before that
    nobody is taken for anybody: a record in which no one names speakers must not fill with guesses.
    """

    def __init__(self) -> None:
        self.person: str | None = None
        self.since_ms = 0
        self._used = self._preset = False
        self._before: str | None = None

    def begins(self, person: str | None, model: MeetingModel) -> None:
        """From the sentence that is being spoken on, else from now."""
        self.person, self._used, self._preset = person, True, False
        self.since_ms = model.partial.start_ms if model.partial else model.media_now_ms

    def goes_on(self, person: str, since_ms: int) -> None:
        """As a console that was closed or died has left it."""
        self.person, self.since_ms, self._used, self._preset = person, since_ms, True, True

    def ends(self) -> None:
        """Nobody is taken for the speaker of what comes."""
        self.person = None

    def item_began(
        self, item: ItemEntry | None, model: MeetingModel, *, called_ms: int | None = None, undone: bool = False
    ) -> None:
        """From the next sentence on its presenter speaks; `undone`: who spoke before the switch that is taken back.

        `called_ms`: where the sentence begins by which the chair called it, when that has made the switch. Its text
        comes later than the sound, and the presenter may be speaking already. Otherwise the sentence of the moment
        is mostly the chair's.
        """
        before, self._before = self._before, self.person
        presenter = item.presenter if item is not None and self._used else ""
        self.person, self._preset = (before if undone else presenter or None), not undone
        self.since_ms = 1 + (model.media_now_ms if called_ms is None else called_ms)

    def name_for(self, segment: Segment) -> str | None:
        """Who has spoken a new final; None when nobody was named, or it has its name already."""
        fresh = segment.source == "asr" and segment.rev == 1 and bool(segment.text) and not segment.speaker
        if self.person is None or not fresh or segment.start_ms < self.since_ms:
            return None
        if self._preset and speaks_for_the_meeting(segment.text):
            # The chair sums up; who speaks after that nobody has said.
            self.person = None
            return None
        # Who is called by name (请周敏同志汇报) does not say it: that is still the chair.
        return None if self._preset and self.person in segment.text else self.person
