"""How Chinese recognition is scored: character error rate, and recall of terms.

Both sides are folded alike: NFKC, simplified characters, lower case, figures read out (128 → 一百二十八, 95% →
百分之九十五, a year digit by digit), 〇 → 零, 两 → 二, punctuation and spaces dropped. So are the marks of
the record, 〔听不清〕 and 〔多人发言〕: nobody says them, and what they stand for counts as missing.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from typing import Any

from asr.text.unclear import unmarked

_DIGITS = "零一二三四五六七八九"
_PLACES = ((1000, "千"), (100, "百"), (10, "十"), (1, ""))
_GROUPS = ("", "万", "亿", "万亿")
_LONGEST_NUMBER = 12


@cache
def _simplifier() -> Any:
    import opencc

    return opencc.OpenCC("t2s")


def fold(text: str) -> str:
    """Text as it is compared."""
    text = str(_simplifier().convert(unicodedata.normalize("NFKC", unmarked(text)))).lower()
    text = text.replace("〇", "零").replace("两", "二")
    text = re.sub(r"\d{4}(?=年)", lambda year: _one_by_one(year[0]), text)
    text = re.sub(r"(\d[\d,]*(?:\.\d+)?)(%)?", _spoken, text)
    return "".join(char for char in text if char.isalnum())


def edit_distance(wanted: str, got: str) -> int:
    """Characters to replace, add or drop to make one of the other (Levenshtein)."""
    row = list(range(len(got) + 1))
    for i, a in enumerate(wanted, 1):
        corner, row[0] = row[0], i
        for j, b in enumerate(got, 1):
            corner, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, corner + (a != b))
    return row[-1]


def error_rate(wanted: str, got: str) -> float:
    """Edits for each character of `wanted`, both folded; above 1 where much was invented."""
    folded = fold(wanted)
    return edit_distance(folded, fold(got)) / max(1, len(folded))


def term_recall(terms: Iterable[str], wanted: str, got: str) -> tuple[int, int]:
    """How often the terms stand in `got`, and how often they should: (right, spoken).

    A term of one character says nothing and is left out; one that is written more often than it was spoken gains
    nothing.
    """
    reference, heard = fold(wanted), fold(got)
    right = spoken = 0
    for term in {fold(term) for term in terms if len(term) >= 2} - {""}:
        times = reference.count(term)
        spoken += times
        right += min(times, heard.count(term))
    return right, spoken


def _one_by_one(digits: str) -> str:
    return "".join(_DIGITS[int(digit)] for digit in digits)


def _spoken(match: re.Match[str]) -> str:
    whole, _, fraction = match[1].partition(".")
    whole = whole.replace(",", "")
    words = _read_out(int(whole)) if len(whole) <= _LONGEST_NUMBER else _one_by_one(whole)
    if fraction:
        words += "点" + _one_by_one(fraction)
    return f"百分之{words}" if match[2] else words


def _read_out(number: int) -> str:
    if number == 0:
        return "零"
    groups = []
    while number:
        number, rest = divmod(number, 10_000)
        groups.append(rest)
    words, gap = "", False
    for place in range(len(groups) - 1, -1, -1):
        group = groups[place]
        if not group:
            gap = True
            continue
        if words and (gap or group < 1000):
            words += "零"
        words += _read_group(group) + _GROUPS[place]
        gap = False
    return words.removeprefix("一") if words.startswith("一十") else words


def _read_group(group: int) -> str:
    words, zero = "", False
    for size, unit in _PLACES:
        digit = group // size % 10
        if digit:
            words += ("零" if zero and words else "") + _DIGITS[digit] + unit
        zero = digit == 0
    return words
