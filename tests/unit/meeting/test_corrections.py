import pytest

from meeting.corrections import corrected
from meeting.domain.agenda import Agenda, AgendaItem
from meeting.domain.events import Action, Attendance, Decision, Event, Note, Segment
from meeting.domain.state import AgendaState
from meeting.errors import ItemUnknown, NotAvailable, RevisionOld, SegmentUnknown, WordUnfit
from meeting.stream.messages import (
    Assign,
    Attend,
    Correction,
    Decide,
    Edit,
    Move,
    NoteDown,
    Replace,
    Speaker,
    Split,
    Undo,
)

SEEN = Segment(
    segment_id="s16000",
    seq=9,
    rev=2,
    item_id="i1",
    start_ms=1000,
    end_ms=2000,
    text="会议原则同议。",
    speaker="李建国",
)
AGENDA = Agenda(title="局长办公会议", date="2026-03-09", items=(AgendaItem(number=1, title="审议方案"),))


def done(command: Correction) -> list[Event]:
    found = {SEEN.segment_id: SEEN}
    return corrected(command, found.get, AgendaState.from_agenda(AGENDA), "王芳")


def only(command: Correction) -> Event:
    (event,) = done(command)
    return event


def test_an_edit_is_a_higher_revision_by_a_person_in_the_same_place() -> None:
    event = only(Edit(id="c", segment_id="s16000", rev=2, text=" 会议原则同意𠮷。 "))
    assert isinstance(event, Segment)
    assert (event.rev, event.text, event.source, event.by, event.seq) == (
        3,
        "会议原则同意𠮷。",
        "human",
        "王芳",
        0,
    )
    assert (event.item_id, event.start_ms, event.speaker) == ("i1", 1000, "李建国")


def test_an_edit_of_an_older_revision_is_refused_with_the_newer_text() -> None:
    with pytest.raises(RevisionOld) as refused:
        only(Edit(id="c", segment_id="s16000", rev=1, text="别的"))
    assert refused.value.facts["text"] == "会议原则同议。"


def test_moving_and_naming_keep_the_words() -> None:
    moved = only(Move(id="c", segment_ids=("s16000",), item_id=None))
    named = only(Speaker(id="c", segment_ids=("s16000",), person="阿依古丽·买买提"))
    assert isinstance(moved, Segment) and isinstance(named, Segment)
    assert (moved.item_id, moved.text, moved.source, moved.rev) == (None, SEEN.text, "asr", 3)
    assert (named.speaker, named.text, named.by) == ("阿依古丽·买买提", SEEN.text, "王芳")


def test_notes_attendance_decisions_and_actions_become_events() -> None:
    noted = only(NoteDown(id="c", text="待核", segment_id="s16000", mark="?"))
    assert isinstance(noted, Note) and noted.note_id
    assert noted == Note(text="待核", segment_id="s16000", mark="?", by="王芳", note_id=noted.note_id)
    assert only(Attend(id="c", person="周敏", state="recused", item_id="i1")) == Attendance(
        person="周敏", state="recused", item_id="i1", by="王芳"
    )
    decided = only(Decide(id="c", item_ids=("i1",), outcome="原则通过", text="原则同意", segments=("s16000",)))
    assert isinstance(decided, Decision) and decided.evidence == ("s16000",) and decided.decision_id
    assigned = only(Assign(id="c", text="完成整改", item_id="i1", owner="周敏", due_date="2026-03-31"))
    assert isinstance(assigned, Action) and (assigned.owner, assigned.state) == ("周敏", "open")


@pytest.mark.parametrize(
    ("command", "refusal"),
    [
        (Edit(id="c", segment_id="没有", rev=1, text="a"), SegmentUnknown),
        (Decide(id="c", item_ids=("i9",), outcome="通过"), ItemUnknown),
        (Decide(id="c", item_ids=("i1",), outcome="通过", segments=("没有",)), SegmentUnknown),
        (NoteDown(id="c", segment_id="没有"), SegmentUnknown),
        (Split(id="c", segment_id="s16000", rev=2, offset=2), SegmentUnknown),
        (Undo(id="c"), NotAvailable),
    ],
)
def test_what_cannot_be_done_is_refused_and_nothing_is_changed(
    command: Correction, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        done(command)


@pytest.mark.parametrize(
    ("before", "after"),
    [("〔听不清〕", "没有意见。"), ("听不清〕", "没有意见"), ("会议", "〔听不清〕"), ("会议", "〔会议")],
)
def test_marks_of_the_record_are_not_replaced_everywhere(before: str, after: str) -> None:
    with pytest.raises(WordUnfit) as refused:
        done(Replace(id="c", before=before, after=after, segment_ids=("s16000",)))
    assert "〔" in refused.value.facts["word"] or "〕" in refused.value.facts["word"]
