"""The room's memory on real files: imported, found, built anew after damage, and whole after a death at any point."""

import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Event
from unittest.mock import patch

import pytest

from meeting.agenda.reader import read_agenda
from meeting.domain.events import AgendaChanged, End, Segment
from meeting.domain.state import AgendaState
from meeting.home import Home
from meeting.records import Records
from meeting.store.meetings import Meeting, RunOptions
from search.documents import Document, Query
from search.errors import SearchError

DEMO = Path(__file__).parents[2] / "ui" / "demo"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "家").prepare()


@pytest.fixture
def records(home: Home) -> Iterator[Records]:
    records = Records(home)
    yield records
    close(records)


def close(records: Records) -> None:
    if records.library._index is not None:
        records.library._index.close()
    records.close()


def said(number: int, text: str, item: str | None = "i1", rev: int = 1) -> Segment:
    start = number * 1000
    return Segment(segment_id=f"s{number}", rev=rev, item_id=item, start_ms=start, end_ms=start + 900, text=text)


def held(records: Records, *segments: Segment) -> Meeting:
    """A meeting that is being held, with what was said in its log only."""
    agenda = read_agenda(DEMO / "agenda.yaml")
    meeting_id = records.meetings.add(agenda)
    records.meetings.begin(meeting_id, RunOptions())
    records.log(meeting_id).append([AgendaChanged(items=AgendaState.from_agenda(agenda).items), *segments])
    return records.meetings.get(meeting_id)


def found(records: Records, text: str, *kinds: str) -> list[tuple[str, str]]:
    hits = records.library.search(Query(text=text, kinds=kinds)).hits  # type: ignore[arg-type] # kinds by name
    return [(hit.kind, hit.text) for hit in hits]


def imported(records: Records, *paths: Path) -> list[tuple[str, str]]:
    return [(Path(report.path).name, report.status) for report in records.library.import_files(paths)]


def test_items_of_a_stored_agenda_are_found(records: Records) -> None:
    meeting = records.meetings.get(records.meetings.add(read_agenda(DEMO / "agenda.yaml")))
    records.library.add_agenda(meeting)
    hits = records.library.search(Query(text="公务用车", kinds=("agenda",))).hits
    assert [(hit.meeting_id, hit.item) for hit in hits] == [(meeting.id, 3)]


def test_sentence_is_found_while_the_meeting_goes_on_and_once_after_it(records: Records) -> None:
    meeting = held(records)
    records.library.search(Query(text="先打开"))
    spoken = said(1, "会议原则同意清理方案𠮷。")
    records.log(meeting.id).append([spoken])
    items = records.log(meeting.id).state().items
    records.library.put_live(meeting, [spoken], items)
    assert found(records, "原则同意清理", "record") == [("record", "会议原则同意清理方案𠮷。")]
    records.library.put_live(meeting, [said(1, "改为不同意清理。", rev=2)], items)
    assert not any("原则" in text for _, text in found(records, "原则同意清理方案", "record"))
    records.log(meeting.id).append([said(1, "改为不同意清理。", rev=2), End(reason="stopped")])
    records.library.fold(records.meetings.get(meeting.id))
    assert found(records, "不同意清理", "record") == [("record", "改为不同意清理。")]


def test_open_meeting_is_found_by_a_program_that_comes_later(home: Home, records: Records) -> None:
    held(records, said(1, "调度办法先试行三个月。"))
    later = Records(home)
    assert found(later, "先试行三个月", "record") == [("record", "调度办法先试行三个月。")]
    close(later)


def test_meeting_that_ended_just_before_a_death_is_found_all_the_same(home: Home) -> None:
    records = Records(home)
    meeting = held(records, said(1, "散会前通过了整改时限。"))
    records.library.search(Query(text="先打开"))
    records.log(meeting.id).append([End(reason="stopped")])
    close(records)
    later = Records(home)
    assert found(later, "通过了整改时限", "record") == [("record", "散会前通过了整改时限。")]
    close(later)


def test_past_minutes_are_imported_once_and_found(records: Records, tmp_path: Path) -> None:
    first = imported(records, DEMO / "past")
    assert first and {status for _, status in first} == {"imported"}
    assert {status for _, status in imported(records, DEMO / "past")} == {"known"}
    copied = tmp_path / "另一个名字.txt"
    shutil.copy(next(path for path in sorted((DEMO / "past").iterdir()) if path.suffix == ".txt"), copied)
    assert imported(records, copied) == [(copied.name, "known")]
    assert found(records, "办公用房", "minutes")


def test_import_that_died_half_way_is_made_up_for(home: Home) -> None:
    records = Records(home)
    records.library.search(Query(text="先打开"))
    reports = records.library.import_files([DEMO / "past"])
    next(reports)
    # Nobody asks for the rest: as if the program had been killed here.
    reports.close()
    close(records)
    later = Records(home)
    assert {status for _, status in imported(later, DEMO / "past")} <= {"known", "imported"}
    assert (
        later.library._opened().count(without="decision")
        == len(later.archive.documents())
        == len(list((DEMO / "past").iterdir()))
    )
    close(later)


@pytest.mark.parametrize(
    "head", ["　机密★10年", "绝密", "秘 密 ★ 长期", "机密　特急", "密　级: 绝密", "- **密级**：秘密"]
)
def test_classified_file_is_refused_leaves_nothing_and_the_rest_goes_on(
    records: Records, tmp_path: Path, head: str
) -> None:
    folder = tmp_path / "旧纪要"
    folder.mkdir()
    (folder / "a.txt").write_text(f"{head}\n\n局长办公会议纪要\n会议研究了专项经费。\n", encoding="utf-8")
    (folder / "b.txt").write_text("局长办公会议纪要\n\n会议同意普通经费。\n", encoding="utf-8")
    (folder / ".hidden.txt").write_text("隐藏经费", encoding="utf-8")
    reports = list(records.library.import_files([folder, tmp_path / "没有.txt"]))
    assert [(Path(one.path).name, one.status) for one in reports] == [
        ("a.txt", "refused"),
        ("b.txt", "imported"),
        ("没有.txt", "refused"),
    ]
    assert [one.error.code for one in reports if one.error] == ["classified_refused", "file_unreadable"]
    assert found(records, "专项经费") == [] or all("专项" not in text for _, text in found(records, "专项经费"))
    assert len(records.archive.documents()) == 1


def everything(records: Records) -> list[tuple[str, str, str]]:
    hits = [
        hit
        for text in ("办公用房", "试运行", "公务用车", "会议", "同意")
        for hit in records.library.search(Query(text=text, limit=100)).hits
    ]
    return sorted((hit.id, hit.passage_id, hit.text) for hit in hits)


def filled(records: Records) -> list[tuple[str, str, str]]:
    imported(records, DEMO / "past")
    meeting = held(records, said(1, "会议原则同意办公用房清理整改方案。"))
    records.log(meeting.id).append([End(reason="stopped")])
    records.library.fold(records.meetings.get(meeting.id))
    before = everything(records)
    assert any(id_.startswith("record:") for id_, _, _ in before)
    return before


def test_index_built_anew_answers_the_same(records: Records) -> None:
    before = filled(records)
    assert records.library.reindex() == records.library._opened().count()
    assert everything(records) == before


@pytest.mark.parametrize("damage", ["gone", "garbage", "no current"])
def test_damaged_index_is_built_anew_from_the_records(home: Home, damage: str) -> None:
    records = Records(home)
    before = filled(records)
    close(records)
    if damage == "gone":
        shutil.rmtree(home.index)
    elif damage == "no current":
        for path in home.index.iterdir():
            if path.is_file():
                path.write_bytes(b"\xff\xfe")
    else:
        for path in home.index.rglob("*"):
            if path.is_file() and path.suffix in (".db", ".sqlite", ".sqlite3"):
                path.write_bytes("坏".encode() * 5000)
    later = Records(home)
    assert everything(later) == before
    close(later)


def damaged(home: Home, damage: str) -> None:
    if damage == "gone":
        shutil.rmtree(home.index)
    elif damage == "no current":
        (home.index / "current").write_bytes(b"\xff\xfe")
    elif damage == "terms":
        for path in home.index.glob("*/terms/*"):
            path.write_bytes(b"\xff" * 100)
    else:
        for path in home.index.rglob("*.sqlite3*"):
            path.write_bytes("坏".encode() * 5000)


def put_right(records: Records) -> bool:
    """Waits until the index is as it should be."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with suppress(SearchError):
            records.library.check()
            if records.library._opened().count(without="decision") == records.library._expected():
                return True
        time.sleep(0.02)
    return False


@pytest.mark.parametrize("damage", ["gone", "garbage", "no current", "terms"])
def test_service_answers_while_a_damaged_index_is_built_beside_it(home: Home, damage: str) -> None:
    records = Records(home)
    before = filled(records)
    close(records)
    damaged(home, damage)
    later = Records(home)
    release = Event()
    documents = later.library._documents

    def slowly() -> Iterator[Document]:
        for number, document in enumerate(documents()):
            if number == 1:
                release.wait(120)
            yield document

    with patch.object(later.library, "_documents", slowly):
        later.library.tend_behind()
        meeting = held(later)
        # As the service does it: the look at what is missing may be over by now.
        later.library.add_agenda(meeting)
        began = time.monotonic()
        later.library.put_live(meeting, [said(7, "第一句话已经记下。")], later.log(meeting.id).state().items)
        assert found(later, "第一句话", "record") == [("record", "第一句话已经记下。")]
        assert time.monotonic() - began < 60.0
        release.set()
    assert put_right(later)
    assert [row for row in everything(later) if meeting.id not in row[0]] == before
    later.library.close()
    close(later)


def test_meeting_that_ends_while_the_index_is_built_is_found_at_once_and_later(home: Home) -> None:
    records = Records(home)
    filled(records)
    close(records)
    damaged(home, "garbage")
    later = Records(home)
    release = Event()
    documents = later.library._documents

    def slowly() -> Iterator[Document]:
        release.wait(120)
        yield from documents()

    with patch.object(later.library, "_documents", slowly):
        later.library.tend_behind()
        meeting = held(later, said(1, "建设进度按周报送。"))
        later.library.add_agenda(meeting)
        later.library.put_live(meeting, [said(1, "建设进度按周报送。")], later.log(meeting.id).state().items)
        later.log(meeting.id).append([End(reason="stopped")])
        later.library.fold(later.meetings.get(meeting.id))
        assert found(later, "建设进度按周", "record") == [("record", "建设进度按周报送。")]
        release.set()
    assert put_right(later)
    later.library.close()
    close(later)
    last = Records(home)
    assert found(last, "建设进度按周", "record") == [("record", "建设进度按周报送。")]
    close(last)


def test_a_meeting_that_was_removed_is_found_no_more(records: Records) -> None:
    agenda = read_agenda(DEMO / "agenda.yaml")
    kept, gone = (records.meetings.get(records.meetings.add(agenda)) for _ in range(2))
    for one in (kept, gone):
        records.library.add_agenda(one)
    records.meetings.remove(gone.id)
    records.library.forget_agenda(gone.id)
    hits = records.library.search(Query(text="办公用房", kinds=("agenda",))).hits
    assert [hit.meeting_id for hit in hits] == [kept.id]


def test_the_records_marks_are_not_found_and_hide_nothing(records: Records) -> None:
    meeting = held(records, said(1, "〔多人发言〕会议原则同意清理方案。"), said(2, "〔听不清〕"))
    assert found(records, "同意清理", "record") == [("record", "会议原则同意清理方案。")]
    assert found(records, "听不清", "record") == found(records, "多人发言", "record") == []
    records.log(meeting.id).append([End(reason="stopped")])
    records.library.fold(records.meetings.get(meeting.id))
    assert found(records, "同意清理", "record") == [("record", "会议原则同意清理方案。")]
    assert found(records, "听不清", "record") == []
