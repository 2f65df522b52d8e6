"""Decisions by one key, and what each member says to them."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from textual import events
from textual.widgets import Input, OptionList

from meeting.home import Home
from meeting.stream.client import CommandRefused
from meeting.stream.messages import (
    Assign,
    ClientCommand,
    Decide,
    Failure,
)
from tests.unit.ui.console_room import NAMED, ready, room
from tests.unit.ui.console_script import ITEMS, SPOKEN, answer
from ui.console.screens.decide import DecideScreen
from ui.console.screens.positions import PositionsScreen
from ui.console.screens.prompt import PromptScreen


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEETING_LANG", "en")
    monkeypatch.setenv("TZ", "UTC")


async def test_f4_proposes_from_what_was_said_and_stores_decision_and_action() -> None:
    def reply(command: ClientCommand) -> Any:
        return {"decision_id": "d1", "rev": 1, "warnings": []} if isinstance(command, Decide) else answer(command)

    async with room(NAMED, reply=reply) as held:
        await ready(held)
        await held.press(*["up"] * 5, "f4")
        await held.until(lambda: isinstance(held.app.screen, DecideScreen))
        form = held.app.screen
        assert form.query_one("#owner", Input).value == "资产处、办公室"
        assert form.query_one("#due", Input).value == "2026-03-31"
        await held.press("enter")
        await held.until(lambda: held.commands(Assign))
        decided, task = held.commands(Decide)[0], held.commands(Assign)[0]
        assert (decided.item_ids, decided.outcome, decided.segments) == (("i1",), "原则通过", ("s4",))
        assert decided.text == SPOKEN[3][-1]
        assert (task.decision_id, task.due_date, task.item_id) == ("d1", "2026-03-31", "i1")
        assert (task.lead_unit, task.supporting_units, task.owner) == ("资产处", ("办公室",), "")


async def test_an_action_comes_without_a_decision_and_a_due_date_is_understood_as_typed() -> None:
    async with room(NAMED) as held:
        await ready(held)
        await held.press("f4")
        await held.until(lambda: isinstance(held.app.screen, DecideScreen))
        form = held.app.screen
        await held.press("left")
        form.query_one("#task", Input).value = "落实"
        form.query_one("#due", Input).value = "尽快"
        await held.press("enter")
        assert held.app.screen is form and "No date" in held.text("#due-day")
        form.query_one("#due", Input).value = "下周五"
        await held.press("enter")
        await held.until(lambda: held.commands(Assign))
        task = held.commands(Assign)[0]
        assert not held.commands(Decide)
        assert (task.text, task.due_date, task.decision_id) == ("落实", "2026-03-20", None)


async def test_a_form_that_could_not_be_stored_is_shown_again_as_it_was_filled_in(tmp_path: Path) -> None:
    def reply(command: ClientCommand) -> Any:
        if isinstance(command, Decide):
            raise CommandRefused(Failure(code="item_unknown", message="No such item."))
        return answer(command)

    async with room(NAMED, reply=reply, home=Home(tmp_path)) as held:
        await ready(held)
        await held.press("f4")
        await held.until(lambda: isinstance(held.app.screen, DecideScreen))
        first = held.app.screen
        first.query_one("#owner", Input).value = "信息中心"
        await held.press("enter")
        await held.until(lambda: isinstance(held.app.screen, DecideScreen) and held.app.screen is not first)
        assert held.app.screen.query_one("#owner", Input).value == "信息中心"
        await held.until((tmp_path / "console" / "decision.json").exists)


async def test_positions_stand_in_speaking_order_and_the_chair_first_is_said_quietly() -> None:
    items = (ITEMS[0], msgspec.structs.replace(ITEMS[1], major=True), ITEMS[2])
    major = [msgspec.structs.replace(NAMED[0], items=items), *NAMED[1:]]
    async with room(major) as held:
        await ready(held)
        await held.press("ctrl+o")
        await held.until(lambda: isinstance(held.app.screen, PositionsScreen))
        await held.press("2", "end", "up", "1")
        assert "chair speaks last" in held.text("#chair-first")
        await held.press("end", "1", "enter")
        await held.press("f4")
        await held.until(lambda: isinstance(held.app.screen, DecideScreen))
        await held.press("enter")
        await held.until(lambda: held.commands(Decide))
        stood = [(one.person, one.position, one.written) for one in held.commands(Decide)[0].positions]
        assert stood == [
            ("周敏", "不同意", False),
            ("李建国", "同意", False),
            ("王芳", "同意", True),
            ("沈毅", "未表态", False),
        ]


async def test_a_written_opinion_has_no_turn_and_its_words_are_kept() -> None:
    async with room(NAMED) as held:
        await ready(held)
        await held.press("ctrl+o")
        await held.until(lambda: isinstance(held.app.screen, PositionsScreen))
        form = held.app.screen
        await held.press("end", "3", "ctrl+n")
        await held.until(lambda: isinstance(held.app.screen, PromptScreen))
        held.app.post_message(events.Paste("同意★，建议\n补充测算𠮷"))
        await held.until(lambda: held.app.screen.query_one(Input).value == "同意★，建议补充测算𠮷")
        await held.press("enter")
        await held.until(lambda: held.app.screen is form)
        await held.press("home", "1")
        shown = [
            str(form.query_one(OptionList).get_option_at_index(at).prompt)
            for at in range(form.query_one(OptionList).option_count)
        ]
        assert shown[0].startswith(" 1. 周敏") and shown[-1].startswith("    王芳  保留")
        await held.press("enter")
        await held.until(lambda: held.app.screen is not form)
        given = held.app._meeting._positions["i2"]
        assert [(one.person, one.written, one.remark) for one in given][:2] == [
            ("周敏", False, ""),
            ("王芳", True, "同意★，建议补充测算𠮷"),
        ]


async def test_the_form_shows_its_keys_in_24_lines() -> None:
    async with room(NAMED, size=(80, 24)) as held:
        await ready(held)
        await held.press("up", "f4")
        await held.until(lambda: isinstance(held.app.screen, DecideScreen))
        held.app.screen.query_one("#due", Input).value = "三个工作日内"
        await held.until(lambda: "→" in held.text("#due-day"))
        hint = held.app.screen.query_one("#decide-hint")
        await held.until(lambda: hint.region.bottom <= 23 and hint.region.height)
        assert held.app.screen.query_one("#decide").region.contains_region(hint.region)


async def test_positions_that_were_given_are_not_dropped_by_one_escape() -> None:
    async with room(NAMED) as held:
        await ready(held)
        await held.press("ctrl+o")
        await held.until(lambda: isinstance(held.app.screen, PositionsScreen))
        await held.press("2", "escape")
        await held.until(lambda: "Not saved" in held.text("#positions-hint"))
        await held.press("enter")
        await held.until(lambda: not isinstance(held.app.screen, PositionsScreen))
        await held.press("ctrl+o")
        await held.until(lambda: isinstance(held.app.screen, PositionsScreen))
        assert [one.position for one in held.app.screen.positions][:1] == ["不同意"]
        await held.press("escape")
        await held.until(lambda: not isinstance(held.app.screen, PositionsScreen))
