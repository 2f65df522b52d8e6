"""What the index takes on the disk, part by part."""

import sqlite3
from pathlib import Path

from ui.bench.search.results import Part

_BY_SOUND = ("running", "words_by_sound", "words_by_initials", "words_by_near")
_WORDS = ("words",)


def parts(index: Path) -> tuple[Part, ...]:
    """The term index, the columns, and the tables of the database with what stands beside them."""
    from search.kept import COLUMNS

    found = list[Part]()
    terms = sum(path.stat().st_size for path in index.glob("*/terms/*"))
    found.append(Part(name="terms and postings", size_bytes=terms))
    found.append(Part(name="columns", size_bytes=sum(p.stat().st_size for p in index.glob(f"*/{COLUMNS}"))))
    for path in index.glob("*/*.sqlite3"):
        found += _tables(path)
    known = sum(part.size_bytes for part in found)
    whole = sum(path.stat().st_size for path in index.rglob("*") if path.is_file())
    return (*found, Part(name="other", size_bytes=max(0, whole - known)))


def _tables(path: Path) -> list[Part]:
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        page = int(db.execute("PRAGMA page_size").fetchone()[0])
        try:
            rows = db.execute("SELECT name, count(*) * ? FROM dbstat GROUP BY name", (page,)).fetchall()
        except sqlite3.OperationalError:
            # An SQLite that was built without this table.
            return [Part(name="database", size_bytes=path.stat().st_size)]
    finally:
        db.close()
    sizes = dict(rows)
    by_sound = sum(size for name, size in sizes.items() if name in _BY_SOUND)
    words = sum(size for name, size in sizes.items() if name in _WORDS)
    rest = sum(sizes.values()) - by_sound - words
    return [
        Part(name="texts and metadata", size_bytes=rest),
        Part(name="words for completion", size_bytes=words),
        Part(name="sounds", size_bytes=by_sound, by_sound=True),
    ]
