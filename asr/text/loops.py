"""Repetition that no person says: a decoder caught in a loop.

Twenty members who say 同意 one after the other repeat themselves too. Votes are a loop only where there are more of
them than can be said in the time.
"""

import re

from asr.text.folding import is_han
from asr.text.votes import can_be_said, is_vote

_REPEATED = re.compile(r"(.{1,30}?)\1{4,}", re.DOTALL)
_LEAST_CHARS = 10
_CHARS_PER_S = 9.0
"""Fast Mandarin is six or seven syllables a second."""


def is_looping(text: str, length_s: float) -> bool:
    """Whether the text repeats one stretch at least five times, ten characters or more, and not as votes are cast."""
    if can_be_said(text, length_s):
        return False
    return any(
        len(match.group()) > _LEAST_CHARS and not can_be_said(match.group(), length_s)
        for match in _REPEATED.finditer(text)
    )


def too_much_text(text: str, length_s: float) -> bool:
    """Whether this is more Chinese than can be said in that time, so that a part of it must be invented."""
    return sum(map(is_han, text)) > _CHARS_PER_S * length_s + 2 or is_looping(text, length_s)


def collapse_loops(text: str, length_s: float) -> str:
    """Leaves one of each stretch repeated faster, or more often, than a person could.

    A text of votes stays whole. How many there were of too many nobody knows: see `asr.text.unclear`.
    """
    if is_vote(text):
        return text

    def once(match: re.Match[str]) -> str:
        whole = match.group()
        if can_be_said(whole, length_s):
            return whole
        impossible = len(whole) > _LEAST_CHARS and (
            len(whole) >= 40 or len(text) > _CHARS_PER_S * max(length_s, 0.5)
        )
        return match.group(1) if impossible else whole

    while (shorter := _REPEATED.sub(once, text)) != text:
        text = shorter
    return text
