"""A console on a scripted stream, and the hands at its keys: for its tests."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager, suppress
from typing import Any
from unittest.mock import patch

import msgspec
from textual import events
from textual.css.query import NoMatches
from textual.keys import _character_to_key
from textual.pilot import Pilot, WaitForScreenTimeout
from textual.widgets import OptionList, Static

from meeting.home import Home
from meeting.stream.messages import ClientCommand
from tests.unit.ui.console_script import WELCOME, answer, demo, segment, status
from ui.console import key_order
from ui.console.app import ConsoleApp, ExitReason
from ui.console.editing.editor import EditorPanel
from ui.console.screens.choose import ChooseScreen
from ui.console.scripted import ScriptedStream
from ui.console.widgets.transcript import TranscriptView

Held = Pilot[ExitReason]
PATIENCE_S = 60.0
"""A loaded machine may need so long; a healthy one meets each condition at once."""

HEAD = msgspec.structs.replace(
    WELCOME.meeting,
    people=("李建国", "周敏", "沈毅", "王芳"),
    roles=("attendee", "attendee", "attendee", "absent"),
)
NAMED = [msgspec.structs.replace(WELCOME, meeting=HEAD), *demo()[1:]]


def key_event(key: str) -> events.Key:
    """What a terminal sends for a key by its name, or for one character."""
    if len(key) == 1:
        return events.Key(_character_to_key(key), key)
    return events.Key(key, {"slash": "/", "space": " "}.get(key))


def by_now(true: Callable[[], object]) -> object:
    """Whether it holds; what it asks may not be put together yet on a screen that was just opened."""
    try:
        return true()
    except NoMatches:
        return False


async def until(app: ConsoleApp, pilot: Held, true: Callable[[], object], seconds: float = PATIENCE_S) -> None:
    """Waits for a condition, and until all that came with it is drawn as well: others may be looked at at once.

    The pilot's own `pause` takes a process that is not given the processor for one that has nothing to do.
    """
    async with asyncio.timeout(seconds):
        while not by_now(true):
            await asyncio.sleep(0.02)
        for rest_s in (0.0, None):
            while app._frame is not None and not app._exit:
                await asyncio.sleep(0.02)
            if app._exit or not app.screen_stack:
                return
            # A widget that goes away meanwhile answers nobody.
            with suppress(WaitForScreenTimeout):
                await pilot.pause(rest_s)


async def press(app: ConsoleApp, pilot: Held, *keys: str) -> None:
    """All in one breath, as a terminal hands them over; back once the last has done its work.

    The pilot's own `press` rests after each key until the processor does.
    """
    for key in keys:
        app.post_message(key_event(key))
    await until(app, pilot, lambda: app._exit or not (app._typed or app._underway))


def patient() -> AbstractContextManager[object]:
    """On a loaded machine a key may be at work for long: the next one is not handed on before."""
    return patch.object(key_order, "PATIENCE_S", PATIENCE_S / 4)


class Room:
    """A console on a script, and the hands that press its keys."""

    def __init__(self, stream: ScriptedStream, app: ConsoleApp, pilot: Held) -> None:
        self.stream, self.app, self.pilot = stream, app, pilot

    async def press(self, *keys: str) -> None:
        await press(self.app, self.pilot, *keys)

    async def until(self, true: Callable[[], object]) -> None:
        await until(self.app, self.pilot, true)

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
        with patient():
            yield held


def long_meeting(count: int = 200) -> list[Any]:
    spoken = (segment(n, n * 3000, f"第{n}句，会议原则同意整改方案，由资产处牵头。") for n in range(count))
    return [WELCOME, *spoken, status(count * 3000)]


async def ready(held: Room) -> None:
    await held.until(lambda: held.app.model.live and any(held.lines()))


def editor(held: Room) -> EditorPanel:
    return held.app.screen.query_one(EditorPanel)


def told(held: Room) -> str:
    return "".join(note.message for note in held.app._notifications)


async def chooser(held: Room, key: str) -> None:
    await held.press(key)
    await held.until(lambda: isinstance(held.app.screen, ChooseScreen))
    await held.until(lambda: held.app.screen.query_one(OptionList).option_count)
