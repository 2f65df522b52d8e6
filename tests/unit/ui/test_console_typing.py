"""Whoever types without a pause loses nothing: a terminal hands over a key and what follows it in one breath."""

import pytest
from textual import events
from textual.keys import _character_to_key
from textual.widgets import Input, TextArea

from tests.unit.ui.console_script import demo
from tests.unit.ui.test_console_screens import Room, room
from ui.console.app import ConsoleApp
from ui.console.screens.archive import ArchiveScreen

WORDS = "办公用房𠮷abc /?"


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEETING_LANG", "en")
    monkeypatch.setenv("TZ", "UTC")


def in_one_breath(app: ConsoleApp, *typed: str) -> None:
    """Names of keys, and words of several characters."""
    for part in typed:
        if part.startswith("<"):
            app.post_message(events.Key(part[1:-1], None))
        else:
            for character in part:
                app.post_message(events.Key(_character_to_key(character), character))


async def field_has(held: Room, selector: str, words: str) -> None:
    def there() -> bool:
        return any(
            (one.value if isinstance(one, Input) else one.text if isinstance(one, TextArea) else None) == words
            for one in held.app.screen.query(selector)
        )

    await held.until(there)


@pytest.mark.parametrize(
    ("keys", "field"),
    [
        (("<f3>",), "#query"),
        (("/",), "#query"),
        (("<ctrl+n>",), "#words"),
        (("<f5>",), "#filter"),
        (("<f3>", "abc", "<f3>"), "#archive-query"),
    ],
    ids=lambda part: "".join(part) if isinstance(part, tuple) else "",
)
async def test_what_is_typed_straight_after_a_key_is_in_the_field_it_opens(
    keys: tuple[str, ...], field: str
) -> None:
    async with room(demo()) as held:
        in_one_breath(held.app, *keys, WORDS)
        await field_has(held, field, WORDS)


PASTED = "会议原则同意\n整改方案★，\r\n由𠮷田👩‍💼和\x1b[31mISO 9001\nLtd.牵头\t三月底前\n"
ON_ONE_LINE = "会议原则同意整改方案★，由𠮷田👩‍💼和[31mISO 9001 Ltd.牵头 三月底前"


@pytest.mark.parametrize(
    ("keys", "field"),
    [("f3", "#query"), ("ctrl+n", "#words"), ("f5", "#filter"), ("ctrl+t", "#words"), ("f4", "#resolution")],
)
async def test_what_is_pasted_in_several_lines_is_in_the_field_whole(keys: str, field: str) -> None:
    async with room(demo()) as held:
        await held.press(keys)
        await held.until(lambda: held.app.screen.query(field))
        if keys == "f4":
            await held.press("tab")
        had = held.app.screen.query_one(field)
        before = had.text if isinstance(had, TextArea) else ""
        held.app.post_message(events.Paste(PASTED))
        await field_has(held, field, before + ON_ONE_LINE)


async def test_an_edit_is_opened_and_typed_in_one_breath() -> None:
    async with room(demo()) as held:
        in_one_breath(held.app, "<enter>", "<end>", WORDS)
        await held.until(lambda: held.app._meeting.editor.text.endswith(WORDS))


async def test_a_screen_that_goes_gives_the_next_keys_to_the_one_below() -> None:
    async with room(demo()) as held:
        in_one_breath(held.app, "<f1>", "<escape>", "<f3>", "abc", "<f3>", "<escape>", "<f3>", "d", "<f3>")
        await held.until(
            lambda: isinstance(held.app.screen, ArchiveScreen) and held.app.screen.query_text.endswith("d")
        )


async def test_no_key_waits_for_a_field_that_went_away_with_the_key_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with room(demo()) as held:
        monkeypatch.setattr("ui.console.key_order.PATIENCE_S", 3600.0)
        for _ in range(2):
            await held.press("ctrl+backslash", "enter")
        await held.press("f3", "a")
        await field_has(held, "#query", "a")
