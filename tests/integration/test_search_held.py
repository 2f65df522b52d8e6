"""Files of a county and a city that nothing was made for: what is asked of them comes first.

Imported, indexed and asked as an archivist does. The numbers are printed by kind of query (`pytest -s`).
"""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from meeting.agenda.reader import read_agenda
from meeting.domain.events import AgendaChanged
from meeting.domain.state import AgendaState
from meeting.home import Home
from meeting.memory.facts import Background, Precedent
from meeting.records import Records
from meeting.store.meetings import RunOptions
from search.documents import NOTE_CLOSEST, NOTE_DATE, Query

HELD = Path(__file__).parents[1] / "data" / "archive-held"
ROWS: list[dict[str, Any]] = [
    json.loads(line) for line in (HELD / "queries.jsonl").read_text(encoding="utf-8").splitlines()
]
LOOKED_BACK = ("background", "in_force")


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Records]:
    records = Records(Home(tmp_path_factory.mktemp("档案") / "家").prepare())
    reports = list(records.library.import_files([HELD / "docs"]))
    assert [one.path for one in reports if one.status != "imported"] == []
    yield records
    if records.library._index is not None:
        records.library._index.close()
    records.close()


def found(records: Records, text: str) -> list[str]:
    """The files in which hits stand, the first one first; none where only a part of the query was met."""
    results = records.library.search(Query(text=text))
    if results.note in (NOTE_CLOSEST, NOTE_DATE):
        return []
    return list(dict.fromkeys(Path(hit.source or "").stem for hit in results.hits))


def looked_back(records: Records, folder: Path, title: str, matter: str) -> Background:
    """What was before an item of this title."""
    path = folder / "议程.yaml"
    path.write_text(
        f"title: 会议\nbody: 专题会议\ndate: 2026-11-20\nchair: {{name: 鄢志航}}\nitems:\n"
        f"  - {{number: 1, title: {title}{f', matter: {matter}' if matter else ''}}}\n",
        encoding="utf-8",
    )
    agenda = read_agenda(path)
    meeting_id = records.meetings.add(agenda, str(folder))
    records.meetings.begin(meeting_id, RunOptions())
    items = AgendaState.from_agenda(agenda).items
    records.log(meeting_id).append([AgendaChanged(items=items)])
    (entry,) = records.log(meeting_id).items()
    return records.memory.background(records.meetings.get(meeting_id), entry)


def file_of(one: Precedent) -> str:
    return Path(one.source.path or "").stem


def test_there_are_forty_queries_of_many_kinds() -> None:
    assert len(ROWS) == 40
    assert len({row["kind"] for row in ROWS}) >= 10
    assert all((HELD / "docs").glob(f"{name}.*") for row in ROWS for name in row["expected"])


def test_what_is_asked_for_comes_first(records: Records) -> None:
    asked, first, wrong = Counter[str](), Counter[str](), []
    for row in ROWS:
        if row["kind"] in LOOKED_BACK:
            continue
        files = found(records, row["query"])
        asked[row["kind"]] += 1
        right = files[:1] != [] and files[0] in row["expected"]
        first[row["kind"]] += right
        if not right:
            wrong.append((row["query"], row["expected"], files[:5]))
    for kind in asked:
        print(f"{kind:14} first {first[kind]}/{asked[kind]}")
    assert wrong == []


@pytest.mark.parametrize("row", [row for row in ROWS if row["kind"] in LOOKED_BACK], ids=lambda row: row["query"])
def test_what_is_in_force_comes_first_and_tells_what_it_changed(
    records: Records, tmp_path: Path, row: dict[str, Any]
) -> None:
    background = looked_back(records, tmp_path, row["query"], row.get("matter", ""))
    on_it = [one for one in background.decisions if file_of(one) in (*row["expected"], *row["changed"])]
    assert file_of(background.decisions[0]) in row["expected"]
    assert background.decisions[0].state == "in_force"
    changed = {file_of(one): one.changed_by for one in on_it if one.state == "superseded"}
    assert {name: Path(by.source.path or "").stem for name, by in changed.items() if by} == row["changed"]
    assert background.decisions[0].tasks[0].due == row["due"]
