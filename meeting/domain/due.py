"""Due dates as people say them: 三月底前, 下周五, 12月15日前, 本月底, 一周内. Pure: relative to a day that is given."""

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

_DIGITS = {word: value for value, word in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_WEEKDAYS = {word: value for value, word in enumerate("一二三四五六日")} | {"天": 6, "末": 6}
_N = r"(?:\d{1,2}|[一二两三四五六七八九十]{1,3})"
_YEAR = r"(?:(?P<year>\d{4}|[零〇一二三四五六七八九]{4})\s*年|(?P<next>明年|来年|今年|本年)的?)?\s*"
_BEFORE = r"(?:之前|以前|前|为止)?"


@dataclass(frozen=True, slots=True)
class Due:
    """A day by which something is due, and where [start, end) the words for it stand, in code points."""

    day: date
    start: int
    end: int


def find_due(text: str, on: date) -> Due | None:
    """The first due date in `text`, said on the day `on`; None when there is none, or only one that no calendar has."""
    found = list[Due]()
    for pattern, reckon in _FORMS:
        for match in pattern.finditer(text):
            try:
                day = reckon(match, on)
            except (ValueError, OverflowError):
                continue
            found.append(Due(day, *match.span()))
    # Where two forms read the same place, the longer one has understood more of it.
    return min(found, key=lambda due: (due.start, -due.end), default=None)


def parse_due(text: str, on: date) -> date | None:
    """The day that `text`, typed into a form, means; also ISO 8601."""
    due = find_due(text.strip(), on)
    return due.day if due else None


def _number(word: str) -> int:
    if word.isdecimal():
        return int(word)
    tens, ten, ones = word.partition("十")
    if not ten:
        return _DIGITS[word]
    return (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)


def _year(match: re.Match[str], on: date) -> int | None:
    if match["year"]:
        return int("".join(one if one.isdecimal() else str(_DIGITS[one]) for one in match["year"]))
    return {"明年": on.year + 1, "来年": on.year + 1, "今年": on.year, "本年": on.year}.get(match["next"] or "")


def _month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def _months_on(on: date, count: int) -> date:
    year, month = divmod(on.year * 12 + on.month - 1 + count, 12)
    return date(year, month + 1, min(on.day, calendar.monthrange(year, month + 1)[1]))


def _to_come(year: int | None, on: date, reckon: Callable[[int], date]) -> date:
    """The day in the year that was said, else the next one that is not past."""
    if year is not None:
        return reckon(year)
    this = reckon(on.year)
    return this if this >= on else reckon(on.year + 1)


def _iso(match: re.Match[str], on: date) -> date:
    return date(int(match["y"]), int(match["m"]), int(match["d"]))


def _month_and_day(match: re.Match[str], on: date) -> date:
    month, day = _number(match["month"]), _number(match["day"])
    return _to_come(_year(match, on), on, lambda year: date(year, month, day))


def _part_of_month(match: re.Match[str], on: date) -> date:
    month = _number(match["month"])
    day = {"上旬": 10, "中旬": 20, "中": 15}.get(match["part"])
    return _to_come(_year(match, on), on, lambda year: date(year, month, day) if day else _month_end(year, month))


def _this_month(match: re.Match[str], on: date) -> date:
    first = _months_on(on.replace(day=1), 1 if match["which"].startswith("下") else 0)
    if match["day"]:
        return first.replace(day=_number(match["day"]))
    day = {"上旬": 10, "中旬": 20, "中": 15}.get(match["part"] or "")
    return first.replace(day=day) if day else _month_end(first.year, first.month)


def _weekday(match: re.Match[str], on: date) -> date:
    monday = on - timedelta(days=on.weekday())
    weeks = match["which"].count("下")
    if match["day"] is None:
        return monday + timedelta(days=7 * weeks + 4)
    day = monday + timedelta(days=7 * weeks + _WEEKDAYS[match["day"]])
    said = match["which"] not in ("", "星期")
    return day if said or day >= on else day + timedelta(days=7)


def _within(match: re.Match[str], on: date) -> date:
    unit = match["unit"]
    if match["n"] == "半":
        return _months_on(on, 6) if unit == "年" else on + timedelta(days=15)
    count = _number(match["n"])
    if unit == "个工作日":
        return _working_days_on(on, count)
    if unit in ("年", "个月"):
        return _months_on(on, count * (12 if unit == "年" else 1))
    return on + timedelta(days=count * (7 if unit in ("周", "个星期", "星期") else 1))


def _working_days_on(on: date, count: int) -> date:
    """Monday to Friday; public holidays are decreed from year to year and known to no calendar here."""
    day = on
    while count > 0:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day


def _quarter(match: re.Match[str], on: date) -> date:
    said = match["q"]
    if said in ("本", "这个", "这"):
        return _month_end(on.year, (on.month + 2) // 3 * 3)
    return _to_come(_year(match, on), on, lambda year: _month_end(year, _DIGITS[said] * 3))


def _year_end(match: re.Match[str], on: date) -> date:
    month = 6 if match["half"] else 12
    return _to_come(_year(match, on), on, lambda year: _month_end(year, month))


def _days_on(match: re.Match[str], on: date) -> date:
    return on + timedelta(days={"今": 0, "明": 1, "后": 2, "大后": 3}[match["which"]])


_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], date]], ...] = (
    (re.compile(r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})"), _iso),
    (
        re.compile(
            rf"{_YEAR}(?P<month>{_N})\s*月份?\s*(?P<day>{_N}|[二三]十[一二三四五六七八九]?)\s*[日号]{_BEFORE}"
        ),
        _month_and_day,
    ),
    (
        re.compile(rf"{_YEAR}(?P<month>{_N})\s*月份?的?(?P<part>底|末|上旬|中旬|下旬|中|之?内){_BEFORE}"),
        _part_of_month,
    ),
    (
        re.compile(
            rf"(?P<which>本月|这个月|当月|下个?月|(?<![一二三四五六七八九十\d个下本这当年])月)份?"
            rf"(?:(?P<part>底|末|上旬|中旬|下旬|中|之?内)|(?P<day>{_N}|[二三]十[一二三四五六七八九]?)\s*[日号]){_BEFORE}"
        ),
        _this_month,
    ),
    (
        re.compile(
            rf"(?P<which>下下个?|下个?|本|这个?|(?<!上)(?<!上个))(?:周|星期|礼拜)(?P<day>[一二三四五六日天末])(?!内|之内){_BEFORE}"
        ),
        _weekday,
    ),
    (re.compile(rf"(?P<which>下下个?|下个?|本|这个?)(?:周|星期|礼拜)(?P<day>(?!))?(?:之?内){_BEFORE}"), _weekday),
    (
        re.compile(rf"(?P<n>{_N}|半)\s*(?P<unit>个工作日|个月|个星期|星期|周|天|日|年)(?:时间)?(?:之?内|以内)"),
        _within,
    ),
    (re.compile(rf"{_YEAR}(?:第)?(?P<q>[一二三四本]|这个?)季度(?:底|末|之?内){_BEFORE}"), _quarter),
    (re.compile(rf"{_YEAR}(?:(?P<half>上半年)(?:底|末|之?内)?|年(?:底|末|终|之?内)){_BEFORE}"), _year_end),
    # 今天的会议 is no due date: such a day counts with 前, or where nothing follows it.
    (re.compile(r"(?P<which>大后|后|明|今)[天日](?:之前|以前|前|为止|$)"), _days_on),
)
