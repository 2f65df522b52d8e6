"""The room's memory: agendas, records and imported documents, put into the search index and asked for.

The index is a projection: it is built from the stored records and can be built again at any time.
"""

from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from meeting.domain.events import ItemEntry, Segment
from meeting.folding import fold_apart
from meeting.holdings import (
    agenda_document,
    archived_documents,
    passage_of,
    record_documents,
    record_head,
    result_documents,
)
from meeting.importing import ImportReport, read_into_archive
from meeting.leisure import Leisure
from meeting.memory.gather import Matters, matters_of
from meeting.reviewing import Question, answered, questions
from meeting.store.log import State
from meeting.store.meetings import Meeting
from meeting.tending import Tending
from search.backend import SearchBackend
from search.documents import Document, Query, Results, Within
from search.errors import IndexDamaged
from search.index import SearchIndex, build_anew
from search.live import LiveTable

if TYPE_CHECKING:
    from meeting.records import Records


class Library:
    """Safe for several threads. Search and changes may raise a SearchError; the records are never touched by it.

    A command that runs for itself waits until the index is as it should be. A service does not (`tend_behind`): it
    answers from what there is, and what is missing follows.
    """

    def __init__(self, records: "Records") -> None:
        self._records = records
        self._live = LiveTable()
        self._lock, self._live_lock, self._deciding_lock = Lock(), Lock(), Lock()
        self._live_known = False
        self._live_decisions: set[str] = set()
        self._live_times = 0
        self._index: SearchBackend | None = None
        self._behind = False
        self._leisure = Leisure()
        self._tending: Tending | None = None

    def search(self, query: Query) -> Results:
        """Ranked passages of everything stored, and of the meetings that are being held."""
        self.in_use()
        self._know_live()
        index = self._opened()
        try:
            return index.search(query, self._live)
        except IndexDamaged:
            return self._opened(instead_of=index).search(query, self._live)

    def tend_behind(self) -> None:
        """From now on nobody waits for an index that is missing or damaged: it is built beside everything else."""
        self._behind = True
        self._opened()

    def in_use(self) -> None:
        """Somebody speaks or looks something up: what can wait, waits."""
        self._leisure.used()

    def close(self) -> None:
        """Leaves what is being built to the next program."""
        with self._lock:
            if self._tending is not None:
                self._tending.stop()

    def falls_short(self) -> bool:
        """Whether the index cannot be changed here and does not hold all that the records do."""
        index = self._opened()
        return index.read_only() and not self._is_whole(index)

    def check(self) -> None:
        """Reads every byte of the index. Raises IndexDamaged."""
        self._opened().check()

    def _opened(self, instead_of: SearchBackend | None = None) -> SearchBackend:
        """The index; one that turned out to be damaged is replaced."""
        with self._lock:
            if self._index is None or self._index is instead_of:
                opened = self._open_behind if self._behind else self._open
                self._index = opened(instead_of is not None)
            return self._index

    def _open(self, damaged: bool) -> SearchBackend:
        folder = self._records.home.index
        try:
            if damaged:
                raise IndexDamaged(folder=str(folder), part="")
            index = SearchIndex.open(folder)
        except IndexDamaged:
            build_anew(folder, self._documents())
            index = SearchIndex.open(folder)
        if not index.read_only() and not self._is_whole(index):
            # A program died between the records and the index, or the index was taken away.
            build_anew(folder, self._documents())
        return index

    def _is_whole(self, index: SearchBackend) -> bool:
        return not index.lacking() and index.count(without="decision") == self._expected()

    def _open_behind(self, damaged: bool) -> SearchBackend:
        folder = self._records.home.index
        try:
            index = SearchIndex.begin_anew(folder) if damaged else SearchIndex.open(folder, finish=False)
        except IndexDamaged:
            index = SearchIndex.begin_anew(folder)
        if self._tending is not None:
            self._tending.stop()
        self._tending = Tending(index, self._documents, self._expected, partial(fold_apart, folder), self._leisure)
        self._tending.start()
        return index

    def _know_live(self) -> None:
        """Takes in what was said in an open meeting before this program began. Asks the records alone."""
        with self._live_lock:
            if self._live_known:
                return
            meeting = self._records.meetings.open()
            if meeting is not None:
                state = self._records.log(meeting.id).state()
                self._put(meeting, state.segments, state.items)
                self._put_decisions(meeting, state)
            self._live_known = True

    def put_live(self, meeting: Meeting, segments: Iterable[Segment], items: Iterable[ItemEntry]) -> None:
        """Makes sentences findable at once, while the meeting goes on; no index is waited for."""
        self.in_use()
        self._know_live()
        self._put(meeting, segments, items)

    def _put(self, meeting: Meeting, segments: Iterable[Segment], items: Iterable[ItemEntry]) -> None:
        head = record_head(meeting)
        by_id = {item.item_id: item for item in items}
        for segment in segments:
            self._live.put(head, passage_of(segment, by_id), segment.rev)

    def put_decisions(self, meeting: Meeting) -> None:
        """Makes what a meeting has decided so far findable, as its log has it now; no index is waited for."""
        self._know_live()
        with self._deciding_lock:
            self._put_decisions(meeting, self._records.log(meeting.id).state())

    def _put_decisions(self, meeting: Meeting, state: State) -> None:
        found = result_documents(meeting, state)
        for gone in self._live_decisions - {document.id for document in found}:
            self._live.drop(gone)
        self._live_decisions = {document.id for document in found}
        for document in found:
            # Each time it is a newer state of what may be the same text: outcome and units are in the head.
            self._live_times += 1
            self._live.put(document, document.passages[0], self._live_times)

    def fold(self, meeting: Meeting) -> None:
        """Moves a meeting that has ended from memory into the index; where that is being built, it stays in memory."""
        documents = self._record(meeting)
        if self._change([*documents, agenda_document(meeting, self._items(meeting))]):
            for document in documents:
                self._live.drop(document.id)

    def add_agenda(self, meeting: Meeting) -> None:
        """Makes the items of a stored agenda findable."""
        self._change([agenda_document(meeting, self._items(meeting))])

    def _change(self, documents: list[Document]) -> bool:
        """Whether the index has them now; else whoever builds it puts them in."""
        index = self._opened()
        if self._tending is not None and self._tending.later(documents):
            return False
        self._put_in(index, documents)
        return True

    def _put_in(self, index: SearchBackend, documents: list[Document]) -> None:
        """Found at once; a service has the rest of the work done beside it."""
        index.replace(documents, fold=self._tending is None)
        if self._tending is not None:
            self._tending.fold_soon()

    def forget_agenda(self, meeting_id: str) -> None:
        """Takes the items of an agenda out again."""
        self._opened().delete([f"agenda:{meeting_id}"])

    def import_files(self, paths: Iterable[Path]) -> Iterator[ImportReport]:
        """Takes files and folders into the archive, one report a file; a file known by its content changes nothing."""
        fresh = []
        matters = self._matters()
        try:
            for report in read_into_archive(paths, self._records.archive, self._records.home):
                if report.document is not None:
                    fresh += archived_documents(report.document, matters)
                yield report
        finally:
            if fresh:
                self._put_in(self._opened(), fresh)

    def questions(self) -> list[Question]:
        """What imported files left open."""
        return questions(self._records.archive)

    def answer(self, question: str, answer: str) -> None:
        """Takes what a person says to a question of an imported file. Raises: a ReviewError."""
        content_id, document = answered(self._records.archive, question, answer)
        # Who dies between the two is asked again, and the second answer makes both agree.
        self._put_in(self._opened(), archived_documents(document, self._matters()))
        self._records.archive.change(content_id, document)

    def reindex(self) -> int:
        """Builds the index anew from the records; returns how many documents it holds."""
        with self._lock:
            documents = list(self._documents())
            build_anew(self._records.home.index, documents)
        return len(documents)

    def _documents(self) -> Iterator[Document]:
        matters = self._matters()
        for document in self._records.archive.whole():
            yield from archived_documents(document, matters)
        for meeting in self._records.meetings.all():
            yield agenda_document(meeting, self._items(meeting))
            if meeting.state == "closed":
                yield from self._record(meeting)

    def _matters(self) -> Matters:
        return matters_of(self._records.meetings.all())

    def document_of(self, meeting: Meeting, kind: str) -> Document:
        """A meeting's record or agenda with its passages, as the records have them now."""
        return agenda_document(meeting, self._items(meeting)) if kind == "agenda" else self._record(meeting)[-1]

    def complete(self, text: str, limit: int, within: Within | None = None) -> tuple[str, ...]:
        """The text with its last word completed, from words that the index has and the asker may find."""
        self.in_use()
        self._know_live()
        visible = Query(text="", within=within)
        index = self._opened()
        try:
            return index.complete(text, self._live, visible, limit)
        except IndexDamaged:
            return self._opened(instead_of=index).complete(text, self._live, visible, limit)

    def _expected(self) -> int:
        """How many documents there are besides decisions, which are put in before what they stand in."""
        states = [meeting.state for meeting in self._records.meetings.all()]
        return self._records.archive.count() + len(states) + states.count("closed")

    def _items(self, meeting: Meeting) -> tuple[ItemEntry, ...]:
        return self._records.log(meeting.id).items()

    def _record(self, meeting: Meeting) -> list[Document]:
        return record_documents(meeting, self._records.log(meeting.id).state())
