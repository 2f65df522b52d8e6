"""Hands on the record: each key path, pressed on a scripted stream."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from textual.widgets import OptionList

from meeting.domain.events import Doubt, End, Note
from meeting.home import Home
from meeting.stream.client import CommandRefused
from meeting.stream.messages import (
    ClientCommand,
    Edit,
    Failure,
    Join,
    Move,
    Next,
    NoteDown,
    Redo,
    Split,
    Undo,
)
from tests.unit.ui.console_room import NAMED, chooser, editor, ready, room, told
from tests.unit.ui.console_script import SPOKEN, WELCOME, answer, segment, status
from ui.console.playing import Output
from ui.console.screens.choose import ChooseScreen
from ui.console.widgets.search import SearchPane


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEETING_LANG", "en")
    monkeypatch.setenv("TZ", "UTC")


async def test_a_sentence_is_selected_edited_and_stored_with_the_revision_that_was_seen() -> None:
    async with room(NAMED) as held:
        await ready(held)
        await held.press("up", "up")
        assert [one.text for one in held.view.selected] == [SPOKEN[6][-1]]
        assert not held.view.following
        await held.press("enter")
        await held.until(lambda: editor(held).area.has_focus)
        await held.press(*"xyz", "slash", "f2", "enter")
        await held.until(lambda: held.commands(Edit))
        assert held.commands(Next), "function keys work while a sentence is edited"
        command = held.commands(Edit)[0]
        assert (command.segment_id, command.rev, command.text) == ("s7", 1, SPOKEN[6][-1] + "xyz/")
        await held.until(lambda: not editor(held).is_open and held.view.has_focus)


async def test_the_stream_goes_on_above_and_a_newer_text_never_overwrites_what_is_typed() -> None:
    async with room(NAMED) as held:
        await ready(held)
        await held.press("up", "enter", *"ab")
        held.stream.put(segment(8, 47472, "录音存在哪里？", rev=2, end_ms=50260, item_id="i2", source="refine"))
        held.stream.put(segment(20, 55000, "新的一句。", item_id="i2"))
        await held.until(lambda: "new text" in held.text("#editing"))
        assert editor(held).text == SPOKEN[7][-1] + "ab"
        await held.until(lambda: any("录音存在哪里？" in line for line in held.lines()))
        await held.until(lambda: "edit not saved" in held.text("#status"))
        await held.press("ctrl+g")
        assert editor(held).text == "录音存在哪里？"
        await held.press("c", "enter")
        await held.until(lambda: held.commands(Edit))
        assert (held.commands(Edit)[0].rev, held.commands(Edit)[0].text[-1]) == (2, "c")


async def test_keeping_ones_own_words_over_newer_ones_names_the_newer_revision() -> None:
    async with room(NAMED) as held:
        await ready(held)
        await held.press("up", "enter", "x")
        held.stream.put(segment(8, 47472, "录音存在哪里？", rev=4, end_ms=50260, item_id="i2", source="refine"))
        await held.until(lambda: "new text" in held.text("#editing"))
        await held.press("enter")
        await held.until(lambda: held.commands(Edit))
        assert (held.commands(Edit)[0].rev, held.commands(Edit)[0].text) == (4, SPOKEN[7][-1] + "x")


async def test_a_refused_edit_keeps_the_field_and_what_is_typed() -> None:
    def reply(command: ClientCommand) -> Any:
        if isinstance(command, Edit):
            raise CommandRefused(Failure(code="revision_old", message="It has been changed."))
        return answer(command)

    async with room(NAMED, reply=reply) as held:
        await ready(held)
        await held.press("up", "enter", "x", "enter")
        await held.until(lambda: "It has been changed." in told(held))
        assert editor(held).is_open and editor(held).text.endswith("x")
        await held.press("escape")
        assert editor(held).is_open and "Not saved" in held.text("#editing-hint")
        await held.press("escape")
        assert not editor(held).is_open


async def test_an_edit_that_was_not_saved_outlives_the_console(tmp_path: Path) -> None:
    home = Home(tmp_path)
    async with room(NAMED, home=home) as held:
        await ready(held)
        await held.press("up", "enter", *"kept")
        await held.until(lambda: (tmp_path / "console" / "draft.json").exists())
        await held.until(lambda: b"kept" in (tmp_path / "console" / "draft.json").read_bytes())
    async with room(NAMED, home=home) as held:
        await held.until(lambda: editor(held).is_open)
        assert editor(held).text == SPOKEN[7][-1] + "kept" and editor(held).unsaved
        await held.press("enter")
        await held.until(lambda: held.commands(Edit) and not editor(held).is_open)
        await held.until(lambda: not (tmp_path / "console" / "draft.json").exists())


async def test_a_home_that_cannot_be_written_is_told_once_while_one_types(tmp_path: Path) -> None:
    (tmp_path / "console").write_text("no folder")
    async with room(NAMED, home=Home(tmp_path), notices=True) as held:
        await ready(held)
        await held.press("up", "enter", *"甲")
        await held.until(lambda: "cannot be kept beyond this window" in told(held))
        editor(held)._keep()
        assert told(held).count("cannot be kept") == 1


async def test_whoever_ends_the_meeting_is_told_of_an_edit_that_is_not_saved() -> None:
    async with room(NAMED, notices=True) as held:
        await ready(held)
        await held.press("f8")
        assert not held.app.screen.query("#stop-unsaved")
        await held.press("escape", "up", "enter", *"甲", "f8")
        assert "not saved" in held.text("#stop-unsaved")
        await held.press("escape")
        held.stream.put(End(reason="source"))
        await held.until(lambda: held.app.model.ended)
        await held.press("enter")
        await held.until(lambda: "Your words stay here" in told(held))
        assert editor(held).text.endswith("甲") and not held.commands(Edit)


async def test_candidates_of_a_doubtful_name_are_offered_and_put_in() -> None:
    doubtful = segment(
        30,
        60_000,
        "请李建国同志发言。",
        item_id="i2",
        marks=(Doubt(offset=1, length=3, candidates=("李建国", "黎建国")),),
    )
    async with room([*NAMED, doubtful]) as held:
        await ready(held)
        await held.press("up", "enter")
        assert "李建国 → 李建国 / 黎建国" in held.text("#editing")
        await held.press("tab", "ctrl+r", "enter")
        await held.until(lambda: held.commands(Edit))
        assert held.commands(Edit)[0].text == "请黎建国同志发言。"


async def test_undo_redo_join_and_split() -> None:
    async with room(NAMED) as held:
        await ready(held)
        await held.press("ctrl+u", "ctrl+y")
        await held.until(lambda: held.commands(Undo) and held.commands(Redo))
        await held.press("up", "shift+up", "shift+up", "ctrl+x")
        await held.until(lambda: held.commands(Join))
        assert held.commands(Join)[0].segment_ids == ("s6", "s7", "s8")
        await held.press("up", "up", "enter")
        editor(held).area.move_cursor((0, 2))
        await held.press("ctrl+d")
        await held.until(lambda: held.commands(Split))
        split = held.commands(Split)[0]
        assert (split.segment_id, split.rev, split.offset) == ("s7", 1, 2)


async def test_after_a_split_the_arrows_begin_with_its_first_half() -> None:
    async with room(NAMED) as held:
        await ready(held)
        await held.press("up", "up", "up")
        (whole,) = held.view.selected
        halves = [
            msgspec.structs.replace(whole, segment_id=f"half{n}", start_ms=whole.start_ms + n, rev=1)
            for n in (0, 1)
        ]
        for one in (msgspec.structs.replace(whole, rev=whole.rev + 1, text=""), *halves):
            held.stream.put(one)
        await held.until(lambda: held.app.model.segment("half1"))
        await held.press("up")
        assert [one.segment_id for one in held.view.selected] == ["half0"]


async def test_several_sentences_are_chosen_without_shift() -> None:
    async with room(NAMED) as held:
        await ready(held)
        await held.press("up", "space", "up", "up")
        assert [one.segment_id for one in held.view.selected] == ["s6", "s7", "s8"]
        await held.press("ctrl+k")
        await held.until(lambda: len(held.commands(NoteDown)) == 3)
        await held.press("up")
        assert [one.segment_id for one in held.view.selected] == ["s5"], "what was done ends the choosing"
        await held.press("space", "down", "space", "down")
        assert len(held.view.selected) == 1
        await held.press("f3", *"公 车")
        assert held.app.screen.query_one(SearchPane).words == "公 车", "where one types it is a space"


async def test_a_sentence_moves_to_another_item() -> None:
    async with room(NAMED) as held:
        await ready(held)
        await held.press("up")
        await chooser(held, "ctrl+r")
        await held.press(*"公务", "enter")
        await held.until(lambda: held.commands(Move))
        assert (held.commands(Move)[0].segment_ids, held.commands(Move)[0].item_id) == (("s8",), "i3")


async def test_marks_go_on_and_off_and_notes_stand_under_their_sentence() -> None:
    async with room(NAMED) as held:
        await ready(held)
        await held.press("up", "ctrl+k", "ctrl+f")
        await held.until(lambda: len(held.commands(NoteDown)) == 2)
        assert [(one.segment_id, one.mark) for one in held.commands(NoteDown)] == [("s8", "★"), ("s8", "?")]
        held.stream.put(Note(text="", mark="★", by="王芳", segment_id="s8", note_id="n1", seq=90))
        held.stream.put(Note(text="问信息中心", by="王芳", segment_id="s8", note_id="n2", seq=91))
        await held.until(lambda: any("✎ 问信息中心" in line for line in held.lines()))
        await held.until(lambda: any("01:00:47★" in line for line in held.lines()))
        held.stream.put(Note(text="", mark="?", by="王芳", segment_id="s8", note_id="n3", seq=92))
        await held.until(lambda: any("? to be checked" in line for line in held.lines()))
        await held.press("ctrl+k")
        await held.until(lambda: len(held.commands(NoteDown)) == 3)
        assert (held.commands(NoteDown)[2].note_id, held.commands(NoteDown)[2].mark) == ("n1", "")
        await held.press("ctrl+n", *"abc", "enter")
        await held.until(lambda: len(held.commands(NoteDown)) == 4)
        assert (held.commands(NoteDown)[3].text, held.commands(NoteDown)[3].segment_id) == ("abc", "s8")


async def test_a_note_on_the_item_stands_beside_its_facts() -> None:
    async with room(NAMED) as held:
        await ready(held)
        await held.press("ctrl+n", *"abc", "enter")
        await held.until(lambda: held.commands(NoteDown))
        assert (held.commands(NoteDown)[0].item_id, held.commands(NoteDown)[0].text) == ("i2", "abc")
        held.stream.put(Note(text="请补★材料", by="王芳", item_id="i2", note_id="n1", seq=90))
        await held.until(lambda: "✎ 请补★材料" in held.text("#facts"))


async def test_doubtful_words_are_underlined_and_low_confidence_is_a_shape() -> None:
    doubtful = segment(
        30,
        60_000,
        "请李建国同志发言。",
        confidence=0.6,
        marks=(Doubt(offset=1, length=3, candidates=("黎建国",)),),
    )
    unsure = segment(31, 63_000, "听不清楚。", confidence=0.3)
    async with room([WELCOME, doubtful, unsure, status(66_000)]) as held:
        await ready(held)
        strips = [held.view.render_line(y) for y in range(held.view.size.height)]
        underlined = [
            "".join(cell.text for cell in strip if cell.style and cell.style.underline) for strip in strips
        ]
        assert [text for text in underlined if text] == ["李建国", "听不清楚。"]
        assert any("~" in strip.text for strip in strips) and any("≈" in strip.text for strip in strips)


async def test_no_key_of_an_action_is_one_that_terminals_or_editors_keep() -> None:
    from ui.console.keymap import ACTIONS

    # Flow control, signals, what equals Tab, Enter, Backspace and Esc, prefixes of tmux and screen, pasting and input
    # methods; F10 and F11 are asked for in `test_console.py`.
    kept = {
        f"ctrl+{key}" for key in (*"sqzcimhj[bwav@_^", "space", "comma", "full_stop", "semicolon", "grave_accent")
    }
    assert not [action.id for action in ACTIONS if kept & set(action.keys.split(","))]
    keys = [
        key for action in ACTIONS if action.where in ("app", "meeting") for key in action.keys.split(",") if key
    ]
    assert len(keys) == len(set(keys)) or sorted(key for key in keys if keys.count(key) > 1) == [
        "escape",
        "escape",
    ]


async def test_the_headphones_are_chosen_once_and_never_the_rooms_loudspeakers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [Output("default", True), Output("耳机", False)]
    monkeypatch.setattr("ui.console.screens.meeting_record.outputs", lambda: found)
    async with room(NAMED, home=Home(tmp_path)) as held:
        await ready(held)
        await held.press("up")
        await chooser(held, "ctrl+l")
        options = held.app.screen.query_one(OptionList)
        assert [str(options.get_option_at_index(at).prompt) for at in range(options.option_count)] == ["耳机"]
        await held.press("enter")
        await held.until(lambda: "no sound of this sentence" in told(held))
        await held.press("ctrl+l")
        await held.until(lambda: told(held).count("no sound of this sentence") == 2)
        assert not isinstance(held.app.screen, ChooseScreen)
