"""The database of the index: text and metadata of every passage, and what still has to reach the term index."""

import contextlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from search.analysis import fold
from search.columns import ITEM_TITLE, TEXT, TITLE
from search.documents import Document, Owed, Passage
from search.errors import IndexDamaged, IndexLocked, SearchError
from search.sounding import units_of
from search.tables import HOLDS, HOLDS_NOW, columns_of, connect, connect_to_read
from search.words import Words, names_of, words_of

_IN_ONE_QUERY = 500

# What is reckoned from the passages and kept beside them; raise it when the way to reckon changes.
_DERIVED, _DERIVED_NOW = "derived", "2"

DocumentRow = tuple[int, str, str, str, str, str, str, str]
"""doc, id, kind, date, body, units as JSON, outcome, what is owed as JSON"""
PassageRow = tuple[int, int, int, int | None, str | None, int]  # pid, doc, role, item, speaker, length


class Database:
    """One connection to the index's database; not to be shared without a lock."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        """Opens, and makes the tables where there are none; `read_only` writes nothing. Raises: IndexDamaged."""
        self._path = path
        with self._guarded():
            self._db = connect_to_read(path) if read_only else connect(path)
        self.words = Words(self._db, self._guarded)

    def lacking(self) -> bool:
        """Whether an older program made it, of whose documents less was kept; what there is of them is found."""
        return self.state(HOLDS) != HOLDS_NOW

    def _owed(self) -> str:
        """The column of what is owed, or what stands for it where an older program made the table."""
        return "owed" if "owed" in columns_of(self._db, "documents") else "'[]'"

    def close(self) -> None:
        """Closes the connection."""
        self._db.close()

    @contextlib.contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise _refusal(self._path, error) from error
        except (json.JSONDecodeError, msgspec.DecodeError) as error:
            raise self._damaged(error) from error

    def _damaged(self, what: object) -> IndexDamaged:
        return IndexDamaged(folder=str(self._path.parent), part=f"{self._path.name}: {what}")

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """A transaction, whole or not at all; it moves the generation on, which tells readers to look again."""
        with self._guarded():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                self._complete_columns()
                self._derive()
                yield
                self.words.write()
                self._db.execute(
                    "INSERT INTO state VALUES ('generation', '1') "
                    "ON CONFLICT (key) DO UPDATE SET value = CAST(value AS INTEGER) + 1"
                )
                self._db.execute("COMMIT")
            except BaseException:
                self.words.forget_changes()
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    def _complete_columns(self) -> None:
        if self._owed() != "owed":
            self._db.execute("ALTER TABLE documents ADD COLUMN owed TEXT NOT NULL DEFAULT '[]'")

    def outdated(self) -> bool:
        """Whether an older program has written it."""
        return self.state(_DERIVED) != _DERIVED_NOW

    def _derive(self) -> None:
        """Reckons what an older index does not hold yet."""
        if not self.outdated():
            return
        self.words.clear()
        self.mark_unfolded()
        self._db.execute("DELETE FROM running")
        for (units,) in self._db.execute("SELECT units FROM documents").fetchall():
            self.words.count_in(names_of(units, ()))
        for pid, text, speaker in self._db.execute("SELECT pid, text, speaker FROM passages").fetchall():
            self._take_in(pid, text, speaker)
        self.remember(_DERIVED, _DERIVED_NOW)

    def _take_in(self, pid: int, text: str, speaker: str | None) -> None:
        folded = fold(text)
        self._db.execute("INSERT INTO running VALUES (?, ?)", (pid, units_of(folded)))
        self.words.count_in(words_of(folded) | names_of("[]", (speaker,)))

    @contextlib.contextmanager
    def reading(self) -> Iterator[None]:
        """Several reads that see one state."""
        with self._guarded():
            self._db.execute("BEGIN")
            try:
                yield
            finally:
                if self._db.in_transaction:
                    self._db.execute("COMMIT")

    def generation(self) -> int:
        """How often the index was changed."""
        return int(self.state("generation") or 0)

    def state(self, key: str) -> str | None:
        """A remembered value."""
        with self._guarded():
            row = self._db.execute("SELECT value FROM state WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def remember(self, key: str, value: str) -> None:
        """Keeps a value; within `writing`."""
        self._db.execute("INSERT OR REPLACE INTO state VALUES (?, ?)", (key, value))

    def put(self, document: Document) -> None:
        """Adds or replaces one document; within `writing`."""
        self.remove((document.id,))
        units = json.dumps(document.units, ensure_ascii=False)
        cursor = self._db.execute(
            "INSERT INTO documents "
            "(id, kind, title, date, meeting_id, body, units, matter, classification, source, outcome, owed) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(document.id, document.kind, document.title, document.date, document.meeting_id, document.body),
                *(units, document.matter, document.classification, document.source, document.outcome),
                msgspec.json.encode(document.owed).decode(),
            ),
        )
        doc = cursor.lastrowid
        self.words.count_in(names_of(units, ()))
        for role, p in rows_of(document):
            row = self._db.execute(
                "INSERT INTO passages (doc, role, id, text, item, item_title, speaker, start_ms, end_ms, pending) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1)",
                (doc, role, p.id, p.text, p.item, p.item_title, p.speaker, p.start_ms, p.end_ms),
            )
            self._take_in(row.lastrowid or 0, p.text, p.speaker)

    def remove(self, ids: Iterable[str]) -> None:
        """Removes documents by id, those that are there; within `writing`."""
        for id_ in ids:
            found = self._db.execute("SELECT doc, units FROM documents WHERE id = ?", (id_,)).fetchone()
            if found is None:
                continue
            doc, units = found
            self.words.count_out(names_of(units, ()))
            passages = self._db.execute("SELECT pid, text, speaker FROM passages WHERE doc = ?", (doc,)).fetchall()
            for pid, text, speaker in passages:
                self._db.execute("DELETE FROM running WHERE pid = ?", (pid,))
                self.words.count_out(words_of(fold(text)) | names_of("[]", (speaker,)))
            self._db.execute("DELETE FROM passages WHERE doc = ?", (doc,))
            self._db.execute("DELETE FROM documents WHERE doc = ?", (doc,))

    def count(self, without: str = "") -> int:
        """Documents; those of the kind `without` are left out."""
        with self._guarded():
            query = "SELECT count(*) FROM documents WHERE kind <> ?"
            return int(self._db.execute(query, (without,)).fetchone()[0])

    def documents_after(self, doc: int) -> list[DocumentRow]:
        """Columns of the documents numbered above `doc`."""
        return self._db.execute(
            f"SELECT doc, id, kind, date, body, units, outcome, {self._owed()} FROM documents "
            "WHERE doc > ? ORDER BY doc",
            (doc,),
        ).fetchall()

    def passages_after(self, pid: int) -> list[PassageRow]:
        """Columns of the passages numbered above `pid`."""
        return self._db.execute(
            "SELECT pid, doc, role, item, speaker, length(text) FROM passages WHERE pid > ? ORDER BY pid", (pid,)
        ).fetchall()

    def living(self) -> list[int]:
        """Numbers of all documents."""
        return [row[0] for row in self._db.execute("SELECT doc FROM documents")]

    def passage_numbers(self) -> list[int]:
        """Numbers of all passages."""
        with self._guarded():
            return [row[0] for row in self._db.execute("SELECT pid FROM passages")]

    def pending(self) -> list[int]:
        """Numbers of the passages that the term index may not hold yet."""
        with self._guarded():
            rows = self._db.execute("SELECT pid FROM passages WHERE pending = 1 ORDER BY pid")
            return [row[0] for row in rows]

    def mark_folded(self, last_pid: int) -> None:
        """No passage up to `last_pid` is pending; within `writing`."""
        self._db.execute("UPDATE passages SET pending = 0 WHERE pending = 1 AND pid <= ?", (last_pid,))

    def mark_unfolded(self) -> None:
        """Every passage is pending; within `writing`."""
        self._db.execute("UPDATE passages SET pending = 1")

    def texts(self, pids: Sequence[int]) -> Iterator[tuple[int, str]]:
        """Number and text of these passages, in no promised order."""
        with self._guarded():
            for start in range(0, len(pids), _IN_ONE_QUERY):
                part = pids[start : start + _IN_ONE_QUERY]
                marks = ",".join("?" * len(part))
                yield from self._db.execute(f"SELECT pid, text FROM passages WHERE pid IN ({marks})", part)

    def running_after(self, pid: int) -> list[tuple[int, bytes]]:
        """Number and `units_of` of the passages numbered above `pid`, in order; of those of an older index none."""
        with self._guarded():
            return self._db.execute("SELECT pid, units FROM running WHERE pid > ? ORDER BY pid", (pid,)).fetchall()

    def passage(self, pid: int) -> Passage:
        """One passage whole. Raises: KeyError, IndexDamaged when its text is not the one that was put in."""
        with self._guarded():
            row = self._db.execute(
                "SELECT id, text, item, item_title, speaker, start_ms, end_ms, units "
                "FROM passages LEFT JOIN running USING (pid) WHERE pid = ?",
                (pid,),
            ).fetchone()
        if row is None:
            raise KeyError(pid)
        id_, text, item, item_title, speaker, start_ms, end_ms, units = row
        # What a disk has changed may still be a text; the second form of it tells.
        if units is not None and units != units_of(fold(text)) and not self.outdated():
            raise self._damaged(f"passage {pid}")
        return Passage(
            id=id_, text=text, item=item, item_title=item_title, speaker=speaker, start_ms=start_ms, end_ms=end_ms
        )

    def document(self, doc: int) -> Document:
        """One document without its passages. Raises: KeyError."""
        with self._guarded():
            row = self._db.execute(
                "SELECT id, kind, title, date, meeting_id, body, units, matter, classification, source, outcome, "
                f"{self._owed()} FROM documents WHERE doc = ?",
                (doc,),
            ).fetchone()
        if row is None:
            raise KeyError(doc)
        id_, kind, title, date, meeting_id, body, units, matter, classification, source, outcome, owed = row
        with self._guarded():
            known_units, known_owed = tuple(json.loads(units)), owed_of(owed)
        return Document(
            id=id_,
            kind=kind,
            title=title,
            date=date,
            meeting_id=meeting_id,
            body=body,
            units=known_units,
            matter=matter,
            classification=classification,
            source=source,
            outcome=outcome,
            owed=known_owed,
        )

    def verify(self) -> None:
        """Reads the whole database. Raises: IndexDamaged."""
        with self._guarded():
            answer = self._db.execute("PRAGMA quick_check(1)").fetchone()[0]
        if answer != "ok":
            raise self._damaged(answer)


def _refusal(path: Path, error: sqlite3.Error) -> SearchError:
    """What a person is told: somebody else is writing, the disk does not let us, or the file is damaged."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return IndexLocked(folder=str(path.parent))
    if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN):
        return SearchError(reason=f"{path.parent}: {error}")
    return IndexDamaged(folder=str(path.parent), part=f"{path.name}: {error}")


def owed_of(written: str) -> tuple[Owed, ...]:
    """What a document gives to do, as the database keeps it. Raises: msgspec.DecodeError."""
    if written == "[]":
        return ()
    return msgspec.json.decode(written, type=tuple[Owed, ...])


def rows_of(document: Document) -> Iterator[tuple[int, Passage]]:
    """The rows that a document becomes: its title, each item's title once, its passages."""
    if document.title:
        yield TITLE, Passage(id="", text=document.title)
    titles: set[tuple[int | None, str]] = set()
    for passage in document.passages:
        key = (passage.item, passage.item_title)
        if passage.item_title and key not in titles:
            titles.add(key)
            yield ITEM_TITLE, Passage(id="", text=passage.item_title, item=passage.item)
        yield TEXT, passage
