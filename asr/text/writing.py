"""The last steps of a text: expected words put right by their sound, then numbers as an office writes them.

Partials take the first alone: a number that changes its length with each further word would not be calm.
"""

import msgspec

from asr.results import Change, Mark, Piece
from asr.text.lexicon import Lexicon, Situation
from asr.text.numbers import figures
from asr.text.pipeline import spread
from asr.text.terms import correct


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """What is expected to be said, and how it is to be written. `figures`: spoken numbers become figures."""

    lexicon: Lexicon = Lexicon()
    situation: Situation = Situation()
    figures: bool = True


AS_HEARD = Words(figures=False)
"""For wordings that are still to be compared with others: nothing is expected, numbers stay words."""


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """The text for the record; the pieces joined are the text."""

    text: str
    pieces: tuple[Piece, ...]
    changes: tuple[Change, ...]
    marks: tuple[Mark, ...]


def write(text: str, pieces: tuple[Piece, ...], words: Words) -> Written:
    """`text` is what `refine_text` gave for the decoder's `pieces`. Never raises."""
    corrected = correct(text, words.lexicon, words.situation)
    shared = spread(corrected.text, pieces)
    if not words.figures:
        return Written(text=corrected.text, pieces=shared, changes=corrected.changes, marks=corrected.marks)
    final, numbers = figures(corrected.text)
    return Written(
        text=final,
        pieces=_in_figures(final, shared),
        changes=corrected.changes + numbers,
        marks=tuple(_moved(mark, corrected.text, final) for mark in corrected.marks),
    )


def preview(text: str, words: Words) -> str:
    """The text of a partial, as `partial_text` gave it, with the expected words put right. Never raises."""
    return correct(text, words.lexicon, words.situation).text


def _in_figures(text: str, pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    written = tuple(msgspec.structs.replace(piece, text=figures(piece.text)[0]) for piece in pieces)
    if "".join(piece.text for piece in written) == text or not pieces:
        return written
    # A number lies across two pieces.
    return (Piece(start_ms=pieces[0].start_ms, end_ms=pieces[-1].end_ms, text=text),)


def _moved(mark: Mark, before: str, after: str) -> Mark:
    """The mark where its words stand now: they are a name, so numbers change around them and not in them."""
    words = before[mark.offset : mark.offset + mark.length]
    place = -1
    for _ in range(before[: mark.offset].count(words) + 1):
        place = after.find(words, place + 1)
    return msgspec.structs.replace(mark, offset=max(place, 0))
