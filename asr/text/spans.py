"""A text as the matcher sees it: its Chinese characters, their sounds, and the words it is made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from asr.text.folding import is_han
from asr.text.sound import Readings, near_key, readings

_FUNCTION_WORDS = frozenset(
    "的了是在有和与不一这那就也而及或被把将从到对以为于其之我你他她它们要能会可没又还再才很最"
)
_ALONE = _FUNCTION_WORDS | set("既已向由请按让给只所该此各每")
_AFTER_NAMES = _FUNCTION_WORDS | set("请作做讲说谈来先提报签去今前刚早同给向叫主因办任带说都已")
_USUAL = 50
"""In the dictionary's count: 动议 has 115, 气圈 has 5."""
JOINERS = frozenset("·•‧・")
"""Dots inside a person's name: part of it where it has one, and never a border to what is heard."""


@cache
def _segmenter() -> Any:
    import rjieba

    return rjieba.Jieba()


def tagged(text: str) -> list[tuple[str, str]]:
    """The words of a text, each with its part of speech as jieba names them."""
    words: list[tuple[str, str]] = _segmenter().tag(text)
    return words


@lru_cache(maxsize=4096)
def is_common_word(word: str) -> bool:
    """Whether the dictionary has the word, and not as somebody's name."""
    segmenter = _segmenter()
    return bool(segmenter.has_word(word)) and not any(tag.startswith("nr") for _, tag in tagged(word))


def is_usual_word(word: str) -> bool:
    """Whether people use the word often enough to say it alone."""
    return int(_segmenter().suggest_freq(word)) >= _USUAL


@dataclass(frozen=True)
class Spoken:
    """A run of Chinese characters: `offsets` are code points in the text, `words` the (start, end) of its words."""

    text: str
    offsets: tuple[int, ...]
    sounds: tuple[Readings, ...]
    keys: tuple[tuple[str, ...], ...]
    words: tuple[tuple[int, int], ...]
    word_at: tuple[int, ...]

    def cuts(self, start: int, end: int) -> int:
        """How many ends of a window lie inside a dictionary word (0, 1, 2)."""
        left = start > 0 and self.word_at[start] == self.word_at[start - 1]
        right = end < len(self.text) and self.word_at[end] == self.word_at[end - 1]
        return left + right

    def runs_on(self, end: int) -> bool:
        """Whether a word goes on past `end`, or a lone character follows that is none of the commonest there."""
        if end >= len(self.text):
            return False
        if self.word_at[end] == self.word_at[end - 1]:
            return True
        if self.text[end] in _AFTER_NAMES:
            return False
        first, last = self.words[self.word_at[end]]
        return last - first == 1

    def makes_sense(self, start: int, end: int, changed: Sequence[int]) -> bool:
        """Whether each changed character belongs to a word that a sentence may well contain as it stands."""
        return all(self._sensible(at, start, end) for at in changed)

    def stands(self, changed: Sequence[int]) -> bool:
        """Whether what would be changed are ordinary words as they stand, wherever these end."""
        if all(self._ordinary(at) for at in changed):
            return True
        first, last = changed[0], changed[-1] + 1
        return last - first > 1 and last - first == len(changed) and is_common_word(self.text[first:last])

    def _ordinary(self, at: int) -> bool:
        first, last = self.words[self.word_at[at]]
        return last - first > 1 or self.text[at] in _ALONE

    def _sensible(self, at: int, start: int, end: int) -> bool:
        first, last = self.words[self.word_at[at]]
        if last - first > 1:
            return start <= first and last <= end
        return self.text[at] in _FUNCTION_WORDS


def spoken_runs(text: str) -> list[Spoken]:
    """Splits at everything that is not Chinese: figures, letters and punctuation are in no run."""
    runs, begin = list[Spoken](), 0
    while begin < len(text):
        end = begin
        while end < len(text) and (is_han(text[end]) or _joins(text, end, begin)):
            end += 1
        if end - begin > 1:
            runs.append(_run(text, begin, end))
        begin = max(end, begin + 1)
    return runs


def _joins(text: str, at: int, begin: int) -> bool:
    return text[at] in JOINERS and at > begin and at + 1 < len(text) and is_han(text[at + 1])


def _run(text: str, begin: int, end: int) -> Spoken:
    offsets = tuple(at for at in range(begin, end) if text[at] not in JOINERS)
    chars = "".join(text[at] for at in offsets)
    sounds = readings(chars)
    keys = tuple(tuple(dict.fromkeys(map(near_key, options))) for options in sounds)
    words, at = list[tuple[int, int]](), 0
    for word in _segmenter().cut(chars, hmm=False):
        words.append((at, at + len(word)))
        at += len(word)
    if at != len(chars):
        words = [(at, at + 1) for at in range(len(chars))]
    word_at = tuple(number for number, (first, last) in enumerate(words) for _ in range(last - first))
    return Spoken(chars, offsets, sounds, keys, tuple(words), word_at)
