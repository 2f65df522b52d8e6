"""Who is speaking, as a person has said with one key: it holds from the sentence of the moment to the next change."""

from meeting.domain.events import Segment
from ui.console.model import MeetingModel

BY = "console"
"""What `by` says of names that were given so: they are no change that a person would take back one by one."""


class Speaking:
    """`since_ms`: what begins before it was said by whoever spoke before."""

    def __init__(self) -> None:
        self.person: str | None = None
        self.since_ms = 0

    def begins(self, person: str | None, model: MeetingModel) -> None:
        """From the sentence that is being spoken on, else from now."""
        self.person = person
        self.since_ms = model.partial.start_ms if model.partial else model.media_now_ms

    def ends(self) -> None:
        """Nobody is taken for the speaker of what comes."""
        self.person = None

    def name_for(self, segment: Segment) -> str | None:
        """Who has spoken a new final; None when nobody was named, or it has its name already."""
        fresh = segment.source == "asr" and segment.rev == 1 and bool(segment.text) and not segment.speaker
        return self.person if fresh and segment.start_ms >= self.since_ms else None
