"""What is written can be read: in each theme, on each screen, and where a terminal has few colours or none."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest
from rich.color import ColorSystem, ColorTriplet
from rich.style import Style
from textual.color import Color
from textual.filter import monochrome_style
from textual.theme import Theme

from meeting.domain.events import Sharing
from meeting.stream.client import Reconnecting
from meeting.stream.messages import Recalled
from tests.unit.ui.console_script import BEFORE, demo, status
from tests.unit.ui.test_console_screens import IDLE, Room, over, room
from ui.console.app import ConsoleApp
from ui.console.screens.archive import ArchiveScreen
from ui.console.sixteen import SixteenColours, grounds
from ui.console.themes import THEMES

READABLE = 4.5
"""WCAG 2.2, 1.4.3: contrast of text of usual size."""

# The sixteen as terminals have them, in the order of their numbers: xterm, VGA, Windows (Campbell), GNOME.
PALETTES = {
    "xterm": "000000 cd0000 00cd00 cdcd00 0000ee cd00cd 00cdcd e5e5e5 "
    "7f7f7f ff0000 00ff00 ffff00 5c5cff ff00ff 00ffff ffffff",
    "vga": "000000 aa0000 00aa00 aa5500 0000aa aa00aa 00aaaa aaaaaa "
    "555555 ff5555 55ff55 ffff55 5555ff ff55ff 55ffff ffffff",
    "windows": "0c0c0c c50f1f 13a10e c19c00 0037da 881798 3a96dd cccccc "
    "767676 e74856 16c60c f9f1a5 3b78ff b4009e 61d6d6 f2f2f2",
    "gnome": "171421 c01c28 26a269 a2734c 12488b a347ba 2aa1b3 d0cfcc "
    "5e5c64 f66151 33d17a e9ad0c 2a7bde c061cb 33c7de ffffff",
}


def brightness(triplet: ColorTriplet) -> float:
    """Relative luminance (WCAG 2.2)."""
    red, green, blue = (
        one / 255 / 12.92 if one / 255 <= 0.04045 else ((one / 255 + 0.055) / 1.055) ** 2.4 for one in triplet
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: ColorTriplet, other: ColorTriplet) -> float:
    darker, lighter = sorted((brightness(one), brightness(other)))
    return (lighter + 0.05) / (darker + 0.05)


def written(app: ConsoleApp) -> Iterator[tuple[str, Style]]:
    """Each stretch of letters on the screen; lines and frames are no letters."""
    for strip in app.screen._compositor.render_strips():
        for text, style, _ in strip:
            if style is not None and any(one.isalnum() or one in "●‖✗✓★?▶↻■○◌，。：·" for one in text):
                yield text.strip(), style


def under_row(held: Room, list_id: str, row: int) -> set[tuple[int | None, bool]]:
    """The number of the ground of a row of a list, and whether it is underlined."""
    region = held.app.screen.query_one(list_id).region
    strip = held.app.screen._compositor.render_strips()[region.y + row].crop(region.x + 1, region.right - 1)
    return {(style.bgcolor.number, bool(style.underline)) for _, style, _ in strip if style and style.bgcolor}


def unreadable(app: ConsoleApp) -> list[tuple[Any, ...]]:
    """What cannot be read, in millions of colours, in 256, and with none."""
    found: list[tuple[Any, ...]] = []
    for text, style in written(app):
        for shown, system in (
            (style, ColorSystem.TRUECOLOR),
            (style, ColorSystem.EIGHT_BIT),
            (monochrome_style(style), ColorSystem.TRUECOLOR),
        ):
            assert shown.color is not None and shown.bgcolor is not None, text
            letter, ground = (one.downgrade(system).get_truecolor() for one in (shown.color, shown.bgcolor))
            if contrast(letter, ground) < READABLE:
                found.append((app.theme, text, system.name, letter.hex, ground.hex))
    return found


async def all_can_be_read(held: Room) -> None:
    """In each theme; the one there was comes back."""
    before = held.app.theme
    for theme in THEMES:
        await in_theme(held, theme)
        assert not unreadable(held.app)
    held.app.theme = before


async def in_theme(held: Room, theme: Theme) -> None:
    """Gives all widgets the theme's colours."""
    held.app.theme = theme.name
    await held.until(lambda: held.app.screen.styles.background.hex.lower() == str(theme.background).lower())
    await held.pilot.pause()


async def test_all_that_the_meeting_shows_can_be_read_in_each_theme() -> None:
    async with room(demo()) as held:
        await held.until(lambda: held.app.model.live)
        held.stream.put(msgspec.convert(BEFORE, Recalled))
        held.stream.put(status(1_200_000, lag_ms=9000, disk_free_bytes=10**9))
        await held.until(lambda: held.app.model.background and held.app.screen.query_one("#problem").display)
        await held.press("up", "up")
        await all_can_be_read(held)
        held.stream.put(status(1_200_000, state="no_device"))
        await held.until(lambda: held.app.screen.query_one("#problem").has_class("-error"))
        await held.press("f3", *"abc")
        await held.until(lambda: "2" in held.text("#found"))
        await held.press("down")
        await all_can_be_read(held)
        held.stream.put(Reconnecting(attempt=1, wait_s=60))
        await held.press("escape", "escape")
        await held.until(lambda: held.app.screen.has_class("-old"))
        await all_can_be_read(held)


async def test_an_item_over_plan_is_told_by_a_sign_and_a_word() -> None:
    async with room(demo()) as held:
        await held.until(lambda: held.app.model.live and "▶" in held.text("#items-text"))
        assert "▲" not in held.text("#items-text")
        held.stream.put(status(1_200_000))
        await held.until(lambda: "▲" in held.text("#items-text"))


@asynccontextmanager
async def on_screen(name: str) -> AsyncIterator[Room]:
    """A room that shows the screen."""
    messages: list[Any] = {"start": [IDLE], "after": over()}.get(name) or demo()
    async with room(messages, display=name == "display") as held:
        match name:
            case "start":
                await held.until(lambda: "dBFS" in held.text("#level") and held.text("#start-word"))
            case "after":
                await held.until(lambda: held.app.model.ended)
                await held.press("enter")
                await held.until(lambda: "42" in held.text("#after-verdict"))
                await held.press("f5")
            case "display":
                held.stream.put(Sharing(audience="display", transcript=True, by="王芳"))
                held.stream.put(msgspec.convert(BEFORE, Recalled))
                await held.until(lambda: held.app.screen.query_one("#display-earlier").display)
            case "archive":
                await held.press("f3", *"abc", "f3")
                await held.on(ArchiveScreen)
                await held.until(lambda: held.text(".reading-after"))
                await held.press("down", "left")
        yield held


@pytest.mark.parametrize("name", ["start", "archive", "after", "display"])
async def test_all_that_a_screen_shows_can_be_read_in_each_theme(name: str) -> None:
    async with on_screen(name) as held:
        await all_can_be_read(held)


@pytest.mark.parametrize("palette", PALETTES)
@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
@pytest.mark.parametrize("colour", [True, False])
def test_each_letter_of_sixteen_colours_can_be_read_on_its_ground(theme: Any, palette: str, colour: bool) -> None:
    inks = [Color.parse(f"#{one}").rich_color.get_truecolor() for one in PALETTES[palette].split()]
    for _, ground in grounds(theme, colour):
        for letter in ground.letters:
            assert contrast(inks[letter], inks[ground.number]) >= READABLE, (letter, ground)


def test_amber_on_white_becomes_another_colour_where_there_are_sixteen() -> None:
    light = next(theme for theme in THEMES if not theme.dark)
    drawn = SixteenColours(light)._of(Style.parse(f"bold {light.warning} on {light.background}"), Color(0, 0, 0))
    assert drawn.color is not None and drawn.bgcolor is not None
    assert drawn.color.number != 3 and drawn.bgcolor.number == 15


@pytest.mark.parametrize("colour", [True, False])
async def test_sixteen_colours_still_show_what_is_chosen(colour: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not colour:
        monkeypatch.setenv("NO_COLOR", "1")
    async with on_screen("archive") as held:
        held.app.use_sixteen_colours()
        for theme in THEMES:
            await in_theme(held, theme)

            def differ() -> bool:
                chosen, beside = under_row(held, "#archive-facets", 0), under_row(held, "#archive-facets", 1)
                return bool(chosen and beside and not chosen & beside)

            await held.until(differ)
