"""A database that cannot be written any more: the text in it is still its own user's to read and to save."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from shutil import copytree

import pytest

from meeting.access.door import Door
from meeting.access.grant import Grant
from meeting.errors import DiskFull, HomeReadOnly, StoreLocked
from meeting.home import Home
from meeting.records import Records
from tests.integration.record_homes import ended
from tests.unit.meeting.store_homes import held_by_another, remount, small_disk
from ui.cli.recall import passage_at
from ui.cli.records import export_record, show

SAID = "原则同意。"


@contextmanager
def full(folder: Path) -> Iterator[None]:
    with (folder / "filler").open("wb", buffering=0) as filler, pytest.raises(OSError, match="No space left"):
        while True:
            filler.write(bytes(4096))
    yield


Failure = Callable[[Path], AbstractContextManager[None]]


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr("meeting.store.engine.BUSY_MS", 100)
    monkeypatch.setenv("MEETING_LANG", "zh")
    with small_disk(tmp_path / "disk", "size=4m") as folder:
        yield folder


@pytest.mark.parametrize(("failing", "refusal"), [(held_by_another, StoreLocked), (full, DiskFull)])
def test_its_own_user_reads_and_saves_a_record_and_is_warned_where_others_are_refused(
    disk: Path,
    tmp_path: Path,
    failing: Failure,
    refusal: type[Exception],
    capsys: pytest.CaptureFixture[str],
) -> None:
    home = disk / "家"
    records, meeting = ended(home, seconds=1)
    with failing(home):
        show(meeting, home=home)
        shown = capsys.readouterr()
        assert SAID in shown.out and shown.err.count("\n") == 1 and "未能记下" in shown.err
        export_record(meeting, format="txt", output=tmp_path / "记录.txt", home=home)
        assert SAID in (tmp_path / "记录.txt").read_text("utf-8") and "未能记下" in capsys.readouterr().err
        assert passage_at(f"record:{meeting}", "s2", 1, home) and "未能记下" in capsys.readouterr().err
        with pytest.raises(refusal):
            Door(records, "own").opened(Grant(role="archivist", clearance="内部", token="t"), meeting)
    assert records.openings.of(meeting) == []
    records.close()


def test_a_record_is_read_off_a_disk_that_became_read_only_under_a_service(
    disk: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    records, meeting = ended(tmp_path / "家", seconds=1)
    # As a service leaves it that is cut off.
    copytree(tmp_path / "家", disk / "家")
    records.close()
    remount(disk, "ro")
    show(meeting, home=disk / "家")
    shown = capsys.readouterr()
    assert SAID in shown.out and "未能记下" in shown.err
    with pytest.raises(HomeReadOnly):
        Records(Home(disk / "家")).tokens.make(Grant(role="archivist", clearance="内部"))


def test_what_can_be_written_down_is_without_a_word(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    records, meeting = ended(tmp_path / "家", seconds=1)
    records.close()
    show(meeting, home=tmp_path / "家")
    assert capsys.readouterr().err == ""
    records = Records(Home(tmp_path / "家"))
    assert [one.what for one in records.openings.of(meeting)] == ["record"]
    records.close()
