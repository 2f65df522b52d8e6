"""Copies of a database, of one moment, while others read and write it."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, Engine, Table, delete, insert, select

from meeting.store.engine import open_engine, reading, refusing, writing
from meeting.store.tables import metadata

_ROWS = 500


def sqlite_path(engine: Engine) -> Path | None:
    """The file of an SQLite database; None for one that is no file."""
    name = engine.url.database
    if engine.dialect.name != "sqlite" or not name or name == ":memory:":
        return None
    return Path(name)


def copy_sqlite(source: Path, target: Path) -> None:
    """Copies a database file as it is at this moment; `target` is whole and on the disk, or as it was before.

    Raises sqlite3.Error, OSError.
    """
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    try:
        with closing(sqlite3.connect(source)) as read, closing(sqlite3.connect(draft)) as write:
            read.backup(write)
            # One file alone, without a log beside it.
            write.execute("PRAGMA journal_mode=DELETE")
        fd = os.open(draft, os.O_RDONLY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)
        os.replace(draft, target)
    finally:
        draft.unlink(missing_ok=True)


def copy_rows(source: Connection, target: Connection) -> None:
    """Puts every row of our tables in the place of those of another database, of whatever kind the two are."""
    for table in reversed(metadata.sorted_tables):
        target.execute(delete(table))
    for table in metadata.sorted_tables:
        for rows in _batches(source, table):
            target.execute(insert(table), rows)


def _batches(source: Connection, table: Table) -> Iterator[list[dict[str, object]]]:
    found = source.execution_options(yield_per=_ROWS).execute(select(table))
    for rows in found.partitions():
        yield [dict(row._mapping) for row in rows]


def copy_database(url: str, target: Path) -> None:
    """Copies the records, of whatever kind their database is, into one SQLite file as they are at this moment.

    Raises what `open_engine` raises, OSError.
    """
    engine = open_engine(url)
    try:
        path = sqlite_path(engine)
        with refusing(f"sqlite:///{target}"):
            if path is not None:
                copy_sqlite(path, target)
            else:
                _rows_to_file(engine, target)
    finally:
        engine.dispose()


def _rows_to_file(source: Engine, target: Path) -> None:
    target.unlink(missing_ok=True)
    made = open_engine(f"sqlite:///{target}")
    with reading(source) as read, writing(made) as write:
        copy_rows(read, write)
    made.dispose()
