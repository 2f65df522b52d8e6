"""One utterance or a part of it, from samples to the text of a result."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from asr.overlap import several_speak
from asr.recognizer import RATE_HZ, Hypothesis, Recognizer, decode_exactly
from asr.results import Final, Piece
from asr.segmenter import Ended
from asr.text.evidence import Evidence
from asr.text.loops import too_much_text
from asr.text.pipeline import partial_text, refine_text
from asr.text.unclear import UNCLEAR, is_unclear
from asr.text.votes import doubted_votes
from asr.text.writing import Words, preview, write

_PROMPT_FROM_S = 2.5
"""With a prompt, one window in ten that is shorter than this makes the model loop; without one, none does."""


@dataclass(frozen=True, kw_only=True)
class Manner:
    """How the sound is to be understood. `prompt` is made by `asr.text.prompt.build_prompt`."""

    language: str
    prompt: str
    words: Words = Words()


def decode_final(
    recognizer: Recognizer,
    samples: npt.NDArray[np.float32],
    utterance: Ended,
    manner: Manner,
    *,
    beam_size: int,
    window_s: float,
) -> Final:
    """The record's text of `utterance`, whose sound is `samples`."""
    hypothesis = decode_exactly(
        recognizer,
        samples,
        prompt=manner.prompt,
        language=manner.language,
        beam_size=beam_size,
        window_s=window_s,
    )
    raw = joined(hypothesis)
    evidence = _evidence(hypothesis, utterance, manner)
    text, changes = refine_text(raw, evidence)
    start_ms = to_ms(utterance.start)
    pieces = tuple(
        Piece(
            start_ms=start_ms + round(piece.start_s * 1000),
            end_ms=start_ms + round(piece.end_s * 1000),
            text=piece.text,
        )
        for piece in hypothesis.pieces
    )
    written = write(text, pieces, manner.words)
    return Final(
        start_sample=utterance.start,
        next_sample=utterance.cut,
        start_ms=start_ms,
        end_ms=to_ms(utterance.end),
        text=written.text,
        raw_text=hypothesis.text,
        confidence=round(hypothesis.confidence, 3),
        pieces=written.pieces,
        changes=changes + written.changes,
        marks=written.marks + doubted_votes(written.text, changes),
        unclear=is_unclear(text, evidence),
        several=bool(text) and evidence.unsure and several_speak(samples),
    )


def undecodable(utterance: Ended) -> Final:
    """In place of the text of an utterance over which the decoder failed; its sound is kept."""
    start_ms, end_ms = to_ms(utterance.start), to_ms(utterance.end)
    return Final(
        start_sample=utterance.start,
        next_sample=utterance.cut,
        start_ms=start_ms,
        end_ms=end_ms,
        text=UNCLEAR,
        raw_text="",
        confidence=0.0,
        pieces=(Piece(start_ms=start_ms, end_ms=end_ms, text=UNCLEAR),),
        unclear=True,
        undecoded=True,
    )


def decode_partial(
    recognizer: Recognizer,
    samples: npt.NDArray[np.float32],
    manner: Manner,
    *,
    beam_size: int,
    window_s: float,
) -> str:
    """A quick look at sound that is still going on; empty when the model makes no sense of it."""
    length_s = len(samples) / RATE_HZ
    # With a prompt one short window in thirty loops as well; then it is heard without.
    prompts = (manner.prompt, "") if manner.prompt and length_s >= _PROMPT_FROM_S else ("",)
    for prompt in prompts:
        hypothesis = recognizer.decode(
            samples, prompt=prompt, language=manner.language, beam_size=beam_size, window_s=window_s
        )
        if too_much_text(hypothesis.text, length_s):
            continue
        evidence = Evidence(
            no_speech_prob=hypothesis.no_speech_prob,
            avg_logprob=hypothesis.avg_logprob,
            length_s=length_s,
            prompt=prompt,
        )
        return preview(partial_text(joined(hypothesis), evidence), manner.words)
    return ""


def joined(hypothesis: Hypothesis) -> str:
    """The pieces with a space between, since a timestamp stands where the speaker paused."""
    return " ".join(piece.text.strip() for piece in hypothesis.pieces)


def to_ms(sample: int) -> int:
    """Media time of a sample."""
    return round(sample * 1000 / RATE_HZ)


def _evidence(hypothesis: Hypothesis, utterance: Ended, manner: Manner) -> Evidence:
    return Evidence(
        no_speech_prob=hypothesis.no_speech_prob,
        avg_logprob=hypothesis.avg_logprob,
        certainty=utterance.certainty,
        spoken_s=utterance.spoken / RATE_HZ,
        length_s=(utterance.end - utterance.start) / RATE_HZ,
        prompt=manner.prompt,
    )
