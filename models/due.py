"""Due dates as people say and minutes write them: 三月底前, 下周五, 12月15日前, 本月底, 一周内. Pure."""

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

_DIGITS = {word: value for value, word in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_DAYS = {"初": 10, "上旬": 10, "中旬": 20, "中": 15}
_HOLIDAYS = {"元旦": (1, 1), "五一": (5, 1), "七一": (7, 1), "八一": (8, 1), "国庆": (10, 1)}
"""Those that the sun's calendar tells; 春节 is the moon's."""
_WEEKDAYS = {word: value for value, word in enumerate("一二三四五六日")} | {"天": 6, "末": 6}
_N = r"(?:\d{1,2}|[一二两三四五六七八九十]{1,3})"
_YEAR = r"(?:(?P<year>\d{4}|[零〇一二三四五六七八九]{4})\s*年|(?P<next>明年|来年|今年|本年)的?)?\s*"
_LIMIT = re.compile(r"(?:前|止|限|底|末|终|内|半年)$")
_BEFORE = r"(?:之前|以前|前|为止|为限)?"


@dataclass(frozen=True, slots=True)
class Due:
    """A day by which something is due, and where [start, end) the words for it stand, in code points.

    `day` is None where the words tell none: no calendar has it, it counts from a day that is not known, or 五月前 may
    mean either end of it. `limit`: the words themselves say that it is a limit (前, 底, 内). `fixed`: it is told by
    month or year, and does not count from the day on which it is said, as 一周内 and 下周五 do.
    """

    day: date | None
    start: int
    end: int
    limit: bool = False
    fixed: bool = True


def dues_in(text: str, on: date | None) -> list[Due]:
    """All due dates in `text`, said on the day `on`, in their order; of two at one place the longer one."""
    found = [
        Due(_reckoned(reckon, match, on), *match.span(), _LIMIT.search(match[0]) is not None, fixed)
        for pattern, reckon, fixed in _FORMS
        for match in pattern.finditer(text)
    ]
    apart = list[Due]()
    for due in sorted(found, key=lambda due: (due.start, -due.end, due.day is None)):
        if not apart or due.start >= apart[-1].end:
            apart.append(due)
    return apart


def find_due(text: str, on: date) -> Due | None:
    """The first due date in `text` that tells its day, said on the day `on`; None when there is none."""
    return next((due for due in dues_in(text, on) if due.day is not None), None)


def parse_due(text: str, on: date) -> date | None:
    """The day that `text`, typed into a form, means; also ISO 8601.

    In a form 3个工作日 is a limit and 12/1 a day, which in a sentence they need not be.
    """
    typed = text.strip()
    if _SPAN.fullmatch(typed):
        typed += "内"
    elif short := _SHORT.fullmatch(typed):
        typed = f"{short['month']}月{short['day']}日"
    due = find_due(typed, on)
    return due.day if due else None


def is_unclear(text: str, on: date) -> bool:
    """Whether `text` tells a limit that may mean two days: 五月前 ends with April or with May."""
    return parse_due(text, on) is None and any(pattern.search(text) for pattern in _EITHER)


def _reckoned(reckon: "Reckon", match: re.Match[str], on: date | None) -> date | None:
    if on is None and not (match.groupdict().get("year") or match.groupdict().get("y")):
        return None
    try:
        return reckon(match, on or date.min)
    except (ValueError, OverflowError):
        return None


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
    return {"明": on.year + 1, "来": on.year + 1, "今": on.year, "本": on.year}.get((match["next"] or "")[:1])


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
    day = _DAYS.get(match["part"])
    return _to_come(_year(match, on), on, lambda year: date(year, month, day) if day else _month_end(year, month))


def _this_month(match: re.Match[str], on: date) -> date:
    first = _months_on(on.replace(day=1), 1 if match["which"].startswith("下") else 0)
    if match["day"]:
        return first.replace(day=_number(match["day"]))
    day = _DAYS.get(match["part"] or "")
    return first.replace(day=day) if day else _month_end(first.year, first.month)


def _day_of_month(match: re.Match[str], on: date) -> date:
    """The next month that has the day, when that of this month is past."""
    day = _number(match["day"])
    first = on.replace(day=1)
    months = (_months_on(first, count) for count in range(3))
    found = (month.replace(day=day) for month in months if day <= _month_end(month.year, month.month).day)
    return next(one for one in found if one >= on)


def _before_holiday(match: re.Match[str], on: date) -> date:
    month, day = _HOLIDAYS[match["holiday"]]
    eve = timedelta(days=1)
    return _to_come(_year(match, on), on, lambda year: date(year, month, day) - eve)


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
    if unit in ("个季度", "季度"):
        return _months_on(on, 3 * count)
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


def _unclear(match: re.Match[str], on: date) -> None:
    """五月前 may end with April or with May."""


def _days_on(match: re.Match[str], on: date) -> date:
    return on + timedelta(days={"今": 0, "明": 1, "后": 2, "大后": 3}[match["which"]])


Reckon = Callable[[re.Match[str], date], date | None]
_DAY = rf"(?P<day>{_N}|[二三]十[一二三四五六七八九]?)"
_EITHER = (
    re.compile(rf"{_YEAR}(?P<month>{_N})\s*月份?(?:之前|以前|前)"),
    re.compile(rf"{_YEAR}(?:第)?[一二三四]季度(?:之前|以前|前)"),
)
_SPAN = re.compile(rf"(?:\d{{1,3}}|{_N}|半)\s*(?:个工作日|个月|个星期|星期|周|天|年|个季度)(?:时间)?")
_SHORT = re.compile(r"(?P<month>\d{1,2})[-/.](?P<day>\d{1,2})")
_FORMS: tuple[tuple[re.Pattern[str], Reckon, bool], ...] = (
    (re.compile(rf"(?P<y>\d{{4}})[-/.](?P<m>\d{{1,2}})[-/.](?P<d>\d{{1,2}}){_BEFORE}"), _iso, True),
    (re.compile(rf"{_YEAR}(?P<month>{_N})\s*月份?\s*{_DAY}\s*[日号]{_BEFORE}"), _month_and_day, True),
    (
        re.compile(rf"{_YEAR}(?P<month>{_N})\s*月份?的?(?P<part>底|末|初|上旬|中旬|下旬|中|之?内){_BEFORE}"),
        _part_of_month,
        True,
    ),
    (_EITHER[0], _unclear, True),
    (
        re.compile(
            rf"(?P<which>本月|这个月|当月|下个?月|(?<![一二三四五六七八九十\d个下本这当年])月)份?"
            rf"(?:(?P<part>底|末|初|上旬|中旬|下旬|中|之?内)|{_DAY}\s*[日号]){_BEFORE}"
        ),
        _this_month,
        True,
    ),
    (
        re.compile(
            rf"(?P<which>下下个?|下个?|本|这个?|(?<!上)(?<!上个))(?:周|星期|礼拜)(?P<day>[一二三四五六日天末])(?!内|之内){_BEFORE}"
        ),
        _weekday,
        False,
    ),
    (
        re.compile(rf"(?P<which>下下个?|下个?|本|这个?)(?:周|星期|礼拜)(?P<day>(?!))?(?:之?内){_BEFORE}"),
        _weekday,
        False,
    ),
    (
        re.compile(
            rf"(?P<n>\d{{1,3}}|{_N}|半)\s*(?P<unit>个工作日|个月|个星期|星期|周|天|日|年|个季度|季度)(?:时间)?(?:之?内|以内)"
        ),
        _within,
        False,
    ),
    (re.compile(rf"{_YEAR}(?:第)?(?P<q>[一二三四本]|这个?)季度(?:底|末|之?内){_BEFORE}"), _quarter, True),
    (_EITHER[1], _unclear, True),
    # 日前 alone means lately, and 三天前 is past.
    (re.compile(rf"(?<![月份\d一二三四五六七八九十]){_DAY}\s*[日号](?:之前|以前|前)"), _day_of_month, True),
    (
        re.compile(rf"{_YEAR}(?P<holiday>{'|'.join(_HOLIDAYS)})(?:劳动|建党|建军)?节?(?:之前|以前|前)"),
        _before_holiday,
        True,
    ),
    (re.compile(rf"{_YEAR}(?P<half>上半年)(?:底|末|之?内)?{_BEFORE}"), _year_end, True),
    (
        # 去年底 is past.
        re.compile(
            rf"(?:(?P<year>\d{{4}}|[零〇一二三四五六七八九]{{4}})\s*年|(?P<next>[明来今本])年|(?<![去上前年一二三四五六七八九十个\d])年)年?"
            rf"(?P<half>(?!))?(?:底|末|终|之?内){_BEFORE}"
        ),
        _year_end,
        True,
    ),
    # 今天的会议 is no due date: such a day counts with 前, or where nothing follows it.
    (re.compile(r"(?P<which>大后|后|明|今)[天日](?:之前|以前|前|为止|$)"), _days_on, False),
)
