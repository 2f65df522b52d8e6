"""Everything stored in one home, opened together: meetings, their logs, the archive, and the index over them."""

from collections.abc import Callable
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING

from meeting.access.openings import Openings
from meeting.access.tokens import Tokens
from meeting.home import Home
from meeting.store.archive import ArchiveStore
from meeting.store.engine import open_engine
from meeting.store.facts import Facts
from meeting.store.integrity import check_store
from meeting.store.log import EventLog
from meeting.store.meetings import Meetings
from meeting.store.past import Heading, newest_documents
from meeting.store.words import WordLists

if TYPE_CHECKING:
    from meeting.library import Library
    from meeting.memory.asking import Memory
    from search.documents import Document


class Records:
    """Opening may raise a StoreError; the index is opened when it is first asked for."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self._engine = open_engine(home.database_url)
        self.meetings = Meetings(self._engine)
        self.archive = ArchiveStore(self._engine)
        self.words = WordLists(self._engine)
        self.tokens = Tokens(self._engine)
        self.openings = Openings(self._engine)
        self.facts = Facts(self._engine)
        self._opening = Lock()

    def log(self, meeting_id: str) -> EventLog:
        """The event log of a meeting."""
        return EventLog(self._engine, meeting_id)

    def past(self, wanted: Callable[[Heading], bool], limit: int) -> list["Document"]:
        """At most `limit` archived documents of which the heading is wanted, the newest first."""
        return newest_documents(self._engine, wanted, limit)

    @cached_property
    def library(self) -> "Library":
        """The search over agenda, records and archive; loaded for the first who asks, in whatever thread."""
        from meeting.library import Library

        with self._opening:
            # Whoever came second finds what the first has made.
            made: Library = vars(self).setdefault("library", Library(self))
        return made

    @cached_property
    def memory(self) -> "Memory":
        """What was decided before, by whom it is owed, and what is in force; loaded for the first who asks."""
        from meeting.memory.asking import Memory

        with self._opening:
            made: Memory = vars(self).setdefault("memory", Memory(self))
        return made

    def check(self) -> None:
        """Reads all of the database. Raises StoreDamaged."""
        check_store(self._engine)

    def close(self) -> None:
        """Lets go of the database."""
        self._engine.dispose()
