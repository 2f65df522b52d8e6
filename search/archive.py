"""One generation of the index as a searcher sees it: columns, term postings, and texts to verify against."""

from array import array
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np

from search import kept
from search.analysis import fold, lookup_terms
from search.cache import LookupCache
from search.columns import Columns, ColumnsBuilder, Mask
from search.database import Database, owed_of
from search.documents import Document, Passage
from search.errors import IndexDamaged
from search.pinyin import Characters
from search.sounding import RunningText, units_of
from search.source import NOWHERE, Places, Postings
from search.terms import TermReader, verify
from search.words import Words

DATABASE, TERM_FOLDER = "passages.sqlite3", "terms"
_CACHED_BYTES = 16_000_000
_READ_WHOLE = 16_000_000
"""Bytes of a term index that are read in a few milliseconds; of a larger one only the sizes are looked at."""


class Archive:
    """Reads one index folder, and follows what writers commit to it. A source for `ranking`.

    Where the term index is damaged, every passage is looked through instead: slower, with the same answers.
    Not for several threads at once: the owner holds a lock.
    """

    def __init__(self, folder: Path, *, read_only: bool = False) -> None:
        """`read_only` writes nothing. Raises: IndexDamaged when the database cannot be read."""
        self._folder = folder
        self.read_only = read_only
        self._db = Database(folder / DATABASE, read_only=read_only)
        self._terms: TermReader | None = None
        self.damage: IndexDamaged | None = None
        self._known: str | None = None
        self._generation = -1
        self._builder = ColumnsBuilder()
        self._pids = np.empty(0, np.int64)
        self._doc_places: dict[int, int] = {}
        self._docs: list[int] = []
        self._texts: list[str] = []
        self._read = np.empty(0, np.bool_)
        self._cache = LookupCache(_CACHED_BYTES)
        self._running: RunningText | None = None
        self._running_is_of = -1
        self.columns: Columns = self._builder.freeze()
        self._unindexed: Places = np.empty(0, np.int64)

    def close(self) -> None:
        """Closes all files."""
        self._close_terms()
        self._db.close()

    def refresh(self) -> None:
        """Takes in what was committed since. Raises: IndexDamaged."""
        if self._db.generation() == self._generation:
            return
        with self._db.reading():
            generation = self._db.generation()
            try:
                self._load_new_rows()
            except (KeyError, TypeError, ValueError, msgspec.DecodeError) as error:
                # The rows of a database that was cut off may lack anything.
                part = f"{DATABASE}: {type(error).__name__}"
                raise IndexDamaged(folder=str(self._folder), part=part) from error
            pending = np.array(self._db.pending(), dtype=np.int64)
            known = self._db.state(TERM_FOLDER)
        self._open_terms(known)
        everything = self._pids if self._terms is None else pending
        self._unindexed = np.flatnonzero(np.isin(self._pids, everything))
        self._cache.clear()
        self._generation = generation

    def keep_columns(self) -> str:
        """Writes the columns beside the database, for whoever opens it next; gives their digest.

        The caller holds the write lock and has the database remember the digest. Raises: IndexDamaged, OSError.
        """
        self.refresh()
        return kept.write(
            self._folder, kept.pack(self._builder, array("q", self._docs), array("q", self._pids.tolist()))
        )

    def _load_kept_columns(self) -> None:
        packed = kept.read(self._folder, self._db.state(kept.COLUMNS))
        found = kept.unpack(packed) if packed is not None else None
        if found is not None:
            self._builder, self._docs, pids = found
            self._doc_places = {
                doc: place for place, doc in enumerate(self._docs) if self._builder.doc_alive[place]
            }
            self._take_in(pids)

    def _take_in(self, pids: "array[int]") -> None:
        self._pids = np.concatenate([self._pids, np.array(pids, dtype=np.int64)])
        self._texts += [""] * len(pids)
        self._read = np.concatenate([self._read, np.zeros(len(pids), np.bool_)])

    def _load_new_rows(self) -> None:
        if not self._docs:
            self._load_kept_columns()
        last_doc = self._docs[-1] if self._docs else 0
        for doc, id_, kind, date, body, units, outcome, owed in self._db.documents_after(last_doc):
            self._doc_places[doc] = self._builder.add_document(
                id_, kind, date, body, units, outcome, owed_of(owed)
            )
            self._docs.append(doc)
        pids = array("q")
        for pid, doc, role, item, speaker, length in self._db.passages_after(
            int(self._pids[-1]) if self._pids.size else 0
        ):
            self._builder.add_passage(self._doc_places[doc], role, item, speaker, length)
            pids.append(pid)
        self._take_in(pids)
        gone = self._doc_places.keys() - set(self._db.living())
        for doc in gone:
            self._builder.doc_alive[self._doc_places.pop(doc)] = 0
        self.columns = self._builder.freeze()

    def _close_terms(self) -> None:
        if self._terms is not None:
            self._terms.close()
            self._terms = None

    def _open_terms(self, known: str | None) -> None:
        if self._terms is not None and known == self._known:
            return
        self._close_terms()
        self._known = known
        self.damage = None
        folder = self._folder / TERM_FOLDER
        if not known and not folder.exists():
            return
        try:
            verify(folder, known, whole=_size(folder) <= _READ_WHOLE)
            self._terms = TermReader(folder)
        except IndexDamaged as damage:
            self.damage = damage
        except FileNotFoundError as gone:
            # A rebuild has switched, and swept this generation away while it was looked at.
            self.damage = IndexDamaged(folder=str(self._folder), part=str(gone))

    def find(self, text: str) -> Postings:
        """Living passages whose folded text holds `text`, and how often."""
        return self._cache.get("text", text, self._find_or_look_through)

    def _find_or_look_through(self, text: str) -> Postings:
        try:
            return self._find(text)
        except IndexDamaged as damage:
            self._close_terms()
            self.damage = damage
            self._unindexed = np.arange(self._pids.size)
            self._cache.clear()
            return self._find(text)

    def _find(self, text: str) -> Postings:
        places, counts, verified = self._candidates(text)
        looked_through = self._unindexed[self.columns.alive[self._unindexed]]
        if not verified:
            looked_through = np.union1d(looked_through, places) if looked_through.size else places
            places, counts = NOWHERE
        elif looked_through.size:
            kept = ~np.isin(places, looked_through)
            places, counts = places[kept], counts[kept]
        more = self._look_through(text, looked_through)
        places, counts = np.concatenate([places, more[0]]), np.concatenate([counts, more[1]])
        order = np.argsort(places, kind="stable")
        return places[order], counts[order]

    def _candidates(self, text: str) -> tuple[Places, np.ndarray[tuple[int], np.dtype[np.float32]], bool]:
        """Passages that the term index offers, and whether they are sure to hold the text."""
        whole, prefixes = lookup_terms(text)
        if self._terms is None:
            return (*NOWHERE, True)
        if not whole and not prefixes:
            return np.flatnonzero(self.columns.alive), NOWHERE[1], False
        found = [self._cache.get("term", term, self._holding) for term in whole]
        for prefix in prefixes:
            found.append(self._cache.get("prefix", prefix, self._holding_one_beginning))
        if len(found) == 1 and len(text) <= 2:
            return (*found[0], True)
        found.sort(key=lambda postings: postings[0].size)
        places = found[0][0]
        for others, _ in found[1:]:
            held = np.zeros(self._pids.size, np.bool_)
            held[others] = True
            places = places[held[places]]
        return places, NOWHERE[1], False

    def _holding(self, term: str) -> Postings:
        """Living passages that the term index has for a term."""
        return self._places(*self._terms.term(term)) if self._terms else NOWHERE

    def _holding_one_beginning(self, prefix: str) -> Postings:
        """Living passages that the term index has for any term that begins so."""
        parts = [self._terms.term(term) for term in self._terms.beginning(prefix)] if self._terms else []
        if not parts:
            return NOWHERE
        return self._places(np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts]))

    def _places(self, pids: Places, weights: np.ndarray[tuple[int], np.dtype[np.float32]]) -> Postings:
        """Passage numbers as living places, each once with the sum of its weights."""
        if not self._pids.size:
            return NOWHERE
        places = np.minimum(np.searchsorted(self._pids, pids), self._pids.size - 1)
        real = (self._pids[places] == pids) & self.columns.alive[places]
        places, weights = places[real], weights[real]
        unique, inverse = np.unique(places, return_inverse=True)
        if unique.size == places.size:
            order = np.argsort(places)
            return places[order], weights[order]
        return unique, np.bincount(inverse, weights=weights).astype(np.float32)

    def _look_through(self, text: str, places: Places) -> Postings:
        self._load_texts(places)
        counts = np.fromiter(
            (self._texts[place].count(text) for place in places.tolist()), dtype=np.float32, count=places.size
        )
        held = counts > 0
        return places[held], counts[held]

    def _load_texts(self, places: Places) -> None:
        unread = places[~self._read[places]]
        if not unread.size:
            return
        missing = dict(zip(self._pids[unread].tolist(), unread.tolist(), strict=True))
        for pid, text in self._db.texts(list(missing)):
            self._texts[missing[pid]] = fold(text)
        # What a writer has removed since the columns were read stays empty; the next search no longer sees it.
        self._read[unread] = True

    def load_texts(self, most: int) -> bool:
        """Reads up to `most` texts that were not needed yet, and tells whether more are left."""
        unread = np.flatnonzero(self.columns.alive & ~self._read)
        self._load_texts(unread[:most])
        return unread.size > most

    def running(self) -> RunningText:
        """All texts one behind the other, for what goes by sound."""
        if self._running is None or self._running_is_of != self._generation:
            self._running = self._running_now(self._running)
            self._running_is_of = self._generation
        return self._running

    def sounding(self, sounds: Sequence[Characters], among: Mask) -> dict[str, int]:
        """The commonest strings that sound so in the passages that count, with how often they occur there.

        Where they stand is known with that, and needs no postings when they are searched next.
        """
        running = self.running()
        found = running.strings(sounds, among, self.folded)
        for text in found:
            if (holding := running.holding(text)) is not None:
                self._cache.get("text", text, lambda _, known=holding: known)  # type: ignore[misc] # bound now
        return found

    def _running_now(self, before: RunningText | None) -> RunningText:
        known = dict(before.texts()) if before is not None else {}
        places = {int(pid): place for place, pid in enumerate(self._pids)}
        last = max(known, default=-1)
        for pid, units in self._db.running_after(int(self._pids[last]) if last >= 0 else 0):
            # Half a unit is damage; such a text is read anew.
            if pid in places and not len(units) % 2:
                known[places[pid]] = units
        living = np.flatnonzero(self.columns.alive).tolist()
        texts = [known[place] if place in known else units_of(self.folded(place)) for place in living]
        return RunningText(living, texts)

    @property
    def words(self) -> Words:
        """The words that the archive has."""
        return self._db.words

    def folded(self, place: int) -> str:
        """The folded text of a passage."""
        if not self._read[place]:
            self._load_texts(np.array([place]))
        return self._texts[place]

    def passage(self, place: int) -> Passage:
        """The passage at a place. Raises: KeyError when it was removed meanwhile."""
        return self._db.passage(int(self._pids[place]))

    def document(self, doc: int) -> Document:
        """The document at a place, without its passages. Raises: KeyError when it was removed meanwhile."""
        return self._db.document(self._docs[doc])

    @property
    def unindexed(self) -> int:
        """Living passages that are looked through, because the term index does not hold them."""
        return int(self.columns.alive[self._unindexed].sum())

    def count(self, without: str = "") -> int:
        """Documents; those of the kind `without` are left out."""
        return self._db.count(without)

    def lacking(self) -> bool:
        """Whether less was kept of the documents than this program keeps."""
        return self._db.lacking()

    def check(self) -> None:
        """Reads every byte of the index. Raises: IndexDamaged."""
        self._db.verify()
        verify(self._folder / TERM_FOLDER, self._db.state(TERM_FOLDER), whole=True)
        if self.damage is not None:
            raise self.damage


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir()) if folder.is_dir() else 0
