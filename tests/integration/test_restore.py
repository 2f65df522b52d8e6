"""Restoring a back-up: checked by hash before anything changes, and never a loss of what was there."""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from asr.journal import JournalWriter
from meeting.backup.errors import (
    BackupDamaged,
    HomeInUse,
    SoundInUse,
)
from meeting.backup.known import copies_of_sound
from meeting.backup.making import make_backup
from meeting.backup.manifest import CopiedFile, object_path, read_manifest, write_manifest
from meeting.backup.restoring import check_backup, restore_backup
from meeting.errors import ServiceRunning
from meeting.home import Home, ServiceLock
from meeting.records import Records
from tests.conftest import Cli
from tests.integration.record_homes import ended, texts
from tests.unit.meeting.store_homes import remount, said, small_disk
from tests.unit.meeting.test_store_schema import CLOSED, put_older


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "备份"


@pytest.fixture
def other(tmp_path: Path) -> Home:
    """Another machine's home."""
    return Home(tmp_path / "另一个家")


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
