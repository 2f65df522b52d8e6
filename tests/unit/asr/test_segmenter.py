from collections.abc import Iterable

from hypothesis import given, settings
from hypothesis import strategies as st

from asr.segmenter import RATE_HZ, Begun, Ended, Event, Quiet, Segmenter, State

FRAME = 512


def frames(seconds: float) -> int:
    return round(seconds * RATE_HZ / FRAME)


def speech(seconds: float, level: float = -20.0) -> list[tuple[float, float]]:
    return [(0.95, level)] * frames(seconds)


def silence(seconds: float, level: float = -70.0) -> list[tuple[float, float]]:
    return [(0.02, level)] * frames(seconds)


def heard(sound: list[tuple[float, float]], begin: int = 0) -> list[Event]:
    """Runs segmenters from cut to cut over the sound, as a listener does."""
    events, segmenter = list[Event](), Segmenter(begin)
    index = 0
    while index < len(sound):
        event = segmenter.push(*sound[index])
        index += 1
        if event is None:
            continue
        events.append(event)
        if not isinstance(event, Begun):
            segmenter = Segmenter(event.cut)
            index = (event.cut - begin) // FRAME
    last = segmenter.finish(begin + len(sound) * FRAME)
    return [*events, *([last] if last else [])]


def utterances(events: Iterable[Event]) -> list[Ended]:
    return [event for event in events if isinstance(event, Ended)]


def test_half_a_second_of_silence_ends_an_utterance() -> None:
    events = heard(silence(1) + speech(3) + silence(2))
    begun, ended = events[0], events[1]
    assert isinstance(begun, Begun) and isinstance(ended, Ended)
    assert begun.start == ended.start
    assert 0.6 < ended.start / RATE_HZ < 0.8
    assert 4.0 < ended.end / RATE_HZ < 4.3
    assert ended.cut <= ended.end
    assert ended.certainty > 0.9 and abs(ended.spoken / RATE_HZ - 3) < 0.1


def test_a_short_breath_does_not_end_an_utterance() -> None:
    assert len(utterances(heard(speech(3) + silence(0.4) + speech(3) + silence(1)))) == 1


def test_a_long_utterance_ends_at_a_short_breath() -> None:
    assert len(utterances(heard(speech(19) + silence(0.4) + speech(3) + silence(1)))) == 2
    assert len(utterances(heard(speech(15) + silence(0.23) + speech(3) + silence(1)))) == 2


def test_a_closure_within_a_word_ends_no_utterance_however_long_it_is() -> None:
    assert len(utterances(heard(speech(20) + silence(0.13) + speech(3) + silence(1)))) == 1


def test_a_vote_of_a_quarter_second_is_kept() -> None:
    votes = silence(1) + speech(0.25) + silence(0.6) + speech(0.25) + silence(1)
    assert len(utterances(heard(votes))) == 2


def test_a_vote_cut_off_by_the_end_of_the_sound_is_kept() -> None:
    assert len(utterances(heard(silence(1) + speech(0.06)))) == 1


def test_a_click_is_no_speech() -> None:
    assert heard(silence(1) + speech(0.04) + silence(1)) == []


def test_speech_without_a_breath_is_cut_below_28_s_at_the_quietest_place() -> None:
    dip = [(0.6, -45.0)] * 5
    sound = speech(20) + dip + speech(15) + silence(1)
    first, second = utterances(heard(sound))
    assert first.forced and not second.forced
    assert frames(20) <= first.cut // FRAME <= frames(20) + len(dip)
    assert first.end == first.cut == second.start


def test_hours_of_speech_never_give_an_utterance_of_28_s() -> None:
    assert all(u.end - u.start < 28 * RATE_HZ for u in utterances(heard(speech(200))))


def test_lasting_silence_is_cut_so_that_little_is_heard_again() -> None:
    events = heard(silence(100))
    assert len(events) == 3 and all(isinstance(event, Quiet) for event in events)


def test_states_are_named() -> None:
    segmenter = Segmenter(0)
    states = [segmenter.state]
    for frame in [*speech(0.2), *silence(0.1)]:
        segmenter.push(*frame)
        states.append(segmenter.state)
    assert list(dict.fromkeys(states)) == [State.QUIET, State.STARTING, State.SPEAKING, State.STOPPING]


sounds = st.lists(
    st.tuples(st.sampled_from([0.0, 0.2, 0.4, 0.6, 1.0]), st.integers(1, 300)), min_size=1, max_size=12
).map(lambda runs: [(p, -60 + 40 * p) for p, count in runs for _ in range(count)])


@settings(max_examples=60, deadline=None)
@given(sounds)
def test_cuts_go_forward_and_utterances_do_not_overlap(sound: list[tuple[float, float]]) -> None:
    at = cut = 0
    for ended in utterances(heard(sound)):
        assert cut <= ended.start < ended.end
        assert ended.cut > cut and ended.start >= at
        assert ended.end - ended.start < 28 * RATE_HZ
        cut, at = ended.cut, ended.end - 1


@settings(max_examples=60, deadline=None)
@given(sounds)
def test_a_segmenter_started_at_a_cut_goes_on_as_if_undisturbed(sound: list[tuple[float, float]]) -> None:
    events = heard(sound)
    for index, event in enumerate(events):
        if isinstance(event, Ended | Quiet) and event.cut % FRAME == 0:
            rest = sound[event.cut // FRAME :]
            assert heard(rest, begin=event.cut) == events[index + 1 :]
