"""The room's memory: agendas, records and imported documents, put into the search index and asked for.

The index is a projection: it is built from the stored records and can be built again at any time.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import msgspec

from asr.text.unclear import unmarked
from meeting.domain.events import ItemEntry, Segment
from meeting.importing import ImportReport, read_into_archive
from meeting.store.meetings import Meeting
from search.documents import Document, Passage, Query, Results
from search.errors import IndexDamaged
from search.index import SearchIndex, build_anew
from search.live import LiveTable

if TYPE_CHECKING:
    from meeting.records import Records


class Library:
    """Safe for several threads. Search and changes may raise a SearchError; the records are never touched by it."""

    def __init__(self, records: "Records") -> None:
        self._records = records
        self._live = LiveTable()
        self._lock = Lock()
        self._index: SearchIndex | None = None

    def search(self, query: Query) -> Results:
        """Ranked passages of everything stored, and of the meetings that are being held."""
        return self._opened().search(query, self._live)

    def check(self) -> None:
        """Reads every byte of the index. Raises IndexDamaged."""
        self._opened().check()

    def _opened(self) -> SearchIndex:
        with self._lock:
            if self._index is None:
                folder = self._records.home.index
                try:
                    self._index = SearchIndex.open(folder)
                except IndexDamaged:
                    build_anew(folder, self._documents())
                    self._index = SearchIndex.open(folder)
                if self._index.count() != self._expected():
                    # A program died between the records and the index, or the index was taken away.
                    build_anew(folder, self._documents())
                self._take_in_open_meeting()
            return self._index

    def _take_in_open_meeting(self) -> None:
        meeting = self._records.meetings.open()
        if meeting is not None:
            state = self._records.log(meeting.id).state()
            self._put(meeting, state.segments, state.items)

    def put_live(self, meeting: Meeting, segments: Iterable[Segment], items: Iterable[ItemEntry]) -> None:
        """Makes sentences findable at once, while the meeting goes on."""
        self._opened()
        self._put(meeting, segments, items)

    def _put(self, meeting: Meeting, segments: Iterable[Segment], items: Iterable[ItemEntry]) -> None:
        head = _record_head(meeting)
        by_id = {item.item_id: item for item in items}
        for segment in segments:
            self._live.put(head, _passage(segment, by_id), segment.rev)

    def fold(self, meeting: Meeting) -> None:
        """Moves a meeting that has ended from memory into the index."""
        document = self._record(meeting)
        self._opened().replace([document, _agenda_document(meeting)])
        self._live.drop(document.id)

    def add_agenda(self, meeting: Meeting) -> None:
        """Makes the items of a stored agenda findable."""
        self._opened().replace([_agenda_document(meeting)])

    def forget_agenda(self, meeting_id: str) -> None:
        """Takes the items of an agenda out again."""
        self._opened().delete([f"agenda:{meeting_id}"])

    def import_files(self, paths: Iterable[Path]) -> Iterator[ImportReport]:
        """Takes files and folders into the archive, one report a file; a file known by its content changes nothing."""
        fresh = []
        try:
            for path in paths:
                for report in read_into_archive(path, self._records.archive):
                    if report.document is not None:
                        fresh.append(report.document)
                    yield report
        finally:
            if fresh:
                self._opened().replace(fresh)

    def reindex(self) -> int:
        """Builds the index anew from the records; returns how many documents it holds."""
        with self._lock:
            documents = list(self._documents())
            build_anew(self._records.home.index, documents)
        return len(documents)

    def _documents(self) -> Iterator[Document]:
        yield from self._records.archive.documents()
        for meeting in self._records.meetings.all():
            yield _agenda_document(meeting)
            if meeting.state == "closed":
                yield self._record(meeting)

    def _expected(self) -> int:
        states = [meeting.state for meeting in self._records.meetings.all()]
        return self._records.archive.count() + len(states) + states.count("closed")

    def _record(self, meeting: Meeting) -> Document:
        state = self._records.log(meeting.id).state()
        by_id = {item.item_id: item for item in state.items}
        passages = tuple(_passage(segment, by_id) for segment in state.segments if unmarked(segment.text))
        return msgspec.structs.replace(_record_head(meeting), passages=passages)


def _record_head(meeting: Meeting) -> Document:
    return Document(
        id=f"record:{meeting.id}",
        kind="record",
        title=_full_title(meeting),
        date=meeting.date,
        meeting_id=meeting.id,
        body=meeting.agenda.body,
        units=tuple(dict.fromkeys(unit for item in meeting.agenda.items for unit in item.presenting_units)),
        classification=meeting.agenda.classification,
    )


def _full_title(meeting: Meeting) -> str:
    session = meeting.agenda.session
    return f"{meeting.title}（{session}）" if session and session not in meeting.title else meeting.title


def _passage(segment: Segment, items: dict[str, ItemEntry]) -> Passage:
    item = items.get(segment.item_id or "")
    return Passage(
        id=segment.segment_id,
        # The marks are no words that anybody said.
        text=unmarked(segment.text),
        item=item.number if item else None,
        item_title=item.title if item else "",
        speaker=segment.speaker,
        start_ms=segment.start_ms,
        end_ms=segment.end_ms,
    )


def _agenda_document(meeting: Meeting) -> Document:
    agenda = meeting.agenda
    passages = []
    for item in agenda.items:
        words = [item.title, *item.presenting_units, item.presenter, *(one.title for one in item.documents)]
        passages.append(
            Passage(
                id=f"{meeting.id}/{item.number}",
                text="　".join(word for word in words if word),
                item=item.number,
                item_title=item.title,
            )
        )
    return msgspec.structs.replace(
        _record_head(meeting), id=f"agenda:{meeting.id}", kind="agenda", passages=tuple(passages)
    )
