"""Who said it: one chord, names by initials, and what holds until the next change."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from meeting.domain.events import ItemMoved, Phase
from meeting.home import Home
from meeting.stream.messages import Partial, Speaker
from tests.unit.ui.console_room import NAMED, Room, chooser, ready, room
from tests.unit.ui.console_script import segment, status
from ui.console.editing.names import matches


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEETING_LANG", "en")
    monkeypatch.setenv("TZ", "UTC")


async def test_the_speaker_is_found_by_initials_and_holds_for_what_comes_until_the_next_change() -> None:
    async with room(NAMED) as held:
        await ready(held)
        assert "no speaker" not in held.text("#status") and " speaker:" not in held.text("#status")
        await chooser(held, "f5")
        await held.press(*"ljg", "enter")
        held.stream.put(segment(9, 50_960, "全部保存在本机。", item_id="i2"))
        held.stream.put(segment(10, 55_000, "不连接互联网。", item_id="i2"))
        await held.until(lambda: len(held.commands(Speaker)) == 2)
        assert [(one.segment_ids, one.person) for one in held.commands(Speaker)] == [
            (("s9",), "李建国"),
            (("s10",), "李建国"),
        ]
        assert "  speaker: 李建国" in held.text("#status")
        held.stream.put(segment(11, 58_000, "已有名字。", item_id="i2", speaker="周敏"))
        held.stream.put(segment(12, 60_000, "不知是谁。", item_id="i2", source="refine"))
        await held.until(lambda: "no speaker: 3" in held.text("#status"))
        assert len(held.commands(Speaker)) == 2


async def test_mistyped_initials_become_nobodys_name_unasked() -> None:
    async with room(NAMED) as held:
        await ready(held)
        await chooser(held, "f5")
        await held.press(*"lgj", "enter")
        assert "Nobody is found by lgj" in held.text("#choose-hint")
        await held.press("backspace", "backspace", *"jg", "enter")
        await held.until(lambda: "  speaker: 李建国" in held.text("#status"))
        await chooser(held, "f5")
        await held.press(*"Smith", "enter", "enter")
        await held.until(lambda: "  speaker: Smith" in held.text("#status"))
        await chooser(held, "f5")
        await held.press(*"赵·六", "enter")
        await held.until(lambda: "  speaker: 赵·六" in held.text("#status"))


def named(held: Room) -> list[tuple[str, str | None]]:
    return [(one.segment_ids[0], one.person) for one in held.commands(Speaker)]


async def sticky(held: Room, who: str) -> None:
    """Names the speaker of what comes, as a person does; the sentence of the moment is done with."""
    await ready(held)
    await chooser(held, "f5")
    await held.press(*who, "enter")
    held.stream.put(segment(9, 50_960, "全部保存在本机。", item_id="i2"))
    await held.until(lambda: len(held.commands(Speaker)) == 1)


def switch(number: int, at_ms: int, **fields: Any) -> list[Any]:
    before = ItemMoved(item_id=f"i{5 - number}", number=5 - number, state="completed", by="王芳", **fields)
    begun = ItemMoved(item_id=f"i{number}", number=number, state="ongoing", by="王芳", media_ms=at_ms, **fields)
    return [before, begun]


async def test_an_items_beginning_presets_its_presenter_from_the_sentence_after_the_chairs() -> None:
    async with room(NAMED) as held:
        await sticky(held, "ljg")
        calling = Partial(segment_id="s10", revision=1, start_ms=54_000, end_ms=58_000, text="下面研究第三个")
        for message in (calling, *switch(3, 58_000)):
            held.stream.put(message)
        await held.until(lambda: "  speaker: 王芳" in held.text("#status"))
        for message in (
            segment(10, 54_000, "下面研究第三个议题。", item_id="i3"),
            segment(11, 60_000, "请王芳同志汇报。", item_id="i3"),
            segment(12, 63_000, "车辆统一调度。", item_id="i3"),
        ):
            held.stream.put(message)
        await held.until(lambda: len(held.commands(Speaker)) == 2)
        assert named(held)[1:] == [("s12", "王芳")], "the chair's own sentences are not the presenter's"
        await held.until(lambda: "no speaker: 4" in held.text("#status"))


async def test_after_a_switch_by_voice_the_presenters_first_sentence_is_named_although_its_text_comes_late() -> (
    None
):
    async with room(NAMED) as held:
        await sticky(held, "ljg")
        held.stream.put(status(70_000))
        before, begun = switch(3, 54_000)
        called = segment(10, 54_000, "下面研究第三个议题。", item_id="i3")
        presented = segment(11, 60_000, "车辆统一调度。", item_id="i3")
        for message in (before, msgspec.structs.replace(begun, by="voice"), called, presented):
            held.stream.put(message)
        await held.until(lambda: len(held.commands(Speaker)) == 2)
        assert named(held)[1:] == [("s11", "王芳")]


async def test_what_the_chair_sums_up_is_not_the_presenters_nor_is_what_follows_it() -> None:
    async with room(NAMED) as held:
        await sticky(held, "ljg")
        for message in (
            *switch(3, 55_000),
            segment(10, 60_000, "建议会议同意统一调度。", item_id="i3"),
            segment(11, 63_000, "好，会议原则同意，由办公室牵头。", item_id="i3"),
            segment(12, 66_000, "没有意见。", item_id="i3"),
        ):
            held.stream.put(message)
        await held.until(lambda: held.app.model.segment("s12") and "  speaker: " not in held.text("#status"))
        assert named(held)[1:] == [("s10", "王芳")]


async def test_whoever_a_person_has_named_also_sums_up() -> None:
    async with room(NAMED) as held:
        await sticky(held, "ljg")
        held.stream.put(segment(10, 60_000, "会议原则同意。", item_id="i2"))
        await held.until(lambda: len(held.commands(Speaker)) == 2)
        assert named(held)[1:] == [("s10", "李建国")]


async def test_a_switch_taken_back_brings_back_who_was_speaking() -> None:
    async with room(NAMED) as held:
        await sticky(held, "zm")
        for message in (*switch(3, 55_000), *switch(2, 56_000, undoes="b1")):
            held.stream.put(message)
        await held.until(lambda: held.app.model.current_item == "i2")
        held.stream.put(segment(10, 60_000, "继续说系统。", item_id="i2"))
        await held.until(lambda: len(held.commands(Speaker)) == 2)
        assert named(held)[1:] == [("s10", "周敏")]


async def test_nobody_speaks_through_a_recess_and_after_it_the_presenter_is_preset_again() -> None:
    async with room(NAMED) as held:
        await sticky(held, "ljg")
        for message in (Phase(phase="recess", by="李建国"), segment(10, 60_000, "歇一会儿。")):
            held.stream.put(message)
        await held.until(lambda: held.app.model.segment("s10") and "  speaker: " not in held.text("#status"))
        for message in (Phase(phase="items", by="王芳"), segment(11, 90_000, "接着汇报。", item_id="i2")):
            held.stream.put(message)
        await held.until(lambda: len(held.commands(Speaker)) == 2)
        assert named(held)[1:] == [("s11", "沈毅")]


async def test_where_nobody_has_named_a_speaker_no_presenter_is_taken_for_one() -> None:
    async with room(NAMED) as held:
        await ready(held)
        for message in (*switch(3, 55_000), segment(10, 60_000, "车辆统一调度。", item_id="i3")):
            held.stream.put(message)
        await held.until(lambda: "no speaker: 1" in held.text("#status"))
        assert not held.commands(Speaker)


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


async def test_who_speaks_goes_on_after_a_console_that_died(tmp_path: Path) -> None:
    home = Home(tmp_path)
    async with room(NAMED, home=home) as held:
        await sticky(held, "ljg")
        held.app._remember()
    missed = [segment(9, 50_960, "全部保存在本机。", item_id="i2"), segment(10, 55_000, "不连接。", item_id="i2")]
    async with room([*NAMED[:-1], *missed], home=home) as held:
        await held.until(lambda: len(named(held)) == 2)
        assert named(held) == [("s9", "李建国"), ("s10", "李建国")]
        assert "  speaker: 李建国" in held.text("#status")
    moved = [ItemMoved(item_id="i3", number=3, state="ongoing", by="王芳"), *missed]
    async with room([*NAMED[:-1], *moved], home=home) as held:
        await held.until(lambda: held.app._returned)
        await held.pilot.pause()
        assert not named(held) and " speaker: 李建国" not in held.text("#status")
