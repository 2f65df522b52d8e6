"""Taking back what a person has done: the record stands as before, as new facts."""

from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meeting.corrections import corrected
from meeting.domain.agenda import Agenda, AgendaItem
from meeting.domain.events import AgendaChanged, Decision, Event, ItemMoved, Phase, Segment, WordNoted
from meeting.domain.filing import at_media
from meeting.domain.state import AgendaState
from meeting.errors import ChangedSince, NothingToUndo
from meeting.stream.messages import Correction, Decide, Edit, Move, Replace, Speaker, Word
from meeting.undoing import undone

AGENDA = Agenda(
    title="局长办公会议",
    date="2026-03-09",
    items=tuple(AgendaItem(number=number, title=f"审议第{number}个方案") for number in (1, 2, 3)),
)
BY = "王芳"


class Room:
    """A meeting's facts in order, as its log would number them."""

    def __init__(self) -> None:
        self.history: list[Event] = []
        self.state = AgendaState.from_agenda(AGENDA)
        self._batches = 0
        self.add([AgendaChanged(items=self.state.items, by=BY), Phase(phase="opening", by=BY)])

    def add(self, facts: Sequence[Event]) -> None:
        for fact in facts:
            event = msgspec.structs.replace(fact, seq=len(self.history) + 1)
            self.history.append(event)
            self.state.apply(event)

    def hear(self, name: str, text: str, at: int = 0, item_id: str | None = None) -> None:
        self.add([Segment(segment_id=name, rev=1, item_id=item_id, start_ms=at, end_ms=at + 900, text=text)])

    def find(self, name: str) -> Segment | None:
        found = [one for one in self.history if isinstance(one, Segment) and one.segment_id == name]
        return max(found, key=lambda one: one.rev) if found else None

    def newest(self, name: str) -> Segment:
        found = self.find(name)
        assert found is not None
        return found

    def batch(self, facts: Sequence[Event]) -> None:
        self._batches += 1
        self.add([msgspec.structs.replace(fact, batch=f"b{self._batches}") for fact in facts])

    def do(self, command: Correction, by: str = BY) -> None:
        self.batch(corrected(command, self.find, self.state, by))

    def go_to(self, number: int, media_ms: int) -> None:
        self.batch([at_media(fact, media_ms) for fact in self.state.go_to(number, BY)])

    def undo(self, by: str = BY) -> None:
        self.batch(undone(AGENDA, self.history, by))

    def texts(self) -> dict[str, str]:
        names = dict.fromkeys(one.segment_id for one in self.history if isinstance(one, Segment))
        return {name: self.newest(name).text for name in names}


WORDS = st.sampled_from(["都办", "督办", "资产出", "资产处", "台账", "𠮷祥里", "同意。", "〇", "，"])


@settings(deadline=None)  # the first example loads dictionaries
@given(st.lists(st.lists(WORDS, min_size=1, max_size=6).map("".join), min_size=1, max_size=6), WORDS, WORDS)
def test_replacing_everywhere_and_taking_it_back_gives_the_old_texts(
    texts: list[str], before: str, after: str
) -> None:
    if len(before) < 2 or len(after) < 2 or "。" in before + after:
        return
    room = Room()
    for at, text in enumerate(texts):
        room.hear(f"s{at}", text, at * 1000)
    stood = {name: room.newest(name) for name in room.texts()}
    room.do(Replace(id="c", before=before, after=after, segment_ids=tuple(stood)))
    touched = [name for name, one in stood.items() if room.newest(name).rev > 1]
    if not touched:
        with pytest.raises(NothingToUndo):
            room.undo()
        return
    room.undo()
    for name, one in stood.items():
        now = room.newest(name)
        assert (now.text, now.source, now.changes, now.marks) == (one.text, one.source, one.changes, one.marks)
        assert now.rev == (3 if name in touched else 1)
    with pytest.raises(NothingToUndo):
        room.undo()


def test_edits_go_back_one_after_the_other_with_their_source() -> None:
    room = Room()
    room.hear("s1", "列入都办台账。")
    room.do(Edit(id="c", segment_id="s1", rev=1, text="列入督办台账。"))
    room.do(Speaker(id="c", segment_ids=("s1",), person="周敏"))
    room.undo()
    assert (room.newest("s1").speaker, room.newest("s1").text, room.newest("s1").source) == (
        None,
        "列入督办台账。",
        "human",
    )
    room.undo()
    now = room.newest("s1")
    assert (now.text, now.source, now.changes, now.rev, now.by) == ("列入都办台账。", "asr", (), 5, BY)


def test_a_text_that_was_changed_since_is_let_alone() -> None:
    room = Room()
    room.hear("s1", "列入都办台账。")
    room.do(Edit(id="c", segment_id="s1", rev=1, text="列入督办台账。"))
    room.do(Edit(id="c", segment_id="s1", rev=2, text="列入督办清单。"), by="李秘书")
    with pytest.raises(ChangedSince) as refused:
        room.undo()
    assert refused.value.facts["text"] == "列入督办清单。"


def test_taking_back_a_wording_keeps_the_item_that_somebody_else_has_moved_it_to() -> None:
    room = Room()
    room.hear("s1", "列入都办台账。")
    room.do(Edit(id="c", segment_id="s1", rev=1, text="列入督办台账。"))
    room.do(Move(id="c", segment_ids=("s1",), item_id="i2"), by="李秘书")
    room.undo()
    assert (room.newest("s1").text, room.newest("s1").item_id) == ("列入都办台账。", "i2")


def test_a_removed_passage_comes_back() -> None:
    room = Room()
    room.hear("s1", "谢谢观看。")
    room.do(Edit(id="c", segment_id="s1", rev=1, text=""))
    room.undo()
    assert room.newest("s1").text == "谢谢观看。"


def test_a_person_takes_back_only_what_is_his_own() -> None:
    room = Room()
    room.hear("s1", "列入都办台账。")
    room.do(Edit(id="c", segment_id="s1", rev=1, text="列入督办台账。"), by="李秘书")
    with pytest.raises(NothingToUndo):
        room.undo()


def test_a_switch_too_early_is_taken_back_with_what_was_said_since() -> None:
    room = Room()
    room.go_to(1, 0)
    room.hear("s1", "先说明背景。", 1000, "i1")
    room.go_to(2, 5000)
    room.hear("s2", "还有一点补充。", 6000, "i2")
    room.hear("s3", "这一句已经改过。", 7000, "i2")
    room.do(Move(id="c", segment_ids=("s3",), item_id="i3"), by="李秘书")
    room.undo()
    assert room.state.current == "i1"
    assert [(item.item_id, item.state) for item in room.state.items][:2] == [
        ("i1", "ongoing"),
        ("i2", "scheduled"),
    ]
    assert [room.newest(name).item_id for name in ("s1", "s2", "s3")] == ["i1", "i1", "i3"]
    moved = [one for one in room.history if isinstance(one, ItemMoved) and one.undoes]
    assert {one.media_ms for one in moved} == {5000}, "what is heard late is filed as if there had been no switch"


def test_the_first_item_taken_back_leaves_the_opening() -> None:
    room = Room()
    room.go_to(1, 3000)
    room.undo()
    assert (room.state.current, room.state.phase) == (None, "opening")


def test_closed_items_and_a_sub_item_come_back_as_they_were() -> None:
    items = (*AGENDA.items, AgendaItem(number=4, title="附议", parent=3))
    agenda = msgspec.structs.replace(AGENDA, items=items)
    state = AgendaState.from_agenda(agenda)
    history: list[Event] = []

    def batch(facts: Sequence[Event], name: str) -> None:
        for fact in facts:
            event = msgspec.structs.replace(fact, seq=len(history) + 1, batch=name)
            history.append(event)
            state.apply(event)

    batch(state.go_to(3, BY), "b1")
    batch(state.go_to(4, BY), "b2")
    batch(state.close_items(BY), "b3")
    batch(undone(agenda, history, BY), "b4")
    assert (state.current, state.phase) == ("i4", "items")
    batch(undone(agenda, history, BY), "b5")
    assert state.current == "i3" and state.numbered(4).state == "scheduled"


def test_a_switch_that_was_followed_by_another_is_let_alone() -> None:
    room = Room()
    room.go_to(1, 0)
    room.add([at_media(fact, 9000) for fact in room.state.go_to(2, "voice")])
    with pytest.raises(ChangedSince):
        room.undo()


def test_decisions_and_words_are_taken_back() -> None:
    room = Room()
    room.do(Word(id="c", text="三供一业"))
    room.do(Decide(id="c", item_ids=("i1",), outcome="通过"))
    room.undo()
    decisions = [one for one in room.history if isinstance(one, Decision)]
    assert [(one.rev, one.withdrawn) for one in decisions] == [(1, False), (2, True)]
    room.undo()
    words = [one for one in room.history if isinstance(one, WordNoted)]
    assert [(one.text, one.removed) for one in words] == [("三供一业", False), ("三供一业", True)]


def test_a_word_that_was_there_before_its_correction_stays() -> None:
    room = Room()
    room.do(Word(id="c", text="周敏"))
    room.hear("s1", "请周民说明。")
    room.do(Edit(id="c", segment_id="s1", rev=1, text="请周敏说明。"))
    room.undo()
    words = [one for one in room.history if isinstance(one, WordNoted)]
    assert [(one.text, one.learnt, one.removed) for one in words] == [
        ("周敏", False, False),
        ("周敏", True, False),
    ]
