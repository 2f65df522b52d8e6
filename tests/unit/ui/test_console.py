"""Each key path of the console, pressed on a scripted stream."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from textual.command import CommandList
from textual.widgets import Static

from meeting.domain.events import Custody, End, ItemMoved
from meeting.stream.client import CommandRefused, Reconnecting
from meeting.stream.messages import (
    ClientCommand,
    Failure,
    LookBack,
    Next,
    Pause,
    Resume,
    Search,
    Stop,
)
from tests.unit.ui.console_room import PATIENCE_S, room
from tests.unit.ui.console_script import answer, demo, status
from ui.console.app import ConsoleApp
from ui.console.errors import UnknownBinding
from ui.console.keymap import ACTIONS, KNOWN
from ui.console.model import MeetingModel
from ui.console.palette import Actions
from ui.console.screens.after import AfterScreen
from ui.console.scripted import ScriptedStream


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEETING_LANG", "en")
    monkeypatch.setenv("TZ", "UTC")


@pytest.mark.parametrize("size", [(80, 24), (110, 32), (300, 80)])
async def test_the_screen_shows_what_is_said_and_where_it_belongs(size: tuple[int, int]) -> None:
    async with room(size=size) as held:
        await held.until(lambda: "全部保存在本机" in "".join(held.lines()))
        assert any("Item 2  听取智能会议系统试运行情况" in line for line in held.lines())
        assert "▶  2 听取智能会议系统试运行" in held.text("#items-text")
        assert "沈毅" in held.text("#facts") and "智能会议系统建设" in held.text("#facts").replace("\n", "")
        assert "● recording" in held.text("#status")


async def test_f2_asks_for_the_next_item_even_while_typing() -> None:
    async with room() as held:
        await held.press("f2", "f3", "f2")
        await held.until(lambda: len(held.commands(Next)) == 2)
        assert len({command.id for command in held.commands(Next)}) == 2


async def test_f7_pauses_and_resumes() -> None:
    async with room() as held:
        await held.press("f7")
        await held.until(lambda: held.commands(Pause))
        held.stream.put(Custody(recording="off", order="pause", by="王芳"))
        await held.until(lambda: "paused" in held.text("#status"))
        assert "nothing is recorded" in held.text("#problem")
        await held.press("f7")
        await held.until(lambda: held.commands(Resume))


async def test_f8_asks_once_and_enter_ends() -> None:
    async with room() as held:
        await held.press("f8", "escape")
        assert not held.commands(Stop)
        await held.press("f8", "enter")
        await held.until(lambda: held.commands(Stop))
        held.stream.put(End(reason="stop"))
        await held.until(lambda: "record is complete" in held.text("#problem"))
        await held.press("ctrl+right_square_bracket")
    assert held.app.return_value == "stopped"


async def test_a_meeting_that_ends_by_itself_shows_what_came_of_it_on_enter() -> None:
    async with room([*demo(), End(reason="source")]) as held:
        await held.until(lambda: held.app.model.ended)
        await held.press("enter")
        await held.until(lambda: isinstance(held.app.screen, AfterScreen))
        await held.press("ctrl+right_square_bracket")
    assert held.app.return_value == "ended"


async def test_detaching_sends_nothing() -> None:
    async with room() as held:
        await held.press("f3", "ctrl+right_square_bracket")
    assert held.app.return_value == "detached"
    assert not [one for one in held.stream.commands if not isinstance(one, Search | LookBack)]


async def test_ctrl_q_and_ctrl_c_only_say_which_key_closes_the_screen() -> None:
    async with room() as held:
        await held.press("ctrl+q", "ctrl+c")
        told = [note.message for note in held.app._notifications]
        assert told.count("Ctrl+] closes this screen; the recording goes on.") == 2
        assert held.app.is_running


async def test_a_lost_connection_is_said_and_what_is_shown_is_dimmed() -> None:
    async with room() as held:
        held.stream.put(Reconnecting(attempt=1, wait_s=0.2))
        await held.until(lambda: "Reconnecting" in held.text("#problem"))
        assert held.app.screen.has_class("-old")
        held.stream.put(status(60_000))
        await held.until(lambda: not held.app.screen.has_class("-old"))


async def test_a_key_pressed_while_disconnected_is_done_once_afterwards() -> None:
    gone = True

    def reply(command: ClientCommand) -> Any:
        if gone and isinstance(command, Next):
            raise CommandRefused(Failure(code="disconnected", message="The service cannot be reached just now."))
        return answer(command)

    async with room(reply=reply) as held:
        await held.press("f2")
        held.stream.put(Reconnecting(attempt=1, wait_s=0.2))
        await held.until(lambda: held.app.model.lost_attempt)
        tried = len(held.commands(Next))
        gone = False
        held.stream.put(status(60_000))
        await held.until(lambda: len(held.commands(Next)) > tried)
        await held.pilot.pause(0.3)
        assert len({command.id for command in held.commands(Next)}) == 1


async def test_a_refused_command_is_told_in_its_own_words() -> None:
    def reply(command: ClientCommand) -> Any:
        if isinstance(command, Next):
            raise CommandRefused(Failure(code="no_more_items", message="The agenda has no further item."))
        return answer(command)

    async with room(reply=reply) as held:
        await held.press("f2")
        await held.until(lambda: held.app._notifications)
        assert [n.message for n in held.app._notifications] == ["The agenda has no further item."]


async def test_a_switch_by_the_chairs_voice_is_announced() -> None:
    async with room() as held:
        held.stream.put(ItemMoved(item_id="i3", number=3, state="ongoing", by="voice"))
        await held.until(lambda: any("Item 3" in n.message for n in held.app._notifications))


async def test_f1_shows_every_key_and_the_palette_every_action() -> None:
    async with room() as held:
        await held.press("f1")
        shown = "".join("".join(str(line.render()) for line in held.app.screen.query(Static)).split())
        assert all("".join(action.help.split()) in shown for action in ACTIONS)
        assert shown.index("Duringthemeeting") < shown.index("Everywhere") < shown.index("Inthearchive")
        await held.press("escape")
        offered = [str(hit.display) async for hit in Actions(held.app.screen).discover()]
        here = [one for one in ACTIONS if one.where in ("meeting", "app") and one.id not in ("palette", "leave")]
        assert [name.split("  ")[0] for name in offered] == [action.label for action in here]
        await held.press("ctrl+p")
        await held.press(*"Next")
        # What matches is looked for beside the keys.
        found = held.app.screen.query_one(CommandList)
        await held.until(lambda: 0 < found.option_count < len(offered))
        await held.press("enter")
        await held.until(lambda: held.commands(Next))


async def test_keys_are_data() -> None:
    async with room(keys={"next_item": "ctrl+w"}) as held:
        await held.press("f2", "ctrl+w")
        await held.until(lambda: held.commands(Next))
        await held.pilot.pause(0.1)
        assert len(held.commands(Next)) == 1
        assert "Ctrl+W Next item" in held.text("#keys")
        offered = [str(hit.display) async for hit in Actions(held.app.screen).discover()]
        assert offered[0] == "Next item  Ctrl+W"


async def test_a_persons_own_keys_stand_at_the_foot_of_every_screen() -> None:
    async with room(keys={"help": "ctrl+w"}) as held:
        held.app.action_archive()
        await held.until(lambda: "Ctrl+W Help" in held.text("#keys"))


def test_a_key_for_an_unknown_action_is_refused_by_name() -> None:
    with pytest.raises(UnknownBinding) as refused:
        ConsoleApp(ScriptedStream().connect, {"dance": "f4"})
    known = ", ".join(sorted(KNOWN))
    assert str(refused.value) == (
        f"The key settings name an action that does not exist: dance. Known actions: {known}."
    )


def test_no_action_needs_a_bare_letter_or_a_key_that_terminals_keep() -> None:
    for action in KNOWN.values():
        for key in filter(None, action.keys.split(",")):
            assert len(key) > 1 and key not in ("f10", "f11")


async def test_a_refused_stream_is_handed_on() -> None:
    class Refusing(ScriptedStream):
        async def __aiter__(self) -> AsyncIterator[Any]:
            raise CommandRefused(Failure(code="bad_token", message="The token is wrong."))
            yield

    app = ConsoleApp(Refusing().connect)
    async with asyncio.timeout(PATIENCE_S), app.run_test() as pilot:
        while app.refusal is None:
            await pilot.pause(0.02)
    assert app.refusal is not None and app.refusal.code == "bad_token"


def test_the_model_needs_no_textual() -> None:
    import subprocess
    import sys

    code = "import sys, ui.console.model, ui.console.layout; assert 'textual' not in sys.modules"
    assert MeetingModel().rows == []
    subprocess.run([sys.executable, "-c", code], check=True)
