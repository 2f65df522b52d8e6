"""Puts expected words right where a decoder wrote other characters of the same sound.

Sound must match in full. What is heard stays where it makes sense as it stands, so that a long word is believed on
its sound alone and a short one only with the words around it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from asr.results import Change, Mark
from asr.text.lexicon import Correction, Lexicon, Situation
from asr.text.matching import ALIKE, Index, Window
from asr.text.people import Stretch, judge
from asr.text.sound import reading_distance
from asr.text.spans import Spoken, is_common_word, spoken_runs

_ROUNDS = 5
_ENOUGH = 2.0
_NAMED = 9.0
"""A name is decided by the words around it, which outweighs any likeness of the same length."""
_ASPECTS = "了过着得"
_TOLD = re.compile(r"(?:^|[，。；、由请和与同])$")
_DOES = re.compile(r"牵头|配合|负责|落实|汇报|提出|登记|补充|说明|会同|起草|的意见")
_COMRADE = (("tong",), ("zhi",))


@dataclass(frozen=True)
class Proposal:
    """A replacement of text[start:end], in code points."""

    start: int
    end: int
    after: str
    reason: str
    score: float


def correct(
    text: str, lexicon: Lexicon, situation: Situation | None = None, confidence: Sequence[float] = ()
) -> Correction:
    """The text with expected words put right, every change with its reason, and marks where nobody could tell.

    `confidence` is the decoder's, 0..1 for each code point, or empty. Correcting again changes nothing. Never raises.
    """
    index = _index(lexicon)
    known = list(confidence) if len(confidence) == len(text) else []
    now, changes = text, list[Change]()
    for _ in range(_ROUNDS):
        proposals, marks = _look(now, index, (situation or Situation()).hearing(now), known)
        if not proposals:
            return Correction(text=now, changes=tuple(changes), marks=tuple(marks))
        for proposal in reversed(proposals):
            before = now[proposal.start : proposal.end]
            now = now[: proposal.start] + proposal.after + now[proposal.end :]
            if known:
                known[proposal.start : proposal.end] = [1.0] * len(proposal.after)
            changes.append(Change(before=before, after=proposal.after, reason=proposal.reason))
    return Correction(text=text)  # no rest was found: nothing that keeps changing is believed


@lru_cache(maxsize=8)
def _index(lexicon: Lexicon) -> Index:
    return Index(lexicon)


def _look(
    text: str, index: Index, situation: Situation, confidence: Sequence[float]
) -> tuple[list[Proposal], list[Mark]]:
    proposals, marks, kept = list[Proposal](), list[Mark](), list[tuple[int, int]]()
    for at in index.neighbourhood.by_whom(text):
        proposals.append(Proposal(at, at + 1, "由", "office_phrase", 0.0))
    for run in spoken_runs(text):
        windows = list(dict.fromkeys(index.windows(run)))
        kept += [_place(run, window) for window in windows if not window.changed and not window.entry.phrases]
        proposals += _words(text, run, windows, situation, confidence)
        for found in _names(text, run, windows, index, situation):
            if isinstance(found, Mark):
                marks.append(found)
            else:
                proposals.append(found)
    return _settle(proposals, kept), [mark for mark in marks if not _inside(mark, kept)]


def _inside(mark: Mark, kept: list[tuple[int, int]]) -> bool:
    """Whether a mark is on a part of a longer word that was found right."""
    end = mark.offset + mark.length
    return any(start <= mark.offset and end <= stop and stop - start > mark.length for start, stop in kept)


def _place(run: Spoken, window: Window) -> tuple[int, int]:
    return run.offsets[window.start], run.offsets[window.end - 1] + 1


def _settle(proposals: list[Proposal], kept: list[tuple[int, int]]) -> list[Proposal]:
    """The best of those that overlap, the longest first, in the order of the text; none breaks a word found right."""
    chosen = list[Proposal]()
    for proposal in sorted(proposals, key=lambda one: (one.start - one.end, -one.score, one.start, one.after)):
        broken = any(
            start < proposal.end
            and proposal.start < end
            and not (proposal.start <= start and end <= proposal.end and (end - start) < len(proposal.after))
            and not (proposal.reason.startswith("name") and (start, end) == (proposal.start, proposal.end))
            for start, end in kept
        )
        if not broken and all(one.end <= proposal.start or proposal.end <= one.start for one in chosen):
            chosen.append(proposal)
    return sorted(chosen, key=lambda one: one.start)


def _words(
    text: str, run: Spoken, windows: Sequence[Window], situation: Situation, confidence: Sequence[float]
) -> Iterator[Proposal]:
    best: dict[tuple[int, int], list[Proposal]] = {}
    for window in windows:
        if window.entry.people or not window.changed:
            continue
        start, end = _place(run, window)
        if window.entry.phrases:
            if _in_phrase(text, run, window):
                yield Proposal(start, end, window.entry.text, "office_phrase", 0.0)
            continue
        if window.entry.guarded and run.stands(window.changed):
            continue
        score = _score(text, run, window, situation, confidence)
        if score >= _ENOUGH:
            reason = "unit_sound" if window.entry.kind.startswith("unit") else "term_sound"
            best.setdefault((start, end), []).append(Proposal(start, end, window.entry.text, reason, score))
    for rivals in best.values():
        rivals.sort(key=lambda one: -one.score)
        if len(rivals) == 1 or rivals[0].score > rivals[1].score:
            yield rivals[0]


def _in_phrase(text: str, run: Spoken, window: Window) -> bool:
    (phrase,) = window.entry.phrases
    start, end = _place(run, window)
    if window.apart > ALIKE or run.cuts(window.start, window.end) > (window.apart == 0):
        return False
    if not phrase.even_words and run.stands(window.changed):
        return False
    return phrase.left.search(text[max(0, start - 30) : start]) is not None and (
        phrase.right.match(text[end : end + 8]) is not None
    )


def _score(text: str, run: Spoken, window: Window, situation: Situation, confidence: Sequence[float]) -> float:
    """How clearly better the entry is: its length, less what its sound and the sense of what stands there say."""
    entry, (start, end) = window.entry, _place(run, window)
    score = len(entry.chars) - window.apart - (1 - entry.strength) + 0.5 * (entry.text in situation.current)
    score -= 2.0 * run.cuts(window.start, window.end)
    score -= 2.0 * run.makes_sense(window.start, window.end, window.changed)
    score -= 2.0 * (text[end : end + 1] in tuple(_ASPECTS) and window.changed[-1] == window.end - 1)
    is_unit = entry.kind.startswith("unit")
    score += 1.0 * (is_unit and _acts(text, start, end))
    if len(entry.chars) < 3:
        score -= 0.5 if is_unit else 1.5
    if confidence:
        heard = sum(confidence[start:end]) / (end - start)
        score += max(-0.5, min(0.5, 0.7 - heard))
    return score


def _acts(text: str, start: int, end: int) -> bool:
    """Whether what stands there is told, or said, to do what only a unit does."""
    return _TOLD.search(text[:start]) is not None and _DOES.match(text[end:]) is not None


def _names(
    text: str, run: Spoken, windows: Sequence[Window], index: Index, situation: Situation
) -> Iterator[Proposal | Mark]:
    places: dict[tuple[int, int], list[Window]] = {}
    for window in windows:
        if window.entry.people:
            places.setdefault((window.start, window.end), []).append(window)
    for (first, last), found in places.items():
        start, end = _place(run, found[0])
        comrade = len(run.text) >= last + 2 and all(
            reading_distance(run.sounds[last + step], _COMRADE[step]) == 0 for step in (0, 1)
        )
        around = index.neighbourhood.around(text, start, end, comrade)
        sense = _makes_sense(run, found)
        stretch = Stretch(
            text=text[start:end],
            around=around,
            sense=sense,
            cuts=run.cuts(first, last),
            runs_on=run.runs_on(last),
        )
        people = index.with_namesakes(found)
        verdict = judge(stretch, people, situation)
        if verdict and verdict.candidates:
            yield Mark(offset=start, length=end - start, candidates=verdict.candidates)
        elif verdict and verdict.name != stretch.text:
            yield Proposal(start, end, verdict.name, verdict.reason, _NAMED)
        if comrade and around.speaks and text[end : end + 2] not in ("同志", "通知"):
            if any(person.name == stretch.text for person, _ in people):
                yield Proposal(end, end + 2, "同志", "office_phrase", _NAMED)


def _makes_sense(run: Spoken, found: Sequence[Window]) -> bool:
    if any(not window.changed for window in found):
        return is_common_word(run.text[found[0].start : found[0].end])
    return all(run.makes_sense(window.start, window.end, window.changed) for window in found)
