"""The memory asked: what changed in the records is gathered, the rest kept; every answer is reckoned from that."""

from datetime import date
from threading import Lock
from typing import TYPE_CHECKING

from meeting.domain.events import ItemEntry
from meeting.memory.background import background_of
from meeting.memory.facts import Background, Known, Paper, Subject, Timeline
from meeting.memory.gather import Matters, archived_of, known_of, matters_of
from meeting.memory.sight import MaySee, everything, known_to
from meeting.memory.timeline import timeline_of
from meeting.store.meetings import Meeting

if TYPE_CHECKING:
    from meeting.records import Records


class Memory:
    """Safe for several threads. Slow the first time in a large archive, so not for an event loop. Every method may
    raise a StoreError."""

    def __init__(self, records: "Records") -> None:
        self._records = records
        self._lock = Lock()
        self._kept: dict[str, tuple[str, Known]] = {}
        self._matters: Matters = {}
        self._state: object = None
        self._known = Known()

    def known(self) -> Known:
        """All facts, as the records have them now."""
        with self._lock:
            facts = self._records.facts
            of_archive = facts.archive_state()
            state = (of_archive, facts.meetings_state())
            if state != self._state:
                meetings = self._records.meetings.all()
                self._take(of_archive, matters_of(meetings))
                self._known = known_of((one for _, one in self._kept.values()), facts.held(), meetings)
                self._state = state
            return self._known

    def _take(self, archive: dict[str, str], matters: Matters) -> None:
        """Reads the documents that are new or changed; all of them where the agendas name other matters."""
        if matters != self._matters:
            self._kept, self._matters = {}, matters
        self._kept = {key: kept for key, kept in self._kept.items() if archive.get(key) == kept[0]}
        for key, document in self._records.facts.archived([key for key in archive if key not in self._kept]):
            self._kept[key] = archive[key], archived_of(document, matters)

    def background(self, meeting: Meeting, entry: ItemEntry, may_see: MaySee = everything) -> Background:
        """What was before an item (前情), as of today."""
        return background_of(subject_of(meeting, entry), known_to(self.known(), may_see), _today())

    def timeline(self, matter: str, may_see: MaySee = everything) -> Timeline:
        """A matter across meetings."""
        return timeline_of(matter.strip(), known_to(self.known(), may_see), _today())


def subject_of(meeting: Meeting, entry: ItemEntry) -> Subject:
    """An item as the memory is asked about it."""
    planned = next((item for item in meeting.agenda.items if item.title == entry.title), None)
    paths = {document.title: document.path for document in planned.documents} if planned else {}
    return Subject(
        meeting_id=meeting.id,
        item_id=entry.item_id,
        number=entry.number,
        title=entry.title,
        date=meeting.date,
        matter=entry.matter,
        papers=tuple(Paper(title=title, path=paths.get(title, "")) for title in entry.documents),
    )


def _today() -> str:
    return date.today().isoformat()
