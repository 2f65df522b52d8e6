"""Looking up as one types, what was before the item, and what is suggested."""

import msgspec
import pytest
from textual.widgets import Input, OptionList, Static

from meeting.domain.events import ItemMoved
from meeting.memory.facts import Origin
from meeting.stream.messages import (
    LookBack,
    Recalled,
    Search,
    Suggestion,
)
from tests.unit.ui.console_room import room
from tests.unit.ui.console_script import BEFORE, HITS, PAPER, status
from ui.console.screens.passage import PassageScreen
from ui.console.widgets.search import SearchPane


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEETING_LANG", "en")
    monkeypatch.setenv("TZ", "UTC")


SUGGESTED = Suggestion(
    meeting_id="m1",
    segment_id="s7",
    item_id="i2",
    offset=0,
    length=4,
    mention="〔2025〕11号",
    about="document",
    title=PAPER["title"],
    text="会议原则同意𠮷方案。",
    source=Origin(**PAPER, date="2025-11-17"),
)


@pytest.mark.parametrize("key", ["f3", "slash"])
async def test_looking_up_shows_hits_as_one_types(key: str) -> None:
    async with room() as held:
        await held.press(key, *"abc")
        hits = held.app.screen.query_one("#hits", OptionList)
        await held.until(lambda: hits.option_count == 2 and held.commands(Search)[-1].query == "abc")
        assert "2 found" in held.text("#found")
        await held.press("down", "enter")
        await held.until(lambda: isinstance(held.app.screen, PassageScreen))
        shown = "".join(str(line.render()) for line in held.app.screen.query(Static))
        assert HITS["hits"][0]["text"] in shown and HITS["hits"][0]["source"] in shown
        await held.press("escape", "escape")
        assert not held.app.screen.query_one(SearchPane).is_open
        assert held.view.has_focus


async def test_titles_changed_behind_the_hits_are_whole_when_the_agenda_comes_back() -> None:
    async with room() as here:
        before = here.text("#items-text")
        await here.press("f3", *"办公")
        await here.until(lambda: here.commands(Search))
        here.stream.put(ItemMoved(seq=900, item_id="i2", number=2, state="completed", by="secretary"))
        await here.pilot.pause(0.3)
        await here.press("escape")
        await here.until(lambda: here.text("#items-text") != before)
        assert "听取智能会议系统试运行情况" in here.text("#items-text")


async def test_letters_and_the_slash_belong_to_the_text_field_while_typing() -> None:
    async with room() as held:
        await held.press("f3", "a", "slash", "q")
        assert held.app.screen.query_one(Input).value == "a/q"


async def test_one_burst_of_typing_is_one_question(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.console.widgets.search.TYPING_PAUSE_S", 1.0)
    async with room() as held:
        before = len(held.commands(Search))
        await held.app.screen.action_search()
        box = held.app.screen.query_one(Input)
        for text in ("办", "办公", "办公用房"):
            box.value = text
        await held.until(lambda: len(held.commands(Search)) > before)
        await held.pilot.pause(0.2)
        assert [command.query for command in held.commands(Search)[before:]] == ["办公用房"]


async def test_what_was_decided_before_is_asked_for_once_by_who_comes_during_the_item() -> None:
    async with room() as held:
        await held.until(lambda: "先在三楼会议室" in held.text("#earlier"))
        shown = held.text("#earlier")
        assert shown.index("in force") < shown.index("调整 by 2025-11-17") and "overdue" in shown
        held.stream.put(status(60_000))
        await held.pilot.pause(0.1)
        assert len(held.commands(LookBack)) == 1


async def test_what_was_before_the_next_item_is_pushed_and_takes_the_place_of_the_other() -> None:
    async with room() as held:
        await held.until(lambda: "先在三楼会议室" in held.text("#earlier"))
        held.stream.put(ItemMoved(item_id="i3", number=3, state="ongoing", by="王芳"))
        await held.until(lambda: not held.app.screen.query_one("#earlier").display)
        third = BEFORE | {
            "item_id": "i3",
            "number": 3,
            "decisions": [BEFORE["decisions"][0] | {"text": "车辆统一调度。"}],
        }
        held.stream.put(msgspec.convert(third, Recalled))
        await held.until(lambda: "车辆统一调度" in held.text("#earlier"))
        assert len(held.commands(LookBack)) == 1


async def test_a_suggestion_is_quiet_and_f3_opens_the_lookup_at_it() -> None:
    async with room() as held:
        await held.until(lambda: held.app.model.live)
        await held.press("f3", "办")
        held.stream.put(SUGGESTED)
        await held.until(lambda: "〔2025〕11号" in held.text("#suggestion"))
        assert held.app.focused is held.app.screen.query_one("#query", Input)
        assert held.app.screen.query_one("#query", Input).value == "办"
        await held.press("escape", "f3")
        await held.until(lambda: held.app.screen.query_one("#query", Input).value == "〔2025〕11号")
        await held.until(lambda: held.app.screen.query_one("#hits", OptionList).option_count == 3)
        assert not held.app.screen.query_one("#suggestion").display
        await held.press("enter")
        await held.until(lambda: isinstance(held.app.screen, PassageScreen))
        await held.until(lambda: "𠮷方案" in held.text(".reading-here"))


async def test_escape_takes_a_suggestion_away() -> None:
    async with room() as held:
        await held.until(lambda: held.app.model.live)
        held.stream.put(SUGGESTED)
        await held.until(lambda: held.app.screen.query_one("#suggestion").display)
        await held.press("escape")
        await held.until(lambda: not held.app.screen.query_one("#suggestion").display)
