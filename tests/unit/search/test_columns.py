import json

import pytest

from search.columns import ColumnsBuilder, date_number, merge_facets
from search.documents import Query


def builder() -> ColumnsBuilder:
    built = ColumnsBuilder()
    for id_, kind, date, units in (
        ("a", "minutes", "2024-07-15", ["资产管理处", "办公室"]),
        ("b", "record", "2025", []),
        ("c", "minutes", "", ["办公室", "办公室"]),
    ):
        doc = built.add_document(id_, kind, date, "局长办公会", json.dumps(units), "通过" if id_ == "c" else "")
        built.add_passage(doc, 0, 1, "李建国" if id_ == "b" else None, 10)
    return built


@pytest.mark.parametrize(
    ("date", "number"),
    [
        ("2024-07-15", 20240715),
        ("2024-07", 20240700),
        ("2024", 20240000),
        ("", 0),
        ("去年", 0),
        ("24-1-1", 0),
        ("2024-7-15-99999", 20240715),
        ("2024-99999999999", 0),
        ("2024-13", 0),
    ],
)
def test_dates_become_numbers_that_sort(date: str, number: int) -> None:
    assert date_number(date) == number


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        (Query(text=""), "abc"),
        (Query(text="", kinds=("minutes",)), "ac"),
        (Query(text="", date_from="2024-07-15", date_to="2024-07-15"), "a"),
        (Query(text="", date_from="2024-08"), "b"),
        (Query(text="", date_to="2024-07"), "a"),
        (Query(text="", date_to="2025"), "ab"),
        (Query(text="", date_from="去年"), "abc"),
        (Query(text="", date_to="2024-13-01"), "abc"),
        (Query(text="", date_to="2024-²"), "abc"),
        (Query(text="", kinds=("火星",)), ""),  # type: ignore[arg-type] # as it may come over the wire
        (Query(text="", kinds=("火星", "record")), "b"),  # type: ignore[arg-type] # likewise
        (Query(text="", unit="资产"), "a"),
        (Query(text="", unit="办公室"), "ac"),
        (Query(text="", unit="火星处"), ""),
    ],
)
def test_filters_let_the_right_documents_through(query: Query, ids: str) -> None:
    columns = builder().freeze()
    mask = columns.document_mask(query)
    assert "".join(id_ for id_, passes in zip(columns.ids, mask, strict=True) if passes) == ids


def test_a_speaker_limits_passages() -> None:
    columns = builder().freeze()
    assert columns.passage_mask(Query(text="", speaker="建国")).tolist() == [False, True, False]


def test_facets_count_documents_exactly() -> None:
    built = builder()
    built.doc_alive[1] = 0
    columns = built.freeze()
    assert columns.facets(columns.doc_alive) == {
        "kind": {"minutes": 2},
        "unit": {"办公室": 2, "资产管理处": 1},
        "year": {"2024": 1},
        "body": {"局长办公会": 2},
        "outcome": {"通过": 1},
        "due": {},
        "owed": {},
    }


def test_facets_of_two_sources_add_up_with_years_newest_first() -> None:
    one = {"kind": {"minutes": 1}, "unit": {}, "year": {"2020": 1}, "body": {}, "outcome": {}}
    two = {
        "kind": {"minutes": 2, "record": 5},
        "unit": {},
        "year": {"2026": 7, "2020": 1},
        "body": {},
        "outcome": {"通过": 2},
    }
    merged = merge_facets([one, two])
    assert merged["kind"] == {"record": 5, "minutes": 3}
    assert merged["outcome"] == {"通过": 2}
    assert list(merged["year"].items()) == [("2026", 7), ("2020", 2)]
