"""One running meeting: journal → recognizer → event log → clients and index.

The recorder is a process of its own and outlives this one; the journal and the log hold everything that matters, so a
session may die at any line and another takes up where the log ends.
"""

import asyncio
import contextlib
import logging
import shutil
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

from asr.errors import AsrError, JournalSealed, RecognizerDied
from asr.journal import JournalReader
from asr.journal_records import RATE_HZ
from asr.recognition import Recognition
from asr.recording import Recording, Wanted
from asr.results import Drained, Failed, Final, Heard, Partial, Ready, Result
from asr.text.writing import Words
from meeting.corrections import corrected
from meeting.domain.agenda import Recording as Mode
from meeting.domain.events import Action, AgendaChanged, Custody, Decision, End, Event, ItemMoved, Phase, Segment
from meeting.domain.filing import Filing, Utterance, at_media
from meeting.domain.state import AgendaState
from meeting.domain.terms import agenda_terms
from meeting.errors import DiskFull
from meeting.expectations import changes_of, doubts_of, words_of
from meeting.gaps import GapWatch, to_ms
from meeting.projection import head_of
from meeting.records import Records
from meeting.store.meetings import Meeting, RunOptions
from meeting.stream.hub import Hub
from meeting.stream.messages import Correction, RecognizerState, RunState, Status
from meeting.stream.messages import Partial as PartialMessage
from meeting.stream.server import Subject
from models.refusal import Refusal
from search.errors import SearchError

log = logging.getLogger(__name__)

WATCH_EVERY_S = 0.25
RESTART_WAITS_S = (0.1, 0.5, 2.0, 5.0)
ENOUGH_FAILURES = 4
UNDONE_WITHIN_S = 3.0
SEALED_WITHIN_S = 8.0
# Speech that is not believed yet began at most this long before what was heard last.
UNBELIEVED_SAMPLES = 2 * RATE_HZ
STRICTNESS: dict[Mode, int] = {"keep": 0, "transcribe_only": 1, "off": 2}


class Session:
    """Lives on the service's event loop. `begin` starts it; `ended` is set once its record is complete."""

    def __init__(self, records: Records, hub: Hub, meeting: Meeting, options: RunOptions, model: Path) -> None:
        self.meeting = meeting
        self.ended = asyncio.Event()
        self._records = records
        self._hub = hub
        self._options = options
        self._model = model
        self._log = records.log(meeting.id)
        self._agenda = AgendaState.from_agenda(meeting.agenda)
        self._filing = Filing(self._agenda, options.follow_chair)
        self._writing = asyncio.Lock()
        self._ordering = asyncio.Lock()
        self._closed = False
        self._mode: Mode = "off"
        self._paused_by_person = False
        self._recognized = meeting.cut_sample
        self._audio_started_at = meeting.audio_started_at
        self._stopping_by: str | None = None
        self._recognizer_state: RecognizerState = "off"
        self._recognition: Recognition | None = None
        self._recording: Recording | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._folder = records.home.journal(meeting.id)
        self._journal = JournalReader(self._folder)
        self._gaps = GapWatch(self._journal)
        self._relaunches = 0
        self._relaunch_at = 0.0

    # Beginning and ending.

    async def begin(self, by: str) -> None:
        """Takes up the record where the log ends, and starts recording and recognition.

        Raises what keeps the recorder from starting; then a meeting that had no event is as if never begun.
        """
        history = await asyncio.to_thread(self._log.all)
        for event in history:
            self._remember(event)
        await asyncio.to_thread(self._records.meetings.begin, self.meeting.id, self._options)
        if not history:
            self._mode = self.meeting.agenda.recording
        try:
            await self._follow_late()
            if self._recording is None and (self._mode != "off" or self._folder.exists()):
                self._recording = await asyncio.to_thread(self._open_recording)
            if not history:
                await self._store(
                    lambda: [
                        AgendaChanged(items=self._agenda.items, by=by),
                        Phase(phase="opening", by=by),
                        Custody(recording=self._mode, order="start", by=by),
                    ]
                )
        except Refusal:
            if not history:
                await asyncio.to_thread(self._undo_begin, by)
            raise
        self._tasks = [asyncio.create_task(self._supervise(work)) for work in (self._recognize, self._watch)]

    def _undo_begin(self, by: str) -> None:
        """Nobody is recorded by a meeting that could not begin, and nothing of it is left."""
        if self._recording is not None:
            self._recording.order("stop", by)
            self._recording.wait(UNDONE_WITHIN_S)
        shutil.rmtree(self._folder, ignore_errors=True)
        self._records.meetings.rest(self.meeting.id)

    def _open_recording(self) -> Recording:
        adopted = Recording.adopt(self._folder)
        if adopted is not None:
            return adopted
        self._records.home.make_journal(self.meeting.id)
        return Recording.launch(
            self._folder,
            source=self._options.source,
            device=self._options.device,
            pace=self._options.pace,
            mode="keep" if self.meeting.agenda.recording == "keep" else "transcribe_only",
        )

    async def _follow_late(self) -> None:
        """The service may have died between an item's beginning and the order that follows from it."""
        wanted = self._wanted_mode()
        if self._agenda.current and wanted != self._mode and not self._paused_by_person:
            with contextlib.suppress(JournalSealed):
                await self._take_custody(wanted, "item", "service")

    async def _supervise(self, work: Callable[[], Awaitable[None]]) -> None:
        """Runs one of the session's tasks; a mistake of ours in it must not cost the rest of the meeting."""
        while not self.ended.is_set():
            try:
                await work()
                return
            except Exception:
                log.exception("a task of the meeting failed and is started again")
                await asyncio.sleep(RESTART_WAITS_S[-1])

    async def stop(self, by: str) -> None:
        """Ends the meeting: the recorder seals, the last finals are stored, then `End`. Returns after it."""
        self._stopping_by = self._stopping_by or by
        if self._recording is None:
            await self._finish()
        else:
            # Should the recorder be dead, the one that takes its place obeys this order: it seals what there is.
            await asyncio.to_thread(self._recording.order, "stop", by)
            await self._until_sealed()
        await self.ended.wait()

    async def _until_sealed(self) -> None:
        """Waits for the recorder to seal the sound. Raises DiskFull, and the meeting stays open, when it cannot."""
        patience_s = SEALED_WITHIN_S
        while not self._journal.sealed and not self.ended.is_set():
            await asyncio.sleep(WATCH_EVERY_S)
            patience_s -= WATCH_EVERY_S
            state = await asyncio.to_thread(self._recording.state) if self._recording else None
            if patience_s <= 0 and state is not None and state.error is not None:
                self._stopping_by = None
                raise DiskFull(path=self._folder)

    async def detach(self) -> None:
        """Leaves the meeting as it is: the recorder goes on, and another session takes it up."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._recognition is not None:
            await self._recognition.close()

    async def _finish(self) -> None:
        if self.ended.is_set():
            return
        by = self._stopping_by or "service"
        reason = "stopped" if self._stopping_by else "source_ended"
        await self._note_start()
        await self._store_gaps()
        # Before the end is stored: a service that dies here is followed by one that does it.
        await asyncio.to_thread(Recording(self._folder).erase_sound)

        def closing() -> list[Event]:
            if self._closed:
                return []
            items = [at_media(fact, self._media_ms()) for fact in self._agenda.close_items(by)]
            return [*items, Custody(recording="off", order="stop", by=by), End(reason=reason)]

        await self._store(closing)
        await self._index(self._records.library.fold, self.meeting)
        self.ended.set()

    # Facts.

    async def _store(self, decide: Callable[[], list[Event]], cut_sample: int | None = None) -> None:
        """Commits the facts that `decide` draws from the state as it stands, then lets everybody know them.

        One at a time, so that nothing is decided on a state that changes; what a client has seen is on disk.
        """
        async with self._writing:
            facts = decide()
            await self._withhold_for(facts)
            stored = await asyncio.to_thread(self._log.append, facts, cut_sample)
            for one in stored:
                self._remember(one.event)
            self._hub.publish(self.meeting.id, stored)
        texts = [one.event for one in stored if isinstance(one.event, Segment)]
        if texts:
            await self._index(self._records.library.put_live, self.meeting, texts, self._agenda.items)
        if any(isinstance(fact, ItemMoved) for fact in facts) and not any(isinstance(fact, End) for fact in facts):
            await self._follow_item()

    async def _index(self, change: Callable[..., None], *arguments: object) -> None:
        """The index only helps to find the record: what goes wrong with it never touches the meeting."""
        try:
            await asyncio.to_thread(change, *arguments)
        except SearchError as error:
            log.warning("index: %s", error)

    def _remember(self, event: Event) -> None:
        self._agenda.apply(event)
        self._filing.apply(event)
        self._gaps.apply(event)
        match event:
            case Custody(order="pause"):
                self._mode, self._paused_by_person = event.recording, True
            case Custody():
                self._mode, self._paused_by_person = event.recording, False
            case End():
                self._closed = True
            case _:
                pass

    async def _follow_item(self) -> None:
        """A new item brings its own words, and perhaps another rule about its sound."""
        if self._recognition is not None:
            await self._recognition.set_terms(self._terms(), self._words())
        async with self._ordering:
            wanted = self._wanted_mode()
            if wanted != self._mode and not self._paused_by_person:
                # An item that is found in the last words finds the recording over.
                with contextlib.suppress(JournalSealed):
                    await self._take_custody(wanted, "item", "service")

    async def _withhold_for(self, facts: list[Event]) -> None:
        """No sound of an item that allows none to be kept reaches the disk once anybody knows that it has begun.

        Where the beginning was understood late, from the chair's own words, the sound since then is taken back.
        """
        kept_till_now = self._mode == "keep" or self._paused_by_person
        for fact in facts:
            if isinstance(fact, ItemMoved) and fact.state == "ongoing" and kept_till_now:
                if self._wanted_mode(fact.item_id) == "transcribe_only":
                    begins = None if fact.media_ms is None else fact.media_ms * RATE_HZ // 1000
                    await self._order("transcribe_only", fact.by, begins)

    def _wanted_mode(self, item_id: str | None = None) -> Mode:
        item = self._agenda.find(item_id or self._agenda.current)
        return (item.recording if item else "") or self.meeting.agenda.recording  # type: ignore[return-value] # a Mode

    def _words(self) -> Words:
        item = self._agenda.find(self._agenda.current)
        return words_of(self.meeting.agenda, item.number if item else None, self._options.figures)

    def _terms(self) -> tuple[str, ...]:
        item = self._agenda.find(self._agenda.current)
        return agenda_terms(self.meeting.agenda, item.number if item else None)

    # Steering.

    async def next(self, by: str) -> dict[str, object]:
        """The next item becomes the current one."""
        return await self._move(lambda: self._agenda.next(by))

    async def go_to(self, number: int, by: str) -> dict[str, object]:
        """The item with this number becomes the current one."""
        return await self._move(lambda: self._agenda.go_to(number, by))

    async def _move(self, decide: Callable[[], list[Event]]) -> dict[str, object]:
        now = self._media_ms()
        await self._store(lambda: [at_media(fact, now) for fact in decide()])
        entry = self._agenda.find(self._agenda.current)
        return {"number": entry.number, "title": entry.title} if entry else {"number": None, "title": ""}

    async def correct(self, command: Correction, by: str) -> dict[str, object] | None:
        """Does what a person changes in the record; a decision or an action is answered with its id."""
        facts: list[Event] = []

        def decide() -> list[Event]:
            facts[:] = corrected(command, self._log.segment, self._agenda, by)
            return facts

        await self._store(decide)
        match facts:
            case [Decision(decision_id=decision_id)]:
                return {"decision_id": decision_id}
            case [Action(action_id=action_id)]:
                return {"action_id": action_id}
            case _:
                return None

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
            await self._take_custody(mode, order, by)
        except Refusal:
            # It was not done, so that it can be asked for again.
            self._paused_by_person = not paused
            raise

    async def _take_custody(self, mode: Mode, order: str, by: str) -> None:
        # The device is closed before anybody is told so, and the order is stored before it is opened.
        stricter = STRICTNESS[mode] > STRICTNESS[self._mode]
        if stricter:
            await self._order(mode, by)
        await self._store(lambda: [Custody(recording=mode, order=order, by=by)])
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

    # Recognition.

    async def _recognize(self) -> None:
        failures = 0
        while not self.ended.is_set():
            if failures >= ENOUGH_FAILURES and self._journal.sealed:
                # The sound is kept and can be recognized later; a person who ends a meeting is not kept waiting.
                await self._finish()
                return
            self._recognizer_state = "starting" if not failures else "restarting"
            cut = (await asyncio.to_thread(self._records.meetings.get, self.meeting.id)).cut_sample
            self._recognition = await Recognition.start(
                self._folder,
                from_sample=cut,
                model_path=self._model,
                language=self._options.language,
                prompt_terms=self._terms(),
                words=self._words(),
            )
            try:
                async for result in self._recognition.results():
                    failures = 0 if isinstance(result, Final) else failures
                    await self._take(result)
            except RecognizerDied:
                pass
            finally:
                await self._recognition.close()
            if not self.ended.is_set():
                await asyncio.sleep(RESTART_WAITS_S[min(failures, len(RESTART_WAITS_S) - 1)])
                failures += 1

    async def _take(self, result: Result) -> None:
        match result:
            case Ready():
                self._recognizer_state = "ready"
            case Partial():
                self._hub.pass_on(
                    self.meeting.id,
                    "partial",
                    PartialMessage(
                        segment_id=f"s{result.start_sample}",
                        revision=result.revision,
                        start_ms=result.start_ms,
                        end_ms=result.end_ms,
                        text=result.text,
                        stable_chars=result.stable_chars,
                    ),
                )
            case Final():
                await self._store_gaps(before=result.start_sample)
                await self._store(lambda: self._filing.file(_utterance(result)), cut_sample=result.next_sample)
                await self._progress(result.next_sample, erase_before=result.next_sample)
            case Heard():
                erase = result.sample - UNBELIEVED_SAMPLES if result.settled else 0
                await self._progress(result.sample, erase_before=max(0, erase))
            case Drained():
                await self._finish()
            case Failed():
                self._recognizer_state = "off"

    async def _progress(self, sample: int, erase_before: int) -> None:
        """`erase_before`: the text up to there is committed. Kept sound is not touched by it."""
        self._recognized = max(self._recognized, sample)
        if self._recording is not None:
            # What cannot be said on a full disk is said again with the next result.
            with contextlib.suppress(AsrError):
                await asyncio.to_thread(self._recording.progress, self._recognized, erase_before)

    # Watching the recorder.

    async def _watch(self) -> None:
        while not self.ended.is_set():
            await self._note_start()
            await self._store_gaps()
            await self._revive()
            self._hub.pass_on(self.meeting.id, "status", await asyncio.to_thread(self._status))
            await asyncio.sleep(WATCH_EVERY_S)

    async def _note_start(self) -> None:
        if self._audio_started_at is None and (began := self._journal.started_at_ns) is not None:
            at = datetime.fromtimestamp(began / 1e9, UTC).isoformat(timespec="milliseconds")
            await asyncio.to_thread(self._records.meetings.sound_began, self.meeting.id, at)
            self._audio_started_at = at

    async def _revive(self) -> None:
        if self._recording is None or self._recording.alive() or self._journal.sealed:
            self._relaunches = 0
            return
        now = time.monotonic()
        if now < self._relaunch_at:
            return
        with contextlib.suppress(AsrError):
            self._recording = await asyncio.to_thread(self._recording.relaunch)
        self._relaunch_at = now + RESTART_WAITS_S[min(self._relaunches, len(RESTART_WAITS_S) - 1)]
        self._relaunches += 1

    async def _store_gaps(self, before: int | None = None) -> None:
        found = await asyncio.to_thread(self._gaps.look, before)
        if self._gaps.news(found):
            await self._store(lambda: self._gaps.news(found))

    def _media_ms(self) -> int:
        return to_ms(self._journal.end_sample)

    def _status(self) -> Status:
        recorded = self._journal.end_sample
        recorder = self._recording.state() if self._recording else None
        return Status(
            recording=self._mode,
            state=self._run_state(recorder.state if recorder else ""),
            audio_started_at=self._audio_started_at,
            recorded_ms=to_ms(recorded),
            lag_ms=to_ms(max(0, recorded - self._recognized)),
            level_dbfs=self._journal.level_dbfs() if self._mode != "off" else None,
            device=(recorder.opened_device if recorder else "") or "",
            warnings=recorder.warnings if recorder else (),
            clients=len(self._hub),
            disk_free_bytes=shutil.disk_usage(self._records.home.folder).free,
            recognizer=self._recognizer_state,
        )

    def _run_state(self, recorder: str) -> RunState:
        if self.ended.is_set():
            return "ended"
        if self._stopping_by or recorder == "sealed":
            return "finishing"
        if self._mode == "off":
            return "paused"
        if recorder in ("disk_full", "failed"):
            return "disk_full"
        return "no_device" if recorder == "no_device" else "recording"

    def subject(self) -> Subject:
        """The meeting as the stream serves it."""
        return Subject(
            head=head_of(self.meeting, self._audio_started_at, "open"),
            log=self._log,
            items=self._agenda.items,
            current_item=self._agenda.current,
        )


def _utterance(final: Final) -> Utterance:
    return Utterance(
        segment_id=f"s{final.start_sample}",
        start_ms=final.start_ms,
        end_ms=final.end_ms,
        text=final.text,
        raw_text=final.raw_text,
        confidence=final.confidence,
        changes=changes_of(final.changes),
        marks=doubts_of(final.marks),
        pieces=tuple((piece.start_ms, piece.end_ms, piece.text) for piece in final.pieces),
    )
