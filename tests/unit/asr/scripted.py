"""A recognizer that says what a test wants said, and remembers what it was asked."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from asr.recognizer import FULL_WINDOW_S, RATE_HZ, Hypothesis, TimedText


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One decode: how much sound, how loud at most (0..1), and how it was to be decoded."""

    length_s: float
    peak: float
    prompt: str
    language: str
    beam_size: int
    window_s: float
    careful: bool


Answer = Callable[[Asked], str | Hypothesis]


class Scripted:
    """A `Recognizer` whose answers are given by a function of what is asked; a text is one piece of all the sound."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.asked: list[Asked] = []

    def decode(
        self,
        samples: npt.NDArray[np.float32],
        *,
        prompt: str,
        language: str,
        beam_size: int,
        window_s: float,
        careful: bool = False,
    ) -> Hypothesis:
        """See `Recognizer.decode`."""
        asked = Asked(
            length_s=len(samples) / RATE_HZ,
            peak=float(samples.max(initial=0.0)),
            prompt=prompt,
            language=language,
            beam_size=beam_size,
            window_s=window_s,
            careful=careful,
        )
        assert asked.length_s <= window_s <= FULL_WINDOW_S
        self.asked.append(asked)
        answer = self._answer(asked)
        return hypothesis(answer, asked.length_s) if isinstance(answer, str) else answer


def in_turn(*texts: str) -> Scripted:
    """Answers with one text after the other; raises IndexError when it is asked once more."""
    left = list(texts)
    return Scripted(lambda asked: left.pop(0))


def hypothesis(text: str, length_s: float = 0.0, avg_logprob: float = -0.2) -> Hypothesis:
    """What a model would say that is sure of `text`."""
    pieces = (TimedText(start_s=0.0, end_s=length_s, text=text),) if text else ()
    return Hypothesis(
        text=text, pieces=pieces, tokens=(), avg_logprob=avg_logprob, no_speech_prob=0.0, language="zh"
    )
