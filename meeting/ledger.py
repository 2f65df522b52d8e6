"""The facts of a running meeting: decided one at a time on the state as it stands, committed, then told to all."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

import msgspec

from asr.journal import JournalReader
from meeting.domain.events import AgendaChanged, End, Event, Segment
from meeting.domain.filing import Filing
from meeting.domain.state import AgendaState
from meeting.errors import DiskFull, StateError
from meeting.gaps import GapWatch, to_ms
from meeting.records import Records
from meeting.store.log import Stored
from meeting.store.meetings import Meeting
from meeting.stream.hub import Hub
from meeting.vocabulary import HEARD_WITH
from search.errors import SearchError

log = logging.getLogger(__name__)

Decide = Callable[[], list[Event]]
Around = Callable[[list[Event]], Awaitable[None]]


class Ledger:
    """What has been said and done so far. `agenda` and `filing` are the state that the stored events add up to."""

    def __init__(
        self, records: Records, hub: Hub, meeting: Meeting, follow_chair: bool, journal: JournalReader
    ) -> None:
        self.meeting = meeting
        self.log = records.log(meeting.id)
        self.agenda = AgendaState.from_agenda(meeting.agenda)
        self.filing = Filing(self.agenda, follow_chair)
        self.closed = False
        self._records = records
        self._hub = hub
        self._journal = journal
        self._gaps = GapWatch(journal)
        self._writing = asyncio.Lock()
        self._readers: list[Callable[[Event], None]] = []
        self._before: list[Around] = []
        self._behind: list[Around] = []

    def attend(
        self, reader: Callable[[Event], None], before: Around | None = None, behind: Around | None = None
    ) -> None:
        """`reader` gets every stored event; `before` runs before facts are committed, `behind` once all know them."""
        self._readers.append(reader)
        self._before += [before] if before else []
        self._behind += [behind] if behind else []

    async def recall(self) -> bool:
        """Takes in what is stored; False where nothing is."""
        history = await asyncio.to_thread(self.log.all)
        for event in history:
            self._remember(event)
        return bool(history)

    async def store(self, decide: Decide, cut_sample: int | None = None) -> None:
        """Commits the facts that `decide` draws from the state as it stands, then lets everybody know them.

        One at a time, so that nothing is decided on a state that changes; what a client has seen is on disk.
        """
        async with self._writing:
            facts = _placed(decide(), self.media_ms)
            for prepare in self._before:
                await prepare(facts)
            stored = await asyncio.to_thread(self._append, facts, cut_sample)
            for one in stored:
                self._remember(one.event)
            self._hub.publish(self.meeting.id, stored)
        texts = [one.event for one in stored if isinstance(one.event, Segment)]
        if texts:
            await self.index(self._records.library.put_live, self.meeting, texts, self.agenda.items)
        if any(isinstance(fact, AgendaChanged) for fact in facts) and self.agenda.seq > len(facts):
            await self.index(self._records.library.add_agenda, self.meeting)
        for follow in self._behind:
            await follow(facts)

    def _append(self, facts: list[Event], cut_sample: int | None) -> list[Stored]:
        """On a full disk the room that was reserved is given up for it."""
        try:
            return self.log.append(facts, cut_sample)
        except DiskFull:
            if not self._records.home.reserve.give_up():
                raise
            return self.log.append(facts, cut_sample)

    async def index(self, change: Callable[..., None], *arguments: object) -> None:
        """The index only helps to find the record: what goes wrong with it never touches the meeting."""
        try:
            await asyncio.to_thread(change, *arguments)
        except (SearchError, StateError) as error:
            log.warning("index: %s", error)

    async def store_gaps(self, before: int | None = None) -> None:
        """Commits the journal's gaps that are no events yet, those that begin before a sample (None: all)."""
        found = await asyncio.to_thread(self._gaps.look, before)
        if self._gaps.news(found):
            await self.store(lambda: self._gaps.news(found))

    async def settled(self) -> None:
        """Waits until what is being stored just now is known to all readers."""
        async with self._writing:
            pass

    def media_ms(self) -> int:
        """How long the meeting's sound is by now."""
        return to_ms(self._journal.end_sample)

    def _remember(self, event: Event) -> None:
        self.agenda.apply(event)
        self.filing.apply(event)
        self._gaps.apply(event)
        self.closed = self.closed or isinstance(event, End)
        for reader in self._readers:
            reader(event)


def _placed(facts: list[Event], media_ms: Callable[[], int]) -> list[Event]:
    """What is listened for changes at a place in the sound, so that it can be known again what was heard with it."""
    if not any(isinstance(fact, HEARD_WITH) for fact in facts):
        return facts
    now = media_ms()
    return [
        msgspec.structs.replace(fact, media_ms=now) if isinstance(fact, HEARD_WITH) else fact for fact in facts
    ]
