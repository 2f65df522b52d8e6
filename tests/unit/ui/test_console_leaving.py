"""What comes to the console while it goes away: nothing of it is an error, but for mistakes of ours."""

import asyncio

import pytest
from textual.message import Message
from textual.screen import Screen
from textual.widget import Widget

from ui.console.key_order import KeysInOrder


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
