"""Whether and how a running meeting is recorded, and by whose order: what people have ordered, and what items allow.

The device is closed before anybody is told so, and an order to open it is stored before it is obeyed.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable

import msgspec

from asr.errors import JournalSealed
from asr.journal import JournalReader
from asr.journal_records import RATE_HZ
from asr.recording import Recording, Wanted
from meeting.domain.agenda import Recording as Mode
from meeting.domain.events import Custody, End, Event, ItemMoved, Phase, Segment
from meeting.domain.filing import at_media
from meeting.domain.state import item_id_of
from meeting.keeping import Keeper
from meeting.ledger import Ledger
from models.refusal import Refusal

STRICTNESS: dict[Mode, int] = {"keep": 0, "transcribe_only": 1, "off": 2}
GAP_REASONS = {"pause": "paused", "recess": "recess", "deadline": "closed_by_itself"}
"""Orders after which only a person opens the device again, and the reason of the gap that they leave."""

RECESS_QUIET_MS = 60_000
"""Of quiet after a recess that was only heard; then the device is closed."""


class Custodian:
    """Gives the recorder its orders. `mode` is what may be kept of the sound just now."""

    def __init__(self, ledger: Ledger, keeper: Keeper, journal: JournalReader) -> None:
        self.mode: Mode = "off"
        self._ledger = ledger
        self._keeper = keeper
        self._journal = journal
        self._ordering = asyncio.Lock()
        self._shut = ""
        self._ordered: Mode | None = None
        self._last_word_ms = 0

    async def begin(self, anew: bool) -> None:
        """Starts or adopts the recorder where sound may be recorded. `anew`: the meeting has no event yet."""
        if anew:
            self.mode = self._ledger.meeting.agenda.recording
        else:
            await self._keeper.recall_answers()
        await self._follow_late()
        if self._keeper.recording is None and (self.mode != "off" or self._keeper.folder.exists()):
            await self._keeper.open()

    async def _follow_late(self) -> None:
        """The service may have died between an item's beginning and the order that follows from it."""
        wanted = self._wanted_mode()
        if self._ledger.agenda.current and wanted != self.mode and not self._shut:
            with contextlib.suppress(JournalSealed):
                await self._take(wanted, "item", "service")

    # Orders.

    @property
    def closed_by_itself(self) -> bool:
        """Whether the device was closed because nobody answered, and no person has opened it since."""
        return self._shut == "deadline"

    async def pause(self, by: str, recess: bool = False, command: str = "") -> None:
        """Closes the device until a person resumes; in a recess no item is current meanwhile."""
        async with self._ordering:
            if recess and not self._in_recess:
                take_recess = self._ledger.agenda.take_recess
                await self._set_shut("recess", "off", "recess", by, lambda: take_recess(by), command)
            elif not self._shut:
                await self._set_shut("pause", "off", "pause", by, command=command)

    async def resume(self, by: str, command: str = "") -> None:
        """Opens the device again, as the current item allows."""
        async with self._ordering:
            if self._shut:
                mode = self._wanted_mode()
                await self._set_shut("", mode, "resume", by, lambda: self._back_from_recess(by), command)
            elif self.recess_heard:
                media_ms = self._ledger.media_ms()
                await self._ledger.store(
                    lambda: [
                        msgspec.structs.replace(at_media(fact, media_ms), command=command)
                        for fact in self._back_from_recess(by)
                    ]
                )

    async def record(self, wanted: Mode, by: str, command: str = "") -> Mode:
        """Obeys what a person allows to be kept from now on, where the item is no stricter; what is in force."""
        async with self._ordering:
            before, self._ordered = self._ordered, wanted
            try:
                mode: Mode = "off" if self._shut else self._wanted_mode()
                await self._take(mode, "recording", by, wanted=wanted, command=command)
            except Refusal:
                self._ordered = before
                raise
        return self.mode

    async def hand_over(self, to: str, by: str, command: str = "") -> None:
        """From now on somebody else looks after the record; what is recorded stays as it is."""
        async with self._ordering:
            await self._ledger.store(
                lambda: [Custody(recording=self.mode, order="handover", by=by, to=to, command=command)]
            )

    async def look_at_deadline(self) -> None:
        """Where the recorder has closed the device because nobody answered, the record says so."""
        if not self._open or not await asyncio.to_thread(self._keeper.closed_by_itself):
            return
        async with self._ordering:
            if self._open:
                with contextlib.suppress(JournalSealed):
                    await self._set_shut("deadline", "off", "deadline", "service")

    async def look_at_recess(self, recognized_ms: int) -> None:
        """A recess that was only heard closes the device once nobody has spoken for a while: it may be a mistake.

        `recognized_ms`: what was said before is known.
        """
        if not self.recess_heard or recognized_ms - self._last_word_ms < RECESS_QUIET_MS:
            return
        async with self._ordering:
            # Somebody may have resumed meanwhile.
            if self.recess_heard:
                with contextlib.suppress(JournalSealed):
                    await self._set_shut("recess", "off", "recess", "voice")

    @property
    def recess_heard(self) -> bool:
        """Whether the chair has called a recess while the device is still open: no person has ordered it closed."""
        return self._open and self._ledger.agenda.phase == "recess"

    @property
    def _open(self) -> bool:
        return self._keeper.live and self.mode != "off"

    @property
    def _in_recess(self) -> bool:
        return self._shut == "recess"

    def _back_from_recess(self, by: str) -> list[Event]:
        agenda = self._ledger.agenda
        if agenda.phase != "recess":
            return []
        return [Phase(phase="items" if agenda.ongoing else "opening", by=by)]

    async def _set_shut(
        self,
        shut: str,
        mode: Mode,
        order: str,
        by: str,
        more: Callable[[], list[Event]] = list,
        command: str = "",
    ) -> None:
        before, self._shut = self._shut, shut
        try:
            await self._take(mode, order, by, more, command=command)
        except Refusal:
            # It was not done, so that it can be asked for again.
            self._shut = before
            raise

    async def _take(
        self,
        mode: Mode,
        order: str,
        by: str,
        more: Callable[[], list[Event]] = list,
        wanted: Mode | None = None,
        command: str = "",
    ) -> None:
        # The device is closed before anybody is told so, and the order is stored before it is opened.
        stricter = STRICTNESS[mode] > STRICTNESS[self.mode]
        if stricter:
            await self._order(mode, by)
        media_ms = self._ledger.media_ms
        await self._ledger.store(
            lambda: [
                *(msgspec.structs.replace(at_media(fact, media_ms()), command=command) for fact in more()),
                Custody(recording=mode, order=order, by=by, wanted=wanted, command=command),
            ]
        )
        if not stricter:
            await self._order(mode, by)

    async def _order(self, mode: Mode, by: str, withhold_from: int | None = None) -> None:
        """Nothing, where nothing was ever recorded and nothing is to be; a recorder to come obeys it as well."""
        keeper = self._keeper
        if keeper.recording is None and mode == "off":
            return
        wanted: Wanted = "pause" if mode == "off" or self._shut else "record"
        recording = keeper.recording or Recording(keeper.folder)
        reason = GAP_REASONS.get(self._shut, "off")
        kept = None if mode == "off" else mode
        until_ns = keeper.presence.until_ns(time.time_ns()) if wanted == "record" else None
        try:
            await asyncio.to_thread(recording.order, wanted, by, reason, kept, withhold_from, until_ns)
            await asyncio.to_thread(keeper.ordered, until_ns)
        except JournalSealed:
            if withhold_from is None:
                raise
        await keeper.open()
        if withhold_from is not None and self._journal.sealed:
            await asyncio.to_thread(recording.withhold_from, withhold_from)

    # Following the facts.

    def apply(self, event: Event) -> None:
        """Takes in a stored event."""
        self._keeper.presence.apply(event)
        if isinstance(event, Segment) and event.text:
            self._last_word_ms = max(self._last_word_ms, event.end_ms)
        if isinstance(event, Custody):
            self.mode = event.recording
            if event.order == "recording":
                self._ordered = event.wanted
            elif event.order != "handover":
                self._shut = event.order if event.order in GAP_REASONS else ""

    async def follow(self, facts: list[Event]) -> None:
        """A new item brings perhaps another rule about its sound."""
        if any(isinstance(fact, End | Custody) for fact in facts):
            return
        if any(isinstance(fact, ItemMoved) for fact in facts):
            await self._follow_item()

    async def _follow_item(self) -> None:
        async with self._ordering:
            wanted = self._wanted_mode()
            if wanted != self.mode and not self._shut:
                # An item that is found in the last words finds the recording over.
                with contextlib.suppress(JournalSealed):
                    await self._take(wanted, "item", "service")

    async def withhold_for(self, facts: list[Event]) -> None:
        """No sound of an item that allows none to be kept reaches the disk once anybody knows that it has begun.

        Where the beginning was understood late, from the chair's own words, the sound since then is taken back.
        """
        kept_till_now = self.mode == "keep" or bool(self._shut)
        for fact in facts:
            if isinstance(fact, ItemMoved) and fact.state == "ongoing" and kept_till_now:
                if self._wanted_mode(fact.item_id) == "transcribe_only":
                    begins = None if fact.media_ms is None else fact.media_ms * RATE_HZ // 1000
                    await self._order("transcribe_only", fact.by, begins)

    def _wanted_mode(self, item_id: str | None = None) -> Mode:
        agenda = self._ledger.agenda
        interrupted = agenda.ongoing if agenda.phase == "recess" else None
        item_id = item_id or agenda.current or interrupted
        meeting = self._ledger.meeting.agenda
        own = next((item.recording for item in meeting.items if item_id_of(item.number) == item_id), None)
        if self._ordered is None:
            return own or meeting.recording
        return max(self._ordered, own or self._ordered, key=lambda mode: STRICTNESS[mode])
