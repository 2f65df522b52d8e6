"""A recording into text, offline: the same ears and the same text steps as live, with nothing to hurry for."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt

from asr.decoding import Manner, decode_final, to_ms
from asr.listener import Listener, to_float
from asr.marking import with_marks
from asr.recognizer import FULL_WINDOW_S, RATE_HZ, FasterWhisperRecognizer, Recognizer
from asr.refine import Stretch, is_chunk, refine_chunk
from asr.results import Final
from asr.segmenter import Ended, Event
from asr.text.prompt import build_prompt
from asr.text.votes import doubted_votes
from asr.text.writing import AS_HEARD, Words, write
from asr.vad import SileroVad

Samples = npt.NDArray[np.int16]
Progress = Callable[[int, int], None]
"""(done_ms, total_ms); `total_ms` is 0 while the length is not known."""

_BEAM = 5


class Transcript(msgspec.Struct, frozen=True, kw_only=True):
    """All that is said in a recording, without the utterances that hold no words."""

    language: str
    duration_ms: int
    segments: tuple[Final, ...]


def transcribe(
    path: Path,
    recognizer: Recognizer | Path,
    *,
    language: str = "zh",
    prompt_terms: Iterable[str] = (),
    words: Words | None = None,
    progress: Progress | None = None,
) -> Transcript:
    """Recognizes a sound file. `recognizer` may be the folder of a model.

    Raises SoundUnreadable, SoundEmpty, LanguageUnknown, RecognizerError.
    """
    from asr.audio import decode, probe

    if isinstance(recognizer, Path):
        recognizer = FasterWhisperRecognizer(recognizer)
    total_ms = probe(path)
    return transcribe_blocks(
        decode(path),
        recognizer,
        language=language,
        prompt_terms=prompt_terms,
        words=words,
        progress=(lambda done_ms: progress(min(done_ms, total_ms or done_ms), total_ms)) if progress else None,
    )


def transcribe_blocks(
    blocks: Iterable[Samples],
    recognizer: Recognizer,
    *,
    language: str = "zh",
    prompt_terms: Iterable[str] = (),
    words: Words | None = None,
    progress: Callable[[int], None] | None = None,
) -> Transcript:
    """Recognizes 16 kHz mono sound given in blocks of any length; holds at most some minutes of it at a time."""
    manner = Manner(language=language, prompt=build_prompt(prompt_terms), words=AS_HEARD)
    words = words or Words()
    sound = _Sound()
    segments, pending = list[Final](), list[Final]()
    for event in _events(sound, blocks):
        if not isinstance(event, Ended):
            continue
        final = decode_final(
            recognizer,
            to_float(sound.read(event.start, event.end - event.start)),
            event,
            manner,
            beam_size=_BEAM,
            window_s=FULL_WINDOW_S,
        )
        if final.text:
            pending.append(final)
            sound.keep_from = pending[0].start_sample
        if is_chunk([_stretch(one) for one in pending]):
            segments += _refined(pending, sound, recognizer, manner, words)
            pending, sound.keep_from = [], None
        if progress:
            progress(final.end_ms)
    segments += _refined(pending, sound, recognizer, manner, words)
    if progress:
        progress(to_ms(sound.end))
    return Transcript(language=language, duration_ms=to_ms(sound.end), segments=tuple(segments))


def _refined(
    finals: list[Final], sound: "_Sound", recognizer: Recognizer, manner: Manner, words: Words
) -> list[Final]:
    """The utterances as other decodes, of them together, bear them out, and as an office writes them."""
    wordings = refine_chunk([_stretch(final) for final in finals], sound.read, recognizer, manner)
    refined = []
    for final, wording in zip(finals, wordings, strict=True):
        written = write(wording.text, final.pieces, words)
        earlier = final.changes if wording.text == final.text else ()
        better = msgspec.structs.replace(
            final,
            text=written.text,
            raw_text=wording.raw_text,
            confidence=wording.confidence,
            pieces=written.pieces,
            changes=earlier + wording.changes + written.changes,
            marks=written.marks + doubted_votes(written.text, earlier),
            unclear=wording.unclear,
        )
        refined.append(with_marks(better))
    return refined


def _stretch(final: Final) -> Stretch:
    return Stretch(
        id=str(final.start_sample),
        start=final.start_sample,
        end=final.end_ms * RATE_HZ // 1000,
        text=final.text,
        confidence=final.confidence,
        hurried=False,
        unclear=final.unclear,
    )


class _Sound:
    """The sound since the last cut, or since `keep_from`, addressed by its position in the recording."""

    def __init__(self) -> None:
        self._begin = 0
        self._kept = np.zeros(0, np.int16)
        self.keep_from: int | None = None

    @property
    def end(self) -> int:
        return self._begin + len(self._kept)

    def append(self, block: Samples) -> None:
        self._kept = np.concatenate((self._kept, block))

    def read(self, start: int, count: int) -> Samples:
        return self._kept[start - self._begin : start - self._begin + count]

    def forget(self, before: int) -> None:
        before = before if self.keep_from is None else min(before, self.keep_from)
        self._kept = self._kept[before - self._begin :]
        self._begin = before


def _events(sound: _Sound, blocks: Iterable[Samples]) -> Iterator[Event]:
    listener = Listener(SileroVad(), sound.read, 0)
    for block in blocks:
        sound.append(block)
        yield from listener.listen(sound.end)
        sound.forget(listener.segmenter.begin)
    yield from listener.finish(sound.end)
