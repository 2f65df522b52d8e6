"""Spoken numbers to figures, as offices write them: 百分之九十五 → 95%, 二〇一八年七月底 → 2018年7月底.

After GB/T 15835-2011 《出版物上数字用法》. What is measured, counted from ten on (一百二十八个 → 128个), dated or a
percentage gets figures. Ordinals (第三条), fixed words (三供一业, 十四五), vague numbers (十几, 三四十, 一万多页),
fractions (三分之一), codes said digit by digit and counts below ten (三个小区) keep their words, and so does all that
is not certain. Nothing is calculated: said aloud, the figures are what was heard, but for 二 and 两, 〇 and 零.

Libraries were tried and do not do this. wetext 0.1.8 (45 MB of grammars, 3 ms a sentence) writes 十分重要 as
10分重要, 每月十号 as 10号/月, 平方米 as m², 一万多页 as 10000多页 and 二〇一八年七月 as 二〇18/07; cn2an 0.5.24 writes
统一 as 统1 and 五一 as 51. Both change fixed words, and neither says what it changed.
"""

import re
from collections.abc import Callable

from asr.results import Change
from asr.text.numerals import FRACTION, NUMERAL, digit_string, figure, value

_N = f"{NUMERAL}+"
_NUMBER = f"{_N}(?:{FRACTION}(?:万亿|万|亿)?)?"

_MEASURED = (
    "(?:平方|立方)(?:公里|千米|厘米|米)|公里|千米|厘米|毫米|米|公顷|亩|吨|公斤|千克|千瓦时|千瓦|兆瓦|摄氏度"
    "|美元|欧元|港元|日元|元(?!素|旦)|个百分点"
)
"""Written with figures however few."""
_LASTING = "倍|小时|天|年(?![底初末度级会])|个月"
"""These and what is measured can be said with a fraction; anything else with one only in 万 and 亿."""
_COUNTED = (
    f"{_LASTING}|个|项|间|户|处|套|辆|台|家|人|名|位|次|件|份|条|起|所|座|栋|幢|篇|页|册|批|宗|场|张|块|只|头|支|棵|株|艘|架"
    "|种|类|轮|层|楼|分钟|周年|世纪|岁|日(?![报常期夜程益])"
)
"""Written with figures from ten on."""
_UNIT = f"(?:{_MEASURED}|{_COUNTED})"

_MONTH = "(?:十[一二]?|[一二三四五六七八九])月"
_DAY = "(?:三十一?|二?十[一二三四五六七八九]?|[一二三四五六七八九])"
_DAYS = f"{_DAY}(?:[日号]?[到至、和]{_DAY})*(?:日|号(?![文令楼线院机码]))"
_PART = "(?:上午|下午|中午|晚上|早上|凌晨|傍晚|今晚|明早)"
_MINUTES = f"{NUMERAL}{{2,3}}分(?![钟之])"
_CLOCK = f"{NUMERAL}{{1,3}}(?:点钟?|时)(?:{_MINUTES}|半|整)?"
_YEAR = "[一二][零〇一二三四五六七八九]{3}"

_FOUND = re.compile(
    # A run of numerals that nothing above claims is claimed by the last, so that no rule starts inside it.
    f"(?P<percent>百分之{_NUMBER})"
    f"|(?P<years>{_YEAR}(?:[到至、—]{_YEAR})*年)"
    f"|(?P<days>(?:(?:[每本上下当该]|[这上下]个)月|[0-9]月){_DAYS})"
    f"|(?P<date>{_MONTH}(?:[到至、和]{_MONTH})*(?:{_DAYS})?)"
    f"|(?P<clock>(?:{_PART}{_CLOCK}|{NUMERAL}{{1,3}}[点时]{_MINUTES})(?:[到至]{_PART}?{_CLOCK})?)"
    f"|(?P<range>{_N}[到至]{_N}{_UNIT})"
    f"|(?P<amount>{_NUMBER}{_UNIT})"
    f"|{_N}"
)

_NAMED_BEFORE = re.compile(
    r"(?:[第双初负周期拜0-9.．]"
    # 一百二、三十个 and 三点五十人: one of two numbers would change alone.
    rf"|{NUMERAL}[、～~—或和到至点]"
    # 第十条至十二条
    rf"|第(?:{_N}[条款项章节次个届页号类]?[、至到和或及])+)$"
)
_LAW_BEFORE = re.compile(r"(?:(?<!全)国|法|条例|规定|办法|细则|章程|》|章|条)$")
_VAGUE_AFTER = re.compile(r"[多余半]|几(?!乎)")
_FIXED = re.compile(r"一[百千万]个(?:放心|不|愿意)|十万个为什么|三十年河|一百年|十年|十天半")
_TENS = re.compile(r"十(?![一二三四五六七八九])")
_LUNAR_BEFORE = re.compile(r"(?:[农阴旧夏]历|[甲乙丙丁戊己庚辛壬癸][子丑寅卯辰巳午未申酉戌亥]).{0,6}$")
_REIGN_BEFORE = re.compile(r"(?:民国|康熙|雍正|乾隆|嘉庆|道光|咸丰|同治|光绪|宣统)$")
_YEAR_BEFORE = re.compile(f"{_N}年$")
_MORE = f"(?:{NUMERAL}|[0-9])"
"""Another number, whether or not it has become figures already."""
_MONTH_AFTER = re.compile(rf"底|末|[上中下]旬|份|初(?!{_MORE})|(?:之|以)?前|起|以来")
_POINTS_AFTER = re.compile(rf"{_MORE}|意见|建议|要求|体会|[多来几]")
_RUN = re.compile(_N)
_RANGE = re.compile(f"({_N})[到至]({_N})(.+)")
_AMOUNT = re.compile(f"({_NUMBER})(.+)")
_IS_MEASURED = re.compile(_MEASURED)

REASON = "figures"


def figures(text: str) -> tuple[str, tuple[Change, ...]]:
    """The text with its certain numbers in figures, and each of these changes in their order.

    Text without Chinese numerals comes back as it is. Never raises; doing it again changes nothing.
    """
    changes = list[Change]()

    def write(match: re.Match[str]) -> str:
        heard = match.group()
        rule = _RULES.get(match.lastgroup or "")
        written = rule(heard, text[: match.start()][-24:], text[match.end() :][:8]) if rule else None
        if written is None or written == heard:
            return heard
        changes.append(Change(before=heard, after=written, reason=REASON))
        return written

    return _FOUND.sub(write, text), tuple(changes)


def _percent(heard: str, before: str, after: str) -> str | None:
    vague = _VAGUE_AFTER.match(after) or re.match(
        rf"[点分来]|[、～~—或和至到](?:{NUMERAL}(?!分之)|[0-9]+(?![0-9.%]))", after
    )
    written = figure(heard.removeprefix("百分之"))
    if vague or before.endswith("负") or written is None or not re.fullmatch(r"[0-9.]+", written):
        return None
    return f"{written}%"


def _years(heard: str, before: str, after: str) -> str | None:
    """2025到2027年 would no longer say that the first is a year, so of several years none is changed."""
    return f"{digit_string(heard[:-1])}年" if len(heard) == 5 and not before[-1:].isdigit() else None


def _days(heard: str, before: str, after: str) -> str | None:
    return _each_run(heard)


def _date(heard: str, before: str, after: str) -> str | None:
    """A month alone must be known for one by what stands around it: 十月革命, 三月三 and 一月一报 are none."""
    # The parts of one date are written alike: 一八年 keeps its words, and so does the month after it.
    worded = (year := _YEAR_BEFORE.search(before)) and not re.fullmatch(f"{_YEAR}年", year.group())
    if worded or _LUNAR_BEFORE.search(before) or before[-1:].isdigit() or before.endswith("第"):
        return None
    alone = heard.endswith("月") and heard.count("月") == 1
    in_year = before.endswith("年") and not re.match(rf"{NUMERAL}|[0-9]+(?![0-9日号])|革命", after)
    placed = in_year or (_MONTH_AFTER.match(after) and not (heard == "一月" and after.startswith("前")))
    return _each_run(heard) if placed or not alone else None


def _clock(heard: str, before: str, after: str) -> str | None:
    hours = [value(words) for words in re.findall(f"({_N})[点时]", heard)]
    minutes = [value(words) for words in re.findall(f"({_N})分", heard)]
    told = all(hour is not None and hour <= 24 for hour in hours)
    told = told and all(minute is not None and 10 <= minute < 60 for minute in minutes)
    if not told or _POINTS_AFTER.match(after) or before[-1:].isdigit() or before.endswith("第"):
        return None
    return _each_run(heard)


def _range(heard: str, before: str, after: str) -> str | None:
    """Both numbers change or none; 两到三百人 may mean two hundred and stays."""
    if (parts := _RANGE.fullmatch(heard)) is None:
        return None
    low_words, high_words, unit = parts.groups()
    low, high = value(low_words), value(high_words.rstrip("万亿"))
    if (
        low is None
        or high is None
        or (low < 10 and not low < high < 20)
        or _stays(low_words + unit, before, after)
    ):
        return None
    if value(high_words) in range(10) and not _IS_MEASURED.fullmatch(unit):
        return None
    return _each_run(heard)


def _amount(heard: str, before: str, after: str) -> str | None:
    if (parts := _AMOUNT.fullmatch(heard)) is None:
        return None
    words, unit = parts.groups()
    if words[-1] == "千" and unit[0] in "瓦克":
        words, unit = words[:-1], "千" + unit
    written = figure(words)
    if written is None or _stays(heard, before, after) or not _written_so(words, unit):
        return None
    # 十二元五角 would become half figures, half words.
    return None if unit == "元" and re.match(_MORE, after) else written + unit


def _written_so(words: str, unit: str) -> bool:
    """Whether the number is of a kind that is written with figures before this unit."""
    measured = _IS_MEASURED.fullmatch(unit)
    if "点" in words:
        return bool(measured or words[-1] in "万亿" or re.fullmatch(_LASTING, unit))
    number = value(words) or 0
    if number >= 10 or unit == "个百分点":
        # 两千零一十八年 is a year, but not one that is said as it is written.
        return unit != "年" or number < 1000
    # 最后一公里, 一亩三分地, 二元结构, 三元区
    return bool(measured) and number > 1 and words != "二" and (words, unit) != ("三", "元")


def _stays(heard: str, before: str, after: str) -> bool:
    """Whether what stands around the number makes it a name, an ordinal, a fixed word or a vague number."""
    ordinal = heard[-1] in "条款项" and _LAW_BEFORE.search(before)
    reign = heard[-1] == "年" and _REIGN_BEFORE.search(before)
    fixed = _FIXED.match(heard + after) or (before[-1:] in ("几", "数") and _TENS.match(heard))
    return bool(_NAMED_BEFORE.search(before) or _VAGUE_AFTER.match(after) or ordinal or reign or fixed)


def _each_run(heard: str) -> str | None:
    written = [(run.group(), figure(run.group())) for run in _RUN.finditer(heard)]
    if any(number is None for _, number in written):
        return None
    return _RUN.sub(lambda run: figure(run.group()) or run.group(), heard)


_RULES: dict[str, Callable[[str, str, str], str | None]] = {
    "percent": _percent,
    "years": _years,
    "days": _days,
    "date": _date,
    "clock": _clock,
    "range": _range,
    "amount": _amount,
}
