"""The event log: in order, to the byte, and true with its projections whatever happens in between."""

import json
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from meeting.domain.events import (
    Action,
    AgendaChanged,
    Custody,
    Decision,
    End,
    Event,
    Gap,
    ItemMoved,
    Note,
    Phase,
    Segment,
    StoredEvent,
)
from meeting.domain.state import AgendaState
from meeting.errors import MeetingUnknown
from meeting.store.log import EventLog
from meeting.store.meetings import Meetings
from tests.unit.meeting.store_homes import AGENDA, new_log, opened, said

ITEMS = AgendaState.from_agenda(AGENDA).items


@pytest.fixture
def engine(store_url: str) -> Iterator[Engine]:
    with opened(store_url) as engine:
        yield engine


@pytest.fixture
def log(engine: Engine) -> EventLog:
    return new_log(engine)


def meeting_of(engine: Engine, log: EventLog) -> tuple[str, int, int]:
    stored = Meetings(engine).get(log._id)
    return stored.state, stored.last_seq, stored.cut_sample


def test_events_are_numbered_from_one_without_holes(log: EventLog) -> None:
    stored = log.append([Phase(phase="opening", by="王芳"), said(1)]) + log.append([]) + log.append([said(2)])
    assert [one.event.seq for one in stored] == [1, 2, 3]
    assert [event.seq for event in log.all()] == [1, 2, 3]
    assert log.last_seq() == 3


def test_time_of_an_event_is_utc(log: EventLog) -> None:
    (stored,) = log.append([said(1)])
    assert datetime.fromisoformat(stored.event.at).utcoffset() == timedelta(0)


def test_replay_is_equal_to_the_byte(log: EventLog) -> None:
    texts = ["𠮷野家〇", "阿依古丽·买买提 👩‍👩‍👧", "ＡＢＣ　１２３", '引号"反\\斜\n行\u2028', "\x00零"]
    stored = [log.append([said(number, words)])[0] for number, words in enumerate(texts)]
    assert log.after(0) == [one.body for one in stored]
    assert log.after(3) == [one.body for one in stored[3:]]
    assert log.after(1, limit=2) == [one.body for one in stored[1:3]]
    assert log.after(99) == []
    assert [event.text for event in log.all() if isinstance(event, Segment)] == texts
    assert "𠮷野家〇".encode() in stored[0].body


def test_meetings_do_not_see_each_others_events(engine: Engine) -> None:
    one, other = new_log(engine), new_log(engine)
    one.append([said(1), said(2)])
    other.append([said(1, "不同意。")])
    assert (one.last_seq(), other.last_seq()) == (2, 1)
    assert [segment.text for segment in other.state().segments] == ["不同意。"]


def test_unknown_meeting_takes_no_event(engine: Engine) -> None:
    with pytest.raises(MeetingUnknown):
        EventLog(engine, "20260101-none").append([said(1)])


def test_projections_hold_the_newest_of_each_thing(log: EventLog) -> None:
    decision = Decision(decision_id="d1", rev=1, item_ids=("i1",), outcome="通过", by="王芳")
    action = Action(action_id="a1", rev=1, text="整改", by="王芳")
    log.append([AgendaChanged(items=ITEMS, by="王芳"), said(2), said(1), said(3), decision, action])
    log.append(
        [said(1, "原则同意。", rev=2), said(3, "", rev=2), msgspec.structs.replace(action, rev=2, state="done")]
    )
    log.append(
        [ItemMoved(item_id="i2", number=2, state="ongoing", by="王芳"), Gap(start_ms=1, end_ms=2, reason="off")]
    )
    log.append([Note(text="待核", by="王芳", segment_id="s1"), Custody(recording="off", order="pause", by="王芳")])
    state = log.state()
    assert state.seq == log.last_seq() == 13
    assert [(segment.segment_id, segment.text) for segment in state.segments] == [
        ("s1", "原则同意。"),
        ("s2", "同意。"),
    ]
    assert {entry.item_id: entry.state for entry in state.items} == {"i1": "scheduled", "i2": "ongoing"}
    assert [(one.action_id, one.state) for one in state.actions] == [("a1", "done")]
    assert [one.outcome for one in state.decisions] == ["通过"]
    assert ([one.reason for one in state.gaps], [one.text for one in state.notes]) == (["off"], ["待核"])
    log.append([msgspec.structs.replace(decision, rev=2, withdrawn=True)])
    assert log.state().decisions == ()


def test_items_keep_the_order_of_the_agenda(log: EventLog) -> None:
    log.append([AgendaChanged(items=ITEMS, by="王芳")])
    log.append([ItemMoved(item_id="i1", number=1, state="ongoing", by="王芳")])
    assert [entry.item_id for entry in log.state().items] == ["i1", "i2"]


def test_item_taken_out_of_the_agenda_is_gone(log: EventLog) -> None:
    log.append([AgendaChanged(items=ITEMS, by="王芳")])
    log.append([AgendaChanged(items=ITEMS[:1], by="王芳")])
    assert [entry.item_id for entry in log.state().items] == ["i1"]


def test_older_revision_that_comes_late_replaces_nothing(log: EventLog) -> None:
    log.append([said(1, "改过。", rev=3)])
    log.append([said(1, "旧。", rev=2)])
    assert [segment.text for segment in log.state().segments] == ["改过。"]


def test_cut_moves_with_its_segment(engine: Engine, log: EventLog) -> None:
    log.append([said(1)], cut_sample=16_000)
    assert meeting_of(engine, log) == ("scheduled", 1, 16_000)
    log.append([], cut_sample=48_000)
    assert meeting_of(engine, log) == ("scheduled", 1, 48_000)


def test_end_closes_the_meeting(engine: Engine, log: EventLog) -> None:
    log.append([End(reason="stopped")])
    assert meeting_of(engine, log)[0] == "closed"


NO_DECISIONS = {
    "sqlite": ["CREATE TRIGGER no_decisions BEFORE INSERT ON decisions BEGIN SELECT RAISE(ABORT, 'no'); END"],
    "postgresql": ["ALTER TABLE decisions ADD CONSTRAINT no_decisions CHECK (false)"],
}
ANY_DECISION = {
    "sqlite": "DROP TRIGGER no_decisions",
    "postgresql": "ALTER TABLE decisions DROP CONSTRAINT no_decisions",
}


def test_append_that_fails_half_way_has_written_nothing(engine: Engine, log: EventLog) -> None:
    log.append([said(1)], cut_sample=100)
    with engine.begin() as connection:
        for statement in NO_DECISIONS[engine.dialect.name]:
            connection.execute(text(statement))
    decision = Decision(decision_id="d1", rev=1, item_ids=(), outcome="通过", by="王芳")
    with pytest.raises(Exception, match="no"):
        log.append([said(2), decision, End(reason="stopped")], cut_sample=200)
    assert (len(log.after(0)), meeting_of(engine, log)) == (1, ("scheduled", 1, 100))
    assert [segment.segment_id for segment in log.state().segments] == ["s1"]
    with engine.begin() as connection:
        connection.execute(text(ANY_DECISION[engine.dialect.name]))
    assert [one.event.seq for one in log.append([said(2)])] == [2]


EVENTS = st.one_of(
    st.builds(
        said,
        number=st.integers(0, 5),
        text=st.text(st.characters(codec="utf-8"), max_size=8),
        rev=st.integers(1, 4),
    ),
    st.builds(
        Gap,
        start_ms=st.integers(0, 9),
        end_ms=st.integers(9, 99),
        reason=st.sampled_from(["paused", "recorder_restart"]),
    ),
    st.builds(
        Decision,
        decision_id=st.sampled_from("ab"),
        rev=st.integers(1, 4),
        item_ids=st.just(("i1",)),
        outcome=st.sampled_from(["通过", "暂缓"]),
        by=st.just("王芳"),
        withdrawn=st.booleans(),
    ),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(st.lists(EVENTS, max_size=4), max_size=5))
def test_projections_are_what_the_events_add_up_to(engine: Engine, batches: list[list[Event]]) -> None:
    log = new_log(engine)
    sent = [one.body for batch in batches for one in log.append(batch)]
    assert log.after(0) == sent
    newest: dict[str, Segment] = {}
    decided: dict[str, Decision] = {}
    for event in log.all():
        if isinstance(event, Segment) and event.rev >= getattr(newest.get(event.segment_id), "rev", 0):
            newest[event.segment_id] = event
        if isinstance(event, Decision) and event.rev >= getattr(decided.get(event.decision_id), "rev", 0):
            decided[event.decision_id] = event
    state = log.state()
    assert set(state.segments) == {one for one in newest.values() if one.text}
    assert set(state.decisions) == {one for one in decided.values() if not one.withdrawn}
    assert state.seq == len(sent)


def test_snapshot_is_of_one_moment_while_events_come(store_url: str, engine: Engine) -> None:
    log = new_log(engine)
    stop = threading.Event()

    def write() -> None:
        with opened(store_url) as other:
            writer = EventLog(other, log._id)
            for number in range(10_000):
                if stop.is_set():
                    return
                writer.append([said(number)])

    thread = threading.Thread(target=write)
    thread.start()
    try:
        seen = 0
        while seen < 60 and thread.is_alive():
            state = log.state()
            assert len(state.segments) == state.seq
            seen = state.seq
    finally:
        stop.set()
        thread.join()
    assert seen >= 60


def test_two_writers_wait_for_each_other(store_url: str, engine: Engine) -> None:
    log = new_log(engine)
    failures = list[BaseException]()

    def write(first: int) -> None:
        try:
            with opened(store_url) as other:
                for number in range(first, first + 40):
                    EventLog(other, log._id).append([said(number)])
                    Meetings(other).add(AGENDA)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=write, args=(first,)) for first in (0, 100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert [event.seq for event in log.all()] == list(range(1, 81))
    assert len(log.state().segments) == 80


KILLED_WRITER = textwrap.dedent("""
    import sys
    from meeting.store.engine import open_engine
    from meeting.store.log import EventLog
    from tests.unit.meeting.store_homes import said

    log = EventLog(open_engine(sys.argv[1]), sys.argv[2])
    for number in range(int(sys.argv[3]), 1_000_000):
        for one in log.append([said(number), said(number, "改。", rev=2)], cut_sample=number):
            sys.stdout.buffer.write(one.body + b"\\n")
        sys.stdout.flush()
""")


def test_killed_in_the_middle_every_acknowledged_event_is_there_once(store_url: str, engine: Engine) -> None:
    log = new_log(engine)
    acknowledged = list[bytes]()
    for round_ in range(3):
        arguments = [store_url, log._id, str(round_ * 100_000)]
        child = subprocess.Popen([sys.executable, "-c", KILLED_WRITER, *arguments], stdout=subprocess.PIPE)
        assert child.stdout is not None
        heard = [child.stdout.readline() for _ in range(21 + round_)]
        child.send_signal(signal.SIGKILL)
        rest = child.stdout.read().splitlines(keepends=True)
        child.wait()
        child.stdout.close()
        # A line that the kill has cut short was not said.
        acknowledged += [line.rstrip(b"\n") for line in heard + rest if line.endswith(b"\n")]
        stored = log.after(0)
        assert [json.loads(body)["seq"] for body in stored] == list(range(1, len(stored) + 1))
        known = set(stored)
        assert len(known) == len(stored) and known.issuperset(acknowledged)
        # Each batch is whole, with its cut.
        assert len(stored) % 2 == 0
        last = msgspec.json.decode(stored[-1], type=StoredEvent)
        assert isinstance(last, Segment) and meeting_of(engine, log)[2] == int(last.segment_id[1:])
        assert len(log.state().segments) == len(stored) // 2
