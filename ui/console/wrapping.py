"""Chinese and Latin text cut into lines of so many terminal cells.

Widths are those of `rich.cells`, which Textual draws by. Punctuation that closes does not begin a line and
punctuation that opens does not end one (the rule of 行首行尾禁则); a Latin word or a number is kept whole when it fits,
and is broken rather than the rule.
"""

from bisect import bisect_right
from itertools import accumulate

from rich.cells import get_character_cell_size

from ui.plain import powerless

CLOSING = frozenset("，。、；：？！）》」』】〕〉〗］｝＞．’”…—～·,.;:?!)]}%％‰℃々")
OPENING = frozenset("（《「『【〔〈〖［｛＜‘“([{￥＄№")
_LOOK_BACK = 24


class _Widths(dict[int, str]):
    """For str.translate: each code point to the character whose ordinal is its width, measured once."""

    def __missing__(self, point: int) -> str:
        width = chr(get_character_cell_size(chr(point)))
        self[point] = width
        return width


_WIDTHS = _Widths()


def cells(text: str) -> list[int]:
    """The running total of cells after each code point of `text`."""
    return list(accumulate(text.translate(_WIDTHS).encode("latin-1")))


def clean(text: str) -> str:
    """`text` on one line with no control character, so that speech can never steer the terminal."""
    return text if text.isprintable() else powerless(text, " ")


def wrap(text: str, width: int) -> tuple[str, ...]:
    """The lines of `text`, each at most `width` cells wide (a single character may be wider). Empty text: one line."""
    totals = cells(text)
    if not totals or totals[-1] <= width:
        return (text,)
    lines: list[str] = []
    start, done, length = 0, 0, len(text)
    while start < length:
        stop = bisect_right(totals, done + width, start)
        if stop < length:
            stop = _break_before(text, start, max(stop, start + 1))
        lines.append(text[start:stop].rstrip(" "))
        while stop < length and text[stop] == " ":
            stop += 1
        start, done = stop, totals[stop - 1]
    return tuple(lines)


def _break_before(text: str, start: int, stop: int) -> int:
    """The best place to cut at or before `stop`; `stop` itself when the line has none."""
    for place in range(stop, max(start, stop - _LOOK_BACK), -1):
        before, after = text[place - 1], text[place]
        if before < "\u2e80" and after < "\u2e80" and before != " " and after != " ":
            continue
        if _may_cut(before, after):
            return place
    return next((place for place in range(stop, start, -1) if _may_cut(text[place - 1], text[place])), stop)


def _may_cut(before: str, after: str) -> bool:
    """Neither punctuation on the wrong line, nor a character taken to pieces."""
    if after in CLOSING or before in OPENING or before == "\u200d":
        return False
    return bool(get_character_cell_size(after))
