"""The index as its users hold it: put documents in, search them, from any thread and any number of programs.

The folder holds `current` (the name of the generation in use), one folder for that generation, and the write lock.
The database comes first and is the truth; the term index follows. What it does not hold yet is marked `pending` and
looked through, so a kill at any point leaves the old or the new state, and the next `open` finishes the work.
"""

import contextlib
import errno
import os
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from search.analysis import fold
from search.answer import answer, completions, suggestions
from search.archive import DATABASE, TERM_FOLDER, Archive
from search.database import Database
from search.documents import Document, Query, Results
from search.errors import IndexDamaged, IndexLocked, IndexReadOnly, SearchError
from search.kept import COLUMNS
from search.live import LiveTable
from search.lock import can_be_written, write_lock
from search.terms import SEGMENT, Change, fingerprint, fold_in, verify

Progress = Callable[[int, int], None]

LOCK_TIMEOUT_S = 10.0
_CURRENT = "current"
_MAY_NOT = (errno.EROFS, errno.EACCES, errno.EPERM)
_DOCUMENTS_IN_A_TRANSACTION = 200
_WARMED_AT_ONCE = 1000
_ALL = Query(text="")


class SearchIndex:
    """An index folder, open. Use `open`, not the constructor; close it, or use it as a context."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._name = name
        self._lock = threading.Lock()
        self._archive = _archive(folder, name)

    @classmethod
    def open(cls, folder: Path, *, finish: bool = True) -> "SearchIndex":
        """Opens the index in `folder`, or makes an empty one; finishes what a killed writer left, reads the columns.

        With `finish` false what was left is not waited for: a later `fold` does it. Where nothing can be written
        it is read as it is, and nothing made or finished.
        Raises: IndexDamaged, IndexLocked (while somebody else makes it), IndexReadOnly, SearchError.
        """
        if folder.exists() and not can_be_written(folder):
            return cls._open_to_read(folder)
        with _usable(folder):
            _make(folder)
            if not (folder / _CURRENT).exists():
                with write_lock(folder, LOCK_TIMEOUT_S):
                    if not (folder / _CURRENT).exists():
                        _switch(folder, _new_generation(folder))
            index = cls(folder, _existing(folder))
            if finish and not index._archive.read_only:
                with contextlib.suppress(IndexLocked):
                    index._finish()
            index._archive.refresh()
        return index

    @classmethod
    def _open_to_read(cls, folder: Path) -> "SearchIndex":
        with _reading_only(folder), _usable(folder):
            index = cls(folder, _existing(folder))
            try:
                index._archive.refresh()
            except BaseException:
                index.close()
                raise
        return index

    @classmethod
    def begin_anew(cls, folder: Path) -> "SearchIndex":
        """An empty index in the place of one that cannot be read: searches answer from what is put in, as it comes.

        Raises: IndexLocked, SearchError.
        """
        with _usable(folder):
            folder.mkdir(parents=True, exist_ok=True)
            with write_lock(folder, LOCK_TIMEOUT_S):
                name = _new_generation(folder)
                _switch(folder, name)
                _sweep(folder, name)
        return cls.open(folder, finish=False)

    def __enter__(self) -> "SearchIndex":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes all files."""
        with self._lock:
            self._archive.close()

    def replace(self, documents: Iterable[Document], *, fold: bool = True) -> None:
        """Adds documents, or replaces those with the same id; each is whole or not there, and found at once.

        With `fold` false the term index is left for a later `fold`: quick, for what is still changing. It is left,
        too, where it is damaged (`check` tells, `mend` repairs): the documents are found all the same.
        Raises: IndexLocked, IndexDamaged, SearchError.
        """
        with _usable(self._folder), write_lock(self._folder, LOCK_TIMEOUT_S):
            place = self._folder / _existing(self._folder)
            _store(place, documents)
            if fold:
                with contextlib.suppress(IndexDamaged):
                    _fold(place, None)

    def delete(self, ids: Iterable[str]) -> None:
        """Removes documents by id; ids that are not there are ignored. Raises: as `replace`."""
        with _usable(self._folder), write_lock(self._folder, LOCK_TIMEOUT_S):
            place = self._folder / _existing(self._folder)
            with _database(place) as database, database.writing():
                database.remove(ids)

    def fold(self, progress: Progress | None = None) -> None:
        """Brings all that is pending into the term index. Raises: as `replace`."""
        with _usable(self._folder), write_lock(self._folder, LOCK_TIMEOUT_S):
            _fold(self._folder / _existing(self._folder), progress)

    def rebuild(self, documents: Iterable[Document], progress: Progress | None = None) -> None:
        """Builds the whole index anew from `documents`; the old one answers until then. Raises: as `replace`."""
        build_anew(self._folder, documents, progress)

    def mend(self, progress: Progress | None = None) -> None:
        """Builds the term index anew from the database; searches go on meanwhile. Raises: as `replace`."""
        with _usable(self._folder), write_lock(self._folder, LOCK_TIMEOUT_S):
            _mend(self._folder / _existing(self._folder), progress)

    def pending(self) -> int:
        """Passages that the term index does not hold yet; they are looked through. Raises: as `search`."""
        with self._asked() as archive:
            return archive.unindexed

    def count(self, without: str = "") -> int:
        """Documents in the index; those of the kind `without` are left out."""
        with self._lock:
            return self._in_use().count(without)

    def lacking(self) -> bool:
        """Whether an older program put in less of each document; what is there is found, `rebuild` brings the rest."""
        with self._lock:
            return self._in_use().lacking()

    def read_only(self) -> bool:
        """Whether nothing can be changed: of the disk or the folder's owner; searches answer from what there is."""
        with self._lock:
            return self._in_use().read_only

    def check(self) -> None:
        """Reads every byte of the index. Raises: IndexDamaged. A search goes on even then, only slower."""
        with self._asked() as archive:
            archive.check()

    def search(self, query: Query, live: LiveTable | None = None) -> Results:
        """The documents that match, best first, each with its best passage; of `live` too, in one order.

        Nothing in a query is an error. Raises: IndexDamaged when not even the database can be read.
        """
        with self._asked() as archive:
            return answer(archive, query, live)

    def complete(
        self, text: str, live: LiveTable | None = None, visible: Query = _ALL, limit: int = 8
    ) -> tuple[str, ...]:
        """The text with its last word completed, by characters or pinyin, from what `visible` lets through.

        Raises: as `search`.
        """
        with self._asked() as archive:
            return completions(archive, text, live, visible, limit)

    def suggest(self, text: str, live: LiveTable | None = None, visible: Query = _ALL) -> tuple[str, ...]:
        """Other texts to look for (您是不是要找), by sound and by edit distance. Raises: as `search`."""
        with self._asked() as archive:
            return suggestions(archive, text, live, visible)

    def warm(self) -> None:
        """Reads all texts into memory, so that no first search of a word waits for the disk; searches go between.

        Worth a thread in a service: 100,000 passages take a few seconds and about 60 MB.
        """
        more = True
        while more:
            with self._asked() as archive:
                more = archive.load_texts(_WARMED_AT_ONCE)

    @contextlib.contextmanager
    def _asked(self) -> Iterator[Archive]:
        """The archive, brought up to date, for one question."""
        with _usable(self._folder), self._lock:
            archive = self._in_use()
            with _reading_only(self._folder) if archive.read_only else contextlib.nullcontext():
                archive.refresh()
                yield archive

    def _in_use(self) -> Archive:
        """The archive of the generation in use; opened anew when a rebuild has switched, or it can be written now."""
        while (name := _existing(self._folder)) != self._name or self._is_writable_now():
            try:
                archive = _archive(self._folder, name)
            except SearchError:
                # Switched once more between the two, and the one that was named is swept away.
                if _existing(self._folder) == name:
                    raise
                continue
            self._archive.close()
            self._archive, self._name = archive, name
        return self._archive

    def _is_writable_now(self) -> bool:
        return self._archive.read_only and can_be_written(self._folder, self._folder / self._name)

    def _finish(self) -> None:
        with _database(self._folder / self._name) as database:
            pending = bool(database.pending()) or database.outdated()
        if pending:
            with write_lock(self._folder, 0):
                try:
                    _fold(self._folder / _existing(self._folder), None)
                except IndexDamaged:
                    # Searches still answer from the database; `check` names the damage.
                    return


def build_anew(folder: Path, documents: Iterable[Document], progress: Progress | None = None) -> None:
    """Builds an index from `documents` beside the one in use, whatever state that is in, and switches to it.

    `progress` gets (passages done, passages in all). Killed at any point, the old index stays in use.
    Raises: IndexLocked, SearchError.
    """
    with _usable(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with write_lock(folder, LOCK_TIMEOUT_S):
            name = _new_generation(folder)
            _store(folder / name, documents)
            _fold(folder / name, progress)
            _switch(folder, name)
            _sweep(folder, name)


def put_terms_right(folder: Path) -> None:
    """Brings what is pending into the terms of the index in `folder`, or builds them anew where a byte is wrong.

    Who searches meanwhile, here or in another program, finds by what was committed before, and all the same texts.
    Raises: as `SearchIndex.replace`.
    """
    with _usable(folder), write_lock(folder, LOCK_TIMEOUT_S):
        place = folder / _existing(folder)
        try:
            with _database(place) as database:
                verify(place / TERM_FOLDER, database.state(TERM_FOLDER), whole=True)
            _fold(place, None)
        except IndexDamaged:
            _mend(place, None)


@contextlib.contextmanager
def _usable(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SearchError(reason=f"{folder}: {error.strerror or error}") from error


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        if error.errno in _MAY_NOT:
            raise IndexReadOnly(folder=str(folder), part=_CURRENT) from error
        raise


@contextlib.contextmanager
def _reading_only(folder: Path) -> Iterator[None]:
    """Says of what cannot be read that it cannot be built again there either."""
    try:
        yield
    except SearchError as error:
        part = error.facts.get("part") or error.facts.get("reason") or error.code
        raise IndexReadOnly(folder=str(folder), part=part) from error


def _archive(folder: Path, name: str) -> Archive:
    return Archive(folder / name, read_only=not can_be_written(folder, folder / name))


@contextlib.contextmanager
def _database(place: Path) -> Iterator[Database]:
    database = Database(place / DATABASE)
    try:
        yield database
    finally:
        database.close()


def _store(place: Path, documents: Iterable[Document]) -> None:
    with _database(place) as database:
        batch: list[Document] = []
        for document in documents:
            batch.append(document)
            if len(batch) == _DOCUMENTS_IN_A_TRANSACTION:
                _put(database, batch)
                batch = []
        if batch:
            _put(database, batch)


def _put(database: Database, documents: list[Document]) -> None:
    with database.writing():
        for document in documents:
            database.put(document)


def _fold(place: Path, progress: Progress | None) -> None:
    """Brings what is pending into the term index, a segment at a time: killed, what is done is kept."""
    with _database(place) as database:
        if database.outdated():
            # Terms of texts that were folded otherwise; searches look through the texts meanwhile.
            shutil.rmtree(place / TERM_FOLDER, ignore_errors=True)
            with database.writing():
                database.remember(TERM_FOLDER, "")
        # Nothing is added to what is damaged.
        verify(place / TERM_FOLDER, database.state(TERM_FOLDER), whole=False)
        pending = database.pending()
        for start in range(0, max(len(pending), 1), SEGMENT):
            some = pending[start : start + SEGMENT]
            living = np.array(database.passage_numbers(), dtype=np.int64)
            fold_in(place / TERM_FOLDER, lambda pids: _folded(database, pids), Change(some, living))
            with database.writing():
                database.mark_folded(some[-1] if some else 0)
                database.remember(TERM_FOLDER, fingerprint(place / TERM_FOLDER))
            if progress is not None and some:
                progress(start + len(some), len(pending))
    _keep_columns(place)


def _mend(place: Path, progress: Progress | None) -> None:
    with _database(place) as database, database.writing():
        database.mark_unfolded()
        database.remember(TERM_FOLDER, "")
    shutil.rmtree(place / TERM_FOLDER, ignore_errors=True)
    _fold(place, progress)


def _keep_columns(place: Path) -> None:
    archive = Archive(place)
    try:
        known = archive.keep_columns()
    finally:
        archive.close()
    with _database(place) as database, database.writing():
        database.remember(COLUMNS, known)


def _folded(database: Database, pids: Sequence[int]) -> Iterator[tuple[int, str]]:
    for pid, text in database.texts(pids):
        yield pid, fold(text)


def _existing(folder: Path) -> str:
    try:
        name = (folder / _CURRENT).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise IndexDamaged(folder=str(folder), part=_CURRENT) from error
    if not name.isdigit() or not (folder / name / DATABASE).exists():
        raise IndexDamaged(folder=str(folder), part=f"{_CURRENT}: {name[:20]}")
    return name


def _new_generation(folder: Path) -> str:
    """An empty generation; its name is higher than all that were. The caller holds the write lock."""
    used = [int(path.name) for path in folder.iterdir() if path.is_dir() and path.name.isdigit()]
    name = str(max(used, default=0) + 1)
    (folder / name).mkdir()
    Database(folder / name / DATABASE).close()
    return name


def _switch(folder: Path, name: str) -> None:
    fresh = folder / f"{_CURRENT}.new"
    with fresh.open("w", encoding="ascii") as file:
        file.write(name)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(folder / _CURRENT)
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sweep(folder: Path, name: str) -> None:
    """Removes what earlier generations and killed builds left. Open files of other programs stay readable."""
    for path in folder.iterdir():
        if path.is_dir() and path.name.isdigit() and path.name != name:
            shutil.rmtree(path, ignore_errors=True)
