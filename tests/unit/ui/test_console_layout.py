from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from meeting.domain.events import Gap, ItemMoved
from meeting.stream.messages import Partial
from tests.unit.ui.console_script import WELCOME, demo, segment
from ui.console.layout import Layout, LineKind
from ui.console.model import MeetingModel
from ui.console.wrapping import CLOSING, OPENING, clean, wrap


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEETING_LANG", "en")


def laid_out(model: MeetingModel, width: int) -> Layout:
    layout = Layout()
    layout.resize(model, width)
    return layout


def drawn(layout: Layout) -> list[tuple[LineKind, str]]:
    return [(line.kind, line.text) for line in map(layout.line, range(layout.height))]


words = st.text(st.sampled_from("会议，。同意（）“”𠮷〇·abc 0123😀ｆｕｌｌ"), max_size=120)


@given(words, st.integers(4, 60))
def test_wrapping_loses_nothing_but_spaces_and_keeps_the_width(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(cell_len(line) <= width for line in lines)


def test_closing_punctuation_never_begins_a_line() -> None:
    lines = wrap("会议原则同意整改方案，由资产处牵头，办公室配合，于三月底前完成全部整改任务。", 20)
    assert len(lines) > 3
    assert not any(line[0] in CLOSING for line in lines)


@given(st.text(st.sampled_from("会议，。、；：？！）》”’…（《“‘—𠮷😀abc0"), max_size=80), st.integers(4, 40))
def test_no_line_begins_with_what_closes_or_ends_with_what_opens_where_it_can_be_avoided(
    text: str, width: int
) -> None:
    lines = wrap(text, width)
    for line, after in pairwise(lines):
        if after[0] in CLOSING or line[-1] in OPENING:
            together = line + after[0]
            assert all(
                together[place] in CLOSING or together[place - 1] in OPENING for place in range(1, len(together))
            ), "another place was free"


def test_punctuation_behind_a_long_latin_word_takes_the_words_end_along() -> None:
    lines = wrap("见https://example.gov.cn/documents/2026/agenda/3，请各位审阅", 47)
    assert lines[1].startswith("3，") and not lines[0].endswith("3")


def test_a_latin_word_is_kept_whole() -> None:
    assert wrap("系统叫做smart meeting试运行", 14) == ("系统叫做smart", "meeting试运行")


def test_control_characters_never_reach_the_terminal() -> None:
    assert "\x1b" not in clean("同意\x1b[31m红\n二")


def test_lines_are_headed_by_their_items() -> None:
    model = MeetingModel()
    for message in demo():
        model.apply(message)
    headings = [text for kind, text in drawn(laid_out(model, 80)) if kind is LineKind.HEADING]
    assert headings == [
        "Outside the items",
        "Item 1  审议办公用房清理整改方案",
        "Item 2  听取智能会议系统试运行情况",
    ]


def test_an_item_that_was_just_called_has_its_heading_before_a_word_is_spoken() -> None:
    model = MeetingModel()
    for message in (
        WELCOME,
        segment(1, 0, "开会。"),
        ItemMoved(item_id="i1", number=1, state="ongoing", by="王芳"),
    ):
        model.apply(message)
    assert drawn(laid_out(model, 60))[-1] == (LineKind.HEADING, "Item 1  审议办公用房清理整改方案")


def test_a_partial_stands_at_the_end_with_its_stable_part() -> None:
    model = MeetingModel()
    text = "全部保存在本机，不连接互联网，也不上传"
    model.apply(WELCOME)
    model.apply(Partial(segment_id="s1", revision=1, start_ms=0, end_ms=9, text=text, stable_chars=10))
    lines = [line for line in map(laid_out(model, 25).line, range(8)) if line.kind is LineKind.PARTIAL]
    assert "".join(line.text for line in lines) == text
    assert "".join(line.text[: line.stable] for line in lines) == text[:10]


def test_a_gap_tells_its_reason() -> None:
    model = MeetingModel()
    model.apply(WELCOME)
    model.apply(Gap(start_ms=0, end_ms=12_400, reason="device_lost"))
    assert (LineKind.GAP, "┄ no sound for 12 s: the microphone was gone") in drawn(laid_out(model, 80))


changes = st.lists(
    st.one_of(
        st.builds(
            lambda n, rev, start, text, item: segment(n, start, text, rev=rev, item_id=item),
            st.integers(1, 8),
            st.integers(1, 5),
            st.integers(0, 9000),
            st.sampled_from(["", "同意。", "全局共清查办公用房三百二十六间，其中超标准使用的有十八间。"]),
            st.sampled_from([None, "i1", "i2"]),
        ),
        st.builds(lambda start: Gap(start_ms=start, end_ms=start + 900, reason="paused"), st.integers(0, 9000)),
        st.builds(
            lambda n, rev: Partial(
                segment_id=f"p{n}", revision=rev, start_ms=n * 3000, end_ms=9999, text="现在开" * rev
            ),
            st.integers(1, 3),
            st.integers(1, 9),
        ),
    ),
    max_size=30,
)


@given(changes)
def test_small_updates_give_what_a_whole_layout_would(messages: list[object]) -> None:
    model, layout = MeetingModel(), Layout()
    model.apply(WELCOME)
    layout.resize(model, 30)
    for message in messages:
        change = model.apply(message)
        if change.parts:
            layout.update(model, change.first_row)
        assert drawn(layout) == drawn(laid_out(model, 30))


@given(changes, st.integers(0, 60), st.integers(20, 90))
def test_a_reader_finds_the_same_row_after_a_resize(messages: list[object], y: int, width: int) -> None:
    model = MeetingModel()
    model.apply(WELCOME)
    for message in messages:
        model.apply(message)
    layout = laid_out(model, 30)
    place = layout.place(min(y, max(0, layout.height - 1)))
    layout.resize(model, width)
    assert layout.place(layout.find(place, model.rows))[0] == place[0]
