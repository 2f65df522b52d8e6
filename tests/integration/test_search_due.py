"""What was due, and is not done: asked for by day, by month, by state; counted; kept from those who may not see it."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from threading import Event

import pytest

from meeting.domain.events import Action, AgendaChanged, End
from meeting.domain.state import AgendaState
from meeting.home import Home
from meeting.inquiring import query_of
from meeting.memory.gather import owed_in
from meeting.records import Records
from meeting.store.archive import Archived, plain
from meeting.store.meetings import RunOptions
from meeting.stream.messages import Search
from search.archive import DATABASE
from search.documents import Document, Owed, Passage, Query, Within
from search.extract.tasks import MinutesTask
from search.index import SearchIndex
from search.live import LiveTable
from tests.integration.test_folding import until
from tests.integration.test_library import close
from tests.unit.meeting.store_homes import AGENDA, said


def decided(id_: str, *owed: Owed) -> Document:
    text = f"会议同意{id_}方案，由物业处牵头。"
    return Document(
        id=id_, kind="decision", title="纪要", owed=owed, passages=(Passage(id="1", text=text, item=1),)
    )


DOCUMENTS = [
    decided("一", Owed("2026-03-31", "open")),
    decided("二", Owed("2026-03-02", "done"), Owed("2026-05-01", "open")),
    decided("三", Owed("2026-03-15"), Owed("2026-03-20")),
    decided("四", Owed("", "open")),
    decided("五"),
]


@pytest.fixture
def index(tmp_path: Path) -> SearchIndex:
    with SearchIndex.open(tmp_path) as made:
        made.replace(DOCUMENTS)
    return SearchIndex.open(tmp_path)


def ids(index: SearchIndex, query: Query, live: LiveTable | None = None) -> set[str]:
    with index:
        return {hit.id for hit in index.search(query, live).hits}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("期限:2026-03", "一二三"),
        ("due:2026-03-15..2026-03-20", "三"),
        ("到期:2026-05..", "二"),
        ("期限:2026-03 办理:未办结", "一三"),
        ("owed:done 方案", "二"),
        ("办理:未办结", "一二三四"),
        ("期限:2026-03 办理:已办结", "二"),
        ("期限:2026-03 -owed:done", "一三"),
        ("期限:2026-03 OR 期限:2026-05", "一二三"),
        ("期限:2026-04", ""),
    ],
)
def test_what_is_due_is_asked_for_in_the_query(index: SearchIndex, text: str, expected: str) -> None:
    assert ids(index, Query(text=text)) == set(expected)


def test_a_word_that_is_no_day_and_no_state_is_a_word(index: SearchIndex) -> None:
    with index:
        assert index.search(Query(text="期限:尽快 办理:马上")).total == 0
        index.replace(
            [Document(id="六", kind="document", title="", passages=(Passage(id="1", text="期限:尽快"),))]
        )
        assert [hit.id for hit in index.search(Query(text="期限:尽快")).hits] == ["六"]


def test_the_same_is_asked_over_the_wire(index: SearchIndex) -> None:
    asked = Search(id="1", query="方案", due_from="2026-03", due_to="2026-03", owed="open")
    assert ids(index, query_of(asked)) == {"一", "三"}


def test_what_is_due_is_counted_by_month_and_state_each_document_once(index: SearchIndex) -> None:
    with index:
        facets = index.search(Query(text="方案")).facets
        assert list(facets["due"].items()) == [("2026-05", 1), ("2026-03", 3)]
        assert facets["owed"] == {"open": 4, "done": 1}
        seen = index.search(Query(text="方案", within=Within(hidden=("三",)))).facets
        assert (seen["due"], seen["owed"]) == ({"2026-05": 1, "2026-03": 2}, {"open": 3, "done": 1})
        assert index.search(Query(text="三方案")).hits[0].owed == (Owed("2026-03-15"), Owed("2026-03-20"))


def test_what_a_hidden_item_gives_to_do_is_neither_found_nor_counted(index: SearchIndex) -> None:
    secret = decided("decision:m1:d1", Owed("2026-07-31", "open"))
    with index:
        index.replace([secret])
        hidden = Within(items=(("m1", 1),))
        assert index.search(Query(text="期限:2026-07")).total == 1
        results = index.search(Query(text="方案", within=hidden))
        assert index.search(Query(text="期限:2026-07", within=hidden)).total == 0
        assert "2026-07" not in results.facets["due"] and results.facets["owed"]["open"] == 4


def test_what_is_decided_just_now_is_found_by_its_day(index: SearchIndex) -> None:
    live = LiveTable()
    now = decided("现在", Owed("2026-06-30", "open"))
    live.put(now, now.passages[0])
    assert ids(index, Query(text="期限:2026-06"), live) == {"现在"}


def test_actions_and_tasks_become_what_is_owed() -> None:
    actions = [
        Action(action_id=state, rev=1, text="办", by="王芳", due_date="2026-03-31", state=state)
        for state in ("open", "done", "withdrawn")
    ]
    assert owed_in(actions) == (Owed("2026-03-31", "open"), Owed("2026-03-31", "done"))
    minutes = Archived(id="f", kind="minutes", title="", tasks=(MinutesTask(text="办", due="2026-04-30"),))
    assert plain(minutes).owed == (Owed("2026-04-30"),)


def as_an_older_program_left_it(index: Path) -> None:
    with closing(sqlite3.connect(next(index.glob(f"*/{DATABASE}")))) as db, db:
        db.execute("ALTER TABLE documents DROP COLUMN owed")
        db.execute("DELETE FROM state WHERE key IN ('holds', 'columns.msgpack')")


def test_an_index_that_does_not_know_what_is_owed_answers_without_it_and_takes_it_in_later(tmp_path: Path) -> None:
    with SearchIndex.open(tmp_path) as made:
        made.replace(DOCUMENTS)
        assert not made.lacking()
    as_an_older_program_left_it(tmp_path)
    with SearchIndex.open(tmp_path) as index:
        assert index.lacking()
        assert index.search(Query(text="方案")).total == len(DOCUMENTS)
        assert (index.search(Query(text="二方案")).hits[0].owed, index.search(Query(text="due:2026")).total) == (
            (),
            0,
        )
        index.replace([decided("六", Owed("2026-09-30", "open"))])
        assert [hit.id for hit in index.search(Query(text="期限:2026-09")).hits] == ["六"]
        # What it holds of the others is still less than it could.
        assert index.lacking()
        index.rebuild(DOCUMENTS)
        assert not index.lacking() and index.search(Query(text="期限:2026-03")).total == 3


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home whose index an older program has made, with one meeting that gives something to do."""
    home = Home(tmp_path / "家").prepare()
    records = Records(home)
    key = records.meetings.add(AGENDA)
    records.meetings.begin(key, RunOptions())
    task = Action(action_id="a1", rev=1, text="物业处报方案𠮷", by="王芳", item_id="i1", due_date="2026-07-31")
    items = AgendaState.from_agenda(AGENDA).items
    records.log(key).append([AgendaChanged(items=items, by="王芳"), said(1), task, End(reason="stopped")])
    records.library.reindex()
    records.close()
    as_an_older_program_left_it(home.index)
    return home


def test_a_command_has_an_older_index_built_anew_from_the_records(home: Home) -> None:
    records = Records(home)
    assert records.library.search(Query(text="期限:2026-07")).total == 1
    close(records)


def test_a_service_answers_from_an_older_index_while_another_is_built_beside_it(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, goes_on = Event(), Event()
    rebuild = SearchIndex.rebuild

    def slow(index: SearchIndex, documents: Iterable[Document]) -> None:
        begun.set()
        assert goes_on.wait(60)
        rebuild(index, documents)

    monkeypatch.setattr(SearchIndex, "rebuild", slow)
    records = Records(home)
    library = records.library
    try:
        library.tend_behind()
        assert begun.wait(60)
        assert [hit.text for hit in library.search(Query(text="物业处报方案𠮷")).hits] == ["物业处报方案𠮷"]
        assert library.search(Query(text="期限:2026-07")).total == 0
        goes_on.set()
        until(lambda: library.search(Query(text="期限:2026-07")).total == 1)
    finally:
        goes_on.set()
        library.close()
        close(records)
