"""Hears a journal as it grows: what is spoken in it, decoded when the policy says so, as results in order.

It keeps nothing: begun again at the last committed `Final.next_sample`, it makes the same cuts. A final is a
function of the record: of its sound, and of the words that hold where its utterance begins. What differs is only a
final later than `Pace.hurry_after`: it is decoded with a smaller beam, so that text comes at all.
"""

import math
import queue
import time
import traceback
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from asr.decoding import Manner, decode_final, decode_partial, to_ms, undecodable
from asr.errors import AsrError, LanguageUnknown
from asr.manners import Manners
from asr.marking import with_marks
from asr.orders import Known, Order, Start, Terms
from asr.results import Asks, Drained, Final, Heard, Partial, Ready, Result
from asr.segmenter import RATE_HZ, Begun, Ended, Quiet
from asr.streaming import DecodeFinal, DecodePartial, Pace, Policy
from asr.text.prompt import build_prompt
from asr.text.writing import Words, write

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from asr.journal import JournalReader
    from asr.listener import Listener
    from asr.recognizer import FasterWhisperRecognizer

_POLL_S = 0.05
_HEARD_EVERY_S = 1.0
_BROKEN_OFF_AFTER_S = 10.0
"""Without new sound, while nothing else is to be decoded."""
_ENOUGH_FAILURES = 3
"""One after the other: then it is not the sound."""
_LISTEN_AT_ONCE = 10 * RATE_HZ
"""When far behind, results are looked after between stretches of this length."""


@dataclass(frozen=True)
class Closed:
    """Standard input has closed: the service is gone or wants no more."""


@dataclass(frozen=True)
class Done:
    """A job of the decoder's thread has ended."""

    job: Future[Callable[[], None]]


class Hearing:
    """Ears in this thread, the decoder in another; CTranslate2 lets go of the interpreter while it works."""

    def __init__(
        self, start: Start, inbox: "queue.Queue[Order | Closed | Done]", send: Callable[[Result], None]
    ) -> None:
        self._inbox = inbox
        self._send = send
        self._language = start.language
        self._words = start.words
        self._manners = Manners(self._manner_of(start.prompt_terms, start.words))
        self._asked: DecodeFinal | None = None
        self._left_out = frozenset(start.left_out)
        self._policy = Policy(pace=Pace(hurry_after=math.inf) if start.patient else Pace())
        self._recognizer: FasterWhisperRecognizer | None = None
        self._decoder = ThreadPoolExecutor(1, thread_name_prefix="decoder")
        self._submit(lambda: self._loaded(Path(start.model_path)))
        self._reader, self._listener = _ears(Path(start.journal), start.from_sample)
        self._over = self._drained = False
        self._available = start.from_sample
        self._grew_at = time.monotonic()
        self._heard_at = 0.0
        self._shown: Partial | None = None
        self._failures = 0

    def run(self) -> None:
        """Works until standard input closes. Raises what went wrong."""
        while self._attend():
            if not self._over:
                self._listen()
            self._decode()
            self._report()

    def _attend(self) -> bool:
        """Waits a moment for orders and finished decodes, and handles all there are."""
        try:
            message = self._inbox.get(timeout=_POLL_S)
            while True:
                match message:
                    case Closed():
                        return False
                    case Terms(prompt_terms=terms, words=words, from_sample=from_sample):
                        self._manners.hold(self._manner_of(terms, words), from_sample)
                    case Known(sample=sample):
                        self._decode_asked(sample)
                    case Done(job=job):
                        job.result()()
                message = self._inbox.get_nowait()
        except queue.Empty:
            return True

    def _listen(self) -> None:
        # Sealed first: what is read of its end afterwards is all there will be.
        sealed = self._reader.sealed
        end = max(self._reader.end_sample, self._available)
        if end > self._available or self._policy.owes:
            self._grew_at = time.monotonic()
        self._available = end
        upto = min(end, self._listener.position + _LISTEN_AT_ONCE)
        self._over = sealed and upto == end
        # Whoever pauses in the middle of a sentence, or loses the microphone, has its words all the same.
        broken_off = self._policy.speaking and time.monotonic() - self._grew_at >= _BROKEN_OFF_AFTER_S
        events = self._listener.finish(end) if self._over or broken_off else self._listener.listen(upto)
        for event in events:
            match event:
                case Begun(start=start):
                    self._policy.begun(start)
                case Ended():
                    self._policy.ended(event)
                case Quiet():
                    pass

    def _decode(self) -> None:
        if self._recognizer is None:
            return
        match decision := self._policy.decide(self._listener.segmenter, self._available):
            case DecodeFinal(utterance=utterance) if utterance.start in self._left_out:
                self._final_done(undecodable(utterance))
            case DecodeFinal(utterance=utterance):
                self._asked = decision
                self._send(Asks(sample=utterance.start))
            case DecodePartial():
                self._submit_partial(self._recognizer, decision)

    def _decode_asked(self, sample: int) -> None:
        asked, self._asked = self._asked, None
        assert self._recognizer is not None and asked is not None and asked.utterance.start == sample
        self._submit_final(self._recognizer, asked)

    def _submit_final(self, recognizer: "FasterWhisperRecognizer", decision: DecodeFinal) -> None:
        utterance = decision.utterance
        manner = self._manners.at(utterance.start)
        samples = self._sound(utterance.start, utterance.end)

        def job() -> Callable[[], None]:
            begun = time.monotonic()
            try:
                final = with_marks(
                    decode_final(
                        recognizer,
                        samples,
                        utterance,
                        manner,
                        beam_size=decision.beam_size,
                        window_s=decision.window_s,
                    )
                )
                self._failures = 0
            except AsrError:
                raise
            except Exception:
                # One sentence that cannot be decoded must not keep the rest from being heard.
                self._failures += 1
                if self._failures >= _ENOUGH_FAILURES:
                    raise
                traceback.print_exc()
                final = undecodable(utterance)
            took_ms = round((time.monotonic() - begun) * 1000)
            return lambda: self._final_done(msgspec.structs.replace(final, took_ms=took_ms))

        self._submit(job)

    def _submit_partial(self, recognizer: "FasterWhisperRecognizer", decision: DecodePartial) -> None:
        manner = self._manners.at(decision.start)
        sounds = [self._sound(start, end) for start, end in decision.windows]
        trailing_s = self._policy.pace.trailing

        def job() -> Callable[[], None]:
            begun = time.monotonic()
            texts = tuple(
                decode_partial(
                    recognizer,
                    sound,
                    manner,
                    beam_size=decision.beam_size,
                    window_s=len(sound) / RATE_HZ + trailing_s,
                )
                for sound in sounds
            )
            took_s = time.monotonic() - begun
            return lambda: self._partial_done(decision, texts, took_s)

        self._submit(job)

    def _loaded(self, model_path: Path) -> Callable[[], None]:
        from asr.recognizer import FasterWhisperRecognizer

        recognizer = FasterWhisperRecognizer(model_path)
        language = self._language
        if language != "auto" and language not in recognizer.languages:
            raise LanguageUnknown(language=language, known=", ".join(["auto", *sorted(recognizer.languages)]))

        # The words are made ready here, where nobody waits for a text yet.
        write("会议开始", (), self._words)

        def use() -> None:
            self._recognizer = recognizer
            self._send(Ready())

        return use

    def _final_done(self, final: Final) -> None:
        self._policy.final_done()
        self._send(final)
        shown, self._shown = self._shown, None
        if shown is not None and shown.start_sample == final.start_sample and not final.text:
            # What was shown of it was no speech.
            self._send(msgspec.structs.replace(shown, revision=shown.revision + 1, text="", stable_chars=0))
        self._heard_at = 0.0

    def _partial_done(self, decision: DecodePartial, texts: tuple[str, ...], took_s: float) -> None:
        shown = self._policy.partial_done(decision, texts, took_s)
        if shown is None:
            return
        self._shown = Partial(
            start_sample=decision.start,
            revision=decision.revision,
            start_ms=to_ms(decision.start),
            end_ms=to_ms(decision.end),
            text=shown.text,
            stable_chars=shown.stable_chars,
            took_ms=round(took_s * 1000),
        )
        self._send(self._shown)

    def _report(self) -> None:
        now, settled = time.monotonic(), self._policy.settled
        drained = self._over and settled and self._recognizer is not None and not self._drained
        if now - self._heard_at >= _HEARD_EVERY_S or drained:
            self._heard_at = now
            self._send(Heard(sample=self._policy.recognized_to(self._listener.position), settled=settled))
        if drained:
            self._drained = True
            self._send(Drained(sample=self._listener.position))

    def _manner_of(self, terms: tuple[str, ...], words: Words) -> Manner:
        return Manner(language=self._language, prompt=build_prompt(terms, self._language), words=words)

    def _sound(self, start: int, end: int) -> "npt.NDArray[np.float32]":
        from asr.listener import to_float

        return to_float(self._reader.read(start, end - start))

    def _submit(self, job: Callable[[], Callable[[], None]]) -> None:
        """Runs `job` in the decoder's thread, and what it returns in this one."""
        self._decoder.submit(job).add_done_callback(lambda done: self._inbox.put(Done(done)))


def _ears(journal: Path, from_sample: int) -> "tuple[JournalReader, Listener]":
    """Imported here, while the decoder's thread loads the model."""
    from asr.journal import JournalReader
    from asr.listener import Listener
    from asr.vad import SileroVad

    reader = JournalReader(journal)
    return reader, Listener(SileroVad(), reader.read, from_sample)
