"""Text that is wrapped as Chinese is: no line begins with a comma or ends with an opening bracket."""

from typing import TYPE_CHECKING

from textual.content import Content
from textual.strip import Strip
from textual.style import Style
from textual.visual import RenderOptions, Visual

from ui.console.wrapping import wrap

if TYPE_CHECKING:
    from textual.css.styles import RulesMap


def folded(content: Content, width: int, hang: int = 0) -> Content:
    """`content` with its lines broken at `width` cells; its colours and links stay where they were.

    `hang`: by how many cells the second and further lines of each line stand in, where there is room for that.
    """
    stands_in = hang if hang < width // 2 else 0
    lines = content.split("\n", allow_blank=True)
    return Content("\n").join(part for line in lines for part in _fold(line, width, stands_in))


def _fold(line: Content, width: int, hang: int) -> list[Content]:
    text = line.plain
    first, *others = wrap(text, max(2, width))
    if hang and others:
        others = list(wrap(text[len(first) :].lstrip(" "), max(2, width - hang)))
    parts, at = list[Content](), 0
    for row, wanted in enumerate([first, *others]):
        at = text.index(wanted, at)
        # Where the line ends, nothing more has to part one thing from the next.
        shown = wanted if row == len(others) else wanted.removesuffix(" ·")
        parts.append(Content.assemble(" " * hang if row else "", line[at : at + len(shown)]))
        at += len(wanted)
    return parts


class Prose(Visual):
    """For `Static.update`: what a `Content` shows, folded to whatever width there is."""

    def __init__(self, content: Content | str, hang: int = 0) -> None:
        self._content = content if isinstance(content, Content) else Content(content)
        self._hang = hang
        self._folded: tuple[int, Content] = (0, self._content)

    def __str__(self) -> str:
        return self._content.plain

    def _at(self, width: int) -> Content:
        if self._folded[0] != width:
            self._folded = (width, folded(self._content, width, self._hang))
        return self._folded[1]

    def render_strips(self, width: int, height: int | None, style: Style, options: RenderOptions) -> list[Strip]:
        """Part of the Visual protocol."""
        return self._at(width).render_strips(width, height, style, options)

    def get_optimal_width(self, rules: "RulesMap", container_width: int) -> int:
        """Part of the Visual protocol."""
        return self._content.get_optimal_width(rules, container_width)

    def get_minimal_width(self, rules: "RulesMap") -> int:
        """Part of the Visual protocol."""
        return self._content.get_minimal_width(rules)

    def get_height(self, rules: "RulesMap", width: int) -> int:
        """Part of the Visual protocol."""
        return self._at(width).get_height(rules, width)
