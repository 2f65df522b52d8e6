"""The screens beside the meeting's own, pressed on a scripted service."""

from base64 import b64encode
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from textual.screen import Screen
from textual.widgets import Input, OptionList, Static

from meeting.domain.events import Action, Decision, End, ItemMoved, Sharing
from meeting.home import Home
from meeting.stream.client import CommandRefused, Reconnecting
from meeting.stream.messages import (
    ClientCommand,
    Complete,
    Devices,
    Export,
    Failure,
    LevelOf,
    ListMeetings,
    NewMeeting,
    OpenPassage,
    Readiness,
    Recalled,
    Search,
    Share,
    Start,
    TrySentence,
    Verify,
    Welcome,
)
from tests.unit.ui.console_room import patient, press, until
from tests.unit.ui.console_script import BEFORE, HITS, STARTED, WELCOME, demo, segment, status
from ui.console.app import ConsoleApp
from ui.console.keycard import card
from ui.console.keymap import ACTIONS
from ui.console.screens.after import AfterScreen
from ui.console.screens.archive import ArchiveScreen
from ui.console.screens.choose import ChooseScreen
from ui.console.screens.display import DisplayScreen
from ui.console.screens.meeting import MeetingScreen
from ui.console.screens.start import StartScreen
from ui.console.scripted import ScriptedStream

IDLE = Welcome(epoch="e1", meeting=None, items=(), current_item=None, role="secretary", seq=0, server_time=STARTED)
MEETINGS = [
    {
        "id": "m1",
        "title": "局长办公会议",
        "date": "2026-03-09",
        "state": "scheduled",
        "place": "三楼会议室",
        "items": 3,
    },
    {"id": "m0", "title": "已开过的会", "date": "2026-03-02", "state": "closed", "place": "", "items": 1},
]


def passage(number: int, item: int, title: str, text: str, here: bool = False) -> dict[str, Any]:
    where = {"id": str(number), "item": item, "item_title": title, "here": here}
    return where | {"speaker": None, "text": text, "start_ms": None, "end_ms": None}


PASSAGES = [
    passage(1, 2, "关于智能会议系统", "会议听取了汇报。"),
    passage(2, 2, "关于智能会议系统", str(HITS["hits"][0]["text"]), here=True),  # type: ignore[index] # as it stands there
    passage(3, 3, "其他事项", "会议还研究了𠮷林路用房。"),
]
FACETS = {"kind": {"minutes": 1, "record": 1}, "year": {"2025": 1, "2026": 1}, "outcome": {"原则通过": 1}}


def refused(code: str, template: str, **facts: str) -> CommandRefused:
    return CommandRefused(Failure(code=code, message=template, template=template, facts=facts))


class Service:
    """Answers as the service does; `ok` is whether the checks are green."""

    def __init__(self) -> None:
        self.ok = True
        self.meetings = list(MEETINGS)
        self.suggestions: list[str] = []

    def answer(self, command: ClientCommand) -> Any:
        match command:
            case ListMeetings():
                return {"meetings": self.meetings}
            case NewMeeting(path=path):
                if not path.endswith(".yaml"):
                    raise refused("agenda_refused", "{file} is no agenda.", file=path)
                self.meetings.append(MEETINGS[0] | {"id": "m2", "title": "临时会议"})
                return {"id": "m2"}
            case Devices():
                named = [("内置麦克风", 0, True), ("会议室麦克风", 1, False)]
                return {
                    "devices": [
                        {"name": name, "index": at, "default": is_default} for name, at, is_default in named
                    ]
                }
            case LevelOf(device=device):
                return {"device": device or "内置麦克风", "level_dbfs": -30.0}
            case TrySentence():
                return {"text": "今天的会现在开始。", "level_dbfs": -20.0}
            case Readiness():
                missing = {
                    "ok": False,
                    "code": "model_missing",
                    "template": "{name} is missing.",
                    "facts": {"name": "base"},
                }
                model = {"ok": True} if self.ok else missing
                rows = [
                    model | {"name": "model"},
                    {"name": "disk", "ok": True},
                    {"name": "microphone", "ok": True},
                ]
                return {"checks": [{"detail": "", "code": "", "template": "", "facts": {}} | row for row in rows]}
            case Search():
                return HITS | {"facets": FACETS, "suggestions": self.suggestions}
            case Complete(text=text):
                return {"completions": [one for one in ("办公用房", "公务用车") if one.startswith(text)]}
            case OpenPassage():
                return {"passages": PASSAGES}
            case Verify():
                return {"ok": True, "faults": [], "events": 42, "sound": "sealed"}
            case Export(format=format):
                return {
                    "title": "局长办公会议",
                    "date": "2026-03-09",
                    "content": b64encode(format.encode()).decode(),
                }
        return None


class Room:
    """A console, the service behind it, and the hands at its keys."""

    def __init__(self, stream: ScriptedStream, app: ConsoleApp, pilot: Any, service: Service) -> None:
        self.stream, self.app, self.pilot, self.service = stream, app, pilot, service

    async def press(self, *keys: str) -> None:
        await press(self.app, self.pilot, *keys)

    async def until(self, true: Callable[[], object]) -> None:
        await until(self.app, self.pilot, true)

    async def on(self, kind: type[Screen[Any]]) -> None:
        await self.until(lambda: isinstance(self.app.screen, kind))
        await self.pilot.pause()

    def text(self, selector: str) -> str:
        return str(self.app.screen.query_one(selector, Static).render())

    def given(self, kind: type[ClientCommand]) -> list[Any]:
        return [command for command in self.stream.commands if isinstance(command, kind)]


@asynccontextmanager
async def room(
    messages: list[Any],
    size: tuple[int, int] = (110, 32),
    home: Home | None = None,
    display: bool = False,
) -> AsyncIterator[Room]:
    service = Service()
    stream = ScriptedStream(messages, service.answer)
    app = ConsoleApp(stream.connect, home=home, display=display)
    async with app.run_test(size=size) as pilot:
        held = Room(stream, app, pilot, service)
        await held.until(lambda: app.model.role is not None and app._frame is None)
        await pilot.pause()
        with patient():
            yield held


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEETING_LANG", "en")
    monkeypatch.setenv("TZ", "UTC")


def over() -> list[Any]:
    decided = Decision(
        decision_id="d1",
        rev=1,
        item_ids=("i1",),
        outcome="原则通过",
        by="王芳",
        resolution_text="原则同意整改方案。",
    )
    task = Action(
        action_id="a1", rev=1, text="完成整改", item_id="i1", lead_unit="资产处", due_date="2026-03-31", by="王芳"
    )
    return [*demo()[:-1], decided, task, End(reason="stop")]


async def test_an_idle_service_shows_what_is_needed_and_f8_begins_the_chosen_meeting() -> None:
    async with room([IDLE]) as held:
        await held.on(StartScreen)
        await held.until(lambda: "All is ready" in held.text("#start-word"))
        assert held.app.screen.query_one("#meetings", OptionList).option_count == 1
        await held.until(lambda: "-30 dBFS" in held.text("#level"))
        await held.press("f5")
        await held.until(lambda: "今天的会现在开始" in held.text("#understood"))
        await held.press("f4", "down")
        await held.until(lambda: held.given(LevelOf)[-1].device == "会议室麦克风")
        await held.until(lambda: held.given(Readiness)[-1].device == "会议室麦克风")
        await held.press("f8")
        await held.until(lambda: held.given(Start))
        assert (held.given(Start)[0].meeting, held.given(Start)[0].device) == ("m1", "会议室麦克风")
        held.stream.put(WELCOME)
        await held.on(MeetingScreen)


async def test_nothing_begins_before_all_is_green() -> None:
    async with room([IDLE]) as held:
        held.service.ok = False
        await held.press("f6")
        await held.until(lambda: "base is missing." in held.text("#checks"))
        await held.press("f8")
        await held.until(lambda: "Not all is ready" in held.text("#start-word"))
        assert not held.given(Start)


async def test_a_meeting_is_made_from_its_agenda_file_or_said_why_not() -> None:
    async with room([IDLE]) as held:
        await held.until(lambda: held.given(Readiness))
        await held.press("f2", *"a.txt", "enter")
        await held.until(lambda: "a.txt is no agenda." in held.text("#start-word"))
        held.app.screen.query_one("#agenda-file", Input).value = "议程.yaml"
        await held.press("enter")
        meetings = held.app.screen.query_one("#meetings", OptionList)
        await held.until(lambda: meetings.option_count == 2 and meetings.highlighted == 1)


async def test_the_display_shows_what_is_said_only_once_it_is_switched_on() -> None:
    async with room(demo(), display=True) as held:
        await held.on(DisplayScreen)
        await held.until(lambda: "听取智能会议系统试运行情况" in held.text("#display-title").replace("\n", ""))
        assert not held.app.screen.query_one("#display-spoken").display
        held.stream.put(Sharing(audience="display", transcript=True, by="王芳"))
        await held.until(lambda: "录音保存在哪里" in held.text("#display-spoken"))
        held.stream.put(Sharing(audience="display", transcript=False, by="王芳"))
        await held.until(lambda: not held.app.screen.query_one("#display-spoken").display)
        await held.press("escape")
        assert isinstance(held.app.screen, DisplayScreen)
        held.stream.put(Reconnecting(attempt=1, wait_s=0.2))
        await held.until(lambda: held.app.screen.has_class("-old"))


async def test_the_secretary_switches_what_the_room_sees_on_and_off_and_a_habit_shows_nothing() -> None:
    async with room(demo()) as held:
        await held.until(lambda: held.app.model.live)
        await held.press("ctrl+backslash")
        await held.on(ChooseScreen)
        await held.press("escape")
        await held.on(MeetingScreen)
        assert not held.given(Share)
        await held.press("ctrl+backslash", "enter")
        await held.until(lambda: held.given(Share))
        assert (held.given(Share)[0].audience, held.given(Share)[0].transcript) == ("display", True)
        held.stream.put(Sharing(audience="display", transcript=True, by="王芳"))
        await held.until(lambda: any("room's display" in note.message for note in held.app._notifications))
        await held.press("ctrl+backslash", "enter")
        await held.until(lambda: len(held.given(Share)) == 2)
        assert (held.given(Share)[1].audience, held.given(Share)[1].transcript) == ("display", False)


async def test_the_display_shows_what_was_before_its_item_and_nothing_of_another() -> None:
    async with room(demo(), display=True) as held:
        await held.on(DisplayScreen)
        earlier = held.app.screen.query_one("#display-earlier")
        assert not earlier.display
        held.stream.put(msgspec.convert(BEFORE, Recalled))
        await held.until(lambda: earlier.display)
        shown = held.text("#display-earlier")
        assert "先在三楼会议室试运行" in shown and "调整 by" in shown
        held.stream.put(ItemMoved(item_id="i3", number=3, state="ongoing", by="王芳", media_ms=53_000))
        await held.until(lambda: not earlier.display)


async def test_a_look_up_is_completed_and_other_words_are_offered() -> None:
    async with room(demo()) as held:
        await held.press("f3", *"办公")
        box = held.app.screen.query_one("#query", Input)
        await held.until(lambda: box._suggestion == "办公用房")
        await held.press("right")
        assert box.value == "办公用房"
        held.service.suggestions = ["公务用车"]
        await held.press("x")
        hits = held.app.screen.query_one("#hits", OptionList)
        await held.until(lambda: hits.option_count == 3)
        await held.press("down", "down", "down", "enter")
        await held.until(lambda: box.value == "公务用车" and box.has_focus)


async def test_f3_twice_opens_the_archive_with_what_was_typed_and_escape_comes_back() -> None:
    async with room(demo()) as held:
        await held.press("f3", *"abc", "f3")
        await held.on(ArchiveScreen)
        hits = held.app.screen.query_one("#archive-hits", OptionList)
        await held.until(lambda: hits.option_count == 2)
        assert held.given(Search)[-1].query == "abc"
        await held.until(lambda: "𠮷林路用房" in held.text(".reading-after"))
        assert "会议听取了汇报" in held.text(".reading-before")
        await held.press("down", "down")
        await held.until(lambda: hits.highlighted == 1)
        await held.press("f2", "enter")
        await held.until(lambda: held.given(Search)[-1].query == "abc kind:minutes")
        await held.until(
            lambda: (
                "✓" in str(held.app.screen.query_one("#archive-facets", OptionList).get_option_at_index(0).prompt)
            )
        )
        await held.press("escape")
        await held.on(MeetingScreen)


async def test_after_the_meeting_there_are_its_results_the_verdict_and_a_file(tmp_path: Path) -> None:
    async with room(over()) as held:
        await held.until(lambda: held.app.model.ended)
        await held.press("enter")
        await held.on(AfterScreen)
        await held.until(lambda: "as it was written" in held.text("#after-verdict"))
        assert "原则同意整改方案" in held.text("#after-decided") and "2026-03-31" in held.text("#after-decided")
        assert "没有意见。" in held.text("#after-rows")
        await held.press("f5")
        held.app.screen.query_one("#after-file", Input).value = str(tmp_path / "记录.odt")
        await held.press("enter")
        await held.until(lambda: "ending says" in held.text("#after-word"))
        held.app.screen.query_one("#after-file", Input).value = str(tmp_path / "记录.txt")
        await held.press("enter")
        await held.until(lambda: "Written" in held.text("#after-word"))
        assert (tmp_path / "记录.txt").read_bytes() == b"txt"


async def test_from_an_ended_meeting_f8_goes_to_the_next() -> None:
    async with room(over()) as held:
        await held.until(lambda: held.app.model.ended)
        await held.press("enter")
        await held.on(AfterScreen)
        await held.press("f8")
        await held.until(lambda: held.app.model.head is None)
        held.stream.put(IDLE)
        await held.on(StartScreen)


async def test_a_console_comes_back_to_the_lines_and_the_sentence_where_it_was(tmp_path: Path) -> None:
    home = Home(tmp_path).prepare()
    spoken = [segment(n, n * 3000, f"第{n}句，会议原则同意整改方案。") for n in range(200)]
    messages = [WELCOME, *spoken, status(600_000)]
    async with room(messages, home=home) as held:
        await held.until(lambda: held.app._returned)
        await held.press("pageup", "pageup", "up")
        await held.until(lambda: held.app.screen.transcript.selected)
        before = held.app.screen.transcript.place, held.app.screen.transcript.selected[0].segment_id
        held.app._remember()
    async with room([*messages, segment(900, 900_000, "后来的一句。")], home=home) as held:
        await held.until(lambda: held.app._returned)
        await held.until(lambda: held.app.screen.transcript.selected)
        await held.until(
            lambda: (held.app.screen.transcript.place, held.app.screen.transcript.selected[0].segment_id) == before
        )
        assert not held.app.screen.transcript.following


def test_the_key_card_fits_a_page_and_has_every_key(monkeypatch: pytest.MonkeyPatch) -> None:
    from rich.cells import cell_len

    for language in ("en", "zh_CN"):
        monkeypatch.setenv("MEETING_LANG", language)
        lines = list(card())
        assert len(lines) <= 62 and max(map(cell_len, lines)) <= 80
    assert len([one for one in ACTIONS if one.keys]) <= len(lines)


async def test_the_chosen_microphone_and_meeting_bear_a_sign_while_the_keys_go_elsewhere() -> None:
    async with room([IDLE]) as held:
        await held.until(lambda: held.app.screen.query_one("#microphones", OptionList).option_count)
        await held.press("f4", "down", "f2")
        microphones = held.app.screen.query_one("#microphones", OptionList)
        assert [str(option.prompt)[:2] for option in microphones.options] == ["  ", "▸ "]
        meeting = held.app.screen.query_one("#meetings", OptionList).options[0]
        assert [line[:2] for line in str(meeting.prompt).split("\n")] == ["▸ ", "  "]


async def test_going_left_from_the_hits_chooses_what_narrows_them() -> None:
    async with room(demo()) as held:
        await held.press("f3", *"abc", "f3")
        await held.on(ArchiveScreen)
        await held.until(lambda: held.text("#archive-found"))
        await held.press("down", "left")
        facets = held.app.screen.query_one("#archive-facets", OptionList)
        await held.until(lambda: facets.has_focus and facets.highlighted == 0)


async def test_between_the_items_the_room_sees_the_agenda_without_what_is_classified() -> None:
    secret = msgspec.structs.replace(WELCOME.items[2], classification="秘密")
    begun = msgspec.structs.replace(WELCOME, items=(*WELCOME.items[:2], secret))
    async with room([begun, status(1000)], display=True) as held:
        await held.on(DisplayScreen)
        await held.until(lambda: "听取智能会议系统试运行情况" in held.text("#display-facts"))
        assert secret.title not in held.text("#display-facts")
