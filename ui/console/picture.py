"""A picture of the console, drawn by the console itself."""

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ui.console.app import ConsoleApp
from ui.console.scripted import Answer, ScriptedStream


async def picture(
    messages: Iterable[Any],
    size: tuple[int, int],
    path: Path,
    answer: Answer = lambda command: None,
    keys: Iterable[str] = (),
    theme: str = "meeting-dark",
) -> None:
    """Writes an SVG of the console after `messages` and the key presses `keys`. `size`: columns and rows."""
    app = ConsoleApp(ScriptedStream(messages, answer).connect)
    app.theme = theme
    async with app.run_test(size=size) as pilot:
        await pilot.pause(0.2)
        for key in keys:
            await pilot.press(key)
        await pilot.pause(0.3)
        svg = app.export_screenshot(title=app.TITLE)
    await asyncio.to_thread(path.write_text, svg, encoding="utf-8")
