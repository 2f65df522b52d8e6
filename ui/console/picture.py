"""A picture of the console, drawn by the console itself."""

import asyncio
import re
from collections.abc import Iterable, Iterator
from html import escape, unescape
from itertools import groupby
from pathlib import Path
from typing import Any

from rich.cells import cell_len, get_character_cell_size

from ui.console.app import ConsoleApp
from ui.console.scripted import Answer, ScriptedStream

_TEXT = re.compile(r'<text class="(?P<cls>[^"]*)" x="(?P<x>[\d.]+)" y="(?P<y>[\d.]+)" textLength="(?P<len>[\d.]+)"'
                   r'(?P<rest>[^>]*)>(?P<text>[^<]*)</text>')  # fmt: skip


async def picture(
    messages: Iterable[Any],
    size: tuple[int, int],
    path: Path,
    answer: Answer = lambda command: None,
    keys: Iterable[str] = (),
    theme: str = "meeting-dark",
    display: bool = False,
) -> None:
    """Writes an SVG of the console after `messages` and the key presses `keys`. `size`: columns and rows."""
    app = ConsoleApp(ScriptedStream(messages, answer).connect, display=display)
    app.theme = theme
    async with app.run_test(size=size) as pilot:
        await pilot.pause(0.2)
        for key in keys:
            await pilot.press(key)
        await pilot.pause(0.8)
        svg = app.export_screenshot(title=app.TITLE)
    await asyncio.to_thread(path.write_text, with_wide_characters(svg), encoding="utf-8")


def with_wide_characters(svg: str) -> str:
    """Rich gives each character one cell of an SVG; here Chinese gets its two, in runs of one width each."""
    return _TEXT.sub(lambda found: "".join(_runs(found)), svg)


def _runs(found: re.Match[str]) -> Iterator[str]:
    text = unescape(found["text"])
    if cell_len(text) == len(text):
        yield found[0]
        return
    cell_width = float(found["len"]) / len(text)
    x = float(found["x"])
    for wide, characters in groupby(text, lambda character: get_character_cell_size(character) == 2):
        run = "".join(characters)
        length = cell_width * cell_len(run)
        place = f'x="{x:g}" y="{found["y"]}" textLength="{length:g}"'
        if wide:
            # Each glyph has its own place: a renderer spreads a length between glyphs, and short runs would gape.
            places = " ".join(f"{x + 2 * cell_width * index:g}" for index in range(len(run)))
            place = f'x="{places}" y="{found["y"]}"'
        shown = escape(run).replace(" ", "&#160;")
        yield f'<text class="{found["cls"]}" {place}{found["rest"]}>{shown}</text>'
        x += length
