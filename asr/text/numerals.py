"""Chinese numerals and the figures they stand for.

A numeral counts as one only if saying its figure aloud gives the same words again. That leaves out, without a list
of them, everything that only looks like a number: 三四十, 一百二, 五一, 十四五, 百万, 二两.
"""

import re

DIGITS = "零一二三四五六七八九"
NUMERAL = "[零〇一二两三四五六七八九十百千万亿]"
"""One character of a numeral, as a regular expression."""
FRACTION = "点[零〇一二三四五六七八九]+"

_LONGEST = 40
"""More than any number below 10^16 takes; what is longer is a loop of the decoder."""
_UNITS = {"十": 10, "百": 100, "千": 1000}
_GROUP = re.compile(r"(零?)([^零万亿][^万亿]*)")
_ODD_PAIR = re.compile(r"两(?![百千万亿])")
"""两 counts hundreds and more, or stands alone; 十两 is a weight."""


def reading(number: int) -> str:
    """The words for a whole number from 0 on, as they are said with 二 for 两: 1005 is 一千零五, 110 一百一十."""
    words = _reading(number)
    return words[1:] if words.startswith("一十") else words


def _reading(number: int) -> str:
    for unit, name in ((100_000_000, "亿"), (10_000, "万"), (1000, "千"), (100, "百"), (10, "十")):
        if number >= unit:
            high, rest = divmod(number, unit)
            gap = "零" if 0 < rest < unit // 10 else ""
            return _reading(high) + name + gap + (_reading(rest) if rest else "")
    return DIGITS[number]


def value(words: str) -> int | None:
    """The whole number that the words say, or None if they are not exactly how one is said."""
    if not 0 < len(words) <= _LONGEST or (words != "两" and _ODD_PAIR.search(words)):
        return None
    words = _folded(words)
    number = _value(words)
    return number if reading(number) == words else None


def digit_string(words: str) -> str:
    """Words said digit by digit, as digits: 二〇一八 is 2018."""
    return "".join(str(DIGITS.index(char)) for char in _folded(words))


def figure(words: str) -> str | None:
    """A numeral, with or without a fraction, as it is written with figures; None if it is no proper one.

    万 and 亿 stay where the figure would end in their zeros (217万, 1.3万亿) and in numbers from 亿 on (4亿2000万), as
    GB/T 15835-2011 allows for large numbers: so that nothing is converted, and what was said can be read off.
    """
    whole, point, rest = words.partition("点")
    if point:
        digits = rest.rstrip("万亿")
        if not digits or value(whole) is None or len(whole) > 1 and whole[-1] in "万亿":
            return None
        return f"{value(whole)}.{digit_string(digits)}{rest[len(digits) :]}"
    if (number := value(whole)) is None:
        return None
    whole = _folded(whole)
    if number < 100_000_000 and (number % 10_000 or number == 0):
        return str(number)
    # 一亿零一十万 is said with 一十, and 1亿零10万 would be read with 十.
    if any(group.startswith("一十") for _, group in _GROUP.findall(whole)):
        return None
    return _GROUP.sub(lambda group: f"{group.group(1)}{_value(group.group(2))}", whole)


def _folded(words: str) -> str:
    return words.replace("〇", "零").replace("两", "二")


def _value(words: str) -> int:
    """The sum of what its signs stand for, however oddly they are put together."""
    for name, unit in (("亿", 100_000_000), ("万", 10_000)):
        if name in words:
            high, _, low = words.rpartition(name)
            return _value(high) * unit + _value(low)
    total = digit = 0
    for char in words:
        if char in _UNITS:
            total, digit = total + (digit or 1) * _UNITS[char], 0
        else:
            digit = DIGITS.index(char)
    return total + digit
