"""A list whose chosen line bears a sign: it is known without colours, and while the keys go elsewhere."""

from collections.abc import Sequence

from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

CHOSEN, OTHER = "▸ ", "  "


class Choices(OptionList):
    """`fill` puts the lines in; the sign goes with the highlighted one."""

    def __init__(self, id: str) -> None:
        super().__init__(id=id, markup=False)
        self._told: list[Content] = []

    def fill(self, lines: Sequence[tuple[str, Content]], chosen: int | None) -> None:
        """Each with its id; `chosen` is highlighted."""
        self.clear_options()
        self._told = [line for _, line in lines]
        self.add_options(Option(_signed(line, False), id=id) for id, line in lines)
        self.highlighted = chosen

    def watch_highlighted(self, highlighted: int | None) -> None:
        super().watch_highlighted(highlighted)
        for at, line in enumerate(self._told[: self.option_count]):
            self.replace_option_prompt_at_index(at, _signed(line, at == highlighted))


def _signed(line: Content, chosen: bool) -> Content:
    signs = [CHOSEN if chosen else OTHER, *[OTHER] * line.plain.count("\n")]
    return Content("\n").join(Content.assemble(*both) for both in zip(signs, line.split("\n"), strict=True))
