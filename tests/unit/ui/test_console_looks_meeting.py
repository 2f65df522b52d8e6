"""How the meeting's own screen looks in each of its states, at three sizes and in both languages."""

from collections.abc import Iterator
from typing import Any

import pytest
from textual.widgets import Input, OptionList

from meeting.domain.events import Custody, Doubt, Note
from meeting.stream.client import Reconnecting
from meeting.stream.messages import Partial
from tests.unit.ui.console_looks import looks_as_before, plain_machine
from tests.unit.ui.console_room import NAMED, Room, ready, room
from tests.unit.ui.console_script import segment, status
from tests.unit.ui.test_console_lookup import SUGGESTED
from ui.console.screens.decide import DecideScreen
from ui.console.screens.meeting import MeetingScreen

SIZES = [(80, 24), (120, 36), (300, 80)]
LANGUAGES = ["zh_CN", "en"]
LATE_MS = 33_723 + 13 * 60_000
"""A quarter and more over the ten minutes that are planned for the item."""


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr("ui.console.screens.meeting.SUGGESTED_S", 3600.0)
    yield from _with(request.param, monkeypatch)


def _with(language: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    for _ in plain_machine(monkeypatch, language):
        yield language


def spoken() -> list[Any]:
    """The demo up to a sentence that is being spoken, with what was not understood and what was noted."""
    doubt = Doubt(offset=4, length=3, candidates=("沈毅", "申义"))
    heard = [
        segment(9, 50_900, "录音都由申毅义同志保管。", item_id="i2", confidence=0.64, marks=(doubt,)),
        segment(10, 53_200, "调阅要过会登基。", item_id="i2", speaker="沈毅", confidence=0.41),
        Note(text="问清登记办法", by="王芳", segment_id="s10", note_id="n1", seq=30),
        Note(text="", mark="★", by="王芳", segment_id="s7", note_id="n2", seq=31),
    ]
    partial = Partial(
        segment_id="s11",
        revision=3,
        start_ms=55_900,
        end_ms=58_000,
        text="全部保存在本机，不连接互联网，也不上传",
        stable_chars=8,
    )
    return [*NAMED[:-2], *heard, status(58_100), partial]


async def _suggested(held: Room) -> None:
    held.stream.put(SUGGESTED)
    await held.until(lambda: held.app.screen.query_one("#suggestion").display)


async def _looking_up(held: Room) -> None:
    await held.press("escape", "f3")
    held.app.screen.query_one("#query", Input).value = "会议系统"
    await held.until(lambda: held.app.screen.query_one("#hits", OptionList).option_count == 2)
    await held.press("down")


async def _deciding(held: Room) -> None:
    await held.press("escape")
    await held.until(lambda: not held.app.screen.has_class("-searching"))
    held.view.select("s4")
    await held.press("f4")
    await held.until(lambda: isinstance(held.app.screen, DecideScreen))


async def _editing(held: Room) -> None:
    await held.press("escape")
    await held.until(lambda: isinstance(held.app.screen, MeetingScreen))
    held.view.select("s9")
    await held.press("enter", "x")
    held.stream.put(segment(9, 50_900, "录音都由沈毅同志保管。", rev=2, item_id="i2", source="refine"))
    await held.until(lambda: "x" in held.app._meeting.editor.text)


async def _over_plan(held: Room) -> None:
    await held.press("escape", "escape")
    await held.until(lambda: not held.app._meeting.editor.is_open)
    held.view.select(None)
    held.view.following = True
    held.stream.put(status(LATE_MS))
    await held.until(lambda: held.app.model.media_now_ms == LATE_MS)


async def _lost(held: Room) -> None:
    held.stream.put(Reconnecting(attempt=2, wait_s=0.4))
    await held.until(lambda: held.app.screen.has_class("-old"))


async def _paused(held: Room) -> None:
    held.stream.put(Custody(recording="off", order="pause", by="王芳"))
    held.stream.put(status(LATE_MS + 2000, state="paused", level_dbfs=None))
    await held.until(lambda: not held.app.screen.has_class("-old") and held.app.model.paused)


STATES = {
    "recording": ready,
    "suggested": _suggested,
    "looking-up": _looking_up,
    "deciding": _deciding,
    "editing": _editing,
    "over-plan": _over_plan,
    "lost": _lost,
    "paused": _paused,
}


@pytest.mark.parametrize("size", SIZES, ids=lambda size: "{}x{}".format(*size))
async def test_the_meetings_screen_looks_as_it_did_from_state_to_state(
    size: tuple[int, int], language: str
) -> None:
    async with room(spoken(), size=size) as held:
        for state, bring_about in STATES.items():
            await bring_about(held)
            await looks_as_before(held, f"meeting-{state}-{size[0]}x{size[1]}-{language}")
