"""Any commands in any order, taken back and done again: the record stands as it stood, and its log has no hole."""

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from meeting.corrections import corrected
from meeting.dividing import Standing
from meeting.domain.agenda import Agenda, AgendaItem
from meeting.domain.events import Action, AgendaChanged, Decision, Event, Note, Phase, Segment
from meeting.domain.filing import at_media
from meeting.domain.notes import note_id_of
from meeting.domain.state import AgendaState
from meeting.errors import CommandError
from meeting.home import Home
from meeting.rearranged import rearranged
from meeting.records import Records
from meeting.stream.messages import (
    Assign,
    Correction,
    Decide,
    Edit,
    Item,
    Join,
    Move,
    Next,
    NoteDown,
    Replace,
    Speaker,
    Split,
)
from meeting.undoing import redone, undone

AGENDA = Agenda(
    title="局长办公会议",
    date="2026-03-09",
    items=(
        AgendaItem(number=1, title="审议方案"),
        AgendaItem(number=2, title="听取汇报"),
        AgendaItem(number=3, title="研究预算"),
        AgendaItem(number=4, title="预算附议", parent=3),
    ),
)
SAID = ("列入都办台账。请周民说明。", "会议原则", "同意𠮷方案。〇", "没有意见。", "OK now", "都办组。")


class Room:
    """A meeting's facts in order, as its log would number them; `by` gives each command."""

    def __init__(self) -> None:
        self.history: list[Event] = []
        self.state = AgendaState.from_agenda(AGENDA)
        self.standing = Standing()
        self._batches = 0
        self.add([AgendaChanged(items=self.state.items, by="王芳"), Phase(phase="opening", by="王芳")])

    def add(self, facts: Sequence[Event]) -> None:
        for fact in facts:
            event = msgspec.structs.replace(fact, seq=len(self.history) + 1)
            self.history.append(event)
            self.state.apply(event)
            self.standing.take(event)

    def hear(self, at: int) -> None:
        current = self.state.current
        text = SAID[at % len(SAID)]
        self.add([_said(f"s{at}", text, at * 1000, current)])

    def batch(self, decide: Callable[[], list[Event]]) -> bool:
        """Whether it was carried out; one that is refused leaves nothing."""
        try:
            facts = decide()
        except CommandError:
            return False
        self._batches += 1
        self.add([msgspec.structs.replace(fact, batch=f"b{self._batches}") for fact in facts])
        return bool(facts)

    def do(self, command: Any, by: str, media_ms: int) -> bool:
        if isinstance(command, Next | Item):
            return self.batch(
                lambda: [at_media(fact, media_ms) for fact in rearranged(command, self.state, AGENDA, by)]
            )
        return self.batch(lambda: corrected(command, self.standing.segments.get, self.state, by, self.standing))

    def undo(self, by: str) -> bool:
        return self.batch(lambda: undone(AGENDA, self.history, by))

    def redo(self, by: str) -> bool:
        return self.batch(lambda: redone(AGENDA, self.history, by))

    def stands(self) -> Any:
        """All that can be seen of it, without who came to it when, and in how many revisions."""
        plain: dict[str, Any] = {"seq": 0, "at": "", "batch": "", "undoes": "", "command": "", "rev": 0, "by": ""}
        things: list[dict[str, Segment] | dict[str, Decision] | dict[str, Action] | dict[str, Note]] = [
            self.standing.segments,
            self.standing.decisions,
            self.standing.actions,
            self.standing.notes,
        ]
        shown = [
            {key: msgspec.structs.replace(one, **plain, **_named(one)) for key, one in sorted(kind.items())}
            for kind in things
        ]
        return shown, self.state.items, self.state.phase, self.state.ongoing


def _named(one: Event) -> dict[str, Any]:
    return {"note_id": note_id_of(one)} if isinstance(one, Note) else {}


def _said(name: str, text: str, at: int, item_id: str | None) -> Segment:
    return Segment(segment_id=name, rev=1, item_id=item_id, start_ms=at, end_ms=at + 900, text=text)


KINDS = (
    "edit", "remove", "split", "join", "move", "speaker", "replace", "note", "renote", "decide", "amend", "withdraw",
    "assign", "next", "go", "together", "defer", "take", "restore", "insert", "reorder",
)  # fmt: skip
STEPS = st.lists(
    st.tuples(st.sampled_from(KINDS), st.integers(0, 11), st.integers(0, 11)), min_size=1, max_size=12
)


def command_of(kind: str, one: int, two: int, room: Room) -> Correction | Next | Item | None:
    """A command on what there is; None where there is nothing for it."""
    segments = sorted(room.standing.segments.values(), key=lambda segment: segment.start_ms)
    seen = segments[one % len(segments)] if segments else None
    after = segments[segments.index(seen) + 1 :][:1] if seen else []
    decisions, notes = list(room.standing.decisions.values()), list(room.standing.notes.values())
    items = [item.item_id for item in room.state.items]
    number = room.state.items[two % len(items)].number
    item_id = items[two % len(items)]
    evidence = (seen.segment_id,) if seen else ()
    match kind:
        case "edit" if seen:
            return Edit(id="", segment_id=seen.segment_id, rev=seen.rev, text=SAID[two % len(SAID)] + "改")
        case "remove" if seen:
            return Edit(id="", segment_id=seen.segment_id, rev=seen.rev, text="")
        case "split" if seen:
            return Split(id="", segment_id=seen.segment_id, rev=seen.rev, offset=two)
        case "join" if seen and after:
            return Join(id="", segment_ids=(seen.segment_id, after[0].segment_id))
        case "move" if seen:
            return Move(id="", segment_ids=evidence, item_id=item_id if two else None)
        case "speaker" if seen:
            return Speaker(id="", segment_ids=evidence, person="阿依古丽·买买提" if two % 2 else None)
        case "replace":
            return Replace(id="", before="都办", after="督办", segment_ids=tuple(room.standing.segments))
        case "note":
            return NoteDown(id="", segment_id=seen.segment_id if seen else None, item_id=item_id, mark="★")
        case "renote" if notes:
            text = "待核" if two % 2 else ""
            return NoteDown(id="", note_id=notes[one % len(notes)].note_id, text=text, item_id=item_id)
        case "decide":
            return Decide(id="", item_ids=(item_id,), outcome="通过", segments=evidence)
        case "amend" | "withdraw" if decisions:
            known = decisions[one % len(decisions)]
            return Decide(
                id="",
                item_ids=known.item_ids,
                outcome="暂缓",
                decision_id=known.decision_id,
                segments=evidence,
                withdraw=kind == "withdraw",
            )
        case "assign":
            return Assign(id="", text="整改", item_id=item_id, segments=evidence)
        case "next":
            return Next(id="")
        case "go":
            return Item(id="", number=number)
        case "together":
            return Item(id="", number=number, together=(room.state.items[one % len(items)].number,))
        case "defer" | "restore":
            return Item(id="", number=number, action=kind)
        case "take":
            return Item(id="", number=number, action="withdraw")
        case "insert":
            return Item(id="", action="insert", title=f"临时𠮷{one}", number=number if one % 2 else None)
        case "reorder":
            tops = [item for item in room.state.items if item.parent is None]
            turned = [tops[(at + one) % len(tops)] for at in range(len(tops))]
            below = {
                top.number: [item.item_id for item in room.state.items if item.parent == top.number]
                for top in tops
            }
            return Item(
                id="",
                action="reorder",
                order=tuple(key for top in turned for key in (top.item_id, *below[top.number])),
            )
        case _:
            return None


def played(steps: Sequence[tuple[str, int, int]]) -> tuple[Room, list[Any]]:
    """A room in which six sentences were heard, and how it stood before each command that was carried out."""
    room, stood = Room(), list[Any]()
    room.do(Item(id="", number=1), "王芳", 0)
    for at in range(6):
        room.hear(at)
    for kind, one, two in steps:
        before = room.stands()
        command = command_of(kind, one, two, room)
        if command is not None and room.do(command, "王芳", 6_000):
            stood.append(before)
    return room, [*stood, room.stands()]


@settings(deadline=None, max_examples=150)
@given(STEPS)
def test_all_that_was_done_is_taken_back_step_by_step_and_done_again(steps: list[tuple[str, int, int]]) -> None:
    room, stood = played(steps)
    for before in reversed(stood[:-1]):
        assert room.undo("王芳")
        assert room.stands() == before
    for after in stood[1:]:
        assert room.redo("王芳")
        assert room.stands() == after
    assert not room.redo("王芳")
    for before in reversed(stood[:-1]):
        assert room.undo("王芳")
        assert room.stands() == before


@settings(deadline=None, max_examples=150)
@given(STEPS, st.lists(st.sampled_from(["undo", "redo"]), max_size=30))
def test_undo_and_redo_walk_along_what_was_done(steps: list[tuple[str, int, int]], walk: list[str]) -> None:
    room, stood = played(steps)
    at, last = len(stood) - 1, len(stood) - 1
    for step in walk:
        if step == "undo" and at > 0:
            assert room.undo("王芳")
            at -= 1
        elif step == "redo":
            assert room.redo("王芳") == (at < last)
            at = min(at + 1, last)
        assert room.stands() == stood[at]


@settings(deadline=None, max_examples=100)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["王芳", "李梅"]),
            st.sampled_from([*KINDS, "undo", "redo", "hear"]),
            st.integers(0, 11),
            st.integers(0, 11),
        ),
        max_size=20,
    )
)
def test_two_people_and_speech_at_once_leave_a_record_that_hangs_together(
    steps: list[tuple[str, str, int, int]],
) -> None:
    room, _ = played([])
    heard = 6
    for by, kind, one, two in steps:
        before, seq = room.stands(), len(room.history)
        if kind == "hear":
            room.hear(heard)
            heard += 1
            continue
        if kind in ("undo", "redo"):
            done = room.undo(by) if kind == "undo" else room.redo(by)
        else:
            command = command_of(kind, one, two, room)
            done = command is not None and room.do(command, by, heard * 1000)
        assert done or (room.stands() == before and len(room.history) == seq), "what is refused leaves nothing"
        assert [event.seq for event in room.history] == list(range(1, len(room.history) + 1))
        known = {item.item_id for item in room.state.items}
        assert all(one.item_id in known | {None} for one in room.standing.segments.values())
        assert all(set(one.item_ids) <= known for one in room.standing.decisions.values())
        revs: dict[str, int] = {}
        for event in room.history:
            if isinstance(event, Segment):
                assert event.rev > revs.get(event.segment_id, 0), "each revision once"
                revs[event.segment_id] = event.rev


@settings(deadline=None, max_examples=8)
@given(STEPS)
def test_what_the_log_keeps_is_what_the_events_say(steps: list[tuple[str, int, int]]) -> None:
    room, stood = played(steps)
    while room.undo("王芳"):
        pass
    with tempfile.TemporaryDirectory() as folder:
        records = Records(Home(Path(folder) / "家").prepare())
        meeting = records.meetings.add(AGENDA)
        log = records.log(meeting)
        log.append(room.history)
        state = log.state()
        assert [event.seq for event in log.all()] == list(range(1, len(room.history) + 1)) and log.verify() is None
        segments, decisions = dict[str, Segment](), dict[str, Decision]()
        segments |= {one.segment_id: one for one in state.segments}
        decisions |= {one.decision_id: one for one in state.decisions}
        assert (
            segments.keys() == room.standing.segments.keys() and decisions.keys() == room.standing.decisions.keys()
        )
        assert {key: one.text for key, one in segments.items()} == {
            key: one.text for key, one in room.standing.segments.items()
        }
        assert state.items == room.state.items
        records.close()
    assert stood
