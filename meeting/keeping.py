"""The recorder of a running meeting: found or started, replaced when it dies, told how long it may go on alone."""

import asyncio
import contextlib
import shutil
import time
from pathlib import Path

import msgspec

from asr.errors import AsrError
from asr.journal import JournalReader
from asr.recording import Control, RecorderState, Recording, read_control
from asr.spare import keep_recording
from meeting.errors import DiskFull
from meeting.presence import Presence
from meeting.records import Records
from meeting.store.meetings import Meeting, RunOptions

LOOK_EVERY_S = 0.25
UNDONE_WITHIN_S = 3.0
SEALED_WITHIN_S = 8.0
# So much room is left for text and events, an eighth of a small disk at most, when everything else is full.
LEFT_BYTES, LEFT_SHARE = 32_000_000, 8
# Answers that come close after one another are told to the recorder once.
TOLD_EVERY_NS = 60_000_000_000
# Until it has obeyed an order, a recorder may still tell how things were before.
OBEYED_WITHIN_S = 2.0


class Keeper:
    """Holds the recorder of one meeting. `recording` is None as long as nothing is, or was, to be recorded."""

    def __init__(self, records: Records, meeting: Meeting, options: RunOptions, journal: JournalReader) -> None:
        self.folder: Path = records.home.journal(meeting.id)
        self.presence = Presence(meeting.agenda)
        self.recording: Recording | None = None
        self._records = records
        self._meeting = meeting
        self._options = options
        self._journal = journal
        self._recorded = asyncio.Event()
        self._told_until_ns = 0
        self._ordered_at = 0.0
        self._stale_ns = 0

    @property
    def live(self) -> bool:
        """Whether people are recorded, by a microphone."""
        return self._options.source == "mic"

    # Beginning and ending.

    async def open(self) -> Recording:
        """The recorder, found or started. Raises what keeps it from starting."""
        if self.recording is None:
            self.recording = await asyncio.to_thread(self._found_or_started)
            self._recorded.set()
        return self.recording

    def _found_or_started(self) -> Recording:
        adopted = Recording.adopt(self.folder)
        if adopted is not None:
            return adopted
        if self._journal.sealed:
            return Recording(self.folder)
        self._records.home.make_journal(self._meeting.id)
        return launched(self.folder, self._meeting, self._options)

    def undo_begin(self, by: str) -> None:
        """Nobody is recorded by a meeting that could not begin, and nothing of it is left."""
        if self.recording is not None:
            self.recording.order("stop", by)
            self.recording.wait(UNDONE_WITHIN_S)
        shutil.rmtree(self.folder, ignore_errors=True)
        self._records.meetings.rest(self._meeting.id)

    async def keep_going(self, ended: asyncio.Event) -> None:
        """Has another recorder, which waits ready, take the place of one that dies, until the sound is sealed."""
        await self._recorded.wait()
        if self.recording is not None and not ended.is_set():
            await keep_recording(self.recording, self._replaced)

    def _replaced(self, recording: Recording) -> None:
        self.recording = recording

    async def seal(self, by: str, ended: asyncio.Event) -> None:
        """Waits for the recorder to seal the sound. Raises DiskFull, and the meeting stays open, when it cannot."""
        if self.recording is None:
            return
        # Should the recorder be dead, the one that takes its place obeys this order: it seals what there is.
        await asyncio.to_thread(self.recording.order, "stop", by)
        patience_s = SEALED_WITHIN_S
        while not self._journal.sealed and not ended.is_set():
            await asyncio.sleep(LOOK_EVERY_S)
            patience_s -= LOOK_EVERY_S
            state = await asyncio.to_thread(self.state)
            if patience_s <= 0 and state is not None and state.error is not None:
                raise DiskFull(path=self.folder)

    async def erase_sound(self) -> None:
        """What may not be kept is gone before the end is stored: who dies here is followed by one that does it."""
        await asyncio.to_thread(Recording(self.folder).erase_sound)

    async def stopped_by(self) -> str:
        """Who has ended the recording, be it while no service was there; empty when nobody has."""
        control = await asyncio.to_thread(self._control)
        return control.by if control.wanted == "stop" else ""

    def _control(self) -> Control:
        try:
            return read_control(self.folder) or Control()
        except msgspec.DecodeError:
            return Control(wanted="pause")

    # What it says, and is told besides orders.

    def state(self) -> RecorderState | None:
        """What the recorder says of itself."""
        return self.recording.state() if self.recording else None

    async def progress(self, recognized: int, erase_before: int) -> None:
        """`erase_before`: the text up to there is committed. Kept sound is not touched by it."""
        if self.recording is not None:
            # What cannot be said on a full disk is said again with the next result.
            with contextlib.suppress(AsrError):
                await asyncio.to_thread(self.recording.progress, recognized, erase_before)

    async def recall_answers(self) -> None:
        """Goes by the time that the recorder was told by an earlier service."""
        control = await asyncio.to_thread(self._control)
        if control.until_ns is not None:
            self._told_until_ns = control.until_ns
            self.presence.recall(control.until_ns)

    async def answered(self) -> None:
        """Somebody is there: the time at which the device is closed by itself is put off.

        It is not when it has come already: then only an order to record opens the device again.
        """
        self.presence.answer(time.time_ns())
        await self.tell_time()

    async def tell_time(self) -> None:
        """Tells the recorder until when it may go on alone, where that has changed."""
        until_ns = self.presence.until_ns(time.time_ns())
        if self.recording is None or not self.live or abs(until_ns - self._told_until_ns) < TOLD_EVERY_NS:
            return
        with contextlib.suppress(AsrError):
            if await asyncio.to_thread(self.recording.keep_until, until_ns):
                self._told_until_ns = until_ns

    def ordered(self, until_ns: int | None) -> None:
        """An order was given: what the recorder said before it counts no more."""
        if until_ns is not None:
            self._told_until_ns = until_ns
        state = self.state()
        self._stale_ns = state.at_ns if state else 0
        self._ordered_at = time.monotonic()

    def closed_by_itself(self) -> bool:
        """Whether the recorder has closed the device because nobody answered."""
        state = self.state()
        return (
            state is not None
            and state.state == "paused"
            and state.closed_by_itself
            and state.at_ns != self._stale_ns
            and time.monotonic() - self._ordered_at > OBEYED_WITHIN_S
        )


def launched(folder: Path, meeting: Meeting, options: RunOptions) -> Recording:
    """A recorder started for a meeting as it is run. Raises what `Recording.launch` raises."""
    return Recording.launch(
        folder,
        source=options.source,
        device=options.device,
        pace=options.pace,
        mode="keep" if meeting.agenda.recording == "keep" else "transcribe_only",
        leave_bytes=min(LEFT_BYTES, shutil.disk_usage(folder).total // LEFT_SHARE),
    )
