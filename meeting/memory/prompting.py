"""In the room: the background of each item as it comes up, and quiet hints where something known is mentioned.

Everything is looked up in threads, off the event loop; what goes wrong here never touches the meeting.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

from meeting.domain.events import Action, Decision, Event, ItemMoved, Segment
from meeting.domain.state import AgendaState
from meeting.memory.facts import Background
from meeting.memory.mentions import Mention, mentions_in
from meeting.records import Records
from meeting.store.meetings import Meeting
from meeting.stream.hub import Hub
from meeting.stream.messages import Recalled, Suggestion
from models.refusal import Refusal

log = logging.getLogger(__name__)

QUIET_S = 8.0
MOST_WAITING = 50


class Prompter:
    """Of one running meeting, on the service's event loop: `apply` takes each stored event, `run` does the work."""

    def __init__(
        self, records: Records, hub: Hub, meeting: Meeting, agenda: AgendaState, quiet_s: float = QUIET_S
    ):
        self._records, self._hub, self._meeting, self._agenda = records, hub, meeting, agenda
        self._quiet_s = quiet_s
        self._waiting: asyncio.Queue[Event] = asyncio.Queue(MOST_WAITING)
        self._running = False
        self._background: Background | None = None
        self._told: set[str] = set()
        self._last = float("-inf")

    def apply(self, event: Event) -> None:
        """Notes what may be worth a look; when too much waits, what was said longest ago is let go."""
        if not self._running or not _of_interest(event):
            return
        if self._waiting.full():
            self._waiting.get_nowait()
        self._waiting.put_nowait(event)

    async def run(self, ended: asyncio.Event) -> None:
        """Looks things up until the meeting ends."""
        self._running = True
        await self._guarded(self._remember)
        await self._guarded(self._recall)
        while not ended.is_set():
            try:
                async with asyncio.timeout(1.0):
                    event = await self._waiting.get()
            except TimeoutError:
                continue
            await self._guarded(lambda event=event: self._look(event))  # type: ignore[misc] # bound now, on purpose

    async def _guarded(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except Refusal as error:
            log.warning("the room's memory: %s", error)

    async def _remember(self) -> None:
        """Reads the archive before its first item is asked about."""
        await asyncio.to_thread(self._records.memory.known)

    async def _look(self, event: Event) -> None:
        match event:
            case ItemMoved():
                await self._recall()
            case Segment():
                await self._hint(event)
            case Decision() | Action():
                await asyncio.to_thread(self._records.library.put_decisions, self._meeting)

    async def _recall(self) -> None:
        """Tells what was before the item that is current now."""
        entry = self._agenda.find(self._agenda.current)
        if entry is None:
            self._background = None
            return
        found = await asyncio.to_thread(self._records.memory.background, self._meeting, entry)
        if self._agenda.current == entry.item_id:
            self._background = found
            self._hub.pass_on(self._meeting.id, "background", recalled(found))

    async def _hint(self, segment: Segment) -> None:
        if not segment.text or time.monotonic() - self._last < self._quiet_s:
            return
        found = await asyncio.to_thread(self._mentions, segment.text)
        fresh = next((one for one in found if one.key not in self._told), None)
        if fresh is not None:
            self._told.add(fresh.key)
            self._last = time.monotonic()
            self._hub.pass_on(self._meeting.id, "suggestion", _suggestion(self._meeting.id, segment, fresh))

    def _mentions(self, text: str) -> list[Mention]:
        agenda = self._meeting.agenda
        units = [name for unit in agenda.units for name in (unit.name, unit.short) if name]
        units += [unit for item in self._agenda.items for unit in item.presenting_units]
        known = self._records.memory.known()
        return mentions_in(
            text,
            known,
            self._background,
            self._meeting.id,
            self._meeting.date,
            agenda.body,
            list(dict.fromkeys(units)),
        )


def recalled(background: Background) -> Recalled:
    """A background as it goes over the wire."""
    return Recalled(**{name: getattr(background, name) for name in Background.__struct_fields__})


def _of_interest(event: Event) -> bool:
    """What is said first, not what is corrected later: hints are for the moment."""
    if isinstance(event, Segment):
        return event.rev == 1 and bool(event.text)
    return isinstance(event, ItemMoved | Decision | Action)


def _suggestion(meeting_id: str, segment: Segment, mention: Mention) -> Suggestion:
    return Suggestion(
        meeting_id=meeting_id,
        segment_id=segment.segment_id,
        item_id=segment.item_id,
        offset=mention.offset,
        length=mention.length,
        mention=mention.mention,
        about=mention.about,
        title=mention.title,
        text=mention.text,
        source=mention.source,
    )
