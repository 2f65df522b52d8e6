"""Spans of days as people write them: 2018, 2018-07, 2018年7月, 2018..2020, 去年, 上个月. Pure."""

import re
from datetime import date, timedelta

Span = tuple[str, str]
"""First and last day, both inclusive, as ISO 8601 of a year, a month or a day; empty where the span is open."""

_FIGURES = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_WRITTEN_YEAR = re.compile(r"[〇零○一二三四五六七八九]{4}(?=年)")
_DAY = re.compile(r"(19\d\d|20\d\d)(?:年|(?:[-/.年](\d{1,2})月?)(?:[-/.月](\d{1,2})日?)?)?")
_BETWEEN = re.compile(r"\.\.+|…+|~|至|到|—+")
_YEARS = re.compile(r"(\d{4})-(\d{4})")


def span_of(word: str, today: date) -> Span | None:
    """The span that a whole word names, or None where it names none."""
    word = _WRITTEN_YEAR.sub(lambda year: year.group().translate(_FIGURES), word)
    if relative := _relative(word, today):
        return relative
    if years := _YEARS.fullmatch(word):
        word = f"{years.group(1)}..{years.group(2)}"
    ends = _BETWEEN.split(word)
    if len(ends) == 1:
        return None if (day := _day(word)) is None else (day, day)
    if len(ends) != 2 or not any(ends):
        return None
    first, last = (_end(end, today) if end else ("", "") for end in ends)
    if first is None or last is None:
        return None
    return first[0], last[1]


def _end(word: str, today: date) -> Span | None:
    if relative := _relative(word, today):
        return relative
    day = _day(word)
    return None if day is None else (day, day)


def _day(word: str) -> str | None:
    """ISO 8601 of a year, a month or a day."""
    found = _DAY.fullmatch(word)
    if found is None:
        return None
    year, month, day = found.groups()
    if month is None:
        return str(year)
    if not 1 <= int(month) <= 12 or (day is not None and not 1 <= int(day) <= 31):
        return None
    return f"{year}-{int(month):02}" + (f"-{int(day):02}" if day else "")


def _relative(word: str, today: date) -> Span | None:
    years = {"今年": 0, "本年": 0, "去年": 1, "上年": 1, "前年": 2}
    if word in years:
        year = str(today.year - years[word])
        return year, year
    months = {"本月": 0, "这个月": 0, "上月": 1, "上个月": 1}
    if word in months:
        place = today.year * 12 + today.month - 1 - months[word]
        month = f"{place // 12}-{place % 12 + 1:02}"
        return month, month
    days = {"今天": 0, "今日": 0, "昨天": 1, "昨日": 1, "前天": 2}
    if word in days:
        day = (today - timedelta(days=days[word])).isoformat()
        return day, day
    weeks = {"本周": 0, "这周": 0, "上周": 1, "上星期": 1}
    if word in weeks:
        monday = today - timedelta(days=today.weekday() + 7 * weeks[word])
        return monday.isoformat(), (monday + timedelta(days=6)).isoformat()
    return None
