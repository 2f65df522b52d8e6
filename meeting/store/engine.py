"""Opens the database and turns its failures into sentences."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from sqlalchemy import Connection, Engine, create_engine, event, insert, select
from sqlalchemy.exc import DBAPIError, IntegrityError

from meeting.errors import DiskFull, HomeReadOnly, StoreDamaged, StoreLocked
from meeting.store.tables import SCHEMA_VERSION, facts, metadata

BUSY_MS = 5_000
ROOM_BYTES = 64 * 1024
"""With less than this free, SQLite calls a full disk an I/O error: it has no room for its shared memory."""


def open_engine(url: str) -> Engine:
    """A database with our tables, made when it is new. SQLite runs in WAL mode and syncs every commit.

    Raises StoreDamaged, StoreLocked, HomeReadOnly, DiskFull.
    """
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _configure_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    with refusing(url), writing(engine) as connection:
        metadata.create_all(connection)
        _first_facts(connection)
    return engine


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that reads and then writes: another writer waits before either, and sees the result."""
    with engine.execution_options(writes=True).begin() as connection:
        yield connection


def _configure_sqlite(connection: object, record: object) -> None:
    # The driver's own idea of a transaction begins at the first write: what was read before it would not hold.
    connection.isolation_level = None  # type: ignore[attr-defined] # as below
    cursor = connection.cursor()  # type: ignore[attr-defined] # a DBAPI connection, which has no type of its own
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={BUSY_MS}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _first_facts(connection: Connection) -> None:
    known = {row.name: row.value for row in connection.execute(select(facts))}
    fresh = {"epoch": uuid4().hex, "schema": str(SCHEMA_VERSION)}
    missing = [{"name": name, "value": value} for name, value in fresh.items() if name not in known]
    if missing:
        connection.execute(insert(facts), missing)
    if known.get("schema", str(SCHEMA_VERSION)) != str(SCHEMA_VERSION):
        raise StoreDamaged(file="meeting.db", why=f"schema {known['schema']}, this program knows {SCHEMA_VERSION}")


@contextmanager
def refusing(store: str) -> Iterator[None]:
    """Turns a failure of the database into a refusal that says what to do; our own mistakes pass."""
    try:
        yield
    except IntegrityError:
        raise
    except DBAPIError as error:
        words = str(error.orig).lower()
        name = store.rsplit("/", 1)[-1]
        if "full" in words or ("i/o error" in words and _is_full(store)):
            raise DiskFull(path=name) from error
        if "locked" in words or "busy" in words:
            raise StoreLocked(file=name) from error
        if "readonly" in words or "unable to open" in words:
            raise HomeReadOnly(home=store.removeprefix("sqlite:///")) from error
        raise StoreDamaged(file=name, why=error.orig) from error


def _is_full(store: str) -> bool:
    folder = Path(store.removeprefix("sqlite:///")).parent
    return folder.is_dir() and shutil.disk_usage(folder).free < ROOM_BYTES
