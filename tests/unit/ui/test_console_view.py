"""The window onto the record: following, letting go, staying; and how things are drawn."""

import pytest

from tests.unit.ui.console_room import long_meeting, room
from tests.unit.ui.console_script import WELCOME, segment
from ui.console.widgets.status import level_bar


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEETING_LANG", "en")
    monkeypatch.setenv("TZ", "UTC")


async def test_scrolling_up_lets_go_and_new_words_are_announced() -> None:
    async with room(long_meeting()) as held:
        assert held.view.scroll_offset.y == held.view.max_scroll_y > 0
        await held.press("pageup")
        assert not held.view.following
        y, top = held.view.scroll_offset.y, held.lines()[0]
        held.stream.put(segment(900, 900_000, "新的一句。"))
        await held.until(lambda: held.app.screen.query_one("#new-content").has_class("-shown"))
        await held.pilot.pause()
        assert (held.view.scroll_offset.y, held.lines()[0]) == (y, top)
        await held.press("f6")
        assert held.view.following
        await held.until(lambda: "新的一句。" in held.lines()[-1])
        assert not held.app.screen.query_one("#new-content").has_class("-shown")


async def test_scrolling_back_to_the_end_follows_again() -> None:
    async with room(long_meeting()) as held:
        await held.press("pageup", "end")
        assert held.view.following
        held.stream.put(segment(900, 900_000, "新的一句。"))
        await held.until(lambda: "新的一句。" in held.lines()[-1])


async def test_a_reader_stays_at_their_line_through_a_resize_and_a_late_sentence_above() -> None:
    async with room(long_meeting()) as held:
        await held.press("home", "pagedown", "pagedown")
        top = held.lines()[0]
        held.stream.put(segment(900, 10, "补上的一句。"))
        await held.until(
            lambda: any(s.segment_id == "s900" for s in held.app.model.rows if hasattr(s, "segment_id"))
        )
        await held.until(lambda: held.app._frame is None)
        await held.pilot.pause()
        assert held.lines()[0] == top
        await held.pilot.resize_terminal(80, 24)
        await held.until(lambda: held.view.size.width < 80 and held.lines()[0].split()[:1] == top.split()[:1])


async def test_speech_is_never_read_as_markup() -> None:
    spoken = "[bold]同意[/bold] [@click=app.detach]离开[/] \x1b[31m红"
    async with room([WELCOME, segment(1, 0, spoken)]) as held:
        await held.until(
            lambda: any("[bold]同意[/bold] [@click=app.detach]离开[/]" in line for line in held.lines())
        )
        assert not any("\x1b" in line for line in held.lines())


async def test_every_theme_draws_and_no_colour_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with room() as held:
        names = {held.app.theme}
        for _ in range(2):
            await held.press("f9")
            names.add(held.app.theme)
        assert names == {"meeting-dark", "meeting-light", "meeting-contrast"}
        assert "● recording" in held.text("#status")


def test_the_level_is_a_shape() -> None:
    assert [level_bar(level) for level in (None, -90.0, -30.0, 3.0)] == [
        "········",
        "········",
        "▮▮▮▮····",
        "▮▮▮▮▮▮▮▮",
    ]


@pytest.mark.parametrize("size", [(80, 24), (110, 32), (300, 80)])
async def test_a_notice_lies_within_the_side_so_that_no_wide_character_is_cut(size: tuple[int, int]) -> None:
    async with room(size=size, notices=True) as held:
        held.app.notify("请选中相连的几句（Shift+↑ ↓）；这一句后面没有了。")
        await held.until(lambda: any(one.region.width for one in held.app.screen.query("Toast")))
        toast, side = held.app.screen.query_one("Toast"), held.app.screen.query_one("#agenda")
        assert side.content_region.x <= toast.content_region.x
        assert toast.content_region.right <= side.content_region.right - 1
