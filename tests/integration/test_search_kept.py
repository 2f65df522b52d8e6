"""Columns kept beside the database: opening uses them, and nothing depends on them."""

import sqlite3
from pathlib import Path

import pytest

from search.documents import Document, Passage, Query
from search.index import SearchIndex
from search.kept import COLUMNS


def numbered(number: int) -> Document:
    passage = Passage(
        id="1", text=f"第{number}号文件研究办公用房事项。", item=1, item_title="研究", speaker="𠮷敏"
    )
    return Document(
        id=f"d{number}",
        kind="minutes",
        title=f"文件{number}",
        date=f"202{number}-03",
        body="局务会",
        units=("办公室",),
        passages=(passage,),
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with SearchIndex.open(tmp_path) as index:
        index.replace(numbered(number) for number in range(5))
    return tmp_path


def found(folder: Path) -> tuple[list[str], dict[str, dict[str, int]]]:
    with SearchIndex.open(folder, finish=False) as index:
        results = index.search(Query(text="办公用房", unit="办公室"))
    return [hit.id for hit in results.hits], results.facets


def test_rows_that_came_and_went_since_are_known(folder: Path) -> None:
    (kept,) = folder.glob(f"*/{COLUMNS}")
    before = kept.read_bytes()
    with SearchIndex.open(folder) as index:
        index.replace([numbered(1), numbered(7)], fold=False)
        index.delete(["d0"])
    assert kept.read_bytes() == before
    ids, facets = found(folder)
    assert sorted(ids) == ["d1", "d2", "d3", "d4", "d7"]
    assert facets["year"] == {"2027": 1, "2024": 1, "2023": 1, "2022": 1, "2021": 1}
    kept.unlink()
    assert found(folder) == (ids, facets)


@pytest.mark.parametrize("change", ["cut", "changed", "gone"])
def test_a_file_that_is_not_the_one_written_changes_no_answer(folder: Path, change: str) -> None:
    before = found(folder)
    (kept,) = folder.glob(f"*/{COLUMNS}")
    packed = kept.read_bytes()
    if change == "gone":
        kept.unlink()
    else:
        kept.write_bytes(packed[:-9] if change == "cut" else packed[:-1] + b"x")
    assert found(folder) == before


def test_an_index_of_an_older_program_is_folded_anew(folder: Path) -> None:
    (terms,) = folder.glob("*/terms")
    before = sorted(path.name for path in terms.iterdir())
    (database,) = folder.glob("*/*.sqlite3")
    db = sqlite3.connect(database)
    db.execute("UPDATE state SET value = '1' WHERE key = 'derived'")
    db.commit()
    db.close()
    expected = found(folder)
    with SearchIndex.open(folder) as index:
        index.check()
    assert sorted(path.name for path in terms.iterdir()) != before
    assert found(folder) == expected
