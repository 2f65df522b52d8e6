"""The service dies under each screen of the console and is started again: what is shown is old for a while, no more."""

import asyncio
import subprocess
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from textual.widgets import Input, Static

from meeting.home import Home
from meeting.stream.client import connect
from meeting.stream.messages import Start
from tests.conftest import DEMO, PATIENCE_S, Cli
from tests.unit.ui.console_room import press, until
from ui.cli.remote import give
from ui.console.app import ConsoleApp
from ui.console.screens.after import AfterScreen
from ui.console.screens.archive import ArchiveScreen
from ui.console.screens.decide import DecideScreen
from ui.console.screens.display import DisplayScreen
from ui.console.screens.meeting import MeetingScreen
from ui.console.screens.positions import PositionsScreen
from ui.console.screens.start import StartScreen

pytestmark = [pytest.mark.model, pytest.mark.usefixtures("model_path")]


@pytest.fixture
def scripted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cli]:
    """`meeting` with a recognizer that takes no time."""
    monkeypatch.setenv("MEETING_LANG", "zh_CN")
    monkeypatch.setattr("meeting.stream.client.LONGEST_WAIT_S", 0.4)
    cli = Cli(tmp_path / "家", tmp_path, "tests.faults.scripted_meeting")
    yield cli
    cli.close()


class Room:
    """A console in this process, and the service's process that is killed under it."""

    def __init__(self, cli: Cli, app: ConsoleApp, pilot: Any, service: "subprocess.Popen[str]") -> None:
        self.cli, self.app, self.pilot, self.service = cli, app, pilot, service

    async def until(self, true: Callable[[], object]) -> None:
        await until(self.app, self.pilot, true, PATIENCE_S)

    async def press(self, *keys: str) -> None:
        await press(self.app, self.pilot, *keys)

    async def on(self, kind: type[Any]) -> None:
        await self.until(lambda: isinstance(self.app.screen, kind) and self.app.screen.is_mounted)

    def shown(self) -> str:
        """All the words on all the screens that lie over one another."""
        screens = self.app.screen_stack[1:]
        return "".join(str(line.render()) for screen in screens for line in screen.query(Static) if line.display)

    async def outage(self) -> None:
        """From the death of one service to the first words of the next."""
        self.service.kill()
        self.service.wait()
        await self.until(lambda: "正在重连" in self.shown())
        assert all(screen.has_class("-old") for screen in self.app.screen_stack[1:])
        self.service = self.cli.start("serve")
        await self.until(lambda: "正在重连" not in self.shown())
        assert not any(screen.has_class("-old") for screen in self.app.screen_stack)


async def start(room: Room) -> None:
    await room.on(StartScreen)
    await room.until(lambda: "局长办公会议" in room.shown() or room.app.screen.query_one("#meetings").option_count)
    room.app.screen.query_one("#agenda-file", Input).value = "议程𠮷"
    await room.outage()
    assert room.app.screen.query_one("#agenda-file", Input).value == "议程𠮷"


async def begin(room: Room, meeting: str) -> None:
    spoken, rate = soundfile.read(DEMO / "meeting.flac", dtype="int16")
    source = str(room.cli.folder / "long.wav")
    # Longer than any machine needs for the test: the meeting is not to end by itself.
    await asyncio.to_thread(soundfile.write, source, np.tile(spoken, 15), rate)
    await give(
        Home(room.cli.home), lambda id: Start(id=id, meeting=meeting, source=source, pace="2", follow_chair=False)
    )
    await room.on(MeetingScreen)
    await room.until(lambda: len(room.app.model.rows) > 1 and room.app.model.live)


async def edit_under_others(room: Room) -> None:
    """A sentence that is being edited, under the archive, under the room's display."""
    editor = room.app._meeting.editor
    await room.press("up", "enter")
    await room.until(lambda: editor.is_open)
    segment = editor.segment
    assert segment is not None
    await room.press(*"abc")
    await room.until(lambda: editor.text.endswith("abc"))
    room.app.action_archive("办公用房")
    await room.on(ArchiveScreen)
    room.app.action_display()
    await room.on(DisplayScreen)
    await room.outage()
    await room.press("escape")
    await room.on(ArchiveScreen)
    box = room.app.screen.query_one("#archive-query", Input)
    assert box.value == "办公用房"
    box.value = "没有这样的话"
    await room.until(lambda: "没有找到" in room.shown())
    await room.press("escape")
    await room.on(MeetingScreen)
    assert editor.is_open and editor.text.endswith("abc")
    editor.area.focus()
    await room.press("enter")
    await room.until(lambda: not editor.is_open)
    await room.until(lambda: (room.app.model.segment(segment.segment_id) or segment).text.endswith("abc"))


async def decision(room: Room) -> None:
    await room.press("f2")
    await room.until(lambda: room.app.model.current_item)
    await room.press("f4")
    await room.on(DecideScreen)
    room.app.screen.query_one("#task", Input).value = "三月底前报送𠮷"
    await room.outage()
    assert room.app.screen.query_one("#task", Input).value == "三月底前报送𠮷"
    await room.press("enter")
    await room.until(lambda: room.app.model.actions and room.app.model.decisions)


async def positions(room: Room) -> None:
    await room.on(MeetingScreen)
    await room.press("ctrl+o")
    await room.on(PositionsScreen)
    await room.press("2")
    await room.outage()
    assert [one.position for one in room.app.screen.positions][:1] == ["不同意"]
    await room.press("enter")
    await room.on(MeetingScreen)


async def after(room: Room) -> None:
    await room.press("f8", "enter")
    await room.until(lambda: room.app.model.ended)
    await room.press("enter")
    await room.on(AfterScreen)
    await room.until(lambda: "✓" in room.shown())
    room.app.screen.query_one("#after-file", Input).value = "记录𠮷.md"
    await room.outage()
    assert room.app.screen.query_one("#after-file", Input).value == "记录𠮷.md"


IN_THE_MEETING: tuple[Callable[[Room], Awaitable[None]], ...] = (edit_under_others, decision, positions)


async def test_the_console_comes_through_a_killed_service_on_every_screen(scripted: Cli, capfd: Any) -> None:
    meeting = scripted.json("new", DEMO / "agenda.yaml")["id"]
    service = scripted.start("serve")
    address = scripted.serving(service)
    home = Home(scripted.home)

    app = ConsoleApp(lambda name: connect(address.ws_url, address.token, meeting=name, hints=True), home=home)
    async with app.run_test(size=(110, 32)) as pilot:
        room = Room(scripted, app, pilot, service)
        await start(room)
        await begin(room, meeting)
        for under in IN_THE_MEETING:
            await under(room)
        await after(room)
    room.service.terminate()
    complaints = [room.service.communicate(timeout=PATIENCE_S)[1], capfd.readouterr().err]
    assert "Traceback" not in "".join(complaints)
