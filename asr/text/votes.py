"""Short answers of a vote, by which things are decided: known when they are heard, and when they only sound right."""

import re

from asr.results import Change, Mark
from asr.text.evidence import Evidence
from asr.text.folding import folded, is_han

_WORDS = (
    "同意 我同意 都同意 也同意 我也同意 完全同意 一致同意 全体同意 原则同意 原则上同意 同意吧 不同意 我不同意 都不同意 "
    "反对 我反对 都反对 不反对 反对票 弃权 我弃权 都弃权 弃权票 赞成 我赞成 都赞成 赞成票 不赞成 我不赞成 "
    "通过 一致通过 全票通过 原则通过 不通过 没有 没有意见 我没有意见 都没有意见 没意见 我没意见 都没意见 无意见 "
    "没有不同意见 没有其他意见 没有异议 我没有异议 没异议 无异议"
).split()
VOTES = frozenset(_WORDS)
_BY_SOUND = (
    "同意 我同意 都同意 不同意 我不同意 弃权 我弃权 没有意见 我没有意见 都没有意见 没意见 我没意见 无意见 "
    "没有不同意见"
).split()
"""Those that are put in the place of what only sounds like them. Of the others no dictionary tells: 返队 and 没油 are
sensible things to say, and are only marked."""
BY_SOUND = "vote"
"""Why a change was made."""
QUICKEST_S = 0.3
"""In which one person after the other can say 同意."""
_CHAIN = re.compile("(?:" + "|".join(sorted(_WORDS, key=len, reverse=True)) + ")*")
_ONE = re.compile("|".join(sorted(_WORDS, key=len, reverse=True)))
_CORE = re.compile("同意|赞同|反对|弃权|赞成|通过|意见|异议|全票")
_CORE_CHARS = 10
"""A longer text that holds the word is a sentence about votes."""
_FARTHEST = 1.0
"""One pair of near sounds (in/ing, z/zh) in an answer of three or more characters; in a shorter one none."""


def votes_in(text: str) -> int:
    """How many answers of a vote the text is made of; 0 where it is made of anything else as well."""
    parts = _parts(text)
    if not all(_CHAIN.fullmatch(part) for part in parts):
        return 0
    return sum(len(_ONE.findall(part)) for part in parts)


def can_be_said(text: str, length_s: float) -> bool:
    """Whether the text is nothing but answers of a vote, and as many as have room in that time."""
    return 0 < votes_in(text) * QUICKEST_S <= length_s


def is_vote(text: str) -> bool:
    """Whether the text is nothing but short answers of a vote."""
    return votes_in(text) > 0


def decides(text: str, evidence: Evidence) -> bool:
    """Whether it may be an answer that decides, so that nobody but a person may do away with it.

    An answer known word for word always is; another short text with such a word in it, where it was plausibly spoken.
    """
    if is_vote(text):
        return True
    words = folded(text)
    return len(words) <= _CORE_CHARS and _CORE.search(words) is not None and _plausibly_spoken(evidence)


def as_vote(text: str, evidence: Evidence) -> str:
    """The vote that a whole utterance sounds like, where what the decoder wrote is no words and it is unsure.

    Said alone, 同意 comes out as 通衣: there is nothing around it that would tell the decoder more. Where nobody may
    have spoken, no vote is made of it.
    """
    if not evidence.unsure or not _surely_spoken(evidence) or is_vote(text):
        return text
    heard = _lone_words(text)
    if not heard or not _no_words(heard):
        return text
    vote = _nearest(heard, _BY_SOUND, 0.0 if len(heard) == 2 else _FARTHEST)
    return f"{vote}。" if vote else text


def doubted_votes(text: str, changes: tuple[Change, ...]) -> tuple[Mark, ...]:
    """A vote that was only understood by its sound decides things: a person is to look at it, so it is marked.

    So is an utterance that sounds exactly like a vote and was left as it was heard, with or without one sign before it.
    """
    marks = []
    for change in changes:
        vote = change.after.rstrip("。")
        if change.reason == BY_SOUND and (offset := text.find(vote)) >= 0:
            marks.append(Mark(offset=offset, length=len(vote), candidates=(vote, folded(change.before))))
    if not marks and not is_vote(text) and (alike := _like_a_vote(_lone_words(text))):
        marks.append(Mark(offset=text.find(alike[0]), length=len(alike[0]), candidates=alike))
    return tuple(marks)


def _like_a_vote(heard: str) -> tuple[str, str] | None:
    """What of it sounds exactly like a vote, and that vote."""
    from asr.text.spans import is_usual_word

    if vote := _nearest(heard, _WORDS, 0.0):
        return heard, vote
    tail = heard[1:]
    if not is_vote(tail) and (vote := _nearest(tail, _WORDS, 0.0)) and not is_usual_word(tail):
        return tail, vote
    return None


def _parts(text: str) -> list[str]:
    return [words for part in re.split(r"[，,。、！!？?；;\s]+", text) if (words := folded(part))]


def _lone_words(text: str) -> str:
    """The Chinese characters of a short utterance without a break in it; empty for any other."""
    parts = _parts(text)
    lone = len(parts) == 1 and 2 <= len(parts[0]) <= 6 and all(map(is_han, parts[0])) and parts[0] in text
    return parts[0] if lone else ""


def _no_words(heard: str) -> bool:
    """Whether the dictionary has no word of two or more characters in it."""
    from asr.text.spans import spoken_runs

    return all(last - first == 1 for run in spoken_runs(heard) for first, last in run.words)


def _plausibly_spoken(evidence: Evidence) -> bool:
    """Whether little speaks against somebody having spoken."""
    return evidence.no_speech_prob <= 0.8 and evidence.certainty >= 0.6 and evidence.spoken_s >= 0.2


def _surely_spoken(evidence: Evidence) -> bool:
    """Whether nothing speaks against somebody having spoken, at least as long as two syllables take."""
    return evidence.no_speech_prob <= 0.5 and evidence.certainty >= 0.75 and evidence.spoken_s >= 0.3


def _nearest(heard: str, votes: list[str], farthest: float) -> str:
    near = [(apart, vote) for vote in votes if (apart := _apart(heard, vote)) is not None]
    return min(near)[1] if near and min(near)[0] <= farthest else ""


def _apart(heard: str, vote: str) -> float | None:
    from asr.text.sound import reading_distance, readings

    if len(heard) != len(vote):
        return None
    apart = [reading_distance(one, other) for one, other in zip(readings(heard), readings(vote), strict=True)]
    known = [one for one in apart if one is not None]
    return sum(known) if len(known) == len(apart) else None
