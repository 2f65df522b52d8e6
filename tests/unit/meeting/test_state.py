"""The agenda's state machine."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meeting.domain.agenda import Agenda, AgendaItem
from meeting.domain.events import AgendaChanged, Event, ItemMoved, Phase
from meeting.domain.state import AgendaState
from meeting.domain.terms import agenda_terms
from meeting.errors import ItemClosed, ItemUnknown, NoMoreItems


def an_agenda(*items: tuple[int, int | None]) -> Agenda:
    return Agenda(
        title="会",
        date="2026-03-09",
        items=tuple(AgendaItem(number=number, title=f"事项{number}", parent=parent) for number, parent in items),
    )


def a_state(count: int = 3) -> AgendaState:
    return AgendaState.from_agenda(an_agenda(*((number, None) for number in range(1, count + 1))))


def do(state: AgendaState, events: list[Event]) -> list[Event]:
    for event in events:
        state.apply(event)
    return events


def moved(number: int, state: str, by: str = "王芳") -> ItemMoved:
    return ItemMoved(item_id=f"i{number}", number=number, state=state, by=by)  # type: ignore[arg-type]  # a state's name


def test_first_next_opens_the_items() -> None:
    state = a_state()
    assert state.current is None
    assert do(state, state.next("王芳")) == [Phase(phase="items", by="王芳"), moved(1, "ongoing")]
    assert state.current == "i1"


def test_next_completes_and_goes_on() -> None:
    state = a_state()
    do(state, state.next("王芳"))
    assert do(state, state.next("王芳")) == [moved(1, "completed"), moved(2, "ongoing")]
    assert [item.state for item in state.items] == ["completed", "ongoing", "scheduled"]


def test_next_after_the_last_closes_the_items() -> None:
    state = a_state(1)
    do(state, state.next("王芳"))
    assert do(state, state.next("王芳")) == [moved(1, "completed"), Phase(phase="closed", by="王芳")]
    assert (state.phase, state.current) == ("closed", None)
    with pytest.raises(NoMoreItems):
        state.next("王芳")


def test_nothing_changes_before_the_events_are_applied() -> None:
    state = a_state()
    state.next("王芳")
    state.go_to(2, "王芳")
    state.close_items("王芳")
    assert (state.phase, state.current) == ("opening", None)
    assert {item.state for item in state.items} == {"scheduled"}


def test_completed_item_reopens() -> None:
    state = a_state()
    for number in (1, 2):
        do(state, state.go_to(number, "王芳"))
    assert do(state, state.go_to(1, "王芳")) == [moved(2, "completed"), moved(1, "ongoing")]
    assert do(state, state.go_to(1, "王芳")) == []


def test_item_reopens_after_closing() -> None:
    state = a_state(1)
    do(state, state.next("王芳") + [Phase(phase="closed", by="王芳")])
    assert state.current is None
    do(state, state.go_to(1, "王芳"))
    assert state.current == "i1"


def test_unknown_and_withdrawn_items_are_refused() -> None:
    state = a_state()
    with pytest.raises(ItemUnknown, match="no item 9. Its items: 1, 2, 3"):
        state.go_to(9, "王芳")
    state.apply(moved(2, "withdrawn"))
    with pytest.raises(ItemClosed):
        state.go_to(2, "王芳")
    do(state, state.next("王芳"))
    assert do(state, state.next("王芳"))[-1] == moved(3, "ongoing")


def test_agenda_without_items_has_no_next() -> None:
    with pytest.raises(NoMoreItems):
        a_state(0).next("王芳")


def test_recess_keeps_the_item_open() -> None:
    state = a_state()
    do(state, state.next("王芳"))
    do(state, state.take_recess("voice"))
    assert (state.phase, state.current, state.ongoing) == ("recess", None, "i1")
    assert do(state, state.go_to(1, "王芳")) == [Phase(phase="items", by="王芳"), moved(1, "ongoing")]
    do(state, state.take_recess("voice"))
    assert do(state, state.next("王芳")) == [
        Phase(phase="items", by="王芳"), moved(1, "completed"), moved(2, "ongoing"),
    ]  # fmt: skip


def test_items_stand_in_order_with_their_parts() -> None:
    state = AgendaState.from_agenda(an_agenda((2, None), (1, None), (4, 1), (3, 1)))
    assert [item.number for item in state.items] == [1, 3, 4, 2]
    assert [item.item_id for item in state.items] == ["i1", "i3", "i4", "i2"]


def test_part_opens_and_ends_with_its_item() -> None:
    state = AgendaState.from_agenda(an_agenda((1, None), (2, None), (3, 2), (4, 2), (5, None)))
    assert do(state, state.go_to(3, "王芳"))[1:] == [moved(2, "ongoing"), moved(3, "ongoing")]
    assert state.current == "i3"
    assert do(state, state.next("王芳")) == [moved(3, "completed"), moved(4, "ongoing")]
    assert do(state, state.next("王芳")) == [moved(4, "completed"), moved(2, "completed"), moved(5, "ongoing")]


def test_list_of_items_can_change() -> None:
    state = a_state()
    do(state, state.next("王芳"))
    late = AgendaState.from_agenda(an_agenda((1, None), (2, None), (9, None)))
    do(late, late.next("王芳"))
    state.apply(AgendaChanged(items=late.items, by="王芳"))
    assert [item.number for item in state.items] == [1, 2, 9]
    assert state.current == "i1"


@given(st.lists(st.sampled_from(["next", "close", "recess", "1", "2", "3", "4"]), max_size=20), st.data())
def test_replay_gives_the_same_state(verbs: list[str], data: st.DataObject) -> None:
    state, log = a_state(4), list[Event]()
    for verb in verbs:
        try:
            events = {
                "next": lambda: state.next("a"),
                "close": lambda: state.close_items("a"),
                "recess": lambda: state.take_recess("a"),
            }.get(verb, lambda verb=verb: state.go_to(int(verb), "a"))()
        except NoMoreItems:
            continue
        for event in events:
            stored = type(event)(**{f: getattr(event, f) for f in event.__struct_fields__} | {"seq": len(log) + 1})
            log.append(stored)
            state.apply(stored)
        assert sum(item.state == "ongoing" for item in state.items) <= 1
    again = a_state(4)
    seen = data.draw(st.integers(0, len(log)))
    for event in (*log[:seen], *log):
        again.apply(event)
    assert (again.items, again.phase, again.current) == (state.items, state.phase, state.current)


def test_terms_begin_with_the_item_under_discussion() -> None:
    from meeting.domain.agenda import Attendee, Person, Unit

    agenda = Agenda(
        title="会",
        date="2026-03-09",
        chair=Person(name="李建国"),
        attendees=(Attendee(name="李建国"), Attendee(name="周敏", unit="资产管理处")),
        units=(Unit(name="资产管理处", short="资产处"),),
        glossary=("试运行",),
        items=(
            AgendaItem(number=1, title="甲", presenter="周敏", presenting_units=("资产管理处",)),
            AgendaItem(number=2, title="乙", presenter="沈毅", presenting_units=("信息中心",), matter="系统建设"),
        ),
    )
    assert agenda_terms(agenda, 1) == (
        "周敏", "资产处", "资产管理处", "李建国", "沈毅", "信息中心", "试运行", "系统建设",
    )  # fmt: skip
    assert agenda_terms(agenda)[:3] == ("李建国", "周敏", "沈毅")
