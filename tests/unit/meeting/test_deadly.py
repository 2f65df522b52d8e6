from asr.decoding import undecodable
from asr.results import Final
from asr.segmenter import Ended
from meeting.deadly import DEATHS, Deadly


def final(start: int) -> Final:
    return Final(
        start_sample=start,
        next_sample=start + 10,
        start_ms=0,
        end_ms=1,
        text="同意。",
        raw_text="同意",
        confidence=0.9,
    )


def left_out(start: int) -> Final:
    ended = Ended(start=start, end=start + 10, cut=start + 10, certainty=1.0, spoken=10, heard_to=start + 10)
    return undecodable(ended)


def test_only_what_ends_one_recognizer_after_the_other_is_left_out() -> None:
    deadly = Deadly()
    for _ in range(DEATHS - 1):
        assert deadly.died(160) and deadly.left_out == ()
    assert deadly.died(160) and deadly.left_out == (160,)


def test_deaths_over_several_sentences_and_over_none_count_for_none() -> None:
    deadly = Deadly()
    for start in (0, 160, 320):
        assert deadly.died(start)
        deadly.heard(final(start))
    assert not deadly.died(None)
    assert deadly.died(0) and deadly.left_out == ()


def test_machine_on_which_nothing_can_be_decoded_gives_up_hope_instead_of_the_whole_meeting() -> None:
    deadly = Deadly()
    for start in (0, 160, 320):
        assert all(deadly.died(start) for _ in range(DEATHS))
        deadly.heard(left_out(start))
    assert not deadly.died(480) and deadly.left_out == (0, 160, 320)
    deadly.heard(final(480))
    assert deadly.died(640)
