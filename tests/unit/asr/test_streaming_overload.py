"""An hour of a meeting on a machine too slow for a third of it: time is simulated, segmenter and policy are real."""

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

import pytest

from asr.segmenter import RATE_HZ, Begun, Ended, Quiet, Segmenter
from asr.streaming import Decision, DecodeFinal, DecodePartial, Pace, Policy

FRAME_S = 512 / RATE_HZ
TICK_S = 0.05
"""How often the worker looks around."""
HOUR_S = 3600.0
BUSY_FROM_S, BUSY_TO_S = 1200.0, 2400.0


@dataclass(frozen=True)
class Machine:
    """What a decode takes, in seconds: the encoder for its window, the decoder for the speech in it and the beam.

    In proportion as measured with whisper-base on two cores; during the second third `slow` times that.
    """

    slow: float = 1.0

    def takes(self, decision: Decision, now_s: float) -> float:
        match decision:
            case DecodeFinal(utterance=said, beam_size=beam, window_s=window_s):
                work = _work(window_s, (said.end - said.start) / RATE_HZ, beam)
            case DecodePartial(windows=windows):
                lengths = [(end - start) / RATE_HZ for start, end in windows]
                work = sum(_work(length + 3, length, 1) for length in lengths)
        return work * (self.slow if BUSY_FROM_S <= now_s < BUSY_TO_S else 1.0)


def _work(window_s: float, speech_s: float, beam: int) -> float:
    return 0.025 * window_s + 0.03 * speech_s * (1 + 0.35 * (beam - 1))


@dataclass(frozen=True)
class Decoded:
    """A decode from `begun` to `done`; `owed`: utterances that waited for their final when it began."""

    begun: float
    done: float
    what: Decision
    owed: int


@dataclass
class Course:
    """What happened, in seconds of the meeting."""

    ended: list[tuple[float, Ended]] = field(default_factory=list)
    decodes: list[Decoded] = field(default_factory=list)
    lags: list[tuple[float, float]] = field(default_factory=list)

    @property
    def finals(self) -> list[Decoded]:
        return [one for one in self.decodes if isinstance(one.what, DecodeFinal)]

    def partials(self, from_s: float, to_s: float) -> int:
        return sum(isinstance(one.what, DecodePartial) and from_s <= one.begun < to_s for one in self.decodes)

    def lag(self, from_s: float, to_s: float) -> float:
        """The greatest lag that was reported."""
        return max(lag for at_s, lag in self.lags if from_s <= at_s < to_s)

    def waits(self, from_s: float, to_s: float) -> list[float]:
        """From when an utterance was complete to its final, the shortest first."""
        both = zip(self.ended, self.finals, strict=True)
        return sorted(final.done - at_s for (at_s, _), final in both if from_s <= at_s < to_s)

    def careful(self) -> float:
        """The share of finals of the last 15 minutes that were not hurried, less that of the first 15."""
        shares = []
        for part in (self.finals[: len(self.finals) // 4], self.finals[-len(self.finals) // 4 :]):
            hurried = sum(isinstance(one.what, DecodeFinal) and one.what.beam_size == 1 for one in part)
            shares.append(1 - hurried / len(part))
        return shares[1] - shares[0]


def speech(seed: int) -> Iterator[float]:
    """Probabilities of speech, frame by frame: utterances of half a second to half a minute, pauses up to 4 s."""
    chance = random.Random(seed)
    while True:
        spoken_s = chance.choice((0.6, 2, 4, 6, 9, 14, 25)) * chance.uniform(0.7, 1.2)
        yield from itertools.repeat(0.9, round(spoken_s / FRAME_S))
        yield from itertools.repeat(0.05, round(chance.choice((0.1, 0.3, 0.7, 1.0, 1.5, 4.0)) / FRAME_S))


class Meeting:
    """As the worker holds it: listen, decide, decode one thing at a time, and listen on meanwhile."""

    def __init__(self, machine: Machine, pace: Pace) -> None:
        self._machine = machine
        self._policy = Policy(pace=pace)
        self._segmenter = Segmenter(0)
        self._voices = speech(seed=7)
        self._decoding: Decoded | None = None
        self.course = Course()

    def hold(self) -> Course:
        for tick in itertools.count(1):
            now_s = tick * TICK_S
            available = round(min(now_s, HOUR_S) * RATE_HZ)
            self._listen(now_s, available)
            self._decode(now_s, available)
            recognized_to = self._policy.recognized_to(self._segmenter.position)
            self.course.lags.append((now_s, (available - recognized_to) / RATE_HZ))
            if now_s > HOUR_S and self._policy.settled:
                return self.course
            assert now_s < 2 * HOUR_S, "it never catches up"
        raise AssertionError

    def _listen(self, now_s: float, available: int) -> None:
        while self._segmenter.position + 512 <= available:
            voice = next(self._voices)
            match self._segmenter.push(voice, -20 if voice > 0.5 else -60):
                case Begun(start=start):
                    self._policy.begun(start)
                case Ended() as said:
                    self._owe(now_s, said)
                case Quiet(cut=cut):
                    self._segmenter = Segmenter(cut)
        if now_s >= HOUR_S and (said := self._segmenter.finish(available)):
            self._owe(now_s, said)

    def _owe(self, now_s: float, said: Ended) -> None:
        self._policy.ended(said)
        self._segmenter = Segmenter(said.cut)
        self.course.ended.append((now_s, said))

    def _decode(self, now_s: float, available: int) -> None:
        if (done := self._decoding) is not None and done.done <= now_s:
            self._decoding = None
            self.course.decodes.append(done)
            if isinstance(done.what, DecodeFinal):
                self._policy.final_done()
            else:
                self._policy.partial_done(
                    done.what, tuple("字" for _ in done.what.windows), done.done - done.begun
                )
        if self._decoding is None and (decision := self._policy.decide(self._segmenter, available)):
            owed = len(self.course.ended) - len(self.course.finals)
            self._decoding = Decoded(now_s, now_s + self._machine.takes(decision, now_s), decision, owed)


@cache
def held(slow: float, partials: bool = True) -> Course:
    return Meeting(Machine(slow), Pace() if partials else Pace(first_partial=1e9)).hold()


def slowness(demand: float, hurried: bool) -> float:
    """How slow a machine is for which the finals, careful or hurried, take `demand` times as long as the meeting."""
    pace, work = Pace(), 0.0
    for _, said in held(1.0).ended:
        length_s = (said.end - said.start) / RATE_HZ
        short = length_s <= pace.long and not hurried
        beam = pace.hurry_beam if hurried else pace.final_beam if short else pace.final_beam_long
        work += _work(pace.final_window if short else length_s + pace.trailing, length_s, beam)
    return demand * HOUR_S / work


@pytest.fixture(params=["careful", "hurried"])
def overloaded(request: pytest.FixtureRequest) -> Course:
    """A third of it 1.5 times what the machine takes when finals are decoded with care, or even when in a hurry."""
    return held(slowness(1.5, hurried=request.param == "hurried"))


def test_overload_loses_doubles_and_reorders_nothing(overloaded: Course) -> None:
    decoded = [one.what.utterance for one in overloaded.finals if isinstance(one.what, DecodeFinal)]
    assert decoded == [said for _, said in overloaded.ended] and len(decoded) > 250


def test_no_partial_begins_while_a_final_is_owed_and_no_final_waits_for_anything_but_the_decoder(
    overloaded: Course,
) -> None:
    assert all(one.owed == 0 for one in overloaded.decodes if isinstance(one.what, DecodePartial))
    free_s = 0.0
    owed_since = iter(at_s for at_s, _ in overloaded.ended)
    for one in overloaded.decodes:
        if isinstance(one.what, DecodeFinal):
            assert one.begun <= max(free_s, next(owed_since)) + 2 * TICK_S
        free_s = one.done


def test_partials_stop_where_even_hurried_finals_are_too_much() -> None:
    course = held(slowness(1.5, hurried=True))
    assert course.partials(0, BUSY_FROM_S) > 500
    assert course.partials(BUSY_FROM_S + 60, BUSY_TO_S) == 0


def test_lag_is_bounded_while_hurried_finals_keep_up() -> None:
    course = held(slowness(1.5, hurried=False))
    assert course.lag(BUSY_FROM_S, BUSY_TO_S) < 60


def test_lag_grows_by_no_more_than_the_work_that_is_too_much() -> None:
    course = held(slowness(1.5, hurried=True))
    too_much_s = (BUSY_TO_S - BUSY_FROM_S) * (1 - 1 / 1.5)
    assert 0.7 * too_much_s < course.lag(BUSY_FROM_S, HOUR_S) < 1.2 * too_much_s
    assert course.lag(0, HOUR_S) >= course.waits(0, HOUR_S)[-1] - 2, "what is late is reported"


def test_it_recovers_when_the_load_falls(overloaded: Course) -> None:
    caught_up = next(at_s for at_s, lag in overloaded.lags if at_s > BUSY_TO_S and lag < 0.1)
    assert caught_up < BUSY_TO_S + 90
    # A cut for length is made up to 12 s back, and the sound since then counts as late: how far is chance.
    assert overloaded.lag(caught_up + 60, HOUR_S) <= overloaded.lag(0, BUSY_FROM_S) + 2
    assert overloaded.partials(caught_up, HOUR_S) > 0.9 * overloaded.partials(0, HOUR_S - caught_up)
    assert abs(overloaded.careful()) < 0.1


def test_partials_stop_before_finals_are_late() -> None:
    for demand in (0.9, 1.5):
        slow = slowness(demand, hurried=False)
        waits, undisturbed = (held(slow, partials).waits(BUSY_FROM_S, BUSY_TO_S) for partials in (True, False))
        assert waits[int(0.95 * len(waits))] <= 1.15 * undisturbed[int(0.95 * len(undisturbed))]


def test_speech_cut_for_its_length_is_decoded_with_care_where_nothing_is_late() -> None:
    policy = Policy()
    cut = 15 * RATE_HZ
    policy.ended(Ended(start=0, end=cut, cut=cut, spoken=cut, certainty=0.9, forced=True, heard_to=27 * RATE_HZ))
    decision = policy.decide(Segmenter(cut), 27 * RATE_HZ)
    assert isinstance(decision, DecodeFinal) and decision.beam_size == policy.pace.final_beam_long
