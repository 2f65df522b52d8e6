"""Opens the database and turns its failures into sentences."""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, NoSuchModuleError, OperationalError

from meeting.errors import DiskFull, HomeReadOnly, StoreDamaged, StoreLocked
from meeting.store.errors import DatabaseUrlBad, DriverMissing, StoreUnreachable, StoreUnwritable
from models.refusal import N_

BUSY_MS = 5_000
ROOM_BYTES = 64 * 1024
"""With less than this free, SQLite calls a full disk an I/O error: it has no room for its shared memory."""
DRIVERS = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg", "postgresql+psycopg": "postgresql+psycopg"}


def open_engine(url: str) -> Engine:
    """A database with our tables: made when it is new, brought up to this program's version when it is older.

    SQLite runs in WAL mode and syncs every commit; so does PostgreSQL, whatever its server's own default. Raises
    StoreDamaged, StoreLocked, StoreNewer, StoreUnreachable, HomeReadOnly, DiskFull, DatabaseUrlBad, DriverMissing.
    """
    from meeting.store.schema import bring_up_to_date

    engine = _engine(url)
    try:
        with refusing(engine.url.render_as_string()):
            bring_up_to_date(engine)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _engine(url: str) -> Engine:
    known = _known_url(url)
    kind = known.get_backend_name()
    try:
        if kind == "postgresql":
            # The connections of a server that was started anew in between are noticed before they are used.
            safe = {"options": "-c synchronous_commit=on"}
            return create_engine(known, pool_pre_ping=True, connect_args=safe)
        engine = create_engine(known, **_read_only(known))
    except ModuleNotFoundError as error:
        raise DriverMissing(kind=kind) from error
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _read_only(url: URL) -> dict[str, Any]:
    """How a database is opened that was closed whole and lies on a disk mounted to be read only; else nothing.

    Its log would be made beside it even by a reader, which is refused there; nobody can change it either.
    """
    path = Path(url.database or "")
    if not path.is_file() or not os.statvfs(path).f_flag & os.ST_RDONLY:
        return {}
    log = path.with_name(f"{path.name}-wal")
    if log.exists() and log.stat().st_size:
        return {}
    address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    return {"creator": lambda: sqlite3.connect(address, uri=True, check_same_thread=False)}


def _known_url(url: str) -> URL:
    try:
        known = make_url(url)
        return known.set(drivername=DRIVERS[known.drivername])
    except KeyError as error:
        raise DatabaseUrlBad(why=N_("only SQLite and PostgreSQL are known")) from error
    except (ArgumentError, NoSuchModuleError, ValueError) as error:
        # The library's own words repeat the URL, which may hold a password.
        raise DatabaseUrlBad(why=N_("it is no URL")) from error


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that reads and then writes: another writer waits before either, and sees the result."""
    with engine.execution_options(writes=True).begin() as connection:
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction in which everything that is read is of one moment."""
    with engine.connect() as connection:
        if engine.dialect.name != "sqlite":
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        yield connection


def _configure_sqlite(connection: object, record: object) -> None:
    # The driver's own idea of a transaction begins at the first write: what was read before it would not hold.
    connection.isolation_level = None  # type: ignore[attr-defined] # as below
    cursor = connection.cursor()  # type: ignore[attr-defined] # a DBAPI connection, which has no type of its own
    for pragma in (f"busy_timeout={BUSY_MS}", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def refusing(store: str) -> Iterator[None]:
    """Turns a failure of the database into a refusal that says what to do; our own mistakes pass."""
    try:
        yield
    except IntegrityError:
        raise
    except (DBAPIError, sqlite3.Error) as error:
        raise _refusal(error, store) from error


def _refusal(error: DBAPIError | sqlite3.Error, store: str) -> Exception:
    cause = error.orig if isinstance(error, DBAPIError) else error
    words = str(cause).lower()
    # In a URL, names that are not Latin are spelled in figures.
    store = unquote(store)
    name = store.rsplit("/", 1)[-1]
    if "full" in words or "no space left" in words or ("i/o error" in words and _is_full(store)):
        return DiskFull(path=name)
    if not store.startswith("sqlite") and isinstance(error, OperationalError):
        return StoreUnreachable(store=name, why=str(cause).strip().splitlines()[-1])
    if "locked" in words or "busy" in words:
        return StoreLocked(file=name)
    if "i/o error" in words and not _takes_files(store):
        return StoreUnwritable(file=name, why=cause)
    if "readonly" in words or "unable to open" in words:
        return HomeReadOnly(home=store.removeprefix("sqlite:///"))
    return StoreDamaged(file=name, why=cause)


def _is_full(store: str) -> bool:
    folder = Path(store.removeprefix("sqlite:///")).parent
    return folder.is_dir() and shutil.disk_usage(folder).free < ROOM_BYTES


def _takes_files(store: str) -> bool:
    """Asked by writing: a disk that the system made read-only after an error does not always say so of itself."""
    try:
        with tempfile.TemporaryFile(dir=Path(store.removeprefix("sqlite:///")).parent):
            return True
    except OSError:
        return False
