"""How recognition is scored: the character error rate of Chinese, and which sentences can be recognized.

Both sides are folded alike: NFKC, simplified characters, lower case, figures read out (128 → 一百二十八, 95% →
百分之九十五, a year digit by digit), 〇 → 零, 两 → 二, punctuation and spaces dropped.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache

import opencc

DIGITS = "零一二三四五六七八九"
PLACES = ((1000, "千"), (100, "百"), (10, "十"), (1, ""))
GROUPS = ("", "万", "亿", "万亿")


@cache
def _simplifier() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def fold(text: str) -> str:
    """Text as it is compared."""
    text = _simplifier().convert(unicodedata.normalize("NFKC", text)).lower()
    text = text.replace("〇", "零").replace("两", "二")
    text = re.sub(r"\d{4}(?=年)", lambda year: _one_by_one(year[0]), text)
    text = re.sub(r"(\d[\d,]*(?:\.\d+)?)(%)?", _spoken, text)
    return "".join(char for char in text if char.isalnum())


def distance(wanted: str, got: str) -> int:
    """Edits that make one of the other."""
    row = list(range(len(got) + 1))
    for i, a in enumerate(wanted, 1):
        last, row[0] = row[0], i
        for j, b in enumerate(got, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (a != b))
    return row[-1]


def error_rate(wanted: str, got: str) -> float:
    """Edits for each character of `wanted`, both folded."""
    folded = fold(wanted)
    return distance(folded, fold(got)) / max(1, len(folded))


def recognizable(sentence: str, heard: str, at_most: float = 0.34) -> bool:
    """Whether a sentence stands anywhere in `heard` with no more than a third of its characters wrong."""
    wanted, got = fold(sentence), fold(heard)
    row = [0] * (len(got) + 1)
    for i, a in enumerate(wanted, 1):
        last, row[0] = row[0], i
        for j, b in enumerate(got, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (a != b))
    return min(row) <= at_most * len(wanted)


def share_recognizable(sentences: Sequence[str], heard: str) -> float:
    """The share of sentences that can be recognized."""
    return sum(recognizable(one, heard) for one in sentences) / len(sentences)


def _one_by_one(digits: str) -> str:
    return "".join(DIGITS[int(digit)] for digit in digits)


def _spoken(match: re.Match[str]) -> str:
    whole, _, fraction = match[1].partition(".")
    whole = whole.replace(",", "")
    words = _read_out(int(whole)) if len(whole) < 13 else _one_by_one(whole)
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
        words += _read_group(group) + GROUPS[place]
        gap = False
    return words.removeprefix("一") if words.startswith("一十") else words


def _read_group(group: int) -> str:
    words, zero = "", False
    for size, unit in PLACES:
        digit = group // size % 10
        if digit:
            words += ("零" if zero and words else "") + DIGITS[digit] + unit
            zero = False
        else:
            zero = True
    return words
