"""The sound decoded again when there is time: several decodes of long windows, made into one wording by vote.

A decoder hears a sentence better with its neighbours around it, and errs differently with other neighbours. So
utterances are decoded alone, and with those around them in one window, with and without the words of the meeting to
read before; what was heard is shared out among the utterances again, and each gets the wording that most agree on.
"""

from collections.abc import Callable, Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from asr.decoding import Manner
from asr.listener import to_float
from asr.recognizer import FULL_WINDOW_S, RATE_HZ, Hypothesis, Recognizer, decode_exactly
from asr.results import Change, Mark
from asr.text.evidence import LEAST_CONFIDENCE, Evidence
from asr.text.letters import Letter, distance, letters_of, share_out, sounds
from asr.text.loops import too_much_text
from asr.text.pipeline import WINDOW_STEPS, refine_text
from asr.text.script import simplify
from asr.text.votes import decides
from asr.text.voting import central, vote

Read = Callable[[int, int], npt.NDArray[np.int16]]
"""(start, count) → that many samples."""

BEAM = 5
LONGEST = 28 * RATE_HZ
"""Of a window: the decoder's is 30 s, and it needs to hear the end."""
LONGEST_PAUSE = 2 * RATE_HZ
"""A longer one is shortened to this: nothing is said in it, and there is room for more speech."""
_CHUNK = 110 * RATE_HZ
"""Speech that is worked on together: four windows."""
_LONGEST_CHUNK = 300 * RATE_HZ
"""With its pauses, where it is gathered from sound that is still coming."""
_SHORT_PROMPT = 70
_HURRIED = 0.5
"""The weight of a wording that was made while people waited for it: enough to decide between equals."""
_HARDLY_HEARD = 0.7
"""How certain it is that anybody spoke where the record has no words: known inventions are not believed there."""
_SHARPNESS = 4
"""A wording's vote weighs its confidence to this power: how sure the decoder is of four signs in a row."""


class Stretch(msgspec.Struct, frozen=True, kw_only=True):
    """An utterance from sample `start` to `end`, and how it was worded before, if it was.

    `hurried`: that was while people waited for it, so it counts less, and is decoded alone once more.
    `unclear`: the record does not show those words, which are not believed; so they have no part in the vote.
    """

    id: str
    start: int
    end: int
    text: str = ""
    confidence: float = 0.0
    hurried: bool = True
    unclear: bool = False


class Wording(msgspec.Struct, frozen=True, kw_only=True):
    """The new wording of the stretch `id`. `raw_text` is the vote's, before the steps of `asr.text.pipeline`.

    `unclear`: the words are probably not what was said, and no decode bears them out.
    """

    id: str
    text: str
    raw_text: str
    confidence: float
    changes: tuple[Change, ...] = ()
    marks: tuple[Mark, ...] = ()
    unclear: bool = False


def is_chunk(stretches: Sequence[Stretch]) -> bool:
    """Whether these are enough to be refined together, though more may follow."""
    speech = sum(one.end - one.start for one in stretches)
    return speech >= _CHUNK or bool(stretches) and stretches[-1].end - stretches[0].start >= _LONGEST_CHUNK


def chunks(stretches: Sequence[Stretch]) -> list[list[Stretch]]:
    """The stretches, in order of time, in runs that are refined each for itself."""
    return _packed(stretches, _CHUNK, _CHUNK)


def refine_chunk(chunk: Sequence[Stretch], read: Read, recognizer: Recognizer, manner: Manner) -> list[Wording]:
    """A new wording for each stretch of the chunk; where the decodes make no sense, the one it has."""
    ballots = [_Ballot(stretch) for stretch in chunk]
    for ballot in ballots:
        stretch = ballot.stretch
        if stretch.text and not stretch.hurried:
            continue
        samples = to_float(read(stretch.start, stretch.end - stretch.start))
        hypothesis = _decoded(recognizer, samples, manner, shorter(manner.prompt))
        ballot.alone = hypothesis.confidence
        ballot.add(_letters(hypothesis), hypothesis)
    # What it read before and where its window begins make a decoder err differently: both are varied.
    for prompt, first in ((manner.prompt, LONGEST), ("", LONGEST // 2)):
        begin = 0
        for window in _packed(chunk, LONGEST, first):
            _decode_together(ballots[begin : begin + len(window)], read, recognizer, manner, prompt)
            begin += len(window)
    return [ballot.result(manner.prompt) for ballot in ballots]


def shorter(prompt: str) -> str:
    """The most needed words of a prompt made by `build_prompt`: about half of a full one."""
    if len(prompt) <= _SHORT_PROMPT:
        return prompt
    return prompt[: _SHORT_PROMPT - 1].rpartition("，")[0] + "。"


def _decode_together(
    ballots: "Sequence[_Ballot]", read: Read, recognizer: Recognizer, manner: Manner, prompt: str
) -> None:
    samples, spans = _sound([ballot.stretch for ballot in ballots], read)
    hypothesis = _decoded(recognizer, samples, manner, prompt)
    shares = share_out(_letters(hypothesis), [ballot.anchor for ballot in ballots], spans)
    for ballot, letters in zip(ballots, shares, strict=True):
        ballot.add(letters, hypothesis)


def _decoded(recognizer: Recognizer, samples: npt.NDArray[np.float32], manner: Manner, prompt: str) -> Hypothesis:
    return decode_exactly(
        recognizer, samples, prompt=prompt, language=manner.language, beam_size=BEAM, window_s=FULL_WINDOW_S
    )


def _packed(stretches: Sequence[Stretch], longest: int, first: int) -> list[list[Stretch]]:
    """Consecutive stretches together, as many as fit into `longest` samples, or `first` in the first run."""
    windows, room = list[list[Stretch]](), 0
    for stretch in stretches:
        needed = stretch.end - stretch.start
        pause = _pause(windows[-1][-1], stretch) if windows else 0
        if windows and needed + pause <= room:
            windows[-1].append(stretch)
            room -= needed + pause
        else:
            room = (longest if windows else first) - needed
            windows.append([stretch])
    return windows


def _pause(before: Stretch, after: Stretch) -> int:
    return min(LONGEST_PAUSE, max(0, after.start - before.end))


def _sound(window: Sequence[Stretch], read: Read) -> tuple[npt.NDArray[np.float32], list[tuple[float, float]]]:
    """The sound of a window, long pauses shortened, and where in it (seconds) each stretch lies."""
    parts, spans, at = list[npt.NDArray[np.int16]](), list[tuple[float, float]](), 0
    for before, stretch in zip((None, *window), window, strict=False):
        begin = stretch.start if before is None else max(before.end, stretch.start - LONGEST_PAUSE)
        part = read(begin, stretch.end - begin)
        start = at + max(0, stretch.start - begin)
        at += len(part)
        parts.append(part)
        spans.append((start / RATE_HZ, at / RATE_HZ))
    return to_float(np.concatenate(parts)), spans


def _letters(hypothesis: Hypothesis) -> list[Letter]:
    letters = list[Letter]()
    for piece in hypothesis.pieces:
        text = simplify(piece.text.strip().replace("\ufffd", ""))
        # A timestamp stands where the speaker paused.
        letters += letters_of(text + " ", piece.start_s, piece.end_s)
    return letters


class _Ballot:
    """The wordings of one stretch, with their weights, and the one they elect."""

    def __init__(self, stretch: Stretch) -> None:
        self.stretch = stretch
        self.alone = stretch.confidence
        self._wordings = list[list[Letter]]()
        self._weights = list[float]()
        self._confidences = list[float]()
        self._evidence = list[tuple[float, float]]()
        if stretch.text and not stretch.unclear:
            self._put(letters_of(simplify(stretch.text)), stretch.confidence, (0.0, 0.0))
            self._weights[0] *= _HURRIED if stretch.hurried else 1.0

    @property
    def anchor(self) -> tuple[str, ...]:
        """The first wording, which tells where the others belong."""
        return sounds(self._wordings[0]) if self._wordings else ()

    def add(self, letters: Sequence[Letter], hypothesis: Hypothesis) -> None:
        """A wording of a decode, unless it is no wording of this stretch."""
        length_s = (self.stretch.end - self.stretch.start) / RATE_HZ
        lost = 2 * len(letters) < len(self.anchor)
        if letters and not lost and not too_much_text("".join(one.text for one in letters), length_s):
            evidence = (hypothesis.no_speech_prob, hypothesis.avg_logprob)
            self._put(list(letters), hypothesis.confidence, evidence)

    def _put(self, letters: list[Letter], confidence: float, evidence: tuple[float, float]) -> None:
        self._wordings.append(letters)
        self._weights.append(max(confidence, 0.05) ** _SHARPNESS)
        self._confidences.append(round(confidence, 3))
        self._evidence.append(evidence)

    def result(self, prompt: str) -> Wording:
        if not self._wordings or ((self.stretch.text or self.stretch.unclear) and not self._agree()):
            return self._kept()
        return self._worded(prompt)

    def _kept(self) -> Wording:
        old = self.stretch
        doubted = bool(old.text) and self.alone < LEAST_CONFIDENCE and not decides(old.text, Evidence())
        unclear = old.unclear or (doubted and not self._agree())
        return Wording(id=old.id, text=old.text, raw_text=old.text, confidence=old.confidence, unclear=unclear)

    def _agree(self) -> bool:
        """Whether the decodes bear each other out: where each hears something else, nothing is known better."""
        if not self._wordings:
            return False
        rows = [sounds(wording) for wording in self._wordings]
        centre = rows[central(self._wordings, self._weights)]
        others = sorted(distance(centre, row) for row in rows)[1:]
        return bool(others) and 2 * others[0] <= max(len(centre), 2)

    def _worded(self, prompt: str) -> Wording:
        stretch = self.stretch
        chosen = central(self._wordings, self._weights)
        raw = vote(self._wordings, self._weights).strip()
        no_speech, logprob = self._evidence[chosen]
        length_s = (stretch.end - stretch.start) / RATE_HZ
        evidence = Evidence(
            no_speech_prob=no_speech,
            avg_logprob=logprob,
            certainty=_HARDLY_HEARD if stretch.unclear else 1.0,
            length_s=length_s,
            prompt=prompt,
        )
        text, changes = refine_text(raw, evidence, WINDOW_STEPS)
        # Where nothing else is said than before, its punctuation is as good as any. Words not believed are no record.
        same = not stretch.unclear and sounds(letters_of(text)) == sounds(letters_of(simplify(stretch.text)))
        if not text or same:
            return self._kept()
        return Wording(
            id=stretch.id, text=text, raw_text=raw, confidence=self._confidences[chosen], changes=changes
        )
