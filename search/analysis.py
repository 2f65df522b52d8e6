"""Text as the index sees it: folded characters, bigrams, whole words.

Folding makes one form of what people take for the same: full width and half width (NFKC), traditional and simplified
(OpenCC, character by character), variants (囯 for 国, by `variants.py`), upper and lower case; white space between two
Chinese characters is dropped, since it comes from line breaks and spaced headings.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import Any

from search.variants import usual_form

# Letters that carry no space between them: the ideographs with extensions, 〇 and the compatibility forms.
_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_GAP_IN_CHINESE = re.compile(rf"(?<=[{_HAN}])\s+(?=[{_HAN}])")
_BREAKING = frozenset("PZC")
# Characters round a piece that decide where its words end.
_NEARBY = 8


@cache
def _converter() -> Any:
    import opencc

    return opencc.OpenCC("t2s")


class _FoldTable(dict[int, str]):
    """Code point to folded text, filled as characters turn up."""

    def __missing__(self, code: int) -> str:
        char = unicodedata.normalize("NFKC", chr(code)).lower()
        folded = str(_converter().convert(char)) or chr(code)
        if folded == char and (usual := usual_form(char)) != char:
            folded = str(_converter().convert(usual))
        self[code] = folded
        return folded


class _BreakTable(dict[str, bool]):
    """Whether a folded character parts words: punctuation, white space, control characters."""

    def __missing__(self, char: str) -> bool:
        breaking = unicodedata.category(char)[0] in _BREAKING
        self[char] = breaking
        return breaking


_FOLD = _FoldTable()
_BREAK = _BreakTable()


def fold(text: str) -> str:
    """The text in its one comparable form."""
    return _GAP_IN_CHINESE.sub("", text.translate(_FOLD))


def fold_with_offsets(text: str) -> tuple[str, list[int]]:
    """The folded text and, for each of its characters, the place in `text` that it comes from (code points)."""
    wide = text.translate(_FOLD)
    offsets = list(range(len(text)))
    if len(wide) != len(text):
        offsets = [place for place, char in enumerate(text) for _ in _FOLD[ord(char)]]
    dropped = {place for gap in _GAP_IN_CHINESE.finditer(wide) for place in range(*gap.span())}
    if not dropped:
        return wide, offsets
    kept = [place for place in range(len(wide)) if place not in dropped]
    return "".join(wide[place] for place in kept), [offsets[place] for place in kept]


def is_breaking(char: str) -> bool:
    """Whether a folded character parts words and is in no term."""
    return _BREAK[char]


def runs(folded: str) -> Iterator[tuple[str, bool]]:
    """The unbroken runs of a folded text, and whether something breaking follows within it."""
    start = 0
    for place, char in enumerate(folded):
        if _BREAK[char]:
            if place > start:
                yield folded[start:place], True
            start = place + 1
    if start < len(folded):
        yield folded[start:], False


def index_terms(folded: str) -> dict[str, int]:
    """Terms of a passage with their counts: each bigram of each run, and the run's last character alone.

    So every character begins exactly one term, and one character is found as a prefix with no field of its own.
    """
    counts: dict[str, int] = {}
    for run, _ in runs(folded):
        for place in range(len(run)):
            term = run[place : place + 2]
            counts[term] = counts.get(term, 0) + 1
    return counts


def lookup_terms(folded: str) -> tuple[set[str], set[str]]:
    """What a passage's terms must hold when `folded` occurs in it: whole terms, and prefixes of terms."""
    whole: set[str] = set()
    prefixes: set[str] = set()
    for run, ends in runs(folded):
        whole.update(run[place : place + 2] for place in range(len(run) - 1))
        if ends:
            whole.add(run[-1])
        elif len(run) == 1:
            prefixes.add(run)
    return whole, prefixes


def bigrams(folded: str) -> list[str]:
    """The bigrams of a folded text without repetition, in order; a run of one character gives itself."""
    found: dict[str, None] = {}
    for run, _ in runs(folded):
        if len(run) == 1:
            found[run] = None
        for place in range(len(run) - 1):
            found[run[place : place + 2]] = None
    return list(found)


def stands_whole(folded: str, piece: str) -> bool:
    """Whether `piece` stands in the text as whole words somewhere, by jieba's dictionary."""
    import rjieba

    start = folded.find(piece)
    while start >= 0:
        end = start + len(piece)
        near = max(0, start - _NEARBY)
        place, edges = near, {near}
        for word in rjieba.cut(folded[near : end + _NEARBY]):
            place += len(word)
            edges.add(place)
        if start in edges and end in edges:
            return True
        start = folded.find(piece, end)
    return False
