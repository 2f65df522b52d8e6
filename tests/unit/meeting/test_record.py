"""What the stored events add up to."""

from meeting.domain.agenda import Agenda, AgendaItem
from meeting.domain.events import Action, Decision, End, Event, Gap, ItemMoved, Note, Phase, Segment
from meeting.domain.record import Record

AGENDA = Agenda(
    title="会",
    date="2026-03-09",
    items=tuple(AgendaItem(number=number, title=f"事项{number}") for number in (1, 2, 3)),
)


def said(segment_id: str, start: int, item: str | None, text: str = "好", rev: int = 1) -> Segment:
    return Segment(segment_id=segment_id, rev=rev, item_id=item, start_ms=start, end_ms=start + 900, text=text)


def shape(record: Record) -> list[tuple[str | None, list[str]]]:
    return [
        (
            section.item.item_id if section.item else None,
            [entry.segment_id if isinstance(entry, Segment) else entry.reason for entry in section.entries],
        )
        for section in record.sections
    ]


def test_speech_stands_under_its_items_in_order_of_time() -> None:
    events: list[Event] = [
        said("a", 0, None), said("c", 2000, "i1"), said("b", 1000, "i1"), said("d", 3000, None),
        said("e", 4000, "i2"), said("f", 5000, None),
    ]  # fmt: skip
    record = Record.from_events(AGENDA, events)
    assert shape(record) == [
        (None, ["a"]), ("i1", ["b", "c"]), (None, ["d"]), ("i2", ["e"]), ("i3", []), (None, ["f"]),
    ]  # fmt: skip
    assert [segment.segment_id for segment in record.segments] == ["a", "b", "c", "d", "e", "f"]


def test_item_that_is_returned_to_has_one_section() -> None:
    record = Record.from_events(AGENDA, [said("a", 0, "i1"), said("b", 1000, "i2"), said("c", 2000, "i1")])
    assert shape(record) == [("i1", ["a", "c"]), ("i2", ["b"]), ("i3", [])]


def test_newest_revision_counts_whatever_the_order() -> None:
    newer, older = said("a", 0, "i2", "新", rev=3), said("a", 0, "i1", "旧", rev=2)
    for events in ([older, newer], [newer, older]):
        assert [segment.text for segment in Record.from_events(AGENDA, events).segments] == ["新"]


def test_empty_text_removes() -> None:
    assert Record.from_events(AGENDA, [said("a", 0, "i1"), said("a", 0, "i1", "", rev=2)]).segments == ()


def test_gap_stands_where_it_happened() -> None:
    gap = Gap(start_ms=1500, end_ms=1900, reason="paused")
    record = Record.from_events(AGENDA, [said("a", 0, "i1"), said("b", 2000, "i1"), gap, said("c", 3000, "i2")])
    assert shape(record)[0] == ("i1", ["a", "paused", "b"])
    assert record.gaps == (gap,)


def test_meeting_without_speech_lists_its_items() -> None:
    assert shape(Record.from_events(AGENDA, [])) == [("i1", []), ("i2", []), ("i3", [])]


def test_decisions_actions_and_notes_stand_under_their_items() -> None:
    decision = Decision(decision_id="d1", rev=1, item_ids=("i1", "i2"), outcome="通过", by="王芳")
    withdrawn = Decision(decision_id="d2", rev=2, item_ids=("i1",), outcome="不通过", by="王芳", withdrawn=True)
    action = Action(action_id="a1", rev=1, text="整改", by="王芳", item_id="i2")
    note = Note(text="待核", by="王芳", segment_id="a", mark="?")
    record = Record.from_events(AGENDA, [said("a", 0, "i1"), decision, withdrawn, action, note])
    first, second, third = record.sections
    assert (first.decisions, first.actions, first.notes) == ((decision,), (), (note,))
    assert (second.decisions, second.actions, second.notes) == ((decision,), (action,), ())
    assert third.decisions == ()


def test_reading_events_twice_changes_nothing() -> None:
    events: list[Event] = [
        Phase(seq=1, phase="items", by="王芳"),
        ItemMoved(seq=2, item_id="i1", number=1, state="ongoing", by="王芳"),
        said("a", 0, "i1"),
        Gap(seq=4, start_ms=900, end_ms=1000, reason="overflow"),
        End(seq=5, reason="stop"),
    ]
    record = Record.from_events(AGENDA, events)
    assert record == Record.from_events(AGENDA, events + events)
    assert (record.current_item, record.ended, record.confirmed) == ("i1", True, False)
