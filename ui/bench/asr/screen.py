"""What a reader of live text has before them, and when: the one form into which every system's messages are brought."""

import bisect
from collections.abc import Iterable, Iterator

import msgspec

FRAME_MS = 50
"""Nobody sees what stood on the screen for less than this."""


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of text and the sound it stands for, in ms from the first sample. The same `id` replaces.

    `end_ms` of one that is not final is the newest sound decoded. An empty text takes the piece away.
    """

    id: str
    start_ms: int
    end_ms: int
    text: str
    final: bool = False


class Update(msgspec.Struct, frozen=True, kw_only=True):
    """Pieces that arrived together, `at_ms` after the first sample was spoken."""

    at_ms: int
    pieces: tuple[Piece, ...]


class Screen:
    """The text as it stands after each update."""

    def __init__(self) -> None:
        self._pieces: dict[str, Piece] = {}

    def apply(self, update: Update) -> None:
        """Takes in an update; a partial that comes after its final is as good as never sent."""
        for piece in update.pieces:
            known = self._pieces.get(piece.id)
            if piece.final or known is None or not known.final:
                self._pieces[piece.id] = piece

    @property
    def text(self) -> str:
        """All that is shown, in the order in which it was spoken."""
        return "".join(piece.text for piece in sorted(self._pieces.values(), key=lambda one: one.start_ms))


def shown_at_last(updates: Iterable[Update]) -> str:
    """The text that stays."""
    screen = Screen()
    for update in updates:
        screen.apply(update)
    return screen.text


def frames(updates: Iterable[Update]) -> Iterator[str]:
    """What is seen, one text after the other: updates within one frame are seen together."""
    screen = Screen()
    begun: int | None = None
    for update in updates:
        if begun is not None and update.at_ms - begun >= FRAME_MS:
            yield screen.text
            begun = None
        begun = update.at_ms if begun is None else begun
        screen.apply(update)
    if begun is not None:
        yield screen.text


def first_finals(updates: Iterable[Update]) -> list[tuple[int, Piece]]:
    """Each final piece with text as it first came, in order of arrival, and when."""
    found: dict[str, tuple[int, Piece]] = {}
    for update in updates:
        for piece in update.pieces:
            if piece.final and piece.text:
                found.setdefault(piece.id, (update.at_ms, piece))
    return list(found.values())


class Reach:
    """How far into the sound the shown text has come, by time of arrival."""

    def __init__(self, updates: Iterable[Update]) -> None:
        self._ends: list[int] = []
        self._arrivals: list[int] = []
        for update in updates:
            end = max((piece.end_ms for piece in update.pieces if piece.text), default=0)
            if end > (self._ends[-1] if self._ends else 0):
                self._ends.append(end)
                self._arrivals.append(update.at_ms)

    def arrival(self, media_ms: int) -> int | None:
        """When text for this moment of the sound, or for a later one, was first shown; None if never."""
        place = bisect.bisect_left(self._ends, media_ms)
        return self._arrivals[place] if place < len(self._arrivals) else None
