"""Recognition of a running meeting: the recognizer's process, started again when it dies, and what it hears."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path

from asr.errors import RecognizerDied
from asr.journal import JournalReader
from asr.journal_records import RATE_HZ
from asr.recognition import Recognition
from asr.results import Drained, Failed, Final, Heard, Partial, Ready, Result
from asr.text.writing import Words
from meeting.clarity import MARK
from meeting.deadly import Deadly
from meeting.domain.events import End, Event, ItemMoved, Note, Phase
from meeting.domain.filing import Utterance
from meeting.errors import StateError
from meeting.expectations import changes_of, doubts_of
from meeting.gaps import to_ms
from meeting.keeping import Keeper
from meeting.ledger import Ledger
from meeting.records import Records
from meeting.store.meetings import RunOptions
from meeting.stream.hub import Hub
from meeting.stream.messages import Partial as PartialMessage
from meeting.stream.messages import RecognizerState
from meeting.vocabulary import HEARD_WITH, Vocabulary

log = logging.getLogger(__name__)

STORE_AGAIN_S = 1.0
RESTART_WAITS_S = (0.0, 0.5, 2.0, 5.0)
ENOUGH_FAILURES = 4
# Speech that is not believed yet began at most this long before what was heard last.
UNBELIEVED_SAMPLES = 2 * RATE_HZ
UNDECODED = "{place} 的一句话使语音识别中断，未能识别，请听录音或凭手记补上"
UNRECOGNIZED = "从 {place} 起没有文字：语音识别无法运行，录音已保存"


class Listening:
    """Runs until the journal is sealed and heard to its end; then `finish` is called.

    `recognized` is the sample up to which everything has been looked at; `waiting` is whether what was heard cannot
    be stored just now.
    """

    def __init__(
        self,
        records: Records,
        hub: Hub,
        ledger: Ledger,
        keeper: Keeper,
        options: RunOptions,
        model: Path,
        journal: JournalReader,
        vocabulary: Vocabulary,
        finish: Callable[[], Awaitable[None]],
    ) -> None:
        self.state: RecognizerState = "off"
        self.waiting = False
        self.recognized = ledger.meeting.cut_sample
        self._records = records
        self._hub = hub
        self._ledger = ledger
        self._keeper = keeper
        self._options = options
        self._model = model
        self._journal = journal
        self._vocabulary = vocabulary
        self._finish = finish
        self._recognition: Recognition | None = None
        self._deadly = Deadly()
        self._telling = asyncio.Lock()
        self._changed_ms: int | None = None

    @property
    def pid(self) -> int | None:
        """The process id of the recognizer, None before the first."""
        return self._recognition.pid if self._recognition else None

    async def run(self, ended: asyncio.Event) -> None:
        """Recognizes from the last committed cut, with another process wherever one dies."""
        failures, hope = 0, True
        while not ended.is_set():
            if failures >= ENOUGH_FAILURES and self._journal.sealed and not hope:
                # The sound is kept and can be recognized later; a person who ends a meeting is not kept waiting.
                await self._note_silence()
                await self._finish()
                return
            self.state = "starting" if not failures else "restarting"
            cut = (await asyncio.to_thread(self._records.meetings.get, self._ledger.meeting.id)).cut_sample
            self._recognition = await self._started(cut)
            try:
                async for result in self._recognition.results():
                    failures = 0 if isinstance(result, Final) else failures
                    await self._take_durably(result)
            except RecognizerDied:
                pass
            finally:
                await self._recognition.close()
            if not ended.is_set():
                hope = self._deadly.died(self._recognition.asked)
                await asyncio.sleep(RESTART_WAITS_S[min(failures, len(RESTART_WAITS_S) - 1)])
                failures += 1

    async def _started(self, cut: int) -> Recognition:
        """A recognizer that goes on at the sample `cut`, told what holds there and, in time, what later."""
        async with self._telling:
            self._changed_ms = to_ms(cut) + 1
            terms, words = await self._listened_for(to_ms(cut))
            return await Recognition.start(
                self._records.home.journal(self._ledger.meeting.id),
                from_sample=cut,
                model_path=self._model,
                language=self._options.language,
                prompt_terms=terms,
                words=words,
                patient=self._options.pace == "fast",
                left_out=self._deadly.left_out,
                before_final=self._before_final,
            )

    async def _note_silence(self) -> None:
        """A record that ends before its sound does says so."""
        cut = (await asyncio.to_thread(self._records.meetings.get, self._ledger.meeting.id)).cut_sample
        text = UNRECOGNIZED.format(place=_clock(cut))
        await self._ledger.store(lambda: [Note(text=text, by="service", mark=MARK)])

    async def close(self) -> None:
        """Ends the recognizer's process."""
        if self._recognition is not None:
            await self._recognition.close()

    def apply(self, event: Event) -> None:
        """A new item brings its own words, and who comes or goes changes whose name it may be: from there on."""
        if isinstance(event, (*HEARD_WITH, ItemMoved, Phase)):
            self.words_change(event.media_ms or 0)

    def words_change(self, from_ms: int) -> None:
        """The vocabulary has something else from that place in the sound on."""
        self._changed_ms = from_ms if self._changed_ms is None else min(self._changed_ms, from_ms)

    async def follow(self, facts: list[Event]) -> None:
        """Tells at once what has changed: the text that is shown while people speak is to have it too."""
        if not any(isinstance(fact, End) for fact in facts):
            await self.tell_words()

    async def tell_words(self) -> None:
        """What is heard from the places on at which something has changed is heard with the words that hold there."""
        async with self._telling:
            if self._recognition is None or self._changed_ms is None:
                return
            first, self._changed_ms = self._changed_ms, None
            places = {*self._vocabulary.places, *self._ledger.filing.places}
            for place in sorted(place for place in places if place >= first):
                terms, words = await self._listened_for(place)
                await self._recognition.set_terms(terms, words, place * RATE_HZ // 1000)

    async def _before_final(self, _sample: int) -> None:
        """A final is heard with all that the record says of the place at which it begins."""
        await self._ledger.settled()
        await self.tell_words()

    async def _take_durably(self, result: Result) -> None:
        """What was heard waits until it can be stored, be the disk full or the store held by another program."""
        self.waiting = False
        while True:
            try:
                if not (self.waiting and await self._is_stored(result)):
                    await self._take(result)
                self.waiting = False
                return
            except StateError as error:
                self.waiting = True
                log.warning("what was heard waits to be stored: %s", error)
            await asyncio.sleep(STORE_AGAIN_S)

    async def _is_stored(self, result: Result) -> bool:
        """Whether its text was committed, and only what follows from it was refused."""
        if not isinstance(result, Final):
            return False
        meeting = await asyncio.to_thread(self._records.meetings.get, self._ledger.meeting.id)
        return meeting.cut_sample >= result.next_sample

    async def _take(self, result: Result) -> None:
        match result:
            case Ready():
                self.state = "ready"
            case Partial():
                self._hub.decoded("partial", result.took_ms)
                self._hub.pass_on(self._ledger.meeting.id, "partial", _partial(result))
                self._records.library.in_use()
            case Final():
                await self._ledger.store_gaps(before=result.start_sample)
                await self._ledger.store(lambda: self._filed(result), cut_sample=result.next_sample)
                self._deadly.heard(result)
                self._hub.decoded("final", result.took_ms)
                await self._progress(result.next_sample, erase_before=result.next_sample)
            case Heard():
                erase = result.sample - UNBELIEVED_SAMPLES if result.settled else 0
                await self._progress(result.sample, erase_before=max(0, erase))
            case Drained():
                await self._finish()
            case Failed():
                self.state = "off"

    def _filed(self, final: Final) -> list[Event]:
        """The events of an utterance; one that could not be decoded is told to those who look after the record."""
        segments = self._ledger.filing.file(_utterance(final))
        if not final.undecoded:
            return segments
        text = UNDECODED.format(place=_clock(final.start_sample))
        return [
            *segments,
            Note(text=text, by="service", mark=MARK, segment_id=f"s{final.start_sample}"),
        ]

    async def _progress(self, sample: int, erase_before: int) -> None:
        self.recognized = max(self.recognized, sample)
        await self._keeper.progress(self.recognized, erase_before)

    async def _listened_for(self, at_ms: int) -> tuple[tuple[str, ...], Words]:
        """The prompt's terms and the words at a place in the sound."""
        item = self._ledger.agenda.find(self._ledger.filing.item_at(at_ms))
        number = item.number if item else None
        terms = self._vocabulary.terms(number, at_ms)
        # In a thread: how words sound is looked up in dictionaries, which are read when they are first asked.
        return terms, await asyncio.to_thread(self._vocabulary.words, number, self._options.figures, at_ms)


def _clock(sample: int) -> str:
    minutes, seconds = divmod(sample // RATE_HZ, 60)
    return f"{minutes:02d}:{seconds:02d}"


def _partial(result: Partial) -> PartialMessage:
    return PartialMessage(
        segment_id=f"s{result.start_sample}",
        revision=result.revision,
        start_ms=result.start_ms,
        end_ms=result.end_ms,
        text=result.text,
        stable_chars=result.stable_chars,
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
