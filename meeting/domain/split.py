"""Splits a recognized utterance in two where the chair changes the item, each part with its text and times."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

# A piece boundary as near as this (in characters) to the cut is where the voice paused for it.
_NEAR_CHARS = 2


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an utterance; times in ms of media time."""

    text: str
    start_ms: int
    end_ms: int
    raw_text: str = ""


def split_utterance(
    text: str, start_ms: int, end_ms: int, pieces: Sequence[tuple[int, int, str]], offset: int, raw_text: str = ""
) -> tuple[Part, Part] | None:
    """The parts before and from `offset` (code points), or None when one of them would be empty.

    `pieces` are (start_ms, end_ms, text) as the decoder timed them; they may spell the text a little differently.
    """
    before, after = text[: max(offset, 0)].strip(), text[max(offset, 0) :].strip()
    if not before or not after:
        return None
    first_end, second_start = _cut_times(len(text), start_ms, end_ms, pieces, offset)
    raw_offset = matching_offset(text, raw_text, offset)
    return (
        Part(before, start_ms, first_end, raw_text[:raw_offset].strip()),
        Part(after, second_start, end_ms, raw_text[raw_offset:].strip()),
    )


def matching_offset(text: str, other: str, offset: int) -> int:
    """The place in `other` (the same words spelt a little differently) that `offset` is in `text`."""
    if not other:
        return 0
    for tag, start, end, other_start, other_end in difflib.SequenceMatcher(None, text, other, False).get_opcodes():
        if start <= offset < end:
            inside = offset - start
            return other_start + (inside if tag == "equal" else min(inside, other_end - other_start))
    return len(other)


def _cut_times(
    length: int, start_ms: int, end_ms: int, pieces: Sequence[tuple[int, int, str]], offset: int
) -> tuple[int, int]:
    total = sum(len(piece) for _, _, piece in pieces)
    if total == 0:
        middle = _between(start_ms, end_ms, offset / length)
        return _within(middle, middle, start_ms, end_ms)
    place = offset * total / length
    boundary = _nearest_boundary(pieces, place)
    if boundary is not None:
        return _within(*boundary, start_ms, end_ms)
    begins = 0
    for piece_start, piece_end, piece in pieces:
        if place < begins + len(piece):
            middle = _between(piece_start, piece_end, (place - begins) / len(piece))
            return _within(middle, middle, start_ms, end_ms)
        begins += len(piece)
    return end_ms, end_ms


def _nearest_boundary(pieces: Sequence[tuple[int, int, str]], place: float) -> tuple[int, int] | None:
    best: tuple[float, int, int] | None = None
    begins = 0
    for (_, ends_ms, piece), (next_ms, _, _) in zip(pieces, pieces[1:], strict=False):
        begins += len(piece)
        distance = abs(begins - place)
        if distance <= _NEAR_CHARS and (best is None or distance < best[0]):
            best = (distance, ends_ms, max(ends_ms, next_ms))
    return best[1:] if best else None


def _between(start_ms: int, end_ms: int, share: float) -> int:
    return round(start_ms + (end_ms - start_ms) * share)


def _within(first_end: int, second_start: int, start_ms: int, end_ms: int) -> tuple[int, int]:
    """Both times inside the utterance, and no part of no length where a millisecond is left for it."""
    least, most = min(start_ms + 1, end_ms), max(end_ms - 1, start_ms)
    first = min(max(first_end, least), max(most, least))
    return first, min(max(second_start, first), max(most, first))
