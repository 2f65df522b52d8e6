"""Which sentences of the record are selected: one, or all between two; by id, so that it outlives every revision."""

from dataclasses import dataclass

from meeting.domain.events import Segment
from ui.console.model import MeetingModel


@dataclass(frozen=True, slots=True)
class Selection:
    """From `anchor` to `cursor`, whichever is first; nothing when `cursor` is None."""

    cursor: str | None = None
    anchor: str | None = None

    def to(self, segment_id: str | None, *, extend: bool = False) -> "Selection":
        """The selection with its moving end at `segment_id`."""
        return Selection(segment_id, (self.anchor or segment_id) if extend else segment_id)

    def rows(self, model: MeetingModel) -> range:
        """The rows that it spans; those that were removed meanwhile span nothing."""
        ends = [row for one in (self.anchor, self.cursor) if (row := model.place_of(one)) is not None]
        return range(min(ends), max(ends) + 1) if ends else range(0)

    def segments(self, model: MeetingModel) -> tuple[Segment, ...]:
        """The selected sentences; gaps between them are no sentences."""
        return tuple(row for at in self.rows(model) if isinstance(row := model.rows[at], Segment))

    def holds(self, model: MeetingModel, segment_id: str) -> bool:
        """Whether a sentence is selected."""
        if self.cursor is None:
            return False
        return segment_id == self.cursor or (model.place_of(segment_id) in self.rows(model))

    @staticmethod
    def beside(model: MeetingModel, row: int, step: int) -> str | None:
        """The nearest sentence before (`step` -1) or after a row."""
        at = row + step
        while 0 <= at < len(model.rows):
            found = model.rows[at]
            if isinstance(found, Segment):
                return found.segment_id
            at += step
        return None
