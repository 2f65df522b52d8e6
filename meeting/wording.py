"""What a person has changed in a text, word by word, and the same change made elsewhere. Pure."""

import difflib
import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate

import msgspec

from asr.text.folding import is_han
from asr.text.sound import alike, reading_distance, readings
from asr.text.spans import is_common_word, tagged
from asr.text.unclear import MARKS
from asr.text.votes import is_vote
from meeting.domain.events import Changed, Doubt, Segment
from meeting.domain.words import WordKind

BY_HAND = "by_hand"
"""The reason of a change that a person has made."""

LEAST, MOST = 2, 12
_LONGEST_COMPARED = 2000
"""Characters: a longer text is no utterance, and comparing it would take time that the meeting needs."""
_NEVER_LEARNT = frozenset("〇零一二三四五六七八九十百千万亿两半几不未没无非否别勿")
"""Figures and denials: what was meant once says nothing about what will be meant, and much hangs on it."""
_BRACKETS = frozenset("".join(mark[0] + mark[-1] for mark in MARKS))
_MARK = re.compile("|".join(map(re.escape, MARKS)))
_TOKEN = re.compile(f"{_MARK.pattern}|.", re.DOTALL)
_UNIT_ENDS = ("处", "局", "厅", "科", "办公室", "中心", "委员会", "领导小组", "集团", "公司")


@lru_cache(maxsize=64)
def differences(before: str, after: str) -> tuple[Changed, ...]:
    """The stretches that differ, in order, each widened to the borders of its words in `after`."""
    if len(before) + len(after) > _LONGEST_COMPARED:
        return (Changed(before=before, after=after, reason=BY_HAND),) if before != after else ()
    borders = _borders(after)
    found = list[tuple[int, int, int, int]]()
    for stretch in _differing(before, after):
        found.append(_widened(before, after, stretch, borders))
    return tuple(
        Changed(before=before[start:end], after=after[new_start:new_end], reason=BY_HAND)
        for start, end, new_start, new_end in _merged(found)
    )


def _differing(before: str, after: str) -> Iterator[tuple[int, int, int, int]]:
    """The stretches that differ, character by character; a mark is one, and its going or coming is a change alone."""
    one, other = _TOKEN.findall(before), _TOKEN.findall(after)
    at, new_at = list(accumulate(map(len, one), initial=0)), list(accumulate(map(len, other), initial=0))
    for tag, start, end, new_start, new_end in difflib.SequenceMatcher(None, one, other, False).get_opcodes():
        if tag == "equal":
            continue
        # A mark at the border of what was rewritten goes or comes by itself.
        while end - start > 1 and one[start] in MARKS:
            yield at[start], at[start + 1], new_at[new_start], new_at[new_start]
            start += 1
        while new_end - new_start > 1 and other[new_start] in MARKS:
            yield at[start], at[start], new_at[new_start], new_at[new_start + 1]
            new_start += 1
        yield at[start], at[end], new_at[new_start], new_at[new_end]


def _borders(text: str) -> set[int]:
    borders, at = {0, len(text)}, 0
    for word, _ in tagged(text):
        at += len(word)
        borders.add(at)
    if at != len(text):
        return set(range(len(text) + 1))
    return borders | {border for mark in _MARK.finditer(text) for border in mark.span()}


def _widened(
    before: str, after: str, stretch: tuple[int, int, int, int], borders: set[int]
) -> tuple[int, int, int, int]:
    """As far as both texts agree, out to the next border of a word."""
    start, end, new_start, new_end = stretch
    while new_start not in borders and start and before[start - 1] == after[new_start - 1]:
        start, new_start = start - 1, new_start - 1
    while new_end not in borders and end < len(before) and before[end] == after[new_end]:
        end, new_end = end + 1, new_end + 1
    # 资产|处: the last character of a unit is a word of its own to a dictionary that does not know the unit.
    if after[new_start:new_end] in _UNIT_ENDS:
        reach = max((border for border in borders if border < new_start), default=new_start)
        if before[:start].endswith(after[reach:new_start]) and all(map(is_han, after[reach:new_start])):
            start, new_start = start - (new_start - reach), reach
    return start, end, new_start, new_end


def _merged(found: list[tuple[int, int, int, int]]) -> list[tuple[int, int, int, int]]:
    merged = list[tuple[int, int, int, int]]()
    for start, end, new_start, new_end in found:
        if merged and (start < merged[-1][1] or new_start < merged[-1][3]):
            first, last, new_first, new_last = merged.pop()
            start, end = min(first, start), max(last, end)
            new_start, new_end = min(new_first, new_start), max(new_last, new_end)
        merged.append((start, end, new_start, new_end))
    return merged


def plausible(change: Changed) -> bool:
    """Whether it is a word that was heard wrongly, and may have been so elsewhere: it sounds alike, or is as long.

    Never a vote: what one member answered says nothing about what another did.
    """
    return (
        fits(change.before)
        and fits(change.after)
        and change.before != change.after
        and not is_vote(change.before)
        and not is_vote(change.after)
        and (len(change.before) == len(change.after) or sound_alike(change.before, change.after))
    )


def fits(word: str) -> bool:
    """Whether it is long enough to be found by itself, short enough to be one word, and no part of a mark."""
    return (
        LEAST <= len(word) <= MOST
        and word.isprintable()
        and any(map(str.isalnum, word))
        and not _BRACKETS & set(word)
    )


def sound_alike(one: str, other: str) -> bool:
    """Whether each of their Chinese characters sounds like that of the other in its place."""
    heard, meant = ("".join(filter(is_han, word)) for word in (one, other))
    if not heard or len(heard) != len(meant):
        return False
    return all(
        reading_distance(sound, sound2) is not None or alike(sound[0], sound2[0])
        for sound, sound2 in zip(readings(heard), readings(meant), strict=True)
    )


def worth_learning(change: Changed) -> bool:
    """Whether the word is to be listened for: no word of the dictionary, which would be believed anywhere."""
    return (
        plausible(change)
        and all(is_han(char) or char == "·" for char in change.after)
        and sound_alike(change.before, change.after)
        and not is_common_word(change.after)
        and not _NEVER_LEARNT & _changed(change)
    )


def _changed(change: Changed) -> set[str]:
    """The characters that are not the same on both sides."""
    pairs = zip(change.before, change.after, strict=False)
    return {char for pair in pairs if pair[0] != pair[1] for char in pair}


def kind_of(word: str) -> WordKind:
    """What a word seems to be, by its end and by the dictionary."""
    if word.endswith(_UNIT_ENDS) and len(word) > 2:
        return "unit"
    tags = [tag for _, tag in tagged(word)]
    return "person" if tags and all(tag.startswith("nr") for tag in tags) else "term"


def replaced(segment: Segment, before: str, after: str) -> Segment | None:
    """The segment with `after` wherever `before` stood; None where it stands nowhere. Its revision stays."""
    places = list(_places(segment.text, before, after))
    if not places:
        return None
    text, done = "", 0
    for at in places:
        text += segment.text[done:at] + after
        done = at + len(before)
    return msgspec.structs.replace(
        segment,
        text=text + segment.text[done:],
        changes=(*segment.changes, Changed(before=before, after=after, reason=BY_HAND)),
        marks=tuple(_moved(segment.marks, places, len(before), len(after))),
    )


def _places(text: str, before: str, after: str) -> Iterator[int]:
    """Where `before` stands, in no mark, and is not already part of `after`: 办公厅 in 省办公厅 is right as it is."""
    marks = [mark.span() for mark in _MARK.finditer(text)]
    inside = after.find(before)
    at = text.find(before) if before else -1
    while at >= 0:
        whole = inside >= 0 and text[max(0, at - inside) :].startswith(after) and at >= inside
        if not whole and not any(at < end and start < at + len(before) for start, end in marks):
            yield at
        at = text.find(before, at + len(before))


def _moved(marks: tuple[Doubt, ...], places: list[int], length: int, new_length: int) -> Iterator[Doubt]:
    """The doubts where they stand now; those on a word that was replaced are settled."""
    for mark in marks:
        end = mark.offset + mark.length
        if not any(at < end and mark.offset < at + length for at in places):
            earlier = sum(at < mark.offset for at in places)
            yield msgspec.structs.replace(mark, offset=mark.offset + earlier * (new_length - length))
