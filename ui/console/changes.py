"""Which parts of the screen a message has changed."""

from dataclasses import dataclass
from enum import Flag, auto


class Part(Flag):
    """A part of the screen that a message may change."""

    NONE = 0
    HEAD = auto()
    TRANSCRIPT = auto()
    AGENDA = auto()
    STATUS = auto()


@dataclass(frozen=True, slots=True)
class Change:
    """What must be drawn again. `first_row`: rows before it are as they were; None when no row changed."""

    parts: Part = Part.NONE
    first_row: int | None = None

    def __or__(self, other: "Change") -> "Change":
        rows = [row for row in (self.first_row, other.first_row) if row is not None]
        return Change(self.parts | other.parts, min(rows) if rows else None)
