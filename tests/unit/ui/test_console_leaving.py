"""What comes to the console while it goes away: nothing of it is an error, but for mistakes of ours."""

import asyncio

import pytest
from textual.message import Message
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tests.unit.ui.console_room import room
from ui.console.key_order import KeysInOrder
from ui.console.screens.archive import ArchiveScreen
from ui.console.screens.start import StartScreen


class Late(Message):
    """Is on its way while the screens are closed."""


class Last(Screen[None]):
    def on_unmount(self) -> None:
        self.app.post_message(Late())


class Leaving(KeysInOrder[None]):
    """Has something to do when its screens are gone."""

    def __init__(self, mistake: Exception | None = None) -> None:
        super().__init__()
        self._mistake = mistake
        self.came = False

    async def on_mount(self) -> None:
        await self.push_screen(Last())

    async def on_late(self) -> None:
        while self.screen_stack:
            await asyncio.sleep(0)
        self.came = True
        if self._mistake is not None:
            raise self._mistake
        assert self.screen.query_one(Widget) is None, "there is none"


async def test_what_comes_after_the_screens_were_closed_is_no_error() -> None:
    app = Leaving()
    async with app.run_test():
        pass
    assert app.came


async def test_a_mistake_is_told_also_then() -> None:
    with pytest.raises(ZeroDivisionError):
        async with Leaving(ZeroDivisionError()).run_test():
            pass


async def test_what_was_to_be_drawn_when_the_console_was_closed_harms_nobody() -> None:
    async with room() as held:
        pass
    assert not held.app.screen_stack
    held.app._draw()


async def test_a_choice_from_a_list_that_was_made_anew_since_chooses_nothing() -> None:
    async with room() as held:
        for screen, name in ((ArchiveScreen, "#archive-facets"), (StartScreen, "#microphones")):
            await held.app.push_screen(screen(held.app._commands, None))
            await held.until(lambda screen=screen: isinstance(held.app.screen, screen))
            shown = held.app.screen.query_one(name, OptionList)
            shown.focus()
            shown.post_message(OptionList.OptionSelected(shown, Option("gone"), 7))
            shown.post_message(OptionList.OptionHighlighted(shown, Option("gone"), 7))
            await held.pilot.pause()
            assert held.app.is_running
