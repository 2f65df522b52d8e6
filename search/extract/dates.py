"""Dates as Chinese documents write them."""

import re
from collections.abc import Sequence
from datetime import date

_DIGITS = {char: str(value) for value, char in enumerate("〇一二三四五六七八九")} | {
    "零": "0",
    "○": "0",
    "Ｏ": "0",
}
_ARABIC = re.compile(r"(?<!\d)((?:19|20)\d{2})\s*[年.\-/．]\s*(\d{1,2})\s*[月.\-/．]\s*(\d{1,2})(?:\s*日|(?!\d))")
_CHINESE = re.compile(
    r"([一二][〇零○Ｏ一二三四五六七八九]{3})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})日"
)
_ALONE = re.compile(r"^[（(]?[^\S\n]*(?:\S{2,20}\s+)?(\S{8,14}?)(?:\s*印发)?[）)]?$")
_HISTORY = re.compile(r"^[（(]?\d{4}年\d{1,2}月\d{1,2}日.*(?:通过|批准|修订|修正|公布|发布)")
_LABELLED = re.compile(r"^(?:交办|成文|印发|发布|签发|发文|会议)?(?:日期|时间)[\s：:]")
_HEAD, _TAIL, _NEAR_TITLE = 12, 12, 6


def document_date(lines: Sequence[str]) -> str:
    """A document's own date as ISO 8601, or empty. `lines` begin with its title, which is not looked at.

    In this order: a line near the top that is only a date; one labelled as the date; the latest of the lines on how
    a law was passed and amended; the date it is signed with at the end; a date within the first lines.
    """
    head = lines[1:_HEAD]
    for line in head:
        if found := _only_date(line):
            return found
    labelled = [first_date(line) for line in head if _LABELLED.match(line)]
    if any(labelled):
        return next(filter(None, labelled))
    history = [first_date(line) for line in head if _HISTORY.match(line)]
    if any(history):
        return max(history)
    for line in reversed(lines[1:][-_TAIL:]):
        if found := _only_date(line):
            return found
    return first_date("\n".join(lines[1:_NEAR_TITLE]))


def _only_date(line: str) -> str:
    """The date of a line that holds nothing else, or the issuing office before it and 印发 behind."""
    match = _ALONE.match(line.strip())
    return first_date(match[1]) if match and len(match[1]) <= 11 else ""


def first_date(text: str) -> str:
    """The first whole date in the text as ISO 8601, or empty: 2025年11月17日, 2025-11-17, 二〇二五年十一月十七日."""
    found = [
        *((match.start(), tuple(int(part) for part in match.groups())) for match in _ARABIC.finditer(text)),
        *(
            (match.start(), (int("".join(_DIGITS[c] for c in match[1])), _number(match[2]), _number(match[3])))
            for match in _CHINESE.finditer(text)
        ),
    ]
    for _, (year, month, day) in sorted(found):
        try:
            return date(year, month, day).isoformat()
        except ValueError:
            continue
    return ""


def _number(chinese: str) -> int:
    tens, ten, units = chinese.rpartition("十")
    ones = int(_DIGITS[units]) if units else 0
    return (int(_DIGITS[tens]) if tens else 1) * 10 + ones if ten else ones
