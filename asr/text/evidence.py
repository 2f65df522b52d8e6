"""What speaks for and against a text having been said at all."""

import math
from dataclasses import dataclass

LEAST_LOGPROB = -0.9
"""Below it, nine utterances in ten have more than 60 % of their characters wrong, from any sound; of clear speech no
utterance comes near it (`tests/bench/unclear_speech.py`)."""

LEAST_CONFIDENCE = math.exp(LEAST_LOGPROB)
SURE_LOGPROB = -0.5


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """`no_speech_prob` and `avg_logprob` are the decoder's, `certainty` (0..1) and `spoken_s` the VAD's.

    `length_s` is the sound decoded; `prompt` what the decoder was given to read before.
    """

    no_speech_prob: float = 0.0
    avg_logprob: float = 0.0
    certainty: float = 1.0
    spoken_s: float = 30.0
    length_s: float = 30.0
    prompt: str = ""

    @property
    def doubtful(self) -> bool:
        """Enough to believe that a well-known invention is one."""
        return self.no_speech_prob > 0.3 or self.certainty < 0.8 or self.spoken_s < 0.5

    @property
    def unspoken(self) -> bool:
        """Enough to disbelieve any text but a vote."""
        # -1.0 and 0.6 are Whisper's own rule for silence; a prompt makes inventions likelier, hence the second one.
        surely = self.avg_logprob < -1.0 or (self.avg_logprob < -0.5 and self.certainty < 0.8)
        return self.no_speech_prob > 0.6 and surely

    @property
    def incredible(self) -> bool:
        """Enough to believe that somebody spoke, and said something else."""
        return self.avg_logprob < LEAST_LOGPROB

    @property
    def unsure(self) -> bool:
        """Not as sure as of clear speech of one person."""
        return self.avg_logprob < SURE_LOGPROB
