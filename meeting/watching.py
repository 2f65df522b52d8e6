"""Looks after a running meeting: when its sound began, where it has gaps, what its recorder says."""

import asyncio
import logging
import shutil
from datetime import UTC, datetime

from asr.errors import AsrError
from asr.journal import JournalReader
from meeting.clarity import BAD_SIGNAL, Clarity
from meeting.custody import Custodian
from meeting.errors import StateError
from meeting.gaps import to_ms
from meeting.keeping import Keeper
from meeting.ledger import Ledger
from meeting.listening import Listening
from meeting.records import Records
from meeting.stream.hub import Hub
from meeting.stream.messages import RunState, Status

log = logging.getLogger(__name__)

WATCH_EVERY_S = 0.25
TEXT_WAITING = "text_waiting"
"""The warning that what was heard and done cannot be stored just now."""
CLOSED_BY_ITSELF = "closed_by_itself"
"""The warning that nobody answered after the planned end."""
RECESS_HEARD = "recess_heard"
"""The warning that the chair has called a recess and the device is still open."""


class Watch:
    """`stopping`: somebody has ended the meeting, and its last words are being written."""

    def __init__(
        self,
        records: Records,
        hub: Hub,
        ledger: Ledger,
        keeper: Keeper,
        custody: Custodian,
        listening: Listening,
        journal: JournalReader,
    ) -> None:
        self.audio_started_at = ledger.meeting.audio_started_at
        self.stopping = False
        self._records = records
        self._hub = hub
        self._ledger = ledger
        self._keeper = keeper
        self._custody = custody
        self._listening = listening
        self._journal = journal
        self._clarity = Clarity()
        self._unstored = False
        ledger.attend(self._clarity.apply)

    async def run(self, ended: asyncio.Event) -> None:
        """Looks four times a second until the meeting has ended."""
        while not ended.is_set():
            try:
                await self._look()
                self._unstored = False
            except (StateError, AsrError) as error:
                # What cannot be stored now is found again; people are told how things are all the same.
                self._unstored = True
                log.warning("what was seen waits to be stored: %s", error)
            status = await asyncio.to_thread(self._status, ended.is_set())
            self._hub.pass_on(self._ledger.meeting.id, "status", status)
            await asyncio.sleep(WATCH_EVERY_S)

    async def _look(self) -> None:
        recorder = await asyncio.to_thread(self._keeper.state)
        if recorder is not None and recorder.error_code == "disk_full":
            await asyncio.to_thread(self._records.home.reserve.give_up)
        await self.note_start()
        await self._ledger.store_gaps()
        await self._custody.look_at_deadline()
        await self._custody.look_at_recess(to_ms(self._listening.recognized))
        if self._clarity.news():
            await self._ledger.store(self._clarity.news)

    async def note_start(self) -> None:
        """Keeps when the first sample was recorded, once there is one."""
        if self.audio_started_at is None and (began := self._journal.started_at_ns) is not None:
            at = datetime.fromtimestamp(began / 1e9, UTC).isoformat(timespec="milliseconds")
            await asyncio.to_thread(self._records.meetings.sound_began, self._ledger.meeting.id, at)
            self.audio_started_at = at

    def _status(self, ended: bool) -> Status:
        recorded = self._journal.end_sample
        recorder = self._keeper.state()
        mode = self._custody.mode
        return Status(
            recording=mode,
            state="ended" if ended else self._run_state(recorder.state if recorder else ""),
            audio_started_at=self.audio_started_at,
            recorded_ms=to_ms(recorded),
            lag_ms=to_ms(max(0, recorded - self._listening.recognized)),
            level_dbfs=self._journal.level_dbfs() if mode != "off" else None,
            device=(recorder.opened_device if recorder else "") or "",
            warnings=(recorder.warnings if recorder else ()) + self._warnings(),
            clients=len(self._hub),
            disk_free_bytes=shutil.disk_usage(self._records.home.folder).free,
            recognizer=self._listening.state,
        )

    def _warnings(self) -> tuple[str, ...]:
        held = (
            (CLOSED_BY_ITSELF, self._custody.closed_by_itself),
            (RECESS_HEARD, self._custody.recess_heard),
            (TEXT_WAITING, self._listening.waiting or self._unstored),
            (BAD_SIGNAL, self._clarity.bad),
        )
        return tuple(code for code, holds in held if holds)

    def _run_state(self, recorder: str) -> RunState:
        if self.stopping or recorder == "sealed":
            return "finishing"
        if self._custody.mode == "off":
            return "paused"
        if recorder in ("disk_full", "failed"):
            return "disk_full"
        return "no_device" if recorder == "no_device" else "recording"
