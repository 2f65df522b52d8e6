"""SQLite FTS5 with its trigram tokenizer; pieces of fewer than three characters are looked for with LIKE."""

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from asking import Answer, run

TABLES = """
CREATE TABLE passages (
    rowid INTEGER PRIMARY KEY, doc TEXT, kind TEXT, body TEXT, title TEXT, date INTEGER, text TEXT
);
CREATE INDEX by_date ON passages (date);
CREATE VIRTUAL TABLE found USING fts5 (text, title, content='passages', content_rowid='rowid', tokenize='trigram');
"""


def build(folder: Path, rows: Iterable[dict[str, Any]]) -> Callable[[dict[str, Any]], Answer]:
    """One table of passages, and the index over it."""
    db = sqlite3.connect(folder / "fts5.sqlite3")
    db.executescript(TABLES)
    columns = ("doc", "kind", "body", "title", "date", "text")
    db.executemany(
        f"INSERT INTO passages ({', '.join(columns)}) VALUES (?, ?, ?, ?, ?, ?)",
        ([row[name] for name in columns] for row in rows),
    )
    db.execute("INSERT INTO found (found) VALUES ('rebuild')")
    db.commit()

    def ask(query: dict[str, Any]) -> Answer:
        long = [term for term in query["terms"] if len(term) >= 3]
        short = [term for term in query["terms"] if len(term) < 3]
        like = " AND ".join("(p.text LIKE ? OR p.title LIKE ?)" for _ in short) or "1"
        values: list[Any] = [f"%{term}%" for term in short for _ in range(2)]
        span = (query["date_from"], query["date_to"])
        if long:
            match = " AND ".join('"' + term.replace('"', '""') + '"' for term in long)
            sql = (
                "SELECT p.rowid, p.doc, p.kind, p.body, p.date, bm25(found) FROM found JOIN passages p "
                f"ON p.rowid = found.rowid WHERE found MATCH ? AND p.date BETWEEN ? AND ? AND {like} ORDER BY 6"
            )
            rows = db.execute(sql, (match, *span, *values)).fetchall()
        else:
            sql = (
                "SELECT p.rowid, p.doc, p.kind, p.body, p.date, 0 FROM passages p "
                f"WHERE p.date BETWEEN ? AND ? AND {like} ORDER BY p.date DESC"
            )
            rows = db.execute(sql, (*span, *values)).fetchall()
        best = {row[1]: row for row in reversed(rows)}
        first = list(dict.fromkeys(row[1] for row in rows))[:10]
        for at in (2, 3, 4):
            Counter(row[at] // 10000 if at == 4 else row[at] for row in best.values())
        for doc in first:
            (text,) = db.execute("SELECT text FROM passages WHERE rowid = ?", (best[doc][0],)).fetchone()
            for term in query["terms"]:
                text.find(term)
        return len(best), first

    return ask


if __name__ == "__main__":
    run(f"SQLite {sqlite3.sqlite_version} FTS5 trigram", build)
