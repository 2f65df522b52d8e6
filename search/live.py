"""The newest passages, in memory: findable the moment they are put, beside the archive."""

import json
import threading
from collections.abc import Sequence

import msgspec
import numpy as np

from search.analysis import fold
from search.columns import TEXT, Columns, ColumnsBuilder, Mask
from search.database import rows_of
from search.documents import Document, Passage
from search.pinyin import Characters
from search.sounding import RunningText, units_of
from search.source import NOWHERE, Postings


class LiveTable:
    """What is being said now. Safe for several threads; a few thousand passages are looked through in under 1 ms.

    Passages are known by their `id`, over all documents: one that moves to another document leaves the first.
    A document that is here hides the archive's document of the same id.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._revisions: dict[str, int] = {}
        self._entries: dict[str, tuple[str, Passage]] = {}
        self._documents: dict[str, Document] = {}
        self._clear_rows()

    def _clear_rows(self) -> None:
        self._builder = ColumnsBuilder()
        self._rows: list[Passage] = []
        self._folded: list[str] = []
        self._places: dict[str, int] = {}
        self._docs: dict[str, int] = {}
        self._heads: list[Document] = []
        self._headings: set[tuple[str, int | None, str]] = set()
        self._view: LiveView | None = None

    def put(self, document: Document, passage: Passage, revision: int = 0) -> bool:
        """Adds or replaces a passage of `document` (whose own `passages` are not read); empty text removes it.

        A revision lower than the known one changes nothing. Gives whether it changed anything.
        """
        with self._lock:
            if revision < self._revisions.get(passage.id, revision):
                return False
            self._revisions[passage.id] = revision
            self._take_out(passage.id)
            if not passage.text:
                return True
            head = _head(document)
            changed = self._documents.get(head.id, head) != head
            self._documents[head.id] = head
            self._entries[passage.id] = (head.id, passage)
            if changed:
                self._lay_out_again()
            else:
                self._lay_out(head, passage)
            return True

    def remove(self, passage_id: str) -> None:
        """Removes a passage, if it is there; only a higher revision brings it back."""
        with self._lock:
            self._take_out(passage_id)
            if passage_id in self._revisions:
                self._revisions[passage_id] += 1

    def drop(self, document_id: str) -> None:
        """Removes a document with its passages, when the archive has it."""
        with self._lock:
            for passage_id in [key for key, (doc, _) in self._entries.items() if doc == document_id]:
                self._entries.pop(passage_id)
                self._revisions.pop(passage_id, None)
            self._documents.pop(document_id, None)
            self._lay_out_again()

    def __len__(self) -> int:
        return len(self._entries)

    def view(self) -> "LiveView":
        """What is in the table now, fixed: a source for `ranking`."""
        with self._lock:
            if self._view is None:
                self._view = LiveView(self._builder.freeze(), self._rows, self._folded, self._heads)
            return self._view

    def _take_out(self, passage_id: str) -> None:
        self._view = None
        if self._entries.pop(passage_id, None) is not None:
            self._builder.alive[self._places.pop(passage_id)] = 0

    def _lay_out_again(self) -> None:
        entries = list(self._entries.values())
        self._clear_rows()
        for document_id, passage in entries:
            self._lay_out(self._documents[document_id], passage)

    def _lay_out(self, head: Document, passage: Passage) -> None:
        if head.id not in self._docs:
            units = json.dumps(head.units, ensure_ascii=False)
            self._docs[head.id] = self._builder.add_document(
                head.id, head.kind, head.date, head.body, units, head.outcome, head.owed
            )
            self._heads.append(head)
        doc = self._docs[head.id]
        for role, row in rows_of(_with(head, passage)):
            heading = (head.id, row.item, row.text)
            if role != TEXT and heading in self._headings:
                continue
            if role != TEXT:
                self._headings.add(heading)
            place = self._builder.add_passage(doc, role, row.item, row.speaker, len(row.text))
            self._rows.append(row)
            self._folded.append(fold(row.text))
            if role == TEXT:
                self._places[row.id] = place


class LiveView:
    """A fixed state of a `LiveTable`."""

    def __init__(self, columns: Columns, rows: list[Passage], folded: list[str], heads: list[Document]) -> None:
        self.columns = columns
        # The lists only grow, and nothing above the columns' length is read.
        self._rows, self._folded, self._heads = rows, folded, heads
        self._living = np.flatnonzero(columns.alive)

    def find(self, text: str) -> Postings:
        """Passages whose folded text holds `text`, and how often."""
        folded = self._folded
        places = [place for place in self._living.tolist() if text in folded[place]]
        if not places:
            return NOWHERE
        counts = [folded[place].count(text) for place in places]
        return np.array(places, np.int64), np.array(counts, np.float32)

    def running(self) -> RunningText:
        """All texts one behind the other, for what goes by sound."""
        living = self._living.tolist()
        return RunningText(living, [units_of(self._folded[place]) for place in living])

    def sounding(self, sounds: Sequence[Characters], among: Mask) -> dict[str, int]:
        """The commonest strings that sound so in the passages that count, with how often they occur there."""
        return self.running().strings(sounds, among, self.folded)

    def folded(self, place: int) -> str:
        """The folded text of a passage."""
        return self._folded[place]

    def passage(self, place: int) -> Passage:
        """The passage at a place."""
        return self._rows[place]

    def document(self, doc: int) -> Document:
        """The document at a place, without its passages."""
        return self._heads[doc]


def _head(document: Document) -> Document:
    return document if not document.passages else _with(document)


def _with(document: Document, *passages: Passage) -> Document:
    return msgspec.structs.replace(document, passages=passages)
