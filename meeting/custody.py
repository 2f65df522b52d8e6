"""Whether and how a running meeting is recorded, and by whose order: what people have ordered, and what items allow.

The device is closed before anybody is told so, and an order to open it is stored before it is obeyed.
"""

import asyncio
import contextlib
import shutil
import time
from pathlib import Path

from asr.errors import AsrError, JournalSealed
from asr.journal import JournalReader
from asr.journal_records import RATE_HZ
from asr.recording import RecorderState, Recording, Wanted
from meeting.domain.agenda import Recording as Mode
from meeting.domain.events import Custody, End, Event, ItemMoved
from meeting.errors import DiskFull
from meeting.ledger import Ledger
from meeting.records import Records
from meeting.store.meetings import RunOptions
from models.refusal import Refusal

LOOK_EVERY_S = 0.25
RELAUNCH_WAITS_S = (0.1, 0.5, 2.0, 5.0)
UNDONE_WITHIN_S = 3.0
SEALED_WITHIN_S = 8.0
STRICTNESS: dict[Mode, int] = {"keep": 0, "transcribe_only": 1, "off": 2}


class Custodian:
    """Holds the recorder of one meeting. `mode` is what may be kept of the sound just now."""

    def __init__(self, records: Records, ledger: Ledger, options: RunOptions, journal: JournalReader) -> None:
        self.mode: Mode = "off"
        self._records = records
        self._ledger = ledger
        self._options = options
        self._journal = journal
        self._folder: Path = records.home.journal(ledger.meeting.id)
        self._ordering = asyncio.Lock()
        self._paused_by_person = False
        self._recording: Recording | None = None
        self._relaunches = 0
        self._relaunch_at = 0.0

    # Beginning and ending.

    @property
    def has_recorder(self) -> bool:
        """Whether anything was, or is, recorded."""
        return self._recording is not None

    async def begin(self, anew: bool) -> None:
        """Starts or adopts the recorder where sound may be recorded. `anew`: the meeting has no event yet."""
        if anew:
            self.mode = self._ledger.meeting.agenda.recording
        await self._follow_late()
        if self._recording is None and (self.mode != "off" or self._folder.exists()):
            self._recording = await asyncio.to_thread(self._open_recording)

    def undo_begin(self, by: str) -> None:
        """Nobody is recorded by a meeting that could not begin, and nothing of it is left."""
        if self._recording is not None:
            self._recording.order("stop", by)
            self._recording.wait(UNDONE_WITHIN_S)
        shutil.rmtree(self._folder, ignore_errors=True)
        self._records.meetings.rest(self._ledger.meeting.id)

    def _open_recording(self) -> Recording:
        adopted = Recording.adopt(self._folder)
        if adopted is not None:
            return adopted
        self._records.home.make_journal(self._ledger.meeting.id)
        return Recording.launch(
            self._folder,
            source=self._options.source,
            device=self._options.device,
            pace=self._options.pace,
            mode="keep" if self._ledger.meeting.agenda.recording == "keep" else "transcribe_only",
        )

    async def _follow_late(self) -> None:
        """The service may have died between an item's beginning and the order that follows from it."""
        wanted = self._wanted_mode()
        if self._ledger.agenda.current and wanted != self.mode and not self._paused_by_person:
            with contextlib.suppress(JournalSealed):
                await self._take(wanted, "item", "service")

    async def seal(self, by: str, ended: asyncio.Event) -> None:
        """Waits for the recorder to seal the sound. Raises DiskFull, and the meeting stays open, when it cannot."""
        if self._recording is None:
            return
        # Should the recorder be dead, the one that takes its place obeys this order: it seals what there is.
        await asyncio.to_thread(self._recording.order, "stop", by)
        patience_s = SEALED_WITHIN_S
        while not self._journal.sealed and not ended.is_set():
            await asyncio.sleep(LOOK_EVERY_S)
            patience_s -= LOOK_EVERY_S
            state = await asyncio.to_thread(self._recording.state) if self._recording else None
            if patience_s <= 0 and state is not None and state.error is not None:
                raise DiskFull(path=self._folder)

    async def erase_sound(self) -> None:
        """What may not be kept is gone before the end is stored: who dies here is followed by one that does it."""
        await asyncio.to_thread(Recording(self._folder).erase_sound)

    # The recorder.

    def state(self) -> RecorderState | None:
        """What the recorder says of itself."""
        return self._recording.state() if self._recording else None

    async def revive(self) -> None:
        """Starts another recorder for one that died, the oftener it does the later."""
        if self._recording is None or self._recording.alive() or self._journal.sealed:
            self._relaunches = 0
            return
        now = time.monotonic()
        if now < self._relaunch_at:
            return
        with contextlib.suppress(AsrError):
            self._recording = await asyncio.to_thread(self._recording.relaunch)
        self._relaunch_at = now + RELAUNCH_WAITS_S[min(self._relaunches, len(RELAUNCH_WAITS_S) - 1)]
        self._relaunches += 1

    async def progress(self, recognized: int, erase_before: int) -> None:
        """`erase_before`: the text up to there is committed. Kept sound is not touched by it."""
        if self._recording is not None:
            # What cannot be said on a full disk is said again with the next result.
            with contextlib.suppress(AsrError):
                await asyncio.to_thread(self._recording.progress, recognized, erase_before)

    # Orders.

    async def pause(self, by: str) -> None:
        """Closes the device until a person resumes."""
        async with self._ordering:
            if not self._paused_by_person:
                await self._set_paused(True, "off", "pause", by)

    async def resume(self, by: str) -> None:
        """Opens the device again, as the current item allows."""
        async with self._ordering:
            if self._paused_by_person:
                await self._set_paused(False, self._wanted_mode(), "resume", by)

    async def _set_paused(self, paused: bool, mode: Mode, order: str, by: str) -> None:
        self._paused_by_person = paused
        try:
            await self._take(mode, order, by)
        except Refusal:
            # It was not done, so that it can be asked for again.
            self._paused_by_person = not paused
            raise

    async def _take(self, mode: Mode, order: str, by: str) -> None:
        # The device is closed before anybody is told so, and the order is stored before it is opened.
        stricter = STRICTNESS[mode] > STRICTNESS[self.mode]
        if stricter:
            await self._order(mode, by)
        await self._ledger.store(lambda: [Custody(recording=mode, order=order, by=by)])
        if not stricter:
            await self._order(mode, by)

    async def _order(self, mode: Mode, by: str, withhold_from: int | None = None) -> None:
        """Nothing, where nothing was ever recorded and nothing is to be; a recorder to come obeys it as well."""
        if self._recording is None and mode == "off":
            return
        wanted: Wanted = "pause" if mode == "off" or self._paused_by_person else "record"
        recording = self._recording or Recording(self._folder)
        reason = "paused" if self._paused_by_person else "off"
        kept = None if mode == "off" else mode
        try:
            await asyncio.to_thread(recording.order, wanted, by, reason, kept, withhold_from)
        except JournalSealed:
            if withhold_from is None:
                raise
        if self._recording is None:
            self._recording = await asyncio.to_thread(self._open_recording)
        if withhold_from is not None and self._journal.sealed:
            await asyncio.to_thread(recording.withhold_from, withhold_from)

    # Following the facts.

    def apply(self, event: Event) -> None:
        """Takes in a stored event."""
        if isinstance(event, Custody):
            self.mode, self._paused_by_person = event.recording, event.order == "pause"

    async def follow(self, facts: list[Event]) -> None:
        """A new item brings perhaps another rule about its sound."""
        if not any(isinstance(fact, ItemMoved) for fact in facts) or any(isinstance(fact, End) for fact in facts):
            return
        async with self._ordering:
            wanted = self._wanted_mode()
            if wanted != self.mode and not self._paused_by_person:
                # An item that is found in the last words finds the recording over.
                with contextlib.suppress(JournalSealed):
                    await self._take(wanted, "item", "service")

    async def withhold_for(self, facts: list[Event]) -> None:
        """No sound of an item that allows none to be kept reaches the disk once anybody knows that it has begun.

        Where the beginning was understood late, from the chair's own words, the sound since then is taken back.
        """
        kept_till_now = self.mode == "keep" or self._paused_by_person
        for fact in facts:
            if isinstance(fact, ItemMoved) and fact.state == "ongoing" and kept_till_now:
                if self._wanted_mode(fact.item_id) == "transcribe_only":
                    begins = None if fact.media_ms is None else fact.media_ms * RATE_HZ // 1000
                    await self._order("transcribe_only", fact.by, begins)

    def _wanted_mode(self, item_id: str | None = None) -> Mode:
        agenda = self._ledger.agenda
        item = agenda.find(item_id or agenda.current)
        return (item.recording if item else "") or self._ledger.meeting.agenda.recording  # type: ignore[return-value] # a Mode
