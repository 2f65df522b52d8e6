"""A database that cannot be used is refused in one sentence, and nothing of it is lost or changed."""

import sqlite3
from pathlib import Path

import pytest

from meeting.errors import DiskFull, HomeReadOnly, StoreDamaged, StoreLocked
from meeting.store.engine import open_engine, refusing
from meeting.store.errors import DatabaseUrlBad, StoreNewer, StoreUnreachable, StoreUnwritable
from meeting.store.log import EventLog
from meeting.store.meetings import Meetings
from meeting.store.tables import SCHEMA_VERSION
from tests.postgres import PostgresServer, running_server
from tests.unit.meeting.store_homes import AGENDA, engine_in, new_log, opened, remount, said, small_disk, url_of


def test_every_commit_is_synced_and_readers_never_wait(tmp_path: Path) -> None:
    with engine_in(tmp_path) as engine, engine.connect() as connection:
        pragmas = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")
        ]
        assert pragmas == ["wal", 2]
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_file_that_is_no_database_is_refused_and_kept(tmp_path: Path) -> None:
    content = "这不是数据库。".encode() * 1000
    (tmp_path / "meeting.db").write_bytes(content)
    with pytest.raises(StoreDamaged) as refused:
        open_engine(url_of(tmp_path))
    assert str(refused.value) == (
        "The records in meeting.db are damaged (file is not a database); nothing was changed. "
        "Keep that file and restore a back-up with `meeting restore DIR`."
    )
    assert (tmp_path / "meeting.db").read_bytes() == content


def test_database_with_broken_pages_is_refused(tmp_path: Path) -> None:
    with engine_in(tmp_path) as engine:
        log = new_log(engine)
        for number in range(50):
            log.append([said(number, "会议原则同意。" * 50)])
    path = tmp_path / "meeting.db"
    whole = bytearray(path.read_bytes())
    whole[4096:] = b"\xff" * (len(whole) - 4096)
    path.write_bytes(whole)
    with pytest.raises(StoreDamaged), engine_in(tmp_path) as engine:
        EventLog(engine, log._id).all()


def test_tables_of_a_later_program_are_left_alone(tmp_path: Path) -> None:
    with engine_in(tmp_path) as engine, engine.begin() as connection:
        connection.exec_driver_sql("UPDATE facts SET value = '99' WHERE name = 'schema'")
    with pytest.raises(StoreNewer) as refused:
        open_engine(url_of(tmp_path))
    assert refused.value.facts == {"file": "meeting.db", "found": "99", "known": SCHEMA_VERSION}


def test_tables_that_do_not_say_their_version_are_left_alone(tmp_path: Path) -> None:
    with engine_in(tmp_path) as engine, engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM facts WHERE name = 'schema'")
    with pytest.raises(StoreDamaged):
        open_engine(url_of(tmp_path))


@pytest.mark.parametrize(
    ("url", "refusal"),
    [
        ("mysql://root:geheim@server/meetings", DatabaseUrlBad),
        ("geheim", DatabaseUrlBad),
        ("postgresql://user:geheim@server:port/meetings", DatabaseUrlBad),
        ("postgresql://user:geheim@127.0.0.1:1/meetings", StoreUnreachable),
    ],
)
def test_database_that_cannot_be_reached_is_refused_without_its_password(
    url: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal) as refused:
        open_engine(url)
    assert "MEETING_DATABASE_URL" in str(refused.value) and "geheim" not in str(refused.value)


def test_server_that_was_started_anew_is_gone_on_with() -> None:
    with running_server() as server, opened(server.new_database()) as engine:
        log = new_log(engine)
        log.append([said(1)])
        with engine.connect() as connection:
            pids = connection.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            )
            assert pids.all()
        assert [one.event.seq for one in log.append([said(2)])] == [2]


def test_every_commit_is_synced_by_a_server_too(postgres: PostgresServer) -> None:
    with opened(postgres.new_database()) as engine, engine.connect() as connection:
        assert connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"


def test_store_held_by_another_program_is_waited_for_then_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("meeting.store.engine.BUSY_MS", 150)
    with engine_in(tmp_path) as engine:
        log = new_log(engine)
        log.append([said(1)])
        other = sqlite3.connect(tmp_path / "meeting.db")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreLocked) as refused:
            log.append([said(2)], cut_sample=5)
        # Reading goes on.
        assert log.last_seq() == 1
        other.rollback()
        other.close()
        assert "meeting.db are held by another program" in str(refused.value)
        assert [one.event.seq for one in log.append([said(2)])] == [2]


def test_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(HomeReadOnly) as refused:
        open_engine(f"sqlite:///{tmp_path / 'nowhere' / 'meeting.db'}")
    assert str(tmp_path / "nowhere") in str(refused.value)


def test_read_only_disk_is_read_and_refuses_to_be_written(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        with engine_in(disk) as engine:
            log = new_log(engine)
            log.append([said(1)])
        remount(disk, "ro")
        with engine_in(disk) as engine:
            there = EventLog(engine, log._id)
            assert there.last_seq() == 1
            with pytest.raises(HomeReadOnly):
                there.append([said(2)])
        remount(disk, "rw")
        with engine_in(disk) as engine:
            assert EventLog(engine, log._id).last_seq() == 1


def test_an_error_of_a_disk_that_takes_no_files_is_no_damage_of_the_records(tmp_path: Path) -> None:
    failed = sqlite3.OperationalError("disk I/O error")
    with small_disk(tmp_path / "disk") as disk:
        url = f"sqlite:///{disk / 'meeting.db'}"
        with pytest.raises(StoreDamaged), refusing(url):
            raise failed
        remount(disk, "ro")
        with pytest.raises(StoreUnwritable) as refused, refusing(url):
            raise failed
    assert "What was stored before is safe" in str(refused.value)


def test_full_disk_is_refused_and_goes_on_where_it_was_once_there_is_room(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "size=600k") as disk, engine_in(disk) as engine:
        log = new_log(engine)
        stored = 0
        with pytest.raises(DiskFull) as refused:
            for number in range(1000):
                log.append([said(number, "会议原则同意办公用房清理整改方案。" * 20)], cut_sample=number + 1)
                stored += 1
        assert "What was stored before is safe" in str(refused.value)
        assert stored > 5
        assert (log.last_seq(), log.last_seq(), len(log.state().segments)) == (stored, stored, stored)
        assert Meetings(engine).get(log._id).cut_sample == stored
        remount(disk, "size=4m")
        assert [one.event.seq for one in log.append([said(5000)])] == [stored + 1]


def test_full_disk_refuses_a_new_store_too(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "size=16k") as disk:
        with pytest.raises(DiskFull), engine_in(disk) as engine:
            Meetings(engine).add(AGENDA)
