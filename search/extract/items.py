"""The numbered items of minutes."""

import re
from collections.abc import Sequence

import msgspec

from search.extract import doubts
from search.extract.doubts import Doubt

_TAIL = re.compile(
    r"^(?:附件\s*[:：\d一二三四五六七八九十]*\s*$|附件[:：]|抄送[:：]|抄报[:：]|分送[:：]|.*\d{1,2}日印发$|印发[:：])"
)
# The ways of numbering, the usual one first; the later ones number points within an item too, so they are asked about.
_CHINESE = re.compile(r"^([一二三四五六七八九十]{1,3})\s*、\s*([^\s。，、；：].*)$")
_NAMED = re.compile(
    r"^(?:议题|第(?=.{1,4}议题))([一二三四五六七八九十]{1,3}|\d{1,2})(?:项|个)?(?:议题)?\s*[：:、，]\s*(\S.*)$"
)
_BRACKETED = re.compile(r"^[（(]([一二三四五六七八九十]{1,3})[）)]\s*([^\s。，、；：].*)$")
_FIGURES = re.compile(r"^(\d{1,2})\s*[、.．]\s*([^\s\d。，、；：].*)$")
_SURE, _UNSURE = (_CHINESE, _NAMED), (_BRACKETED, _FIGURES)
_LONGEST_TITLE = 60


class MinutesItem(msgspec.Struct, frozen=True, kw_only=True):
    """A numbered item with its title and the paragraphs below it."""

    number: int
    title: str
    paragraphs: tuple[str, ...] = ()


class Parts(msgspec.Struct, frozen=True, kw_only=True):
    """What stands before the items, the items, and what follows the last one (annex, copies)."""

    opening: tuple[str, ...]
    items: tuple[MinutesItem, ...] = ()
    rest: tuple[str, ...] = ()
    doubts: tuple[Doubt, ...] = ()


def numbered_parts(lines: Sequence[str]) -> Parts:
    """Parts the lines at the numbers that follow one another; another number is plain text, and asked about."""
    for pattern in (*_SURE, *_UNSURE):
        parts = _parts(lines, pattern)
        if parts.items:
            if pattern in _SURE:
                return parts
            titles = tuple(f"{item.number} {item.title}" for item in parts.items)
            doubt = Doubt(field="items", reason=doubts.ITEMS_NUMBERED_OTHERWISE, candidates=titles)
            return msgspec.structs.replace(parts, doubts=(doubt, *parts.doubts))
    return Parts(opening=tuple(lines), doubts=_parts(lines, _CHINESE).doubts)


def _parts(lines: Sequence[str], pattern: re.Pattern[str]) -> Parts:
    opening, rest, astray = list[str](), list[str](), list[str]()
    items: list[tuple[str, list[str]]] = []
    for line in lines:
        match = pattern.match(line)
        if rest or (items and _TAIL.match(line)):
            rest.append(line)
        elif match and _ordinal(match[1]) == len(items) + 1:
            items.append(_heading(match[2]))
        else:
            (items[-1][1] if items else opening).append(line)
            if match:
                astray.append(line)
    numbered = tuple(
        MinutesItem(number=number, title=title, paragraphs=tuple(body))
        for number, (title, body) in enumerate(items, start=1)
    )
    broken = Doubt(field="items", reason=doubts.ITEMS_BROKEN, candidates=tuple(line[:80] for line in astray))
    return Parts(opening=tuple(opening), items=numbered, rest=tuple(rest), doubts=(broken,) if astray else ())


def _heading(text: str) -> tuple[str, list[str]]:
    """An item's title, and the text that goes on behind it in the same line."""
    title, mark, body = text.partition("。")
    if not mark and len(text) <= _LONGEST_TITLE:
        return text, []
    if body.strip() and len(title) <= _LONGEST_TITLE:
        return title, [body.strip()]
    return (title, []) if mark and len(title) <= _LONGEST_TITLE else ("", [text])


def _ordinal(written: str) -> int:
    if written.isdecimal():
        return int(written)
    digits = "一二三四五六七八九"
    tens, ten, units = written.rpartition("十")
    if not ten:
        return digits.find(written) + 1
    return (digits.find(tens) + 1 if tens else 1) * 10 + (digits.find(units) + 1 if units else 0)
