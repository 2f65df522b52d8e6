"""The agenda by one key: items, breaks, who is there, and what the chair announces."""

import pytest

from meeting.domain.events import ItemMoved
from meeting.stream.messages import (
    Attend,
    Item,
    Next,
    Pause,
)
from tests.unit.ui.console_room import NAMED, chooser, ready, room, told
from tests.unit.ui.console_script import segment


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEETING_LANG", "en")
    monkeypatch.setenv("TZ", "UTC")


async def test_any_item_is_gone_to_deferred_withdrawn_and_a_late_one_put_in() -> None:
    async with room(NAMED) as held:
        await ready(held)
        for key, action in (("enter", "go"), ("ctrl+d", "defer"), ("ctrl+x", "withdraw"), ("ctrl+r", "restore")):
            await chooser(held, "ctrl+g")
            await held.press(key)
            await held.until(
                lambda action=action: held.commands(Item) and held.commands(Item)[-1].action == action
            )
            assert held.commands(Item)[-1].number == 3, "the item after the current one is offered first"
        await held.press("ctrl+t", *"abc", "enter")
        await held.until(lambda: held.commands(Item)[-1].action == "insert")
        assert (held.commands(Item)[-1].number, held.commands(Item)[-1].title) == (None, "abc")


async def test_a_recess_is_one_key() -> None:
    async with room(NAMED) as held:
        await ready(held)
        await held.press("f12")
        await held.until(lambda: held.commands(Pause))
        assert held.commands(Pause)[0].recess


async def test_who_comes_leaves_and_is_recused() -> None:
    async with room(NAMED) as held:
        await ready(held)
        for keys in (["enter"], ["w", "f", "enter"], [*"zm", "ctrl+r"]):
            await chooser(held, "ctrl+e")
            await held.press(*keys)
        await held.until(lambda: len(held.commands(Attend)) == 3)
        assert [(one.person, one.state, one.item_id) for one in held.commands(Attend)] == [
            ("李建国", "left", None),
            ("王芳", "present", None),
            ("周敏", "recused", "i2"),
        ]


async def test_f2_says_what_was_before() -> None:
    async with room(NAMED) as held:
        await ready(held)
        held.stream.put(ItemMoved(item_id="i3", number=3, state="ongoing", by="王芳"))
        await held.until(lambda: "Item 3 begins; before it: item 2. Ctrl+U" in told(held))


async def test_the_chairs_sentence_is_an_offer_and_nothing_switches_by_itself() -> None:
    async with room(NAMED) as held:
        await ready(held)
        held.stream.put(segment(9, 60_000, "下面进行第三个议题，研究公务用车调度办法。", item_id="i2"))
        await held.until(lambda: "calls item 3" in held.text("#offer"))
        assert not held.commands(Item) and not held.commands(Next)
        await held.press("f2")
        await held.until(lambda: held.commands(Item))
        assert held.commands(Item)[0].number == 3
        assert not held.app.screen.query_one("#offer").display
        held.stream.put(segment(10, 65_000, "休息十分钟。", item_id="i2"))
        await held.until(lambda: "F12" in held.text("#offer"))
        await held.press("escape")
        assert not held.app.screen.query_one("#offer").display


async def test_an_offer_stays_while_another_item_is_deferred() -> None:
    async with room(NAMED) as held:
        await ready(held)
        held.stream.put(segment(9, 60_000, "下面进行第三个议题，研究公务用车调度办法。", item_id="i2"))
        await held.until(lambda: "F2" in held.text("#offer"))
        held.stream.put(ItemMoved(item_id="i1", number=1, state="deferred", by="王芳"))
        await held.until(lambda: held.app.model.items[0].state == "deferred")
        assert held.app.screen.query_one("#offer").display
        held.stream.put(ItemMoved(item_id="i3", number=3, state="ongoing", by="王芳"))
        await held.until(lambda: not held.app.screen.query_one("#offer").display)
