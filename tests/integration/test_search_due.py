"""What was due, and is not done: asked for by day, by month, by state; counted; kept from those who may not see it."""

from pathlib import Path

import pytest

from meeting.domain.events import Action
from meeting.inquiring import query_of
from meeting.memory.gather import owed_in
from meeting.store.archive import Archived, plain
from meeting.stream.messages import Search
from search.archive import DATABASE
from search.documents import Document, Owed, Passage, Query, Within
from search.errors import IndexDamaged
from search.extract.tasks import MinutesTask
from search.index import SearchIndex
from search.live import LiveTable


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


def test_an_index_that_does_not_know_what_is_owed_is_built_anew_from_the_records(tmp_path: Path) -> None:
    import sqlite3

    with SearchIndex.open(tmp_path) as made:
        made.replace(DOCUMENTS)
    with sqlite3.connect(tmp_path / "1" / DATABASE) as db:
        db.execute("ALTER TABLE documents DROP COLUMN owed")
    db.close()
    with pytest.raises(IndexDamaged):
        SearchIndex.open(tmp_path)
