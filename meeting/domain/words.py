"""The words that people give a meeting to listen for: what kinds there are, and which are fit to be one."""

from typing import Literal

WordKind = Literal["term", "person", "unit"]

CHARS_AT_LEAST, CHARS_AT_MOST = 2, 30


def fit_word(text: str) -> str | None:
    """The word as it is kept: on one line, without spaces at its ends. None where it is too short, too long, blank."""
    word = " ".join(text.split())
    fits = CHARS_AT_LEAST <= len(word) <= CHARS_AT_MOST and word.isprintable() and any(map(str.isalnum, word))
    return word if fits else None
