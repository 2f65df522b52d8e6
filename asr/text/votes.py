"""Short answers of a vote, by which things are decided: known when they are heard, and when they only sound right."""

import re

from asr.results import Change, Mark
from asr.text.evidence import Evidence
from asr.text.folding import folded, is_han

_WORDS = (
    "同意 我同意 都同意 完全同意 不同意 我不同意 反对 我反对 弃权 我弃权 没有 没有意见 我没有意见 都没有意见 "
    "没意见 我没意见 无意见 没有不同意见 赞成 我赞成 通过"
).split()
VOTES = frozenset(_WORDS)
BY_SOUND = "vote"
"""Why a change was made."""
_FARTHEST = 1.0
"""One pair of near sounds (in/ing, z/zh) in the whole answer."""


def is_vote(text: str) -> bool:
    """Whether the text is nothing but short answers of a vote."""
    words = [folded(part) for part in re.split(r"[，,。、！!？?\s]+", text)]
    return any(words) and all(word in VOTES for word in words if word)


def as_vote(text: str, evidence: Evidence) -> str:
    """The vote that a whole utterance sounds like, where what the decoder wrote is no usual word and it is unsure.

    Said alone, 弃权 comes out as 气圈: there is nothing around it that would tell the decoder more. One sign before the
    vote stays: it may be a 不 that was misheard.
    """
    from asr.text.spans import is_usual_word

    words = folded(text)
    if not evidence.unsure or not 2 <= len(words) <= 6 or is_vote(text) or not all(map(is_han, words)):
        return text
    for head, tail in (("", words), (words[0], words[1:])):
        vote = _nearest(tail, 0.0 if head else _FARTHEST)
        if vote and not is_usual_word(tail):
            return f"{head}{vote}。"
    return text


def doubted_votes(text: str, changes: tuple[Change, ...]) -> tuple[Mark, ...]:
    """A vote that was only understood by its sound decides things: a person is to look at it, so it is marked."""
    marks = []
    for change in changes:
        vote = change.after.rstrip("。")
        if change.reason == BY_SOUND and (offset := text.find(vote)) >= 0:
            marks.append(Mark(offset=offset, length=len(vote), candidates=(vote, folded(change.before))))
    return tuple(marks)


def _nearest(heard: str, farthest: float) -> str:
    near = [(apart, vote) for vote in _WORDS if (apart := _apart(heard, vote)) is not None]
    return min(near)[1] if near and min(near)[0] <= farthest else ""


def _apart(heard: str, vote: str) -> float | None:
    from asr.text.sound import reading_distance, readings

    if len(heard) != len(vote):
        return None
    apart = [reading_distance(one, other) for one, other in zip(readings(heard), readings(vote), strict=True)]
    known = [one for one in apart if one is not None]
    return sum(known) if len(known) == len(apart) else None
