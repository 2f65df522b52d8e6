"""Where utterances begin and end: speech probabilities in, cuts out. Pure.

A segmenter lives from one cut to the next; the sound after a cut is given to a new one, so a cut depends on
nothing but the sound since the cut before it, and recognition resumed at a cut goes on exactly as it would have.
All positions are samples at 16 kHz.
"""

from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

RATE_HZ = 16_000
_FRAME = 512


class State(Enum):
    """What the segmenter hears. `STARTING` is speech too short to be believed yet."""

    QUIET = "quiet"
    STARTING = "starting"
    SPEAKING = "speaking"
    STOPPING = "stopping"


@dataclass(frozen=True, kw_only=True)
class Options:
    """Thresholds are probabilities, lengths are samples."""

    speech_above: float = 0.5
    silence_below: float = 0.35
    believed_after: int = 3 * _FRAME
    """A spoken 同意 has at least twice this much above the threshold."""
    pad_before: int = 4_800
    pad_after: int = 3_200
    silence: tuple[tuple[int, int], ...] = (
        (4 * RATE_HZ, 8_000),
        (8 * RATE_HZ, 4_000),
        (14 * RATE_HZ, 2_560),
    )
    """(Length of an utterance, silence that ends it), linear between: the longer it is, the more readily it ends at
    a breath, so that its text is not late. A plosive's closure is shorter than the last."""
    longest: int = 27 * RATE_HZ
    """A decoder window is 30 s; padding and the model's own habits need the rest."""
    cut_within: int = 12 * RATE_HZ
    """How far back from `longest` the quietest place is looked for."""
    quiet_cut: int = 30 * RATE_HZ
    """In lasting silence a cut is made this often, so that little has to be heard again after a restart."""


@dataclass(frozen=True, kw_only=True)
class Begun:
    """An utterance has begun; `start` names it from now on."""

    start: int


@dataclass(frozen=True, kw_only=True)
class Ended:
    """An utterance is complete: decode `start` to `end`; the next one is looked for from `cut` on.

    `spoken`: samples above the speech threshold; `certainty`: mean probability of those (0..1).
    `forced`: cut for its length, in the middle of speech. `heard_to`: the sound that it took to know all this.
    """

    start: int
    end: int
    cut: int
    spoken: int
    certainty: float
    forced: bool = False
    heard_to: int = 0


@dataclass(frozen=True, kw_only=True)
class Quiet:
    """Nothing was said before `cut`."""

    cut: int


Event = Begun | Ended | Quiet


class Segmenter:
    """Give it frames of 512 samples with `push`; after an `Ended` or a `Quiet` start a new one at its `cut`."""

    def __init__(self, begin: int, options: Options | None = None) -> None:
        self.options = options or Options()
        self.state = State.QUIET
        self.begin = begin
        self.start = begin
        self._onset = begin
        self._quiet_from = begin
        self._levels: list[float] = []
        self._probabilities: list[float] = []

    @property
    def position(self) -> int:
        """The end of the newest frame."""
        return self.begin + len(self._levels) * _FRAME

    @property
    def voice_end(self) -> int:
        """The end of the newest voice while an utterance is under way."""
        return self._quiet_from if self.state is State.STOPPING else self.position

    def push(self, probability: float, level_db: float) -> Event | None:
        """One frame: its speech probability and its loudness (dBFS)."""
        frame_start = self.position
        self._levels.append(level_db)
        self._probabilities.append(probability)
        match self.state:
            case State.QUIET:
                return self._quiet(probability, frame_start)
            case State.STARTING:
                return self._starting(probability)
            case State.SPEAKING | State.STOPPING:
                return self._speaking(probability, frame_start)

    def finish(self, end: int) -> Ended | None:
        """The sound ends at `end`: what is under way is complete, however short it is."""
        if self.state is State.QUIET:
            return None
        if self.state is State.STARTING:
            self._begin()
        stop = self._quiet_from + self.options.pad_after if self.state is State.STOPPING else end
        return self._ended(min(stop, end), cut=end)

    def quietest(self, low: int, high: int) -> int:
        """The frame border between `low` and `high` with the least sound and voice around it."""
        first, last = (max(0, min((at - self.begin) // _FRAME, len(self._levels))) for at in (low, high))
        if last <= first:
            return self.begin + first * _FRAME

        def loudness(border: int) -> float:
            # 160 ms around the border: a plosive's closure is quiet too, but shorter than that.
            near = range(max(0, border - 2), min(len(self._levels), border + 3))
            return sum(self._levels[i] + 30 * self._probabilities[i] for i in near) / len(near)

        return self.begin + min(range(first, last), key=loudness) * _FRAME

    def voice_at(self, at: int) -> float:
        """The mean probability of speech in the 100 ms around `at`."""
        middle = (at - self.begin) // _FRAME
        near = self._probabilities[max(0, middle - 1) : middle + 2]
        return sum(near) / len(near) if near else 0.0

    def _quiet(self, probability: float, frame_start: int) -> Event | None:
        if probability >= self.options.speech_above:
            self.state = State.STARTING
            self._onset = frame_start
        elif self.position - self.begin >= self.options.quiet_cut:
            return Quiet(cut=self.position - 2 * RATE_HZ // _FRAME * _FRAME)
        return None

    def _starting(self, probability: float) -> Event | None:
        if probability < self.options.silence_below:
            self.state = State.QUIET
        elif self.position - self._onset >= self.options.believed_after:
            self._begin()
            return Begun(start=self.start)
        return None

    def _begin(self) -> None:
        self.state = State.SPEAKING
        self.start = max(self.begin, self._onset - self.options.pad_before)

    def _speaking(self, probability: float, frame_start: int) -> Event | None:
        if probability >= self.options.speech_above:
            self.state = State.SPEAKING
        elif probability < self.options.silence_below and self.state is State.SPEAKING:
            self.state = State.STOPPING
            self._quiet_from = frame_start
        if self.state is State.STOPPING and self.position - self._quiet_from >= self._silence_needed():
            end = min(self._quiet_from + self.options.pad_after, self.position)
            return self._ended(end, cut=self.begin + (end - self.begin) // _FRAME * _FRAME)
        if self.position - self.start >= self.options.longest:
            cut = self.quietest(self.position - self.options.cut_within, self.position - _FRAME)
            return self._ended(cut, cut=cut, forced=True)
        return None

    def _silence_needed(self) -> float:
        points = self.options.silence
        length = self._quiet_from - self.start
        if length <= points[0][0]:
            return points[0][1]
        for (low, silence_at_low), (high, silence_at_high) in pairwise(points):
            if length < high:
                return silence_at_low + (silence_at_high - silence_at_low) * (length - low) / (high - low)
        return points[-1][1]

    def _ended(self, end: int, *, cut: int, forced: bool = False) -> Ended:
        first, last = (self.start - self.begin) // _FRAME, -(-(end - self.begin) // _FRAME)
        voiced = [p for p in self._probabilities[first:last] if p >= self.options.speech_above]
        certainty = sum(voiced) / len(voiced) if voiced else 0.0
        spoken = len(voiced) * _FRAME
        return Ended(
            start=self.start,
            end=end,
            cut=cut,
            spoken=spoken,
            certainty=certainty,
            forced=forced,
            heard_to=self.position,
        )
