"""Dates as Chinese documents write them."""

import re
from collections.abc import Sequence
from datetime import date

import msgspec

_DIGITS = {char: str(value) for value, char in enumerate("〇一二三四五六七八九")} | {
    "零": "0",
    "○": "0",
    "Ｏ": "0",
}
_ARABIC = re.compile(r"(?<!\d)((?:19|20)\d{2})\s*[年.\-/．]\s*(\d{1,2})\s*[月.\-/．]\s*(\d{1,2})(?:\s*日|(?!\d))")
_CHINESE = re.compile(
    r"([一二][〇零○Ｏ一二三四五六七八九]{3})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})日"
)
_MONTH = re.compile(
    r"((?:19|20)\d{2}|[一二][〇零○Ｏ一二三四五六七八九]{3})\s*年\s*(\d{1,2}|[一二三四五六七八九十]{1,2})\s*月"
)
_ISO = re.compile(r"(?:19|20)\d{2}(?:-\d{2}){0,2}")
_ALONE = re.compile(r"^[（(]?[^\S\n]*(?:\S{2,20}\s+)?(\S{8,14}?)(?:\s*印发)?[）)]?$")
_HISTORY = re.compile(r"^[（(]?\d{4}年\d{1,2}月\d{1,2}日.*(?:通过|批准|修订|修正|公布|发布)")
_LABELLED = re.compile(r"^(?:交办|成文|印发|发布|签发|发文|会议)?(?:日期|时间)[\s：:]")
_HEAD, _TAIL, _NEAR_TITLE = 12, 12, 6


class Dated(msgspec.Struct, frozen=True):
    """A date as ISO 8601, or empty, and whether its place says that it is the document's own."""

    value: str
    sure: bool


def document_date(lines: Sequence[str]) -> Dated:
    """A document's own date. `lines` begin with its title, which is not looked at.

    In this order: a line near the top that is only a date; one labelled as the date; the latest of the lines on how
    a law was passed and amended; the date it is signed with at the end; a date within the first lines, which is not
    sure to be its own.
    """
    head = lines[1:_HEAD]
    for line in head:
        if found := _only_date(line):
            return Dated(found, True)
    labelled = [first_date(line) for line in head if _LABELLED.match(line)]
    if any(labelled):
        return Dated(next(filter(None, labelled)), True)
    history = [first_date(line) for line in head if _HISTORY.match(line)]
    if any(history):
        return Dated(max(history), True)
    for line in reversed(lines[1:][-_TAIL:]):
        if found := _only_date(line):
            return Dated(found, True)
    return Dated(first_date("\n".join(lines[1:_NEAR_TITLE])), False)


def dates_in(lines: Sequence[str], limit: int = 5) -> tuple[str, ...]:
    """The first different dates in the text as ISO 8601; where none is whole, years with their month."""
    found: dict[str, None] = {}
    for line in lines:
        for _, year, month, day in _found(line):
            found |= dict.fromkeys(filter(None, [_iso(year, month, day)]))
        if len(found) >= limit:
            break
    if not found:
        for match in _MONTH.finditer("\n".join(lines[:_HEAD] or ()) + "\n" + "\n".join(lines[-_TAIL:])):
            year, month = (int("".join(_DIGITS.get(char, char) for char in match[1])), _any_number(match[2]))
            if 1 <= month <= 12:
                found[f"{year:04}-{month:02}"] = None
    return tuple(found)[:limit]


def is_date(text: str) -> bool:
    """Whether a text is a day, a month or a year as ISO 8601 writes it."""
    if not _ISO.fullmatch(text):
        return False
    try:
        date.fromisoformat((text + "-01-01")[:10])
    except ValueError:
        return False
    return True


def _only_date(line: str) -> str:
    """The date of a line that holds nothing else, or the issuing office before it and 印发 behind."""
    match = _ALONE.match(line.strip())
    return first_date(match[1]) if match and len(match[1]) <= 11 else ""


def first_date(text: str) -> str:
    """The first whole date in the text as ISO 8601, or empty: 2025年11月17日, 2025-11-17, 二〇二五年十一月十七日."""
    return next(filter(None, (_iso(year, month, day) for _, year, month, day in _found(text))), "")


def _found(text: str) -> list[tuple[int, int, int, int]]:
    found = [
        *((match.start(), *(int(part) for part in match.groups())) for match in _ARABIC.finditer(text)),
        *(
            (match.start(), int("".join(_DIGITS[c] for c in match[1])), _number(match[2]), _number(match[3]))
            for match in _CHINESE.finditer(text)
        ),
    ]
    return [(place, year, month, day) for place, year, month, day in sorted(found)]


def _iso(year: int, month: int, day: int) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""


def _any_number(text: str) -> int:
    return int(text) if text.isdecimal() else _number(text)


def _number(chinese: str) -> int:
    tens, ten, units = chinese.rpartition("十")
    ones = int(_DIGITS.get(units, "0"))
    return (int(_DIGITS.get(tens, "0")) if tens else 1) * 10 + ones if ten else ones
