"""Pictures of the console that are the same to the byte on every machine, and the files that keep them."""

import os
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.ui.console_room import PATIENCE_S, Room
from ui.console.app import ConsoleApp
from ui.console.picture import with_wide_characters

LOOKS = Path(__file__).parents[2] / "data" / "console"
RENEW = "MEETING_RENEW_LOOKS"
SETTLED_S = 0.5
_UNIFORM = (
    (r"terminal-\d+", "console"),
    (r"@font-face \{.*?\}\n", ""),
    (r'<clipPath id="console-line-.*?</clipPath>', ""),
    (r' clip-path="url\(#console-line-\d+\)"', ""),
    (r"<(text|rect)\b", r"\n<\1"),
)


def plain_machine(monkeypatch: pytest.MonkeyPatch, language: str) -> Iterator[None]:
    """Where the person and the machine would show: language, time of day, colours, and a cursor that blinks."""
    monkeypatch.setenv("MEETING_LANG", language)
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr("textual.widgets.Input.cursor_blink", False)
    monkeypatch.setattr("textual.widgets.TextArea.cursor_blink", False)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def svg(app: ConsoleApp) -> str:
    """What is on the screen, a part to a line so that a difference can be read.

    The id is a sum over the styles' own ids, so it is given a name; the fonts of a far server and the lines' clips
    change nothing that is looked at.
    """
    drawn = with_wide_characters(app.export_screenshot(title=app.TITLE, simplify=True))
    for pattern, instead in _UNIFORM:
        drawn = re.sub(pattern, instead, drawn, flags=re.DOTALL)
    return "\n".join(line.strip() for line in drawn.splitlines() if line.strip()) + "\n"


async def looks_as_before(held: Room, name: str) -> None:
    """After a wanted change: MEETING_RENEW_LOOKS=1 writes the file anew, and the difference is looked at."""
    path = LOOKS / f"{name}.svg"
    if os.environ.get(RENEW):
        await held.pilot.pause(SETTLED_S)
        path.parent.mkdir(exist_ok=True)
        path.write_text(svg(held.app), encoding="utf-8")
    wanted = path.read_text(encoding="utf-8")
    limit = time.monotonic() + PATIENCE_S
    while (shown := svg(held.app)) != wanted and time.monotonic() < limit:
        await held.pilot.pause(0.05)
    assert shown == wanted, f"{name} looks otherwise"
