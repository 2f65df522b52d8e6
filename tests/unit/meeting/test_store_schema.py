"""Every older version of the tables becomes today's, whole or not at all, whoever opens first."""

import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, inspect, select, text

from meeting.errors import DiskFull
from meeting.store.archive import ArchiveStore
from meeting.store.copying import copy_rows
from meeting.store.engine import open_engine, writing
from meeting.store.log import EventLog
from meeting.store.meetings import Meetings
from meeting.store.schema import MIGRATIONS
from meeting.store.tables import SCHEMA_VERSION, facts
from meeting.store.words import BodyWord, WordLists
from tests.unit.meeting.store_homes import opened, said, small_disk, url_of

DATA = Path(__file__).parents[2] / "data" / "store"
OLDER = range(1, SCHEMA_VERSION)
CLOSED, OPEN, WAITING = "20260309-v1aa", "20260316-v1bb", "20260323-v1cc"


def put_older(url: str, version: int) -> None:
    """A database as the program of that version left it; PostgreSQL takes the same rows in tables made alike."""
    script = (DATA / f"v{version}.sql").read_text(encoding="utf-8")
    if url.startswith("sqlite"):
        with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
            connection.executescript(script)
        connection.close()
        return
    engine = create_engine(url.replace("postgresql", "postgresql+psycopg", 1))
    with engine.begin() as server:
        for statement in _in_order(script):
            server.exec_driver_sql(statement)
    engine.dispose()


def _in_order(dump: str) -> list[str]:
    """The statements of a dump, which SQLite gives by name, so that nothing speaks of what is not there yet."""
    statements = [
        one.strip() for one in re.split(r";\n(?=CREATE|INSERT|COMMIT)", dump.split("BEGIN TRANSACTION;")[1])
    ]
    ranks = {"CREATE TABLE": 0, "INSERT INTO ": 2, "CREATE INDEX": 4}
    ranked = []
    for one in statements:
        if (rank := ranks.get(one[:12])) is not None:
            ranked.append((rank + ("FOREIGN KEY" in one or (rank == 2 and '"meetings"' not in one[:24])), one))
    return [one.replace("%", "%%") for _, one in sorted(ranked, key=lambda pair: pair[0])]


def bodies_of(version: int) -> dict[str, list[bytes]]:
    """The events in that version's database, as they went over the wire."""
    connection = sqlite3.connect(":memory:")
    connection.executescript((DATA / f"v{version}.sql").read_text(encoding="utf-8"))
    found: dict[str, list[bytes]] = {CLOSED: [], OPEN: [], WAITING: []}
    for meeting, body in connection.execute("SELECT meeting_id, body FROM events ORDER BY meeting_id, seq"):
        found[meeting].append(body.encode())
    connection.close()
    return found


@pytest.mark.parametrize("version", OLDER)
def test_older_database_becomes_one_of_today_with_every_row(store_url: str, version: int) -> None:
    put_older(store_url, version)
    with opened(store_url) as engine:
        for meeting, bodies in bodies_of(version).items():
            log = EventLog(engine, meeting)
            assert log.after(0) == bodies and log.verify() is None
        closed = EventLog(engine, CLOSED).state()
        assert [one.text for one in closed.segments] == [
            "现在开始审议第一个议题。",
            "𠮷野家〇号楼已腾退。",
            "我同意。",
        ]
        assert ([one.outcome for one in closed.decisions], len(closed.actions)) == (["原则通过"], 1)
        opened_again = Meetings(engine).open()
        assert opened_again is not None and (opened_again.id, opened_again.cut_sample) == (OPEN, 32000)
        assert [one.title for one in ArchiveStore(engine).documents()] == ["纪要𠮷"]
        assert [one.event.seq for one in EventLog(engine, OPEN).append([said(5)])] == [3]
        assert EventLog(engine, OPEN).verify() is None
        WordLists(engine).put(BodyWord(body="局长办公会", text="三供一业"))


@pytest.mark.parametrize("version", OLDER)
def test_migrated_tables_are_those_of_a_new_database(
    store_url: str, version: int, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    put_older(store_url, version)
    (tmp_path / "new").mkdir()
    new_url = (
        url_of(tmp_path / "new")
        if store_url.startswith("sqlite")
        else request.getfixturevalue("postgres").new_database()
    )
    with opened(store_url) as engine, opened(new_url) as new:
        assert shape(engine) == shape(new)
        with engine.connect() as connection:
            schema = connection.execute(select(facts.c.value).where(facts.c.name == "schema")).scalar()
        assert schema == str(SCHEMA_VERSION)


def shape(engine: Engine) -> dict[str, object]:
    """What our tables are made of, as the database says it."""
    found = inspect(engine)
    return {
        name: (
            sorted(str(sorted(column.items(), key=str)) for column in found.get_columns(name)),
            found.get_pk_constraint(name)["constrained_columns"],
            sorted((key["constrained_columns"], key["referred_table"]) for key in found.get_foreign_keys(name)),
            sorted(str(index["column_names"]) for index in found.get_indexes(name)),
        )
        for name in found.get_table_names()
        if name != "alembic_version"
    }


def test_there_is_one_step_and_one_older_database_for_every_version() -> None:
    script = ScriptDirectory(str(MIGRATIONS))
    assert [one.revision for one in script.walk_revisions()] == [str(n) for n in range(SCHEMA_VERSION, 0, -1)]
    assert {path.name for path in DATA.glob("v*.sql")} == {f"v{version}.sql" for version in OLDER}


@pytest.mark.parametrize("version", OLDER)
def test_file_is_kept_as_it_was_before_a_migration(tmp_path: Path, version: int) -> None:
    put_older(url_of(tmp_path), version)
    with opened(url_of(tmp_path)):
        pass
    kept = tmp_path / f"meeting.db.schema-{version}"
    assert kept.stat().st_mode & 0o777 == 0o600
    with sqlite3.connect(kept) as connection:
        assert connection.execute("SELECT value FROM facts WHERE name = 'schema'").fetchone() == (str(version),)
        assert connection.execute("SELECT count(*) FROM events").fetchone() == (
            sum(map(len, bodies_of(version).values())),
        )
    connection.close()
    assert {path.name for path in tmp_path.iterdir()} == {"meeting.db", kept.name}


def test_new_database_is_no_migration(tmp_path: Path) -> None:
    with opened(url_of(tmp_path)):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["meeting.db"]


def test_migration_that_fails_leaves_the_database_as_it_was(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "size=160k") as disk:
        put_older(url_of(disk), 1)
        with pytest.raises(DiskFull):
            open_engine(url_of(disk))
        with sqlite3.connect(disk / "meeting.db") as connection:
            assert connection.execute("SELECT value FROM facts WHERE name = 'schema'").fetchone() == ("1",)
            columns = [row[1] for row in connection.execute("PRAGMA table_info(events)")]
        connection.close()
        assert "hash" not in columns


OPENER = """
import sys
from meeting.store.engine import open_engine
from meeting.store.meetings import Meetings
print(Meetings(open_engine(sys.argv[1])).epoch())
"""


@pytest.mark.parametrize("older", [False, True], ids=["new", "older"])
def test_programs_that_open_at_once_find_one_database(store_url: str, older: bool) -> None:
    if older:
        put_older(store_url, 1)
    openers = [
        subprocess.Popen([sys.executable, "-c", OPENER, store_url], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(4)
    ]
    answers = [opener.communicate(timeout=120) for opener in openers]
    assert [opener.returncode for opener in openers] == [0] * 4, answers
    assert len({out for out, _ in answers}) == 1
    if older:
        with opened(store_url) as engine:
            assert EventLog(engine, CLOSED).verify() is None


def test_rows_move_to_a_database_of_another_kind(store_url: str, tmp_path: Path) -> None:
    put_older(store_url, 1)
    (tmp_path / "other").mkdir()
    with opened(store_url) as source, opened(url_of(tmp_path / "other")) as target:
        with source.connect() as read, writing(target) as write:
            copy_rows(read, write)
        assert EventLog(target, CLOSED).verify() is None
        assert EventLog(target, CLOSED).state() == EventLog(source, CLOSED).state()
        assert Meetings(target).epoch() == Meetings(source).epoch()
        with target.connect() as connection:
            assert connection.execute(text("SELECT count(*) FROM archive")).scalar() == 1
