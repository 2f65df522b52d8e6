"""An index on a disk that became read-only: it is searched as it is, nothing is written, and what is wrong is said."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from msgspec.structs import replace

from meeting.domain.events import AgendaChanged, End
from meeting.domain.state import AgendaState
from meeting.errors import HomeReadOnly
from meeting.home import Home
from meeting.records import Records
from meeting.stream.messages import Search
from search.archive import DATABASE
from search.documents import Document, Query, Results
from search.errors import IndexReadOnly, SearchError
from tests.integration.test_folding import until
from tests.unit.meeting.store_homes import AGENDA, remount, said, small_disk
from ui.cli.archive import find, reindex
from ui.cli.recall import matter

SAID = "会议原则同意办公用房清理整改方案𠮷。"


def content(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def hold(records: Records, text: str) -> None:
    key = records.meetings.add(AGENDA)
    items = tuple(replace(one, state="completed") for one in AgendaState.from_agenda(AGENDA).items)
    records.log(key).append([AgendaChanged(items=items, by="王芳"), said(1, text), End(reason="stopped")])


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A home with one meeting in its index, closed whole, on a disk of its own."""
    with small_disk(tmp_path / "disk", "size=24m") as disk:
        with opened(disk / "家", prepared=True) as records:
            hold(records, SAID)
            assert records.library.search(Query(text="清理整改")).total
        yield disk / "家"


@contextmanager
def opened(folder: Path, prepared: bool = False) -> Iterator[Records]:
    records = Records(Home(folder).prepare() if prepared else Home(folder))
    try:
        yield records
    finally:
        if "library" in vars(records):
            records.library.close()
            if records.library._index is not None:
                records.library._index.close()
        records.close()


def asked(home: Path, text: str) -> Results:
    return find(Search(id="", query=text), home)


def index_of(home: Path) -> Path:
    folder = home / "index"
    return folder / (folder / "current").read_text()


def test_commands_look_up_on_a_read_only_disk_and_leave_it_as_it_is(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEETING_LANG", "en")
    before = content(home)
    remount(home.parent, "ro")
    for _ in range(2):
        found = asked(home, "原则同意清理")
        assert [hit.text for hit in found.hits if hit.kind == "record"] == [SAID]
    assert asked(home, "zhenggai").total and not asked(home, "没有这样的话").hits
    matter("审议办公用房清理整改方案", home=home)
    shown = capsys.readouterr()
    assert "局长办公会议" in shown.out and shown.err == ""
    with pytest.raises(HomeReadOnly):
        reindex(home=home)
    assert content(home) == before


def test_what_the_index_does_not_hold_yet_is_said_and_found_once_it_can_be_written(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEETING_LANG", "en")
    with opened(home) as records:
        hold(records, "调度办法先试行三个月。")
    remount(home.parent, "ro")
    assert asked(home, "清理整改").total
    assert "newest records may be missing" in capsys.readouterr().err
    remount(home.parent, "rw")
    assert asked(home, "先试行三个月").hits[0].text == "调度办法先试行三个月。"
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("wrong", ["missing", "no generation", "damaged", "log without its memory"])
def test_an_index_that_cannot_be_read_there_is_refused_in_a_sentence(home: Path, wrong: str) -> None:
    place = index_of(home)
    match wrong:
        case "missing":
            shutil.rmtree(home / "index")
        case "no generation":
            (home / "index" / "current").unlink()
        case "damaged":
            (place / DATABASE).write_bytes("无".encode() * 5000)
        case _:
            left_open(place / DATABASE, home.parent)
            (place / f"{DATABASE}-shm").unlink()
    remount(home.parent, "ro")
    with pytest.raises(IndexReadOnly) as refused:
        asked(home, "清理整改")
    assert str(home / "index") in str(refused.value) and "meeting show" in str(refused.value)
    with opened(home) as records, pytest.raises(IndexReadOnly):
        records.library.tend_behind()


def left_open(database: Path, aside: Path) -> None:
    """As a program leaves it that is killed: what it wrote last stands in the log."""
    kept = aside / "kept"
    kept.mkdir()
    with closing(sqlite3.connect(database)) as db:
        db.execute("INSERT OR REPLACE INTO state VALUES ('probe', '1')")
        db.commit()
        for path in database.parent.glob(f"{database.name}*"):
            shutil.copy(path, kept)
    for path in kept.iterdir():
        shutil.copy(path, database.parent)


def test_an_index_whose_writer_was_killed_is_searched_with_its_log(home: Path) -> None:
    left_open(index_of(home) / DATABASE, home.parent)
    assert (index_of(home) / f"{DATABASE}-wal").stat().st_size
    remount(home.parent, "ro")
    assert asked(home, "原则同意清理").total


def test_a_service_answers_on_a_read_only_disk_and_goes_on_when_it_can_be_written(home: Path) -> None:
    before = content(home)
    remount(home.parent, "ro")
    with opened(home) as records:
        library = records.library
        library.tend_behind()
        tending = library._tending
        assert tending is not None
        until(lambda: not tending.later([]))
        assert library.search(Query(text="原则同意清理")).total and library.falls_short() is False
        assert library.complete("办公", 3)
        meeting = records.meetings.all()[0]
        with pytest.raises(SearchError):
            library.fold(meeting)
        assert content(home) == before
        remount(home.parent, "rw")
        library._index.replace([Document(id="新", kind="document", title="新文件")], fold=False)  # type: ignore[union-attr] # opened above
        assert library.search(Query(text="新文件")).total == 1
        assert not library._index.read_only()  # type: ignore[union-attr] # likewise
