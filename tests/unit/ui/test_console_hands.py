"""Hands on the record, the agenda and the decisions: each key path, pressed on a scripted stream."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from textual.widgets import Input, OptionList

from meeting.domain.events import Doubt, ItemMoved, Note
from meeting.home import Home
from meeting.stream.client import CommandRefused
from meeting.stream.messages import (
    Assign,
    Attend,
    ClientCommand,
    Decide,
    Edit,
    Failure,
    Item,
    Join,
    Move,
    Next,
    NoteDown,
    Pause,
    Redo,
    Speaker,
    Split,
    Undo,
)
from tests.unit.ui.console_script import ITEMS, SPOKEN, WELCOME, answer, demo, segment, status
from tests.unit.ui.test_console import Room, room
from ui.console.editing.editor import EditorPanel
from ui.console.editing.names import matches
from ui.console.playing import Output
from ui.console.screens.choose import ChooseScreen
from ui.console.screens.decide import DecideScreen
from ui.console.screens.positions import PositionsScreen


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEETING_LANG", "en")
    monkeypatch.setenv("TZ", "UTC")


HEAD = msgspec.structs.replace(
    WELCOME.meeting,
    people=("李建国", "周敏", "沈毅", "王芳"),
    roles=("attendee", "attendee", "attendee", "absent"),
)
NAMED = [msgspec.structs.replace(WELCOME, meeting=HEAD), *demo()[1:]]


async def ready(held: Room) -> None:
    await held.until(lambda: held.app.model.live and any(held.lines()))


def editor(held: Room) -> EditorPanel:
    return held.app.screen.query_one(EditorPanel)


def told(held: Room) -> str:
    return "".join(note.message for note in held.app._notifications)


async def chooser(held: Room, key: str) -> None:
    await held.press(key)
    await held.until(lambda: isinstance(held.app.screen, ChooseScreen))
    await held.until(lambda: held.app.screen.query_one(OptionList).option_count)


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
        assert any("录音存在哪里？" in line for line in held.lines())
        assert "edit not saved" in held.text("#status")
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
        assert not (tmp_path / "console" / "draft.json").exists()


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


async def test_the_speaker_is_found_by_initials_and_holds_for_what_comes_until_the_next_change() -> None:
    async with room(NAMED) as held:
        await ready(held)
        assert "no speaker" not in held.text("#status")
        await chooser(held, "f5")
        await held.press(*"ljg", "enter")
        held.stream.put(segment(9, 50_960, "全部保存在本机。", item_id="i2"))
        held.stream.put(segment(10, 55_000, "不连接互联网。", item_id="i2"))
        await held.until(lambda: len(held.commands(Speaker)) == 2)
        assert [(one.segment_ids, one.person) for one in held.commands(Speaker)] == [
            (("s9",), "李建国"),
            (("s10",), "李建国"),
        ]
        held.stream.put(ItemMoved(item_id="i3", number=3, state="ongoing", by="王芳"))
        held.stream.put(segment(11, 60_000, "第三个议题。", item_id="i3"))
        await held.until(lambda: "no speaker: 3" in held.text("#status"))
        assert len(held.commands(Speaker)) == 2, (
            "an item's beginning is a change: nobody is taken for the next speaker"
        )


async def test_the_items_presenter_comes_first_and_a_range_gets_one_name() -> None:
    async with room(NAMED) as held:
        await ready(held)
        await held.press("up", "shift+up")
        await chooser(held, "f5")
        await held.press("enter")
        await held.until(lambda: held.commands(Speaker))
        assert (held.commands(Speaker)[0].segment_ids, held.commands(Speaker)[0].person) == (("s7", "s8"), "沈毅")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", True),
        ("ljg", True),
        ("建国", True),
        ("lijian", True),
        ("jg", True),
        ("lg", False),
        ("x", False),
        ("黎", False),
    ],
)
def test_a_name_is_found_by_characters_pinyin_and_initials(query: str, found: bool) -> None:
    assert matches(query, "李建国") is found


def test_names_with_a_point_rare_characters_and_several_readings_are_found() -> None:
    assert (
        matches("ay", "阿依·𠮷")
        and matches("shan", "单雄信")
        and matches("dan", "单雄信")
        and matches("𠮷", "阿依·𠮷")
    )


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
        assert any("01:00:47★" in line for line in held.lines())
        await held.press("ctrl+k")
        await held.until(lambda: len(held.commands(NoteDown)) == 3)
        assert (held.commands(NoteDown)[2].note_id, held.commands(NoteDown)[2].mark) == ("n1", "")
        await held.press("ctrl+n", *"abc", "enter")
        await held.until(lambda: len(held.commands(NoteDown)) == 4)
        assert (held.commands(NoteDown)[3].text, held.commands(NoteDown)[3].segment_id) == ("abc", "s8")


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


async def test_f4_proposes_from_what_was_said_and_stores_decision_and_action() -> None:
    def reply(command: ClientCommand) -> Any:
        return {"decision_id": "d1", "rev": 1, "warnings": []} if isinstance(command, Decide) else answer(command)

    async with room(NAMED, reply=reply) as held:
        await ready(held)
        await held.press(*["up"] * 5, "f4")
        await held.until(lambda: isinstance(held.app.screen, DecideScreen))
        form = held.app.screen
        assert form.query_one("#owner", Input).value == "资产处"
        assert form.query_one("#due", Input).value == "2026-03-31"
        await held.press("enter")
        await held.until(lambda: held.commands(Assign))
        decided, task = held.commands(Decide)[0], held.commands(Assign)[0]
        assert (decided.item_ids, decided.outcome, decided.segments) == (("i1",), "原则通过", ("s4",))
        assert decided.text == SPOKEN[3][-1]
        assert (task.decision_id, task.owner, task.due_date, task.item_id) == ("d1", "资产处", "2026-03-31", "i1")


async def test_an_action_comes_without_a_decision_and_a_due_date_is_understood_as_typed() -> None:
    async with room(NAMED) as held:
        await ready(held)
        await held.press("f4")
        await held.until(lambda: isinstance(held.app.screen, DecideScreen))
        form = held.app.screen
        await held.press("left")
        form.query_one("#task", Input).value = "落实"
        form.query_one("#due", Input).value = "尽快"
        await held.press("enter")
        assert held.app.screen is form and "No date" in held.text("#due-day")
        form.query_one("#due", Input).value = "下周五"
        await held.press("enter")
        await held.until(lambda: held.commands(Assign))
        task = held.commands(Assign)[0]
        assert not held.commands(Decide)
        assert (task.text, task.due_date, task.decision_id) == ("落实", "2026-03-20", None)


async def test_a_form_that_could_not_be_stored_is_shown_again_as_it_was_filled_in(tmp_path: Path) -> None:
    def reply(command: ClientCommand) -> Any:
        if isinstance(command, Decide):
            raise CommandRefused(Failure(code="item_unknown", message="No such item."))
        return answer(command)

    async with room(NAMED, reply=reply, home=Home(tmp_path)) as held:
        await ready(held)
        await held.press("f4")
        await held.until(lambda: isinstance(held.app.screen, DecideScreen))
        first = held.app.screen
        first.query_one("#owner", Input).value = "信息中心"
        await held.press("enter")
        await held.until(lambda: isinstance(held.app.screen, DecideScreen) and held.app.screen is not first)
        assert held.app.screen.query_one("#owner", Input).value == "信息中心"
        assert (tmp_path / "console" / "decision.json").exists()


async def test_positions_stand_in_speaking_order_and_the_chair_first_is_said_quietly() -> None:
    items = (ITEMS[0], msgspec.structs.replace(ITEMS[1], major=True), ITEMS[2])
    major = [msgspec.structs.replace(NAMED[0], items=items), *NAMED[1:]]
    async with room(major) as held:
        await ready(held)
        await held.press("ctrl+o")
        await held.until(lambda: isinstance(held.app.screen, PositionsScreen))
        await held.press("2", "end", "up", "1")
        assert "chair speaks last" in held.text("#chair-first")
        await held.press("end", "1", "enter")
        await held.press("f4")
        await held.until(lambda: isinstance(held.app.screen, DecideScreen))
        await held.press("enter")
        await held.until(lambda: held.commands(Decide))
        stood = [(one.person, one.position, one.written) for one in held.commands(Decide)[0].positions]
        assert stood == [
            ("周敏", "不同意", False),
            ("李建国", "同意", False),
            ("王芳", "同意", True),
            ("沈毅", "未表态", False),
        ]


async def test_positions_that_were_given_are_not_dropped_by_one_escape() -> None:
    async with room(NAMED) as held:
        await ready(held)
        await held.press("ctrl+o")
        await held.until(lambda: isinstance(held.app.screen, PositionsScreen))
        await held.press("2", "escape")
        await held.until(lambda: "Not saved" in held.text("#positions-hint"))
        await held.press("enter")
        await held.until(lambda: not isinstance(held.app.screen, PositionsScreen))
        await held.press("ctrl+o")
        await held.until(lambda: isinstance(held.app.screen, PositionsScreen))
        assert [one.position for one in held.app.screen.positions][:1] == ["不同意"]
        await held.press("escape")
        await held.until(lambda: not isinstance(held.app.screen, PositionsScreen))


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


async def test_no_key_of_an_action_is_one_that_terminals_or_editors_keep() -> None:
    from ui.console.keymap import ACTIONS

    kept = {f"ctrl+{key}" for key in "sqzcimhj[bw"}
    assert not [action.id for action in ACTIONS if kept & set(action.keys.split(","))]
    keys = [
        key for action in ACTIONS if action.where in ("app", "meeting") for key in action.keys.split(",") if key
    ]
    assert len(keys) == len(set(keys)) or sorted(key for key in keys if keys.count(key) > 1) == [
        "escape",
        "escape",
    ]
