"""What a meeting gives to do on an item without deciding anything: found by its day, by those who may see the item."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from meeting.access.grant import Grant
from meeting.access.reach import Reach
from meeting.domain.agenda import Agenda, AgendaItem
from meeting.domain.events import Action, AgendaChanged, Decision, End
from meeting.domain.state import AgendaState
from meeting.home import Home
from meeting.memory.errors import PassageUnknown
from meeting.memory.opening import opened
from meeting.memory.sight import sight_of
from meeting.records import Records
from meeting.store.meetings import RunOptions
from search.documents import Owed, Query, Results, Within
from search.grouping import repeated_last
from tests.unit.meeting.store_homes import said

AGENDA = Agenda(
    title="局长办公会议",
    body="局长办公会",
    date="2026-03-09",
    items=(
        AgendaItem(number=1, title="听取办公用房进展"),
        AgendaItem(number=2, title="研究人事𠮷", classification="秘密"),
        AgendaItem(number=3, title="审议调度办法"),
        AgendaItem(number=4, title="子项", parent=2),
    ),
)
CLERK = Grant(role="archivist", clearance="内部")
CLEARED = Grant(role="archivist", clearance="秘密")
GUEST = Grant(role="participant", clearance="内部")


def action(key: str, item: str | None, due: str, **more: str) -> Action:
    return Action(
        action_id=key, rev=1, text=f"{key}请物业处𠮷报方案", by="王芳", item_id=item, due_date=due, **more
    )


ACTIONS = (
    action("a-open", "i1", "2026-07-31", lead_unit="物业处"),
    action("a-secret", "i2", "2026-08-31"),
    action("a-below", "i4", "2026-09-30"),
    action("a-decided", "i3", "2026-10-31"),
    action("a-withdrawn", "i1", "2026-11-30", state="withdrawn"),
    action("a-free", None, "2026-12-31"),
)


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    records = Records(Home(tmp_path / "家").prepare())
    yield records
    if records.library._index is not None:
        records.library._index.close()
    records.close()


@pytest.fixture
def meeting(records: Records) -> str:
    key = records.meetings.add(AGENDA)
    records.meetings.begin(key, RunOptions())
    items = AgendaState.from_agenda(AGENDA).items
    decision = Decision(decision_id="d1", rev=1, item_ids=("i3",), outcome="原则同意", by="王芳")
    records.log(key).append([AgendaChanged(items=items, by="王芳"), said(1), decision, *ACTIONS])
    return key


def ended(records: Records, meeting: str) -> None:
    records.log(meeting).append([End(reason="stopped")])
    records.library.fold(records.meetings.get(meeting))


def asked(records: Records, text: str, within: Within | None = None) -> Results:
    return records.library.search(Query(text=text, within=within))


def ids(results: Results) -> list[str]:
    return [hit.id for hit in results.hits]


@pytest.mark.parametrize("over", [False, True])
def test_a_task_on_an_item_without_a_decision_is_found_by_its_day(
    records: Records, meeting: str, over: bool
) -> None:
    if over:
        ended(records, meeting)
    (hit,) = asked(records, "期限:2026-07 办理:未办结").hits
    assert (hit.id, hit.text, hit.item) == (f"task:{meeting}:a-open", "a-open请物业处𠮷报方案", 1)
    assert (hit.owed, hit.units, hit.meeting_id) == ((Owed("2026-07-31", "open"),), ("物业处",), meeting)
    assert ids(asked(records, "期限:2026-10")) == [f"decision:{meeting}:d1"]
    assert not asked(records, "期限:2026-11").total
    if over:
        assert ids(asked(records, "期限:2026-12")) == [f"record:{meeting}"]
        assert list(asked(records, "期限:2026").facets["due"]) == [f"2026-{m:02}" for m in (12, 10, 9, 8, 7)]


@pytest.mark.parametrize("over", [False, True])
def test_who_may_not_see_the_item_neither_finds_nor_counts_its_task(
    records: Records, meeting: str, over: bool
) -> None:
    if over:
        ended(records, meeting)
    running = None if over else meeting
    reach = Reach(records)
    for grant in (CLERK, GUEST, Grant(role="secretary", clearance="绝密", meeting=meeting, item=1)):
        within = reach.within(grant, running)
        assert ids(asked(records, "期限:2026-07", within)) == [f"task:{meeting}:a-open"]
        for month in ("08", "09"):
            assert not asked(records, f"期限:2026-{month}", within).total
        for text in ("请物业处", "期限:2026", "人事"):
            found = asked(records, text, within)
            assert not {f"task:{meeting}:a-secret", f"task:{meeting}:a-below"} & set(ids(found))
            assert not {"2026-08", "2026-09"} & found.facets["due"].keys()
    within = reach.within(CLEARED, running)
    assert ids(asked(records, "期限:2026-08", within)) == [f"task:{meeting}:a-secret"]
    assert ids(asked(records, "期限:2026-09", within)) == [f"task:{meeting}:a-below"]


def test_a_task_stands_alone_no_longer_once_its_item_is_decided(records: Records, meeting: str) -> None:
    assert ids(asked(records, "期限:2026-07")) == [f"task:{meeting}:a-open"]
    decision = Decision(decision_id="d2", rev=1, item_ids=("i1",), outcome="同意", by="王芳")
    records.log(meeting).append([decision])
    records.library.put_decisions(records.meetings.get(meeting))
    assert ids(asked(records, "期限:2026-07")) == [f"decision:{meeting}:d2"]
    ended(records, meeting)
    assert ids(asked(records, "期限:2026-07")) == [f"decision:{meeting}:d2"]


def test_a_found_task_is_opened_by_those_who_may_see_its_item(records: Records, meeting: str) -> None:
    ended(records, meeting)
    secret = f"task:{meeting}:a-secret"
    assert opened(records, secret, "", 1).meeting_id == meeting
    with pytest.raises(PassageUnknown):
        opened(records, secret, "", 1, sight_of(Reach(records).within(CLERK, None)))
    shown = opened(records, f"task:{meeting}:a-open", "", 1, sight_of(Reach(records).within(GUEST, None)))
    assert [one.text for one in shown.passages] == ["a-open请物业处𠮷报方案"]
    for unknown in (f"task:{meeting}:a-decide", "task:", "task:x:y"):
        with pytest.raises(PassageUnknown):
            opened(records, unknown, "", 1)


def test_a_task_is_told_behind_other_documents_where_its_record_stands_before_it() -> None:
    ranked = [("record:m1", 1), ("task:m1:a1", 2), ("minutes", 3)]
    assert repeated_last(ranked) == [1, 3, 2]
