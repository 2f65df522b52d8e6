"""Opens the database and turns its failures into sentences."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from sqlalchemy import Connection, Engine, create_engine, event, insert, select
from sqlalchemy.exc import DBAPIError, IntegrityError

from meeting.errors import DiskFull, HomeReadOnly, StoreDamaged, StoreLocked
from meeting.store.tables import SCHEMA_VERSION, facts, metadata

BUSY_MS = 5_000


def open_engine(url: str) -> Engine:
    """A database with our tables, made when it is new. SQLite runs in WAL mode and syncs every commit.

    Raises StoreDamaged, StoreLocked, HomeReadOnly, DiskFull.
    """
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _configure_sqlite)
    with refusing(url), engine.begin() as connection:
        metadata.create_all(connection)
        _first_facts(connection)
    return engine


def _configure_sqlite(connection: object, record: object) -> None:
    cursor = connection.cursor()  # type: ignore[attr-defined] # a DBAPI connection, which has no type of its own
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={BUSY_MS}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _first_facts(connection: Connection) -> None:
    known = dict(connection.execute(select(facts.c.name, facts.c.value)).tuples().all())
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
        if "full" in words:
            raise DiskFull(path=name) from error
        if "locked" in words or "busy" in words:
            raise StoreLocked(file=name) from error
        if "readonly" in words or "unable to open" in words:
            raise HomeReadOnly(home=store.removeprefix("sqlite:///")) from error
        raise StoreDamaged(file=name, why=error.orig) from error
