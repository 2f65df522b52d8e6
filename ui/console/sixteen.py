"""Sixteen colours: each pair of letter and ground as one that such terminals show readably.

Taking the nearest of sixteen gives amber on white, and what is chosen loses its ground. Here each ground of a theme has
its own of the sixteen, with the letters that can be read on it: 4.5 : 1 at least with the colours of xterm, VGA,
Windows and GNOME, which differ. Only white is a bright ground: where there is none, it is grey.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import NamedTuple

from rich.color import Color as Ink
from rich.segment import Segment
from rich.style import Style
from rich.terminal_theme import DEFAULT_TERMINAL_THEME
from textual.color import Color
from textual.filter import LineFilter
from textual.theme import Theme

Rgb = tuple[int, int, int]
# As xterm and VGA have them, in between: only to tell which letter's colour is the nearest.
_USUAL: Sequence[Rgb] = (
    (0, 0, 0), (187, 0, 0), (0, 187, 0), (187, 110, 0), (0, 0, 200), (187, 0, 187), (0, 187, 187), (187, 187, 187),
    (106, 106, 106), (255, 60, 60), (60, 255, 60), (255, 255, 60), (88, 88, 255), (255, 60, 255), (60, 255, 255),
    (255, 255, 255),
)  # fmt: skip
_BLACK, _RED, _BLUE, _GREY = 0, 1, 4, 7
_BRIGHT_RED, _BRIGHT_GREEN, _BRIGHT_YELLOW, _BRIGHT_CYAN, _WHITE = 9, 10, 11, 14, 15


class Ground(NamedTuple):
    """A ground's number among the sixteen, and the letters that can be read on it."""

    number: int
    letters: tuple[int, ...]


_DARK = Ground(_BLACK, (_GREY, _WHITE, _BRIGHT_RED, _BRIGHT_GREEN, _BRIGHT_YELLOW, _BRIGHT_CYAN))
_LIGHT = Ground(_WHITE, (_BLACK, _BLUE, _RED))
_CHOSEN, _ERROR = Ground(_BLUE, (_WHITE,)), Ground(_RED, (_WHITE,))
_ON_GREY, _ON_BLACK = Ground(_GREY, (_BLACK,)), Ground(_BLACK, (_WHITE, _BRIGHT_YELLOW))
_GREY_ON_BLACK, _BLACK_ON_WHITE = Ground(_BLACK, (_GREY, _WHITE)), Ground(_WHITE, (_BLACK,))


def grounds(theme: Theme, colour: bool) -> tuple[tuple[Rgb, Ground], ...]:
    """What each colour of the theme that may lie under letters becomes; without `colour` only black, grey and white."""
    turned = _ON_GREY if theme.dark else _ON_BLACK
    plain = (_DARK if theme.dark else _LIGHT) if colour else (_GREY_ON_BLACK if theme.dark else _BLACK_ON_WHITE)
    # Without colour the style sheet underlines what is chosen.
    chosen, error = (_CHOSEN, _ERROR) if colour else (plain, turned)
    told = (
        (theme.background, plain),
        (theme.panel, plain),
        (theme.variables["chosen"], chosen),
        (theme.primary, chosen),
        (theme.error, error),
        (theme.warning, turned),
        (theme.accent, turned),
        (theme.variables["quiet"], turned),
        (theme.foreground, turned),
    )
    named = ((Color.parse(name), ground) for name, ground in told if name is not None)
    return tuple(((one if colour else one.monochrome).rgb, ground) for one, ground in named)


class SixteenColours(LineFilter):
    """Puts what a theme draws into sixteen colours."""

    def __init__(self, theme: Theme, colour: bool = True) -> None:
        super().__init__()
        self._grounds = grounds(theme, colour)
        self._known: dict[Style, Style] = {}

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments with their styles in sixteen colours; `background` lies under those that name none."""
        return [
            Segment(text, self._of(style, background) if style is not None else None, control)
            for text, style, control in segments
        ]

    def _of(self, style: Style, background: Color) -> Style:
        whole = Style(bgcolor=background.rich_color) + style
        if whole not in self._known:
            self._known[whole] = self._reckon(whole)
        return self._known[whole]

    def _reckon(self, style: Style) -> Style:
        under = _rgb(style.bgcolor)
        ground = min(self._grounds, key=lambda one: _apart(one[0], under))[1]
        letter = ground.letters[0]
        if style.color is not None:
            over = _rgb(style.color)
            letter = min(ground.letters, key=lambda number: _apart(_USUAL[number], over))
        # Bold makes the first eight bright, which cannot be read on a bright ground.
        bold = False if letter < _GREY and ground.number >= _GREY else None
        return style + Style(color=_ink(letter), bgcolor=_ink(ground.number), bold=bold)


@cache
def _ink(number: int) -> Ink:
    return Ink.from_ansi(number)


def _rgb(ink: Ink | None) -> Rgb:
    if ink is None:
        return 0, 0, 0
    red, green, blue = ink.get_truecolor(DEFAULT_TERMINAL_THEME)
    return red, green, blue


def _apart(one: Iterable[int], other: Iterable[int]) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))
