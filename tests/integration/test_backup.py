"""Back-up and restore: of one moment while a meeting runs, checked by hash, and never a loss of what was there."""

import json
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import numpy as np
import pytest

from asr.journal import JournalReader, JournalWriter
from asr.journal_records import RATE_HZ
from asr.sealing import seal
from meeting.backup.errors import (
    BackupBusy,
    BackupDamaged,
    BackupPlace,
    BackupRoom,
    HomeInUse,
    NoBackup,
    SoundInUse,
)
from meeting.backup.known import copies_of_sound, known_in
from meeting.backup.making import make_backup
from meeting.backup.manifest import CopiedFile, alone_in, object_path, read_manifest, write_manifest
from meeting.backup.restoring import check_backup, restore_backup
from meeting.errors import ServiceRunning, StoreDamaged
from meeting.home import Home, ServiceLock
from meeting.records import Records
from meeting.verification import verify_meeting
from search.documents import Query
from tests.conftest import ROOT, Cli
from tests.integration.record_homes import begun, ended, recorded, texts, tone
from tests.unit.meeting.store_homes import remount, said, small_disk
from tests.unit.meeting.test_store_schema import CLOSED, put_older


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "备份"


@pytest.fixture
def other(tmp_path: Path) -> Home:
    """Another machine's home."""
    return Home(tmp_path / "另一个家")


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


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
        assert records.log(meeting).last_seq() > seq
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
make_backup(Home(Path(sys.argv[1])), Path(sys.argv[2]), lambda done, total: print(done, flush=True))
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
        [sys.executable, "-c", MAKER, str(home), str(place)], stdout=subprocess.PIPE, cwd=ROOT
    )
    assert child.stdout is not None
    if lines:
        for _ in range(lines):
            child.stdout.readline()
    else:
        until = time.monotonic() + 20
        while not (place / "files" / "drafts").exists() and time.monotonic() < until:
            time.sleep(0.001)
    child.send_signal(signal.SIGKILL)
    child.communicate()
    assert check_backup(place) == before
    restore_backup(place, other)
    assert Records(other).log(meeting).last_seq() == 2
    make_backup(records.home, place)
    restore_backup(place, other, replace=True)
    assert texts(Records(other), meeting) == ["后来说的。"]
    assert not (place / "files" / "drafts").exists()


def test_flipped_byte_is_refused_by_the_files_name(cli: Cli, home: Path, place: Path, other: Home) -> None:
    records, _ = ended(home)
    make_backup(records.home, place)
    for file in read_manifest(place).files:
        path = object_path(place, file.sha256)
        whole = path.read_bytes()
        path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        with pytest.raises(BackupDamaged) as refused:
            restore_backup(place, other)
        assert refused.value.facts["file"] == file.name
        path.unlink()
        with pytest.raises(BackupDamaged):
            check_backup(place)
        path.write_bytes(whole)
    assert not (other.folder / "meeting.db").exists()
    manifest = place / "backup.json"
    text = manifest.read_text("utf-8")
    manifest.write_text(text.replace('"seq": 7', '"seq": 6'), "utf-8")
    answer = cli("restore", place, "--into", other.folder)
    assert answer.returncode == 1 and "backup.json was changed" in answer.stderr
    manifest.write_text(text, "utf-8")
    assert cli("restore", place, "--check").returncode == 0


def test_name_that_leads_out_of_the_home_is_refused(home: Path, place: Path, other: Home) -> None:
    records, _ = ended(home)
    make_backup(records.home, place)
    manifest = read_manifest(place)
    outside = CopiedFile(name="../outside", size=1, sha256=manifest.files[0].sha256)
    write_manifest(place, msgspec.structs.replace(manifest, files=(outside,)))
    with pytest.raises(BackupDamaged):
        restore_backup(place, other)


def test_home_with_records_is_replaced_only_on_order_and_put_aside(cli: Cli, home: Path, place: Path) -> None:
    records, meeting = ended(home)
    assert cli.json("backup", place)["meetings"] == 1
    records.log(meeting).append([said(5, "备份之后。")])
    refused = cli("restore", place)
    assert refused.returncode == 1 and "holds records already" in refused.stderr
    assert texts(records, meeting)[-1] == "备份之后。"
    records.close()
    epoch = cli.json("restore", place, "--replace")
    aside = Path(epoch["aside"])
    assert texts(Records(Home(home)), meeting)[-1] == "原则同意。"
    assert texts(Records(Home(aside)), meeting)[-1] == "备份之后。"
    assert list((aside / "meetings" / meeting / "audio").glob("part-*"))
    assert {one.place for one in copies_of_sound(Home(home), meeting)} == {
        str(place),
        str(aside / "meetings" / meeting / "audio"),
    }
    assert not list(home.glob(".restoring"))


def test_home_with_damaged_records_is_restored(home: Path, place: Path) -> None:
    records, meeting = ended(home)
    make_backup(records.home, place)
    records.close()
    (home / "meeting.db").write_bytes(b"\xff" * 50_000)
    with pytest.raises(HomeInUse):
        restore_backup(place, Home(home))
    report = restore_backup(place, Home(home), replace=True)
    assert report.aside is not None
    assert (Path(report.aside) / "meeting.db").read_bytes() == b"\xff" * 50_000
    assert texts(Records(Home(home)), meeting)[0] == "现在开会𠮷。"


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


def test_running_service_or_recorder_keeps_its_home(home: Path, place: Path) -> None:
    records, meeting = ended(home)
    make_backup(records.home, place)
    lock = ServiceLock(records.home)
    try:
        with pytest.raises(ServiceRunning):
            restore_backup(place, Home(home), replace=True)
    finally:
        lock.release()
    with JournalWriter(home / "meetings" / "20260309-zzzz" / "audio"), pytest.raises(SoundInUse):
        restore_backup(place, Home(home), replace=True)
    assert records.log(meeting).verify() is None


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
        assert not (disk / "备份" / "backup.json").exists()


def test_disk_that_cannot_be_written_can_be_restored_from(home: Path, other: Home, tmp_path: Path) -> None:
    records, meeting = ended(home)
    with small_disk(tmp_path / "disk", "size=60m") as disk:
        make_backup(records.home, disk / "备份")
        remount(disk, "ro")
        restore_backup(disk / "备份", other)
        remount(disk, "rw")
    assert texts(Records(other), meeting) == texts(records, meeting)


def test_known_places_come_along_and_say_what_they_hold(
    home: Path, place: Path, other: Home, tmp_path: Path
) -> None:
    records, meeting = ended(home)
    make_backup(records.home, tmp_path / "第一")
    make_backup(records.home, place)
    restore_backup(place, other)
    shutil.rmtree(tmp_path / "第一")
    assert {(one.place, one.state) for one in copies_of_sound(other, meeting)} == {
        (str(tmp_path / "第一"), "unknown"),
        (str(place), "holds"),
    }
    assert (other.folder / "backups.json").stat().st_mode & 0o777 == 0o600


def test_older_records_are_restored_as_todays(home: Path, place: Path, other: Home) -> None:
    here = Home(home).prepare()
    put_older(here.database_url, 1)
    make_backup(here, place)
    restore_backup(place, other)
    assert Records(other).log(CLOSED).verify() is None


def test_key_inside_the_home_is_not_copied(home: Path, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    records, meeting = ended(home)
    key = records.home.journal(meeting) / "sound.key"
    key.write_bytes(b"secret")
    monkeypatch.setenv("MEETING_SOUND_KEY_FILE", str(key))
    make_backup(records.home, place)
    assert not [one.name for one in read_manifest(place).files if "sound.key" in one.name]


def test_records_of_a_server_are_backed_up_and_restored(
    store_url: str, home: Path, place: Path, other: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEETING_DATABASE_URL", store_url)
    records, meeting = ended(home)
    make_backup(Home(home), place)
    bodies = records.log(meeting).after(0)
    records.log(meeting).append([said(5, "备份之后。")])
    with pytest.raises(HomeInUse):
        restore_backup(place, Home(home))
    report = restore_backup(place, Home(home), replace=True)
    assert records.log(meeting).after(0) == bodies and records.log(meeting).verify() is None
    records.close()
    monkeypatch.delenv("MEETING_DATABASE_URL")
    # The same back-up on a machine without a server.
    restore_backup(place, other)
    assert Records(other).log(meeting).after(0) == bodies
    if store_url.startswith("postgresql"):
        assert report.aside is not None
        assert texts(Records(Home(Path(report.aside))), meeting)[-1] == "备份之后。"


def test_doctor_says_when_records_are_damaged(cli: Cli, home: Path) -> None:
    records, _ = ended(home)
    records.close()
    found = json.loads(cli("doctor", "--json").stdout)["checks"]
    assert [one["problem"] for one in found if one["name"] == "records"] == [None]
    path = home / "meeting.db"
    whole = path.read_bytes()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM meetings")
    assert "speaks of a meeting that is not there" in records_problem(cli)
    # Every page but the first few is as it was; one holds nothing that belongs there.
    path.write_bytes(whole[: 4096 * 5] + b"\xaa" * 4096 + whole[4096 * 6 :])
    assert "meeting restore DIR" in records_problem(cli)
    assert path.stat().st_size == len(whole)


def records_problem(cli: Cli) -> str:
    answer = cli("doctor", "--json")
    assert answer.returncode != 0 and answer.stderr == ""
    (problem,) = [one["problem"] for one in json.loads(answer.stdout)["checks"] if one["name"] == "records"]
    assert "damaged" in problem
    return str(problem)
