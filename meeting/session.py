"""One running meeting: journal → recognizer → event log → clients and index.

The recorder is a process of its own and outlives this one; the journal and the log hold everything that matters, so a
session may die at any line and another takes up where the log ends. The session puts the parts together: the ledger
of facts, the keeping of the recorder, custody of the sound, listening, and the watch over all of them.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec

from asr.journal import JournalReader
from meeting.access.grant import Audience
from meeting.amending import Amending
from meeting.commanded import Commanded
from meeting.custody import Custodian
from meeting.domain.agenda import Recording
from meeting.domain.events import AgendaChanged, Custody, End, Event, Phase, Sharing
from meeting.domain.filing import at_media
from meeting.errors import DiskFull
from meeting.keeping import Keeper
from meeting.ledger import Ledger
from meeting.listened_for import ListenedFor, keep, kept
from meeting.listening import Listening
from meeting.memory.prompting import Prompter
from meeting.projection import head_of
from meeting.records import Records
from meeting.store.meetings import Meeting, RunOptions
from meeting.stream.host import Subject
from meeting.stream.hub import Hub
from meeting.stream.messages import Correction, Item, Next
from meeting.vocabulary import Vocabulary
from meeting.watching import Watch
from models.refusal import Refusal

log = logging.getLogger(__name__)

AGAIN_AFTER_S = 5.0


class Session:
    """Lives on the service's event loop. `begin` starts it; `ended` is set once its record is complete."""

    def __init__(self, records: Records, hub: Hub, meeting: Meeting, options: RunOptions, model: Path) -> None:
        self.meeting = meeting
        self.ended = asyncio.Event()
        self._records = records
        self._options = options
        journal = JournalReader(records.home.journal(meeting.id))
        self.ledger = ledger = Ledger(records, hub, meeting, options.follow_chair, journal)
        self._keeper = keeper = Keeper(records, meeting, options, journal)
        self._custody = custody = Custodian(ledger, keeper, journal)
        self.vocabulary = Vocabulary(meeting.agenda)
        self.listening = Listening(
            records, hub, ledger, keeper, options, model, journal, self.vocabulary, self._finish
        )
        self._commanded = Commanded()
        self._amending = Amending(ledger, records.words, self._commanded)
        self._watch = Watch(records, hub, ledger, keeper, custody, self.listening, journal)
        ledger.attend(self._commanded.apply)
        self._prompter = Prompter(records, hub, meeting, ledger.agenda)
        ledger.attend(self._prompter.apply)
        ledger.attend(self.vocabulary.apply, before=self._amending.keep_words)
        ledger.attend(self.listening.apply)
        ledger.attend(custody.apply, before=custody.withhold_for, behind=self._follow)
        self._listened_for = ListenedFor()
        self._stopping_by: str | None = None
        self._tasks: list[asyncio.Task[None]] = []

    # Beginning and ending.

    async def begin(self, by: str) -> None:
        """Takes up the record where the log ends, and starts recording and recognition.

        Raises what keeps the recorder from starting; then a meeting that had no event is as if never begun.
        """
        anew = not await self.ledger.recall()
        await self._recall_words(anew)
        await asyncio.to_thread(self._records.meetings.begin, self.meeting.id, self._options)
        try:
            await self._custody.begin(anew)
            if anew:
                await self.ledger.store(
                    lambda: [
                        AgendaChanged(items=self.ledger.agenda.items, by=by),
                        Phase(phase="opening", by=by),
                        Custody(recording=self._custody.mode, order="start", by=by),
                    ]
                )
        except Refusal:
            if anew:
                await asyncio.to_thread(self._keeper.undo_begin, by)
            raise
        # A service that goes on by itself is nobody's answer.
        await (self._keeper.answered() if anew else self._keeper.tell_time())
        work = (self._keeper.keep_going, self.listening.run, self._watch.run, self._read_up, self._prompter.run)
        self._tasks = [asyncio.create_task(self._supervise(one)) for one in work]

    async def _supervise(self, work: Callable[[asyncio.Event], Awaitable[None]]) -> None:
        """Runs one of the session's tasks; a mistake of ours in it must not cost the rest of the meeting."""
        while not self.ended.is_set():
            try:
                await work(self.ended)
                return
            except Exception:
                log.exception("a task of the meeting failed and is started again")
                await asyncio.sleep(AGAIN_AFTER_S)

    async def _recall_words(self, anew: bool) -> None:
        """The list of the body as it was when the meeting began."""
        home, meeting = self._records.home, self.meeting
        known = None if anew else await asyncio.to_thread(kept, home, meeting.id)
        if known is None:
            listed = await asyncio.to_thread(self._records.words.of, meeting.agenda.body)
            known = ListenedFor(listed=tuple((word.text, word.kind, word.learnt) for word in listed))
            await asyncio.to_thread(keep, home, meeting.id, known)
        self._listened_for = known
        self.vocabulary.take_list(known.listed)
        if known.mined is not None:
            self.vocabulary.take_mined(known.mined, known.mined_from_ms)

    async def _read_up(self, ended: asyncio.Event) -> None:
        """Learns the words of the items' documents and of past minutes; recording and text do not wait for it."""
        from meeting.mined import mine_for

        if self._listened_for.mined is not None:
            return
        try:
            mined = await asyncio.to_thread(mine_for, self._records, self.meeting)
        except Exception:
            # A mistake of ours over somebody's document: read again it would be made again.
            log.exception("the documents of the meeting could not be read for their words")
            return
        if ended.is_set():
            return
        # Kept before it is used: whoever takes over knows from where on these words were listened for.
        known = msgspec.structs.replace(self._listened_for, mined=mined, mined_from_ms=self.ledger.media_ms())
        await asyncio.to_thread(keep, self._records.home, self.meeting.id, known)
        if mined.words:
            self.vocabulary.take_mined(mined, known.mined_from_ms)
            self.listening.words_change(known.mined_from_ms)
            await self.listening.tell_words()

    async def stop(self, by: str) -> None:
        """Ends the meeting: the recorder seals, the last finals are stored, then `End`. Returns after it.

        Raises DiskFull where the sound cannot be sealed; the meeting stays open.
        """
        self._stopping_by = self._stopping_by or by
        self._watch.stopping = True
        if self._keeper.recording is None:
            await self._finish()
        else:
            try:
                await self._keeper.seal(by, self.ended)
            except DiskFull:
                self._stopping_by, self._watch.stopping = None, False
                raise
        await self.ended.wait()

    async def detach(self) -> None:
        """Leaves the meeting as it is: the recorder goes on, and another session takes it up."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.listening.close()

    async def _finish(self) -> None:
        if self.ended.is_set():
            return
        stopped_by = self._stopping_by or await self._keeper.stopped_by()
        by, reason = stopped_by or "service", "stopped" if stopped_by else "source_ended"
        await self._watch.note_start()
        await self.ledger.store_gaps()
        await self._keeper.erase_sound()

        def closing() -> list[Event]:
            if self.ledger.closed:
                return []
            items = [at_media(fact, self.ledger.media_ms()) for fact in self.ledger.agenda.close_items(by)]
            return [*items, Custody(recording="off", order="stop", by=by), End(reason=reason)]

        await self.ledger.store(closing)
        await self.ledger.index(self._records.library.fold, self.meeting)
        self.ended.set()

    async def _follow(self, facts: list[Event]) -> None:
        await self.listening.follow(facts)
        await self._custody.follow(facts)

    # Steering.

    async def next(self, by: str) -> dict[str, object]:
        """The next item becomes the current one."""
        return await self.steer(Next(id=""), by)

    async def go_to(self, number: int, by: str) -> dict[str, object]:
        """The item with this number becomes the current one."""
        return await self.steer(Item(id="", number=number), by)

    async def steer(self, command: Next | Item, by: str) -> dict[str, object]:
        """Another item becomes the current one, or the agenda is changed."""
        return await self._amending.move(command, by)

    async def record(self, recording: Recording, by: str, command: str = "") -> dict[str, object]:
        """What may be kept of the sound from now on; answers with what is in force. Done once for its `command`."""
        for fact in self._commanded.facts(command) or []:
            if isinstance(fact, Custody):
                return {"recording": fact.recording}
        return {"recording": await self._custody.record(recording, by, command)}

    async def correct(self, command: Correction, by: str) -> dict[str, object] | None:
        """Does what a person changes in the record."""
        return await self._amending.do(command, by)

    async def answered(self) -> None:
        """Somebody is there: the time at which the recorder closes the device by itself is put off."""
        await self._keeper.answered()

    async def pause(self, by: str, recess: bool = False, command: str = "") -> None:
        """Closes the device until a person resumes. Done once for its `command`, as the next three."""
        if self._commanded.facts(command) is None:
            await self._custody.pause(by, recess, command)

    async def resume(self, by: str, command: str = "") -> None:
        """Opens the device again, as the current item allows."""
        if self._commanded.facts(command) is None:
            await self._custody.resume(by, command)

    async def hand_over(self, to: str, by: str, command: str = "") -> None:
        """From now on somebody else looks after the record."""
        if self._commanded.facts(command) is None:
            await self._custody.hand_over(to, by, command)

    async def share(self, audience: Audience, transcript: bool, by: str, command: str = "") -> dict[str, object]:
        """What is said is shown to an audience from now on, or no longer."""
        if self._commanded.facts(command) is None:
            event = Sharing(audience=audience, transcript=transcript, by=by, command=command)
            await self.ledger.store(lambda: [event])
        return {"audience": audience, "transcript": transcript}

    def subject(self) -> Subject:
        """The meeting as the stream serves it."""
        return Subject(
            head=head_of(self.meeting, self._watch.audio_started_at, "open"),
            log=self.ledger.log,
            items=self.ledger.agenda.items,
            current_item=self.ledger.agenda.current,
        )
