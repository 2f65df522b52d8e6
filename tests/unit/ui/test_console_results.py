"""What was decided so far: worded anew, taken back; items taken together; who is stood in for."""

from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input, OptionList

from meeting.domain.events import Action, Attendance, Decision, End, Position
from meeting.home import Home
from meeting.stream.client import CommandRefused
from meeting.stream.messages import Assign, Attend, ClientCommand, Decide, Failure, Item
from tests.unit.ui.console_room import NAMED, chooser, ready, room, told
from tests.unit.ui.console_script import answer
from ui.console.screens.decide import DecideScreen

DECIDED = Decision(
    decision_id="d1",
    rev=2,
    item_ids=("i2",),
    outcome="通过",
    resolution_text="会议同意试运行方案。",
    evidence=("s7",),
    by="王芳",
    positions=(Position(person="周敏", position="同意"),),
)
ASSIGNED = Action(
    action_id="a1",
    rev=1,
    text="报送试运行报告",
    by="王芳",
    item_id="i1",
    decision_id="d0",
    owner="沈毅",
    lead_unit="信息中心",
    due_date="2026-03-31",
    evidence=("s4",),
)


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEETING_LANG", "en")
    monkeypatch.setenv("TZ", "UTC")


async def results(held: Any) -> None:
    await held.press("f4")
    await held.until(lambda: isinstance(held.app.screen, DecideScreen))
    await chooser(held, "f4")


async def form(held: Any) -> None:
    await held.until(lambda: isinstance(held.app.screen, DecideScreen))


async def test_f4_twice_lists_what_was_decided_and_enter_words_it_anew() -> None:
    async with room([*NAMED, ASSIGNED, DECIDED]) as held:
        await ready(held)
        await results(held)
        options = held.app.screen.query_one(OptionList)
        lines = [str(options.get_option_at_index(at).prompt) for at in range(options.option_count)]
        assert lines == ["2 通过 会议同意试运行方案。", "1 □ 报送试运行报告 信息中心、沈毅 2026-03-31"]
        await held.press("enter")
        await form(held)
        await held.press("right", "enter")
        await held.until(lambda: held.commands(Decide))
        given = held.commands(Decide)[0]
        assert (given.decision_id, given.rev, given.outcome) == ("d1", 2, "原则通过")
        assert (given.text, given.segments) == (DECIDED.resolution_text, DECIDED.evidence)
        assert given.positions == DECIDED.positions and not held.commands(Assign)


async def test_an_action_is_worded_anew_with_all_that_the_form_does_not_show() -> None:
    async with room([*NAMED, ASSIGNED]) as held:
        await ready(held)
        await results(held)
        await held.press("enter")
        await form(held)
        assert held.app.screen.query_one("#owner", Input).value == "信息中心、沈毅"
        held.app.screen.query_one("#due", Input).value = "2026-04-15"
        await held.press("enter")
        await held.until(lambda: held.commands(Assign))
        given = held.commands(Assign)[0]
        assert (given.action_id, given.rev, given.due_date) == ("a1", 1, "2026-04-15")
        assert (given.lead_unit, given.decision_id, given.owner) == ("信息中心", "d0", "沈毅")
        assert not held.commands(Decide)


@pytest.mark.parametrize(("stored", "kind"), [(DECIDED, Decide), (ASSIGNED, Assign)])
async def test_what_is_stored_is_taken_back_whole(stored: Any, kind: type[ClientCommand]) -> None:
    async with room([*NAMED, stored]) as held:
        await ready(held)
        await results(held)
        await held.press("ctrl+x")
        await held.until(lambda: held.commands(kind))
        given = held.commands(kind)[0]
        assert given.withdraw and given.rev == stored.rev and given.segments == stored.evidence


async def test_what_was_withdrawn_is_not_listed() -> None:
    gone = Decision(decision_id="d1", rev=3, item_ids=("i2",), outcome="通过", by="王芳", withdrawn=True)
    async with room([*NAMED, DECIDED, gone]) as held:
        await ready(held)
        await held.press("f4")
        await form(held)
        await held.press("f4")
        await held.until(lambda: "Nothing has been decided" in told(held))


async def test_a_decision_that_somebody_changed_meanwhile_comes_back_to_be_looked_at() -> None:
    def reply(command: ClientCommand) -> Any:
        if isinstance(command, Decide) and command.rev == 2:
            raise CommandRefused(Failure(code="revision_old", message="it was changed meanwhile."))
        return {"decision_id": "d1", "rev": 4} if isinstance(command, Decide) else answer(command)

    async with room([*NAMED, DECIDED], reply=reply) as held:
        await ready(held)
        await results(held)
        await held.press("enter")
        await form(held)
        newer = Decision(decision_id="d1", rev=3, item_ids=("i2",), outcome="暂缓", by="李梅")
        held.stream.put(newer)
        await held.until(lambda: held.app.model.decisions["d1"].rev == 3)
        await held.press("enter")
        await held.until(lambda: len(held.commands(Decide)) == 1)
        await form(held)
        await held.press("enter")
        await held.until(lambda: len(held.commands(Decide)) == 2)
        assert held.commands(Decide)[1].rev == 3


async def test_escape_asks_once_before_a_form_that_was_typed_in_is_dropped() -> None:
    async with room(NAMED) as held:
        await ready(held)
        await held.press("f4")
        await form(held)
        held.app.screen.query_one("#task", Input).value = "报告𠮷"
        await held.pilot.pause()
        await held.press("escape")
        assert isinstance(held.app.screen, DecideScreen)
        assert "Not saved" in held.text("#decide-hint")
        await held.press("escape")
        await held.until(lambda: not isinstance(held.app.screen, DecideScreen))


async def test_a_form_outlives_a_console_that_dies_while_it_is_typed(tmp_path: Path) -> None:
    home = Home(tmp_path)
    async with room(NAMED, home=home) as held:
        await ready(held)
        await held.press("f4")
        await form(held)
        held.app.screen.query_one("#task", Input).value = "三月底前报送试运行报告"
        await held.until(lambda: (tmp_path / "console" / "decision.json").exists())
    async with room(NAMED, home=home) as held:
        await form(held)
        assert held.app.screen.query_one("#task", Input).value == "三月底前报送试运行报告"


async def test_an_item_is_taken_together_with_the_current_one() -> None:
    async with room(NAMED) as held:
        await ready(held)
        await chooser(held, "ctrl+g")
        await held.press("ctrl+t")
        await held.until(lambda: held.commands(Item))
        assert (held.commands(Item)[0].number, held.commands(Item)[0].together) == (2, (3,))


async def test_who_is_stood_in_for_is_noted_and_shown() -> None:
    async with room(NAMED) as held:
        await ready(held)
        await chooser(held, "ctrl+e")
        await held.press("down", "ctrl+t")
        await held.until(lambda: held.commands(Attend))
        assert (held.commands(Attend)[0].person, held.commands(Attend)[0].state) == ("周敏", "proxy")
        held.stream.put(Attendance(person="周敏", state="proxy", by="王芳"))
        await held.until(lambda: "周敏" in held.app.model.attendance)
        await chooser(held, "ctrl+e")
        assert "is stood in for" in str(held.app.screen.query_one(OptionList).get_option_at_index(1).prompt)


async def test_after_the_meeting_what_members_said_stands_with_the_decision() -> None:
    said = (
        Position(person="周敏", position="保留", remark="补充预算"),
        Position(person="李建国", position="同意"),
        Position(person="王芳", position="同意", written=True),
    )
    decided = Decision(decision_id="d1", rev=3, item_ids=("i2",), outcome="通过", by="王芳", positions=said)
    async with room([*NAMED, decided, End(reason="stopped")]) as held:
        await held.until(lambda: held.app.model.ended is not None)
        held.app.action_afterwards()
        await held.until(lambda: held.app.screen.query("#after-decided"))
        await held.until(lambda: "表态：周敏 保留（补充预算）；李建国 同意" in held.text("#after-decided"))
        assert "书面意见：王芳 同意" in held.text("#after-decided")
