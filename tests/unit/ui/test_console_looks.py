"""How the screens beside the meeting's own look, as text."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from meeting.domain.events import Sharing
from tests.unit.ui.console_script import demo
from tests.unit.ui.test_console_screens import IDLE, Room, over, room
from ui.console.app import ConsoleApp
from ui.console.screens.after import AfterScreen
from ui.console.screens.archive import ArchiveScreen

LOOKS = Path(__file__).parents[2] / "data" / "console"
RENEW = "MEETING_RENEW_LOOKS"


def look(app: ConsoleApp) -> str:
    """What the terminal shows, as text: what differs between two machines' fonts and ids is not in it."""
    return "\n".join(line.rstrip() for line in _screen_lines(app)) + "\n"


def _screen_lines(app: ConsoleApp) -> list[str]:
    strips = app.screen._compositor.render_strips()
    return ["".join(cell.text for cell in strip) for strip in strips]


async def _to_start(held: Room) -> None:
    await held.until(lambda: "-30 dBFS" in held.text("#level") and held.text("#start-word"))


async def _to_archive(held: Room) -> None:
    await held.press("f3", *"abc", "f3")
    await held.on(ArchiveScreen)
    await held.until(lambda: held.text(".reading-after"))


async def _to_after(held: Room) -> None:
    await held.until(lambda: held.app.model.ended)
    await held.press("enter")
    await held.on(AfterScreen)
    await held.until(lambda: "42" in held.text("#after-verdict"))


async def _to_display(held: Room) -> None:
    held.stream.put(Sharing(audience="display", transcript=True, by="王芳"))
    await held.until(lambda: "录音保存" in held.text("#display-spoken"))


LOOKED_AT: dict[str, tuple[Callable[[], list[Any]], Callable[[Room], Any], bool]] = {
    "start": (lambda: [IDLE], _to_start, False),
    "archive": (demo, _to_archive, False),
    "after": (over, _to_after, False),
    "display": (demo, _to_display, True),
}


SIZES = [(80, 24), (120, 36), (300, 80)]


LOOKS_TAKEN = [("start", size, language) for size in SIZES for language in ("en", "zh_CN")] + [
    (name, SIZES[0], "zh_CN") for name in ("archive", "after", "display")
]


@pytest.mark.parametrize(("name", "size", "language"), LOOKS_TAKEN)
async def test_each_screen_looks_as_it_did(
    name: str, size: tuple[int, int], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a wanted change: MEETING_RENEW_LOOKS=1 writes the files anew, and the difference is looked at."""
    monkeypatch.setenv("MEETING_LANG", language)
    messages, go, display = LOOKED_AT[name]
    path = LOOKS / f"{name}-{size[0]}x{size[1]}-{language}.txt"
    async with room(messages(), size=size, display=display) as held:
        await go(held)
        await held.pilot.pause(0.1)
        shown = look(held.app)
        if os.environ.get(RENEW):
            path.parent.mkdir(exist_ok=True)
            path.write_text(shown, encoding="utf-8")
        wanted = path.read_text(encoding="utf-8")
        for _ in range(50):
            if shown == wanted:
                break
            await held.pilot.pause(0.1)
            shown = look(held.app)
        assert shown == wanted
