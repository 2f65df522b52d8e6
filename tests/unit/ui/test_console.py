"""Each key path of the console, pressed on a scripted stream."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest
from textual.pilot import Pilot
from textual.widgets import Input, OptionList, Static

from meeting.domain.events import Custody, End, ItemMoved
from meeting.home import Home
from meeting.memory.facts import Origin
from meeting.stream.client import CommandRefused, Reconnecting
from meeting.stream.messages import (
    ClientCommand,
    Failure,
    LookBack,
    Next,
    Pause,
    Recalled,
    Resume,
    Search,
    Stop,
    Suggestion,
)
from tests.unit.ui.console_script import BEFORE, HITS, PAPER, WELCOME, answer, demo, segment, status
from ui.console.app import ConsoleApp, ExitReason
from ui.console.errors import UnknownBinding
from ui.console.keymap import ACTIONS, KNOWN
from ui.console.model import MeetingModel
from ui.console.palette import Actions
from ui.console.screens.after import AfterScreen
from ui.console.screens.passage import PassageScreen
from ui.console.scripted import ScriptedStream
from ui.console.widgets.search import SearchPane
from ui.console.widgets.status import level_bar
from ui.console.widgets.transcript import TranscriptView

Held = Pilot[ExitReason]


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEETING_LANG", "en")
    monkeypatch.setenv("TZ", "UTC")


class Room:
    """A console on a script, and the hands that press its keys."""

    def __init__(self, stream: ScriptedStream, app: ConsoleApp, pilot: Held) -> None:
        self.stream, self.app, self.pilot = stream, app, pilot

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def until(self, true: Callable[[], object]) -> None:
        async with asyncio.timeout(5):
            while not true():
                await self.pilot.pause(0.02)

    def text(self, selector: str) -> str:
        return str(self.app.screen.query_one(selector, Static).render())

    def commands(self, kind: type[ClientCommand]) -> list[Any]:
        return [command for command in self.stream.commands if isinstance(command, kind)]

    @property
    def view(self) -> TranscriptView:
        return self.app.screen.query_one(TranscriptView)

    def lines(self) -> list[str]:
        return [self.view.render_line(y).text.rstrip() for y in range(self.view.size.height)]


@asynccontextmanager
async def room(
    messages: list[Any] | None = None,
    size: tuple[int, int] = (110, 32),
    reply: Callable[[ClientCommand], Any] = answer,
    keys: dict[str, str] | None = None,
    home: Home | None = None,
    notices: bool = False,
) -> AsyncIterator[Room]:
    stream = ScriptedStream(demo() if messages is None else messages, reply)
    app = ConsoleApp(stream.connect, keys, home)
    async with app.run_test(size=size, notifications=notices) as pilot:
        held = Room(stream, app, pilot)
        await held.until(lambda: app.model.head is not None and app._frame is None)
        await pilot.pause()
        yield held


def long_meeting(count: int = 200) -> list[Any]:
    spoken = (segment(n, n * 3000, f"第{n}句，会议原则同意整改方案，由资产处牵头。") for n in range(count))
    return [WELCOME, *spoken, status(count * 3000)]


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


async def test_one_burst_of_typing_is_one_question() -> None:
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
        assert shown.index("in force") < shown.index("调整为 by 2025-11-17") and "overdue" in shown
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
        await held.pilot.pause(0.1)
        assert held.lines()[0] == top
        await held.pilot.resize_terminal(80, 24)
        await held.pilot.pause(0.1)
        assert held.lines()[0].split()[0] == top.split()[0]


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


async def test_speech_is_never_read_as_markup() -> None:
    spoken = "[bold]同意[/bold] [@click=app.detach]离开[/] \x1b[31m红"
    async with room([WELCOME, segment(1, 0, spoken)]) as held:
        await held.until(
            lambda: any("[bold]同意[/bold] [@click=app.detach]离开[/]" in line for line in held.lines())
        )
        assert not any("\x1b" in line for line in held.lines())


async def test_f1_shows_every_key_and_the_palette_every_action() -> None:
    async with room() as held:
        await held.press("f1")
        shown = "".join(str(line.render()) for line in held.app.screen.query(Static))
        assert all(action.help in shown for action in ACTIONS)
        await held.press("escape")
        offered = [str(hit.display) async for hit in Actions(held.app.screen).discover()]
        here = [one for one in ACTIONS if one.where in ("meeting", "app") and one.id not in ("palette", "leave")]
        assert [name.split("  ")[0] for name in offered] == [action.label for action in here]
        await held.press("ctrl+p")
        await held.press(*"Next", "enter")
        await held.until(lambda: held.commands(Next))


async def test_keys_are_data() -> None:
    async with room(keys={"next_item": "ctrl+w"}) as held:
        await held.press("f2", "ctrl+w")
        await held.until(lambda: held.commands(Next))
        await held.pilot.pause(0.1)
        assert len(held.commands(Next)) == 1
        assert "Ctrl+W Next item" in held.text("#keys")


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
    async with app.run_test() as pilot:
        await pilot.pause(0.1)
    assert app.refusal is not None and app.refusal.code == "bad_token"


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


def test_the_model_needs_no_textual() -> None:
    import subprocess
    import sys

    code = "import sys, ui.console.model, ui.console.layout; assert 'textual' not in sys.modules"
    assert MeetingModel().rows == []
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("size", [(80, 24), (110, 32), (300, 80)])
async def test_a_notice_lies_within_the_side_so_that_no_wide_character_is_cut(size: tuple[int, int]) -> None:
    async with room(size=size, notices=True) as held:
        held.app.notify("请选中相连的几句（Shift+↑ ↓）；这一句后面没有了。")
        await held.until(lambda: any(one.region.width for one in held.app.screen.query("Toast")))
        toast, side = held.app.screen.query_one("Toast"), held.app.screen.query_one("#agenda")
        assert side.content_region.x <= toast.content_region.x
        assert toast.content_region.right <= side.content_region.right - 1
