"""The tables of the index's database, and how it is opened: to be written, or only to be read."""

import os
import sqlite3
from pathlib import Path

from search.words import WORD_TABLES

BUSY_TIMEOUT_S = 10.0

# AUTOINCREMENT: a number is never used twice, so a posting of a removed passage can never point to a new one.
TABLES = """
CREATE TABLE IF NOT EXISTS state (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS documents (
    doc INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, title TEXT NOT NULL,
    date TEXT NOT NULL, meeting_id TEXT, body TEXT NOT NULL, units TEXT NOT NULL, matter TEXT NOT NULL,
    classification TEXT NOT NULL, source TEXT, outcome TEXT NOT NULL, owed TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS passages (
    pid INTEGER PRIMARY KEY AUTOINCREMENT, doc INTEGER NOT NULL, role INTEGER NOT NULL, id TEXT NOT NULL,
    text TEXT NOT NULL, item INTEGER, item_title TEXT NOT NULL, speaker TEXT, start_ms INTEGER, end_ms INTEGER,
    pending INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS running (pid INTEGER PRIMARY KEY, units BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS passages_of_document ON passages (doc);
CREATE INDEX IF NOT EXISTS passages_pending ON passages (pid) WHERE pending = 1;
"""

HOLDS, HOLDS_NOW = "holds", "2"
"""Under this key a database that was made empty remembers what its documents hold; raise it when they hold more."""


def connect(path: Path) -> sqlite3.Connection:
    """A connection that writes; makes the tables where there are none. Raises: sqlite3.Error."""
    db = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False)
    try:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=NORMAL")
        is_new = not columns_of(db, "documents")
        db.executescript(TABLES + WORD_TABLES)
        if is_new:
            db.execute("INSERT OR IGNORE INTO state VALUES (?, ?)", (HOLDS, HOLDS_NOW))
    except BaseException:
        db.close()
        raise
    return db


def connect_to_read(path: Path) -> sqlite3.Connection:
    """A connection that writes nothing, not even beside the database. Raises: sqlite3.Error."""
    log = path.with_name(f"{path.name}-wal")
    # A log is read by means of shared memory, which cannot be made there: without a log neither is looked for.
    whole = not log.exists() or (_is_mounted_so(path) and not log.stat().st_size)
    address = f"{path.absolute().as_uri()}?mode=ro{'&immutable=1' if whole else ''}"
    db = sqlite3.connect(address, uri=True, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False)
    try:
        # Opening alone reads nothing.
        db.execute("SELECT count(*) FROM state")
    except BaseException:
        db.close()
        raise
    return db


def _is_mounted_so(path: Path) -> bool:
    """Whether nobody can write there, so that an empty log stays empty."""
    return bool(os.statvfs(path).f_flag & os.ST_RDONLY)


def columns_of(db: sqlite3.Connection, table: str) -> list[str]:
    """The names of a table's columns; none where there is no such table. Raises: sqlite3.Error."""
    return [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
