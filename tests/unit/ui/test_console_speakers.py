"""Who said it: one chord, names by initials, and what holds until the next change."""

import pytest

from meeting.domain.events import ItemMoved
from meeting.stream.messages import (
    Speaker,
)
from tests.unit.ui.console_room import NAMED, chooser, ready, room
from tests.unit.ui.console_script import segment
from ui.console.editing.names import matches


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEETING_LANG", "en")
    monkeypatch.setenv("TZ", "UTC")


async def test_the_speaker_is_found_by_initials_and_holds_for_what_comes_until_the_next_change() -> None:
    async with room(NAMED) as held:
        await ready(held)
        assert "no speaker" not in held.text("#status")
        await chooser(held, "f5")
        await held.press(*"ljg", "enter")
        held.stream.put(segment(9, 50_960, "全部保存在本机。", item_id="i2"))
        held.stream.put(segment(10, 55_000, "不连接互联网。", item_id="i2"))
        await held.until(lambda: len(held.commands(Speaker)) == 2)
        assert [(one.segment_ids, one.person) for one in held.commands(Speaker)] == [
            (("s9",), "李建国"),
            (("s10",), "李建国"),
        ]
        held.stream.put(ItemMoved(item_id="i3", number=3, state="ongoing", by="王芳"))
        held.stream.put(segment(11, 60_000, "第三个议题。", item_id="i3"))
        await held.until(lambda: "no speaker: 3" in held.text("#status"))
        assert len(held.commands(Speaker)) == 2, (
            "an item's beginning is a change: nobody is taken for the next speaker"
        )


async def test_the_items_presenter_comes_first_and_a_range_gets_one_name() -> None:
    async with room(NAMED) as held:
        await ready(held)
        await held.press("up", "shift+up")
        await chooser(held, "f5")
        await held.press("enter")
        await held.until(lambda: held.commands(Speaker))
        assert (held.commands(Speaker)[0].segment_ids, held.commands(Speaker)[0].person) == (("s7", "s8"), "沈毅")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", True),
        ("ljg", True),
        ("建国", True),
        ("lijian", True),
        ("jg", True),
        ("lg", False),
        ("x", False),
        ("黎", False),
    ],
)
def test_a_name_is_found_by_characters_pinyin_and_initials(query: str, found: bool) -> None:
    assert matches(query, "李建国") is found


def test_names_with_a_point_rare_characters_and_several_readings_are_found() -> None:
    assert (
        matches("ay", "阿依·𠮷")
        and matches("shan", "单雄信")
        and matches("dan", "单雄信")
        and matches("𠮷", "阿依·𠮷")
    )
