"""Making a back-up: of one moment while a meeting runs, whole or not at all, nothing copied twice."""

import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from asr.journal import JournalReader, JournalWriter
from asr.journal_records import RATE_HZ
from asr.sealing import seal
from meeting.backup.errors import (
    BackupBusy,
    BackupPlace,
    BackupRoom,
    NoBackup,
)
from meeting.backup.known import known_in
from meeting.backup.making import make_backup
from meeting.backup.manifest import alone_in, object_path, read_manifest
from meeting.backup.restoring import check_backup, restore_backup
from meeting.errors import StoreDamaged
from meeting.home import Home
from meeting.records import Records
from meeting.verification import verify_meeting
from search.documents import Query
from tests.conftest import ROOT, Cli
from tests.integration.record_homes import begun, ended, recorded, texts, tone
from tests.unit.meeting.store_homes import said, small_disk


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "备份"


@pytest.fixture
def other(tmp_path: Path) -> Home:
    """Another machine's home."""
    return Home(tmp_path / "另一个家")


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_everything_comes_back_and_nothing_secret_goes(home: Path, place: Path, other: Home) -> None:
    records, meeting = ended(home)
    records.home.token()
    records.home.exports(meeting).mkdir()
    (records.home.exports(meeting) / "会议记录.md").write_text("# 局长办公会议", "utf-8")
    report = make_backup(records.home, place)
    assert (report.meetings, report.copied_files) == (1, report.files)
    names = [one.name for one in read_manifest(place).files]
    assert f"meetings/{meeting}/exports/会议记录.md" in names and "meeting.db" in names
    assert not [name for name in names if "lock" in name or name.startswith(("run", "index"))]
    token = records.home.token().encode()
    assert not any(token in content for content in contents(place).values())
    restored = restore_backup(place, other)
    back = Records(other)
    assert back.log(meeting).after(0) == records.log(meeting).after(0)
    assert back.log(meeting).state() == records.log(meeting).state()
    assert back.meetings.get(meeting) == records.meetings.get(meeting)
    sound, before = (JournalReader(one.journal(meeting)) for one in (other, records.home))
    assert np.array_equal(sound.read(0, 10**6), before.read(0, 10**6)) and sound.sealed
    assert (other.exports(meeting) / "会议记录.md").exists()
    assert verify_meeting(back, back.meetings.get(meeting)).ok
    assert back.meetings.epoch() == restored.epoch != records.meetings.epoch()
    assert back.library.search(Query(text="现在开会")).total == 1
    assert (other.folder / "meeting.db").stat().st_mode & 0o777 == 0o600


def test_unchanged_files_are_not_copied_again(home: Path, place: Path) -> None:
    records, meeting = ended(home)
    make_backup(records.home, place)
    parts = {one.sha256 for one in read_manifest(place).files if "part-" in one.name}
    times = {one: object_path(place, one).stat().st_mtime_ns for one in parts}
    records.log(meeting).append([said(9)])
    report = make_backup(records.home, place)
    # The records have changed, and the list of known back-ups; the sound has not.
    assert report.copied_files <= 2
    assert {one: object_path(place, one).stat().st_mtime_ns for one in parts} == times
    assert len([path for path in place.rglob("*") if path.is_file()]) == len(read_manifest(place).files) + 2


def test_sealed_sound_is_backed_up_and_read_back(home: Path, place: Path, other: Home) -> None:
    records, meeting = ended(home)
    make_backup(records.home, place)
    sealed = seal(records.home.journal(meeting))
    make_backup(records.home, place)
    manifest = read_manifest(place)
    head = manifest.head(meeting)
    assert head is not None and head.sound == sealed.chain
    assert not [one.name for one in manifest.files if one.name.endswith(".smj")]
    restore_backup(place, other)
    assert len(JournalReader(other.journal(meeting)).read(0, 10**6)) == 25 * RATE_HZ
    back = Records(other)
    found = verify_meeting(back, back.meetings.get(meeting))
    assert (found.ok, found.sound, found.backups) == (True, "sealed", 1)


@pytest.fixture
def running(home: Path) -> Iterator[tuple[Records, str]]:
    """A meeting that is written to, events and sound, as fast as it goes."""
    records, meeting = begun(home)
    folder = records.home.make_journal(meeting)
    stop = threading.Event()
    failures = list[BaseException]()

    def speak() -> None:
        try:
            log = records.log(meeting)
            for number in range(100_000):
                if stop.is_set():
                    return
                log.append([said(number, f"第{number}句。")], cut_sample=number)
        except BaseException as error:
            failures.append(error)

    def record() -> None:
        try:
            with JournalWriter(folder, part_samples=20 * RATE_HZ) as writer:
                while not stop.is_set():
                    writer.append(tone(0.1, writer.end_sample))
                    time.sleep(0.0005)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=one) for one in (speak, record)]
    for thread in threads:
        thread.start()
    yield records, meeting
    stop.set()
    for thread in threads:
        thread.join()
    assert failures == []


def test_backup_while_a_meeting_runs_is_of_one_moment(
    running: tuple[Records, str], place: Path, other: Home
) -> None:
    records, meeting = running
    for _ in range(3):
        seq = records.log(meeting).last_seq()
        make_backup(records.home, place)
        until(lambda seq=seq: records.log(meeting).last_seq() > seq)
    sound_then = JournalReader(records.home.journal(meeting)).end_sample
    restore_backup(place, other)
    back = Records(other)
    bodies = back.log(meeting).after(0, limit=10**6)
    assert len(bodies) == back.log(meeting).last_seq() >= seq
    assert records.log(meeting).after(0, limit=len(bodies)) == bodies
    assert back.log(meeting).verify() is None
    # Recognition goes on from the same place.
    assert back.meetings.get(meeting).cut_sample == int(texts(back, meeting)[-1][1:-2])
    journal, whole = (JournalReader(one.journal(meeting)) for one in (other, records.home))
    assert 0 < journal.end_sample <= sound_then and journal.gaps() == []
    assert np.array_equal(journal.read(0, journal.end_sample), whole.read(0, journal.end_sample))
    with JournalWriter(other.journal(meeting)) as writer:
        assert writer.end_sample == journal.end_sample


MAKER = """
import sys
from pathlib import Path
from meeting.backup.making import make_backup
from meeting.home import Home
def tell(done, total):
    print(done, flush=True)
    sys.stdin.readline()
make_backup(Home(Path(sys.argv[1])), Path(sys.argv[2]), tell)
"""


@pytest.mark.parametrize("lines", [0, 1, 2])
def test_backup_that_is_killed_leaves_the_one_before_and_the_next_is_whole(
    home: Path, place: Path, other: Home, lines: int
) -> None:
    records, meeting = begun(home)
    recorded(records, meeting, 30)
    make_backup(records.home, place)
    before = read_manifest(place)
    records.log(meeting).append([said(1, "后来说的。")])
    recorded(records, meeting, 300)
    child = subprocess.Popen(
        [sys.executable, "-c", MAKER, str(home), str(place)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        bufsize=0,
    )
    assert child.stdout is not None and child.stdin is not None
    # It goes no further than what it has told before it is told to.
    for number in range(lines):
        child.stdin.write(b"\n" * (number > 0))
        assert child.stdout.readline()
    if not lines:
        until((place / "files" / "drafts").exists)
    child.send_signal(signal.SIGKILL)
    child.communicate()
    assert check_backup(place) == before
    restore_backup(place, other)
    assert Records(other).log(meeting).last_seq() == 2
    make_backup(records.home, place)
    restore_backup(place, other, replace=True)
    assert texts(Records(other), meeting) == ["后来说的。"]
    assert not (place / "files" / "drafts").exists()


def test_damaged_records_take_no_backups_place(home: Path, place: Path) -> None:
    records, meeting = ended(home)
    make_backup(records.home, place)
    before = read_manifest(place)
    records.close()
    with closing(sqlite3.connect(home / "meeting.db")) as connection, connection:
        connection.execute("DELETE FROM events WHERE seq = 3")
    with pytest.raises(StoreDamaged) as refused:
        make_backup(Home(home), place)
    assert refused.value.facts["file"] == "meeting.db"
    assert check_backup(place) == before


def test_two_at_one_backup_wait_for_no_one(home: Path, place: Path) -> None:
    records, _ = ended(home)
    make_backup(records.home, place)
    with alone_in(place):
        with pytest.raises(BackupBusy):
            make_backup(records.home, place)
        with pytest.raises(BackupBusy):
            check_backup(place)


def test_place_that_cannot_take_it_is_refused(cli: Cli, home: Path, tmp_path: Path) -> None:
    records, _ = ended(home)
    for wrong in (home, home / "备份", tmp_path):
        with pytest.raises(BackupPlace):
            make_backup(records.home, wrong)
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(BackupPlace):
        make_backup(records.home, tmp_path / "file" / "x")
    with pytest.raises(NoBackup):
        check_backup(tmp_path)
    assert cli("restore", tmp_path).returncode == 2
    assert not known_in(home)


def test_full_disk_is_told_before_anything_is_copied(home: Path, tmp_path: Path) -> None:
    records, meeting = begun(home)
    recorded(records, meeting, 300)
    with small_disk(tmp_path / "disk", "size=20m") as disk:
        with pytest.raises(BackupRoom) as refused:
            make_backup(records.home, disk / "备份")
        assert int(refused.value.facts["needed"]) > int(refused.value.facts["free"])
        # Nothing is left there that would take the room.
        assert sum(path.stat().st_size for path in (disk / "备份").rglob("*") if path.is_file()) < 200_000
        assert not (disk / "备份" / "backup.json").exists()


def test_key_inside_the_home_is_not_copied(home: Path, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    records, meeting = ended(home)
    key = records.home.journal(meeting) / "sound.key"
    key.write_bytes(b"secret")
    monkeypatch.setenv("MEETING_SOUND_KEY_FILE", str(key))
    make_backup(records.home, place)
    assert not [one.name for one in read_manifest(place).files if "sound.key" in one.name]
