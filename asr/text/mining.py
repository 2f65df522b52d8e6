"""Words worth expecting, found in documents: titles, quoted words, units, and what is said again and again."""

import re
from collections import Counter
from collections.abc import Iterator

from asr.text.folding import is_han
from asr.text.lexicon import Expected, Kind
from asr.text.spans import is_common_word, tagged

_TITLE = re.compile(r"《([^《》\n]{3,30})》")
_QUOTED = re.compile(r"[“「]([^“”「」\n]{3,12})[”」]")
_UNIT = re.compile(r"(?:处|局|厅|办公室|中心|委员会|领导小组|管委会|专班|集团|公司|大队|支队|总队)$")
_CONTENT = ("n", "vn", "j", "b", "l", "i", "nz", "ns", "nt", "s")
_WORDS_AT_MOST, _CHARS_AT_LEAST, _CHARS_AT_MOST = 4, 3, 14
_OFTEN = 3
_ALONE = 1.5
_STRENGTH_TITLE, _STRENGTH_UNIT, _STRENGTH_TERM = 0.9, 0.8, 0.6


def mine(text: str, limit: int = 100) -> tuple[Expected, ...]:
    """The words of a document that a meeting on it will probably speak, the likeliest first.

    Only words of three Chinese characters or more that a dictionary does not have: the others need no help, and
    would be believed too easily.
    """
    found: dict[str, tuple[float, Expected]] = {}
    sources: tuple[tuple[Kind, float, Counter[str]], ...] = (
        ("title", _STRENGTH_TITLE, Counter(_TITLE.findall(text))),
        ("term", _STRENGTH_TITLE, Counter(_QUOTED.findall(text))),
        ("unit", _STRENGTH_UNIT, _units(text)),
        ("term", _STRENGTH_TERM, _terms(text)),
    )
    for kind, strength, counts in sources:
        for word, count in counts.items():
            if _useful(word) and word not in found:
                found[word] = (
                    strength * count * min(len(word), 8),
                    Expected(text=word, kind=kind, strength=strength),
                )
    ranking = sorted(found.values(), key=lambda pair: (-pair[0], pair[1].text))
    return tuple(word for _, word in ranking[:limit])


def _useful(word: str) -> bool:
    return len(word) >= _CHARS_AT_LEAST and all(map(is_han, word)) and not is_common_word(word)


def _runs(text: str) -> Iterator[list[str]]:
    """Neighbouring words that name things."""
    run = list[str]()
    for word, tag in tagged(text):
        if tag.startswith(_CONTENT) and all(map(is_han, word)):
            run.append(word)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _units(text: str) -> Counter[str]:
    counts = Counter[str]()
    for run in _runs(text):
        for end in range(1, len(run) + 1):
            start = max(0, end - _WORDS_AT_MOST)
            earlier = [at + 1 for at in range(start, end - 1) if _UNIT.search(run[at])]
            first = max([start, *earlier])
            name = "".join(run[first:end])
            # 省人民政府 would be heard where 镇人民政府 is said: a lone character at an edge has no support.
            if _UNIT.search(run[end - 1]) and len(name) <= _CHARS_AT_MOST and len(run[first]) > 1:
                counts[name] += 1
    return counts


def _terms(text: str) -> Counter[str]:
    counts = Counter[str]()
    for run in _runs(text):
        for start in range(len(run)):
            for end in range(start + 2, min(len(run), start + _WORDS_AT_MOST) + 1):
                if min(len(run[start]), len(run[end - 1])) > 1:
                    counts["".join(run[start:end])] += 1
    often = {word: count for word, count in counts.items() if count >= _OFTEN and len(word) <= _CHARS_AT_MOST}
    # A part that is hardly said but within a longer word is no word of its own.
    inside = Counter[str]()
    for word, count in often.items():
        for start in range(len(word)):
            for end in range(start + _CHARS_AT_LEAST, len(word) + 1):
                part = word[start:end]
                if part != word and part in often:
                    inside[part] = max(inside[part], count)
    return Counter({word: count for word, count in often.items() if count > _ALONE * inside[word]})
