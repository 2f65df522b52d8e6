"""Chinese on the console's screens is broken into lines as it is in print."""

from hypothesis import given
from hypothesis import strategies as st
from textual.app import App, ComposeResult
from textual.content import Content
from textual.widgets import Static

from ui.console.widgets.prose import Prose, folded
from ui.console.wrapping import CLOSING

SAID = "会议原则同意整改方案，由资产处牵头，办公室配合；于三月底前完成。"


def test_no_line_begins_with_what_closes_and_colours_stay_on_their_words() -> None:
    content = Content.assemble(("识别为：", "bold"), (SAID, "italic"))
    for width in range(8, 40):
        shown = folded(content, width)
        assert not any(line[0] in CLOSING for line in shown.plain.split("\n"))
        words = "".join(shown.plain[span.start : span.end] for span in shown.spans if span.style == "bold")
        assert words.replace("\n", "") == "识别为："


@given(
    st.lists(st.sampled_from(["会议", "，", "（", "）", " ", "𠮷", "abc", "\n", "·", "3月"]), max_size=40),
    st.integers(4, 30),
)
def test_nothing_but_what_parts_is_lost_at_a_line_s_end(parts: list[str], width: int) -> None:
    text = "".join(parts)
    gone = str.maketrans("", "", " ·\n")
    assert folded(Content(text), width).plain.translate(gone) == text.translate(gone)


def test_no_line_ends_with_the_dot_between_two_things() -> None:
    shown = folded(Content("2025-11-17 · 局长办公会议纪要〔2025〕11号 · 原则通过"), 14).plain
    assert shown.startswith("2025-11-17\n局长") and not any(line.endswith("·") for line in shown.split("\n"))


def test_further_lines_stand_in_under_the_words() -> None:
    first, *others = folded(Content("09:00:01  " + SAID), 30, hang=10).plain.split("\n")
    assert first.startswith("09:00:01  会议") and others
    assert all(line.startswith(" " * 10) and line[10] != " " for line in others)


async def test_a_static_is_as_high_as_its_lines() -> None:
    class Page(App[None]):
        def compose(self) -> ComposeResult:
            yield Static(Prose(SAID), id="said")

    async with Page().run_test(size=(24, 10)) as pilot:
        said = pilot.app.query_one("#said")
        assert said.size.height == len(folded(Content(SAID), 24).plain.split("\n"))
        await pilot.resize_terminal(40, 10)
        await pilot.pause()
        assert said.size.height == len(folded(Content(SAID), 40).plain.split("\n"))
