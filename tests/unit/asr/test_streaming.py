import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asr.segmenter import RATE_HZ, Begun, Ended, Segmenter
from asr.streaming import DecodeFinal, DecodePartial, Pace, Policy, hold

FRAME = 512


def utterance(start_s: float, end_s: float) -> Ended:
    start, end = round(start_s * RATE_HZ), round(end_s * RATE_HZ)
    return Ended(start=start, end=end, cut=end, spoken=end - start, certainty=0.95)


def speaking(seconds: float, pause_at_s: float | None = None) -> tuple[Policy, Segmenter]:
    """A policy and a segmenter in the middle of an utterance that began at 0."""
    policy, segmenter = Policy(), Segmenter(0)
    speak(policy, segmenter, seconds, pause_at_s)
    return policy, segmenter


def speak(policy: Policy, segmenter: Segmenter, until_s: float, pause_at_s: float | None = None) -> None:
    while segmenter.position < until_s * RATE_HZ:
        at_s = segmenter.position / RATE_HZ
        paused = pause_at_s is not None and pause_at_s <= at_s < pause_at_s + 0.2
        event = segmenter.push(0.05 if paused else 0.9, -60 if paused else -20)
        if isinstance(event, Begun):
            policy.begun(event.start)


def test_the_first_partial_comes_soon_after_speech_begins() -> None:
    policy, segmenter = speaking(0.5)
    assert policy.decide(segmenter, segmenter.position) is None
    speak(policy, segmenter, 1.0)
    decision = policy.decide(segmenter, segmenter.position)
    assert isinstance(decision, DecodePartial)
    assert decision.start == 0 and decision.end == segmenter.position


def test_one_decode_at_a_time() -> None:
    policy, segmenter = speaking(2)
    assert policy.decide(segmenter, segmenter.position) is not None
    speak(policy, segmenter, 6)
    assert policy.decide(segmenter, segmenter.position) is None


def test_finals_come_before_partials_in_order_and_none_is_dropped() -> None:
    policy, segmenter = speaking(2)
    owed = [utterance(0, 3), utterance(3, 5), utterance(5, 6)]
    for one in owed:
        policy.ended(one)
    policy.begun(6 * RATE_HZ)
    done = []
    while isinstance(decision := policy.decide(segmenter, 7 * RATE_HZ), DecodeFinal):
        done.append(decision.utterance)
        policy.final_done()
    assert done == owed


def test_a_long_utterance_gets_the_narrow_beam_so_that_its_text_is_not_late() -> None:
    policy, segmenter = Policy(), Segmenter(0)
    policy.ended(utterance(0, 5))
    policy.ended(utterance(5, 20))
    chosen = []
    for now_s in (6, 21):
        decision = policy.decide(segmenter, now_s * RATE_HZ)
        assert isinstance(decision, DecodeFinal)
        chosen.append((decision.beam_size, decision.window_s))
        policy.final_done()
    assert chosen == [(5, 15.0), (3, 18.0)]


def test_far_behind_finals_are_decoded_the_cheap_way() -> None:
    policy = Policy()
    policy.ended(utterance(0, 4))
    decision = policy.decide(Segmenter(0), 60 * RATE_HZ)
    assert isinstance(decision, DecodeFinal)
    assert decision.beam_size == 1 and decision.window_s < 10


def test_no_partial_while_the_recorded_sound_runs_ahead() -> None:
    policy, segmenter = speaking(2)
    assert policy.decide(segmenter, segmenter.position + 2 * RATE_HZ) is None


def test_a_slow_decoder_makes_partials_rarer() -> None:
    policy, segmenter = speaking(1)
    decision = policy.decide(segmenter, segmenter.position)
    assert isinstance(decision, DecodePartial)
    policy.partial_done(decision, ("同志们",), took_s=1.05)
    speak(policy, segmenter, 3)
    assert policy.decide(segmenter, segmenter.position) is None
    speak(policy, segmenter, 4.2)
    assert policy.decide(segmenter, segmenter.position) is not None


def test_no_partial_of_nothing_new() -> None:
    policy, segmenter = speaking(2)
    decision = policy.decide(segmenter, segmenter.position)
    assert isinstance(decision, DecodePartial)
    policy.partial_done(decision, ("同志们",), took_s=0.1)
    assert policy.decide(segmenter, segmenter.position) is None


def show(policy: Policy, segmenter: Segmenter, until_s: float, *texts: str) -> tuple[str, int] | None:
    speak(policy, segmenter, until_s)
    decision = policy.decide(segmenter, segmenter.position)
    assert isinstance(decision, DecodePartial)
    shown = policy.partial_done(decision, texts, took_s=0.1)
    return (shown.text, shown.stable_chars) if shown else None


def test_what_two_partials_agree_on_is_stable() -> None:
    policy, segmenter = Policy(), Segmenter(0)
    assert show(policy, segmenter, 1, "同志门") == ("同志门", 0)
    assert show(policy, segmenter, 2, "同志们现在") == ("同志们现在", 2)
    assert show(policy, segmenter, 3, "同志们现在𠮷会") == ("同志们现在𠮷会", 5)


def test_the_newest_characters_are_never_stable() -> None:
    policy, segmenter = Policy(), Segmenter(0)
    show(policy, segmenter, 1, "现在开")
    assert show(policy, segmenter, 2, "现在开") == ("现在开", 1)


@pytest.mark.parametrize(
    ("stable", "text", "wanted"),
    [
        ("", "同志们", "同志们"),
        ("同志", "同志们现在", "同志们现在"),
        ("张伟同志", "张委同志因出差", "张伟同志因出差"),
        ("今天28年第五次", "今天二〇一八年第五次会议", "今天28年第五次会议"),
        ("报告𠮷野", "报告", "报告𠮷野"),
        ("同意", "反对", "同意"),
    ],
)
def test_what_is_stable_is_shown_as_it_was(stable: str, text: str, wanted: str) -> None:
    assert hold(stable, text) == wanted


@given(st.text("同意反对，12", max_size=12), st.text("同意反对，12", max_size=20))
def test_any_text_is_held(stable: str, text: str) -> None:
    assert hold(stable, text).startswith(stable)


def test_stable_text_changes_no_more() -> None:
    policy, segmenter = Policy(), Segmenter(0)
    shown = ("", 0)
    for second, texts in enumerate(
        [("张伟",), ("张伟同志因",), ("张伟同志因病",), ("张委同志音", "请假"), ("清假了",)]
    ):
        speak(policy, segmenter, second * 2 + 1)
        decision = policy.decide(segmenter, segmenter.position)
        assert isinstance(decision, DecodePartial)
        now = policy.partial_done(decision, texts[: len(decision.windows)], took_s=0.1)
        assert now is not None and now.text.startswith(shown[0][: shown[1]]) and now.stable_chars >= shown[1]
        shown = (now.text, now.stable_chars)


def test_a_partial_that_makes_no_sense_is_not_shown_and_forgets_nothing() -> None:
    policy, segmenter = Policy(), Segmenter(0)
    show(policy, segmenter, 1, "同志们")
    assert show(policy, segmenter, 2, "") is None
    assert show(policy, segmenter, 3, "同志们现在开会") == ("同志们现在开会", 3)


def test_a_long_window_begins_anew_at_the_pause_and_its_text_stays() -> None:
    policy, segmenter = speaking(5.5, pause_at_s=3.0)
    decision = policy.decide(segmenter, segmenter.position)
    assert isinstance(decision, DecodePartial) and decision.pause
    (_, place), (tail, _) = decision.windows
    assert place == tail and 2.9 * RATE_HZ <= place <= 3.3 * RATE_HZ
    shown = policy.partial_done(decision, ("同志们现在开会", "今天"), took_s=0.1)
    assert shown is not None
    assert (shown.text, shown.stable_chars) == ("同志们现在开会，今天", len("同志们现在开会，"))
    speak(policy, segmenter, 7)
    after = policy.decide(segmenter, segmenter.position)
    assert isinstance(after, DecodePartial) and after.windows == ((place, segmenter.position),)


def test_windows_stay_short_even_without_a_pause() -> None:
    policy, segmenter = speaking(1)
    longest = 0
    for step in range(2, 27):
        speak(policy, segmenter, step)
        decision = policy.decide(segmenter, segmenter.position)
        assert isinstance(decision, DecodePartial)
        longest = max(longest, *(end - start for start, end in decision.windows))
        policy.partial_done(decision, tuple("字" for _ in decision.windows), took_s=0.1)
    assert longest <= (Pace().freeze_anyway + 1) * RATE_HZ


def test_a_partial_that_comes_after_its_utterance_ended_is_shown_since_the_final_takes_longer() -> None:
    policy, segmenter = speaking(2)
    late = policy.decide(segmenter, segmenter.position)
    assert isinstance(late, DecodePartial)
    policy.ended(utterance(0, 2))
    policy.begun(3 * RATE_HZ)
    shown = policy.partial_done(late, ("同意",), 0.1)
    assert shown is not None and shown.text == "同意"
    assert isinstance(policy.decide(segmenter, 2 * RATE_HZ), DecodeFinal)


def test_the_last_words_are_shown_while_the_end_is_being_waited_for() -> None:
    policy, segmenter = speaking(2.0)
    first = policy.decide(segmenter, segmenter.position)
    assert isinstance(first, DecodePartial)
    policy.partial_done(first, ("同意这个方案",), 0.3)
    speak(policy, segmenter, 2.4)
    assert policy.decide(segmenter, segmenter.position) is None
    speak(policy, segmenter, 2.5, pause_at_s=2.4)
    last = policy.decide(segmenter, segmenter.position)
    assert isinstance(last, DecodePartial) and last.end == segmenter.voice_end < segmenter.position


def test_the_text_is_late_by_the_oldest_utterance_owed() -> None:
    policy, segmenter = Policy(), Segmenter(0)
    assert policy.recognized_to(100) == 100 and policy.settled
    policy.ended(utterance(0, 3))
    policy.ended(utterance(3, 5))
    policy.decide(segmenter, 6 * RATE_HZ)
    assert policy.recognized_to(6 * RATE_HZ) == 3 * RATE_HZ and not policy.settled
    policy.final_done()
    assert policy.recognized_to(6 * RATE_HZ) == 5 * RATE_HZ


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0.3, 25), min_size=1, max_size=30), st.floats(0.1, 2.0))
def test_at_any_speed_every_utterance_is_decoded_once_and_in_order(lengths: list[float], speed: float) -> None:
    """`speed`: seconds of work a second of sound costs when decoded with care; beyond 1 it falls behind."""
    policy, segmenter = Policy(), Segmenter(0)
    ends, at = list[float](), 0.0
    for length in lengths:
        at += length
        ends.append(at)
    now, done, arrived = 0.0, list[int](), 0
    while len(done) < len(lengths):
        while arrived < len(ends) and ends[arrived] <= now:
            policy.ended(utterance(ends[arrived] - lengths[arrived], ends[arrived]))
            arrived += 1
        decision = policy.decide(segmenter, round(now * RATE_HZ))
        if isinstance(decision, DecodeFinal):
            length_s = (decision.utterance.end - decision.utterance.start) / RATE_HZ
            now += speed * length_s * (1.0 if decision.beam_size > 1 else 0.15)
            done.append(decision.utterance.start)
            policy.final_done()
        else:
            now = ends[arrived]
    assert done == sorted(done) and policy.settled
    assert now - at <= 60


def test_what_finals_took_long_ago_does_not_keep_partials_away() -> None:
    policy = Policy()
    policy.ended(utterance(0, 5))
    assert policy.decide(Segmenter(5 * RATE_HZ), 5 * RATE_HZ)
    policy.final_done()
    assert policy.decide(Segmenter(600 * RATE_HZ), 600 * RATE_HZ) is None  # it took ten minutes
    segmenter = Segmenter(900 * RATE_HZ)
    while segmenter.position < 902 * RATE_HZ:
        event = segmenter.push(0.9, -20)
        if isinstance(event, Begun):
            policy.begun(event.start)
    assert isinstance(policy.decide(segmenter, segmenter.position), DecodePartial)
