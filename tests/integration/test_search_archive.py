"""Real and made minutes, laws and reports: what is imported is found, and comes first.

The numbers are printed by kind of query (`pytest -s`).
"""

import json
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from search.analysis import fold
from search.documents import Document, Query
from search.errors import FileEncrypted, FileTruncated, FileWithoutText, SearchError
from search.extract.reading import extract
from search.index import SearchIndex

SHARED = Path(__file__).parents[3] / "shared" / "data"
ARCHIVE = SHARED / "archive"

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not ARCHIVE.is_dir(), reason="the archive of test documents is not beside the project"),
]


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (ARCHIVE / name).read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def documents() -> list[Document]:
    found = []
    for row in rows("manifest.jsonl"):
        try:
            found.append(extract(ARCHIVE / row["file"]).document(row["id"], row["file"]))
        except SearchError:
            continue
    return found


@pytest.fixture(scope="module")
def index(documents: list[Document], tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearchIndex]:
    with SearchIndex.open(tmp_path_factory.mktemp("archive")) as opened:
        opened.replace(documents)
        yield opened


def test_expected_documents_come_first(index: SearchIndex) -> None:
    asked, first, first_five = Counter[str](), Counter[str](), Counter[str]()
    for row in rows("queries.jsonl"):
        query = Query(text=row["query"], date_from=row.get("date_from"), date_to=row.get("date_to"))
        ids = [hit.id for hit in index.search(query).hits]
        asked[row["kind"]] += 1
        first[row["kind"]] += ids[:1] != [] and ids[0] in row["expected"]
        first_five[row["kind"]] += any(id_ in row["expected"] for id_ in ids[:5])
    for kind in asked:
        print(f"{kind:22} first {first[kind]}/{asked[kind]}, first five {first_five[kind]}/{asked[kind]}")
    assert first.total() / asked.total() >= 0.85
    assert first_five.total() / asked.total() >= 0.95
    assert first_five["pinyin"] == asked["pinyin"]


def test_every_sampled_substring_is_found(index: SearchIndex, documents: list[Document]) -> None:
    rng = random.Random(20260309)
    missed = []
    for _ in range(1000):
        document = rng.choice(documents)
        text = fold(rng.choice(document.passages).text)
        start = rng.randrange(max(1, len(text) - 8))
        piece = text[start : start + rng.randint(2, 8)]
        results = index.search(Query(text=piece, limit=len(documents)))
        if results.note or document.id not in [hit.id for hit in results.hits]:
            missed.append(piece)
    assert missed == []


def test_dates_that_the_documents_state_are_read(documents: list[Document]) -> None:
    dates = {row["id"]: row for row in rows("manifest.jsonl")}
    news = [d for d in documents if dates[d.id].get("date_is") == "会议报道日期"]
    assert len(news) > 30
    assert [d.date for d in news] == [dates[d.id]["date"] for d in news]
    made = {d.id: d.date for d in documents}
    assert (made["d10"], made["d12"], made["d19"]) == ("2026-03-18", "2026-03-19", "2024-09-12")


def test_awkward_files_are_refused_with_their_reason() -> None:
    for name, error in (("d21", FileTruncated), ("d15", FileEncrypted), ("d17", FileWithoutText)):
        (path,) = (ARCHIVE / "docs").glob(f"{name}_*")
        with pytest.raises(error, match=name):
            extract(path)


def test_past_minutes_of_the_demo_answer_its_agenda(tmp_path: Path) -> None:
    paths = sorted((SHARED / "demo-meeting" / "past").glob("*.txt"))
    with SearchIndex.open(tmp_path) as index:
        index.replace([extract(path).document(path.name, path.name) for path in paths])
        for title, item in (("办公用房清理整改情况", 1), ("智能会议系统", 2)):
            hit = index.search(Query(text=title, kinds=("minutes",))).hits[0]
            assert (hit.date, hit.item) == ("2025-11-17", item)
