"""The numbers that Word puts before headings and list entries; they stand nowhere in the text of the file."""

from collections.abc import Callable
from typing import Any

import msgspec

_NUMBERING = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/numbering"
_DEEPEST_STYLE = 20
_DIGITS = "〇一二三四五六七八九"
_CIRCLED = "⓪①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_FORMAL = str.maketrans("一二三四五六七八九十百千", "壹贰叁肆伍陆柒捌玖拾佰仟")
_ROMAN = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl")),
    *((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)


class Level(msgspec.Struct, frozen=True):
    """How one level of a list is numbered; `text` has %1 for the number of level 1."""

    form: str
    text: str
    start: int


class Numbering:
    """The lists of one document, counted while its paragraphs are read in order."""

    def __init__(
        self,
        lists: dict[str, tuple[str, dict[int, int]]],
        levels: dict[str, dict[int, Level]],
        styles: dict[str, tuple[str, int]],
    ) -> None:
        self._lists, self._levels, self._styles = lists, levels, styles
        self._counts: dict[str, dict[int, int]] = {}
        self._begun: set[str] = set()

    @classmethod
    def of(cls, document: Any) -> "Numbering":
        """The lists that a python-docx document defines; none for a document without any."""
        try:
            root = document.part.part_related_by(_NUMBERING).element
        except KeyError:
            return cls({}, {}, {})
        levels = {
            _value(one, "abstractNumId"): {
                _number(_value(level, "ilvl"), 0): _level(level) for level in _named(one, "lvl")
            }
            for one in _named(root, "abstractNum")
        }
        lists = {}
        for one in _named(root, "num"):
            starts = {
                _number(_value(override, "ilvl"), 0): _number(_inner(override, "startOverride"), 1)
                for override in _named(one, "lvlOverride")
                if _named(override, "startOverride")
            }
            lists[_value(one, "numId")] = (_inner(one, "abstractNumId"), starts)
        return cls(lists, levels, _styles(document.styles.element))

    def next(self, paragraph: Any) -> str:
        """Counts a paragraph; its number as it is shown (一、), or empty when it has none."""
        list_id, depth = self._place(paragraph)
        if list_id not in self._lists:
            return ""
        abstract, starts = self._lists[list_id]
        levels = self._levels.get(abstract, {})
        if depth not in levels:
            return ""
        counts = self._counts.setdefault(abstract, {})
        if list_id not in self._begun:
            self._begun.add(list_id)
            for level, start in starts.items():
                counts[level] = start - 1
        counts[depth] = counts.get(depth, levels[depth].start - 1) + 1
        for deeper in [level for level in counts if level > depth]:
            del counts[deeper]
        return _shown(levels, counts, depth)

    def _place(self, paragraph: Any) -> tuple[str, int]:
        (properties,) = _named(paragraph, "pPr")[:1] or [()]
        style = _inner(properties, "pStyle")
        list_id, depth = self._styles.get(style, ("", 0))
        for own in _named(properties, "numPr"):
            list_id = _inner(own, "numId") or list_id
            depth = _number(_inner(own, "ilvl"), depth)
        return list_id, depth


def local(element: Any) -> str:
    """An element's name without its namespace; empty for a comment or a processing instruction."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def chinese_number(value: int) -> str:
    """1 to 9999 as 一, 十二, 一百零三."""
    if not 0 < value < 10_000:
        return str(value)
    text, gap = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, value = divmod(value, unit)
        if digit:
            text += ("〇" if gap and text else "") + _DIGITS[digit] + name
        gap = not digit and bool(text)
    text = text.replace("〇", "零")
    return text[1:] if text.startswith("一十") else text


def _shown(levels: dict[int, Level], counts: dict[int, int], depth: int) -> str:
    level = levels[depth]
    if level.form in ("bullet", "none"):
        return ""
    text = level.text
    for number in range(depth + 1):
        above = levels.get(number, level)
        value = counts.get(number, above.start)
        text = text.replace(f"%{number + 1}", _FORMS.get(above.form, str)(value))
    return text if not text or text[-1] in "、）)：，" else text + " "


def _level(element: Any) -> Level:
    form, text = _inner(element, "numFmt"), _inner(element, "lvlText")
    return Level(form or "decimal", text, _number(_inner(element, "start"), 1))


def _styles(root: Any) -> dict[str, tuple[str, int]]:
    """For each paragraph style that numbers, itself or by what it is based on: the list and the level."""
    own, based = {}, {}
    for style in _named(root, "style"):
        name = _value(style, "styleId")
        based[name] = _inner(style, "basedOn")
        for properties in _named(style, "pPr"):
            for numbered in _named(properties, "numPr"):
                own[name] = (_inner(numbered, "numId"), _number(_inner(numbered, "ilvl"), 0))
    found = {}
    for name in based:
        above, steps = name, 0
        while above and above not in own and steps < _DEEPEST_STYLE:
            above, steps = based.get(above, ""), steps + 1
        if above in own:
            found[name] = own[above]
    return found


def _named(holder: Any, name: str) -> list[Any]:
    return [child for child in holder if local(child) == name]


def _value(element: Any, name: str = "val") -> str:
    return next((str(value) for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")


def _inner(holder: Any, name: str) -> str:
    return next((_value(child) for child in _named(holder, name)), "")


def _number(text: str, otherwise: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else otherwise


def _letters(value: int) -> str:
    return chr(ord("a") + (value - 1) % 26) * min(9, (value - 1) // 26 + 1)


def _roman(value: int) -> str:
    text = ""
    for worth, sign in _ROMAN:
        times, value = divmod(value, worth)
        text += sign * times
    return text


def _circled(value: int) -> str:
    return _CIRCLED[value] if 0 <= value < len(_CIRCLED) else str(value)


_CHINESE = (
    *("chineseCounting", "chineseCountingThousand", "japaneseCounting"),
    *("taiwaneseCounting", "taiwaneseCountingThousand"),
)
_FORMS: dict[str, Callable[[int], str]] = {
    **dict.fromkeys(_CHINESE, chinese_number),
    "chineseLegalSimplified": lambda value: chinese_number(value).translate(_FORMAL),
    "ideographTraditional": lambda value: _STEMS[(value - 1) % len(_STEMS)],
    "decimalZero": lambda value: f"{value:02}",
    "lowerLetter": _letters,
    "upperLetter": lambda value: _letters(value).upper(),
    "lowerRoman": _roman,
    "upperRoman": lambda value: _roman(value).upper(),
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
}
