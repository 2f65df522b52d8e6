"""What a search of a limited token leaves out is read of all meetings at once, however many there are."""

import itertools
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import event

from meeting.access.grant import Grant
from meeting.access.reach import OUTSIDE, Reach
from meeting.domain.agenda import Agenda, AgendaItem
from meeting.domain.events import AgendaChanged, Decision, ItemMoved
from meeting.domain.state import AgendaState
from meeting.home import Home
from meeting.records import Records

DAYS = itertools.count(date(2026, 3, 9).toordinal())
"""Of one day no more than one meeting: ids begin with it."""
CLERK = Grant(role="archivist", clearance="内部")


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    opened = Records(Home(tmp_path / "家").prepare())
    yield opened
    opened.close()


def agenda(body: str = "办公会") -> Agenda:
    items = (
        AgendaItem(number=1, title="审议办公用房清理整改方案"),
        AgendaItem(number=2, title="研究人事𠮷", classification="秘密"),
    )
    return Agenda(title="局长办公会议", date=date.fromordinal(next(DAYS)).isoformat(), body=body, items=items)


def held(records: Records, begun: bool = True) -> str:
    """A meeting whose second item is classified, with a decision on each, and one that was taken back."""
    key = records.meetings.add(agenda())
    if begun:
        items = AgendaState.from_agenda(agenda()).items
        taken = [(n, (one.item_id,)) for n, one in enumerate(items)] + [(2, ()), (3, (items[1].item_id,))]
        decided = [
            Decision(decision_id=f"d{n}", rev=1, item_ids=ids, outcome="原则同意", by="王芳", withdrawn=n == 3)
            for n, ids in taken
        ]
        records.log(key).append([AgendaChanged(items=items, by="王芳"), *decided])
    return key


def asked(records: Records, reach: Reach, grant: Grant = CLERK) -> list[str]:
    """The statements that the records were asked for one search."""
    statements: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            statements.append(statement)

    event.listen(records._engine, "before_cursor_execute", note)
    try:
        reach.within(grant, None)
    finally:
        event.remove(records._engine, "before_cursor_execute", note)
    return statements


@pytest.mark.parametrize("grant", [CLERK, Grant(role="archivist", clearance="内部", body="办公会")])
def test_forty_meetings_are_asked_for_as_often_as_two(records: Records, grant: Grant) -> None:
    for _ in range(2):
        held(records)
    few = asked(records, Reach(records), grant)
    for _ in range(38):
        held(records)
    reach = Reach(records)
    assert len(asked(records, reach, grant)) == len(few)
    # A second search asks only what may have changed; after a new meeting, no more than the first.
    again = len(asked(records, reach, grant))
    assert again < len(few)
    held(records)
    assert len(asked(records, reach, grant)) <= len(few)
    assert len(asked(records, reach, grant)) == again


def test_hidden_is_what_each_meeting_hides_as_it_stands(records: Records) -> None:
    begun, waiting = held(records), held(records, begun=False)
    reach = Reach(records)
    found = reach.within(CLERK, None)
    assert found is not None and not found.hidden
    assert set(found.items) == {(begun, 2), (waiting, 2)}
    assert set(found.documents) == {f"decision:{begun}:d1"}
    # Reading it again for one that has changed leaves the others as they were.
    opened = AgendaState.from_agenda(agenda()).items[:1]
    records.log(begun).append([AgendaChanged(items=opened, by="王芳")])
    records.log(begun).append([ItemMoved(item_id=opened[0].item_id, number=1, state="ongoing", by="王芳")])
    found = reach.within(CLERK, None)
    assert found is not None and set(found.items) == {(waiting, 2)} and found.documents == ()


def test_a_token_of_one_item_sees_no_other_meeting_and_nothing_outside_the_item(records: Records) -> None:
    mine, other = held(records), held(records)
    grant = Grant(role="archivist", clearance="绝密", meeting=mine, item=1)
    found = Reach(records).within(grant, None)
    assert found is not None and found.hidden == (other,)
    assert set(found.items) == {(mine, 2), (mine, OUTSIDE)}
    assert set(found.documents) == {f"decision:{mine}:d1", f"decision:{mine}:d2"}


def test_more_meetings_than_one_query_names_are_all_read(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("meeting.store.facts._IN_ONE_QUERY", 3)
    keys = [held(records) for _ in range(5)]
    found = Reach(records).within(CLERK, None)
    assert found is not None and set(found.items) == {(key, 2) for key in keys}
    assert set(found.documents) == {f"decision:{key}:d1" for key in keys}
