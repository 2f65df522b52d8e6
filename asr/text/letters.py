"""Text as a row of letters, each with the marks around it, so that two wordings can be laid side by side.

A number is one letter, however it is written, and so is a Latin word: a mixture of two ways to write them is none.
"""

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from asr.text.numerals import FRACTION, NUMERAL, digit_string, value

_SPOKEN = rf"{NUMERAL}+(?:{FRACTION})?"
_DIGIT = "[0-9０-９]"
_FIGURE = rf"{_DIGIT}+(?:,{_DIGIT}{{3}})*(?:\.{_DIGIT}+)?"
_CORE = rf"百分之(?:{_SPOKEN}|{_FIGURE})|{_FIGURE}[万亿]*%?|{_SPOKEN}|[^\W\d_]*[A-Za-z][A-Za-z'’-]*|[^\W_]"
_OPENING = "《（“‘「『(["
_LETTER = re.compile(rf"[{re.escape(_OPENING)}]*({_CORE})[^\w{re.escape(_OPENING)}]*")


class Letter(NamedTuple):
    """One letter, number or word. `text` is it with its marks and spaces, `core` without, `sound` is what is
    compared, `at_s` its time."""

    text: str
    core: str
    sound: str
    at_s: float = 0.0


def letters_of(text: str, start_s: float = 0.0, end_s: float = 0.0) -> list[Letter]:
    """The letters of a text that was said from `start_s` to `end_s`, evenly, as far as anybody knows."""
    found = [(match.group(), match.group(1)) for match in _LETTER.finditer(text)]
    step = (end_s - start_s) / max(1, len(found))
    return [Letter(one, core, _sound(core), start_s + (at + 0.5) * step) for at, (one, core) in enumerate(found)]


def sounds(letters: Sequence[Letter]) -> tuple[str, ...]:
    """What is compared of them."""
    return tuple(letter.sound for letter in letters)


def _sound(core: str) -> str:
    core = unicodedata.normalize("NFKC", core).lower()
    if not _NUMBER.fullmatch(core):
        return core
    share = "%" if core.startswith("百分之") or core.endswith("%") else ""
    return share + _figures(core.removeprefix("百分之").removesuffix("%").replace(",", ""))


_NUMBER = re.compile(rf"{_SPOKEN}|{_FIGURE}[万亿]*%?|百分之.+")


def _figures(core: str) -> str:
    """A number in one way of writing: 两百一十七万 and 217万 are 2170000; what is no proper number stays."""
    whole, point, rest = core.partition("点")
    if whole[:1].isdecimal() and whole[:1].isascii():
        plain = whole.rstrip("万亿")
        zeros = 4 * whole.count("万") + 8 * whole.count("亿")
        return plain + "0" * zeros if "." not in plain else whole
    if (number := value(whole)) is not None:
        return (
            f"{number}.{digit_string(rest)}" if point and not set(rest) & set("万亿") else f"{number}{point}{rest}"
        )
    return digit_string(whole) if not set(whole) & set("十百千万亿") else core


def share_out(
    heard: Sequence[Letter], known: Sequence[Sequence[str]], spans: Sequence[tuple[float, float]]
) -> list[list[Letter]]:
    """Gives each of the stretches with `known` wordings its own part of what was `heard` over all of them.

    `spans` are the stretches' times (seconds). The parts, joined, are `heard` again. It is the alignment with the
    fewest changes (Levenshtein), where a letter that lies outside of its stretch's time is dearer.
    """
    # A border is a letter of its own that nothing is equal to and that costs nothing to pass.
    row: list[str | None] = []
    stretch = [0]
    for index, wording in enumerate(known):
        if index:
            row.append(None)
            stretch.append(index)
        row.extend(wording)
        stretch.extend([index] * len(wording))
    early = [[_outside(letter.at_s, span) for span in spans] for letter in heard]
    steps, above = list[list[int]](), list[float]()
    for i in range(len(heard) + 1):
        costs, ways, before = list[float](), list[int](), 0.0
        for j in range(len(row) + 1):
            best, way = (0.0, _LEFT) if i == j == 0 else (float("inf"), _LEFT)
            if j:
                best = costs[j - 1] + (row[j - 1] is not None)
            if i:
                late = early[i - 1][stretch[j]]
                if above[j] + 1 + late < best:
                    best, way = above[j] + 1 + late, _UP
                if j and row[j - 1] is not None:
                    both = before + (heard[i - 1].sound != row[j - 1]) + late
                    if both <= best:
                        best, way = both, _BOTH
                before = above[j]
            costs.append(best)
            ways.append(way)
        steps.append(ways)
        above = costs
    return _parts(heard, stretch, steps, len(known))


_LEFT, _UP, _BOTH = range(3)
_FAR = 0.3
"""What it costs to lie a second or more outside: less than a changed letter, as the decoder's times are rough."""


def _outside(at_s: float, span: tuple[float, float]) -> float:
    return _FAR * min(1.0, max(0.0, span[0] - at_s, at_s - span[1]))


def _parts(
    heard: Sequence[Letter], stretch: Sequence[int], steps: Sequence[Sequence[int]], count: int
) -> list[list[Letter]]:
    parts: list[list[Letter]] = [[] for _ in range(count)]
    i, j = len(heard), len(stretch) - 1
    while i or j:
        way = steps[i][j]
        if way != _LEFT:
            parts[stretch[j]].insert(0, heard[i - 1])
            i -= 1
        if way != _UP:
            j -= 1
    return parts


def distance(one: Sequence[str], other: Sequence[str]) -> int:
    """How many letters must be changed, added or left out to make one of the other (Levenshtein)."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        last, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (a != b))
    return row[-1]


def beside(base: Sequence[Letter], other: Sequence[Letter]) -> list[str]:
    """What `other` has in each place of `base`: 2n + 1 strings, those at odd places in the place of a letter, those
    at even ones between letters. An alignment with the fewest changes."""
    n, m = len(base), len(other)
    costs = [[i + j for j in range(m + 1)] for i in range(n + 1)]
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            same = costs[i - 1][j - 1] + (base[i - 1].sound != other[j - 1].sound)
            costs[i][j] = min(same, costs[i - 1][j] + 1, costs[i][j - 1] + 1)
    places = [""] * (2 * n + 1)
    while n or m:
        if n and m and costs[n][m] == costs[n - 1][m - 1] + (base[n - 1].sound != other[m - 1].sound):
            same_sound = base[n - 1].sound == other[m - 1].sound
            places[2 * n - 1] = (base if same_sound else other)[(n if same_sound else m) - 1].core
            n, m = n - 1, m - 1
        elif m and costs[n][m] == costs[n][m - 1] + 1:
            places[2 * n] = other[m - 1].core + places[2 * n]
            m -= 1
        else:
            n -= 1
    return places
