import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from asr.listener import Listener
from asr.segmenter import Begun, Ended, Event
from asr.vad import BLOCK_SAMPLES, FRAME_SAMPLES

RATE_HZ = 16_000


class LoudnessVad:
    """Speech is whatever is loud; like the real one it remembers, and forgets on reset."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.memory = 0.0

    def block(self, samples: np.ndarray) -> np.ndarray:
        out = []
        for frame in samples.reshape(-1, FRAME_SAMPLES):
            self.memory = 0.3 * self.memory + 0.7 * float(np.abs(frame).mean() > 0.1)
            out.append(self.memory)
        return np.array(out, np.float32)


def sound() -> np.ndarray:
    pattern = [(0, 1.3), (9000, 2.1), (0, 0.9), (9000, 0.4), (0, 0.7), (9000, 31.0), (0, 1.7), (9000, 0.5)]
    return np.concatenate([np.full(round(s * RATE_HZ), level, np.int16) for level, s in pattern])


def listened(pieces: list[int], begin: int = 0) -> list[Event]:
    samples = sound()
    listener = Listener(LoudnessVad(), lambda start, count: samples[start : start + count], begin)
    events, at = list[Event](), begin
    for piece in pieces:
        at = min(at + piece, len(samples))
        events.extend(listener.listen(at))
    return [*events, *listener.finish(len(samples))]


def test_all_that_is_said_is_found() -> None:
    ended = [event for event in listened([]) if isinstance(event, Ended)]
    # Two utterances, one of 31 s that is cut in two, and one cut off by the end.
    assert len(ended) == 5 and [event.forced for event in ended] == [False, False, True, False, False]
    assert ended[-1].end == len(sound())


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 3 * BLOCK_SAMPLES + 7), max_size=60))
def test_events_do_not_depend_on_how_the_sound_arrives(pieces: list[int]) -> None:
    assert listened(pieces) == listened([])


def test_resumed_at_any_cut_the_events_are_the_same() -> None:
    events = listened([])
    for index, event in enumerate(events):
        if isinstance(event, Ended):
            assert listened([], begin=event.cut) == events[index + 1 :]


def test_each_end_has_its_beginning() -> None:
    starts = [event.start for event in listened([1000] * 30) if isinstance(event, Begun)]
    assert starts == [event.start for event in listened([]) if isinstance(event, Ended)]
