"""Waits for text, measured on scripted arrivals whose answers are plain to see."""

from hypothesis import given
from hypothesis import strategies as st

from ui.bench.asr.delays import Span, final_waits, partial_ages, spread, voice_until_shown
from ui.bench.asr.screen import Piece, Update


def partial(at_ms: int, start_ms: int, end_ms: int, text: str = "同志们", id: str = "s1") -> Update:
    return Update(at_ms=at_ms, pieces=(Piece(id=id, start_ms=start_ms, end_ms=end_ms, text=text),))


def final(at_ms: int, start_ms: int, end_ms: int, text: str = "同志们。", id: str = "s1") -> Update:
    return Update(at_ms=at_ms, pieces=(Piece(id=id, start_ms=start_ms, end_ms=end_ms, text=text, final=True),))


def test_age_of_a_partial_counts_from_its_newest_sound():
    assert partial_ages([partial(1500, 0, 1000), partial(2600, 0, 2000), final(4000, 0, 2500)]) == [500, 600]


def test_a_partial_without_text_shows_nothing():
    assert partial_ages([partial(1500, 0, 1000, text="")]) == []
    assert voice_until_shown([partial(1500, 0, 1000, text="")], [Span(0, 1000)]) == ([], 5)


def test_voice_waits_for_the_first_text_that_reaches_it():
    # Moments 300, 400 … 700 of the utterance; the first three are in the first partial, the others in the second.
    waits, missing = voice_until_shown([partial(1000, 0, 550), partial(1800, 0, 900)], [Span(0, 1000)])
    assert waits == [700, 600, 500, 1200, 1100]
    assert missing == 0


def test_a_late_text_about_earlier_sound_does_not_count_again():
    early, late = partial(1000, 0, 900), partial(9000, 0, 600)
    assert voice_until_shown([early, late], [Span(0, 1000)]) == voice_until_shown([early], [Span(0, 1000)])


def test_voice_that_no_text_ever_reaches_is_counted_as_missing():
    waits, missing = voice_until_shown([final(1500, 0, 1000)], [Span(0, 1000), Span(2000, 3000)])
    assert (len(waits), missing) == (5, 5)


def test_final_waits_from_the_end_of_the_utterance_to_its_last_piece():
    updates = [final(1900, 0, 1400), final(3200, 1500, 2900, id="s2"), final(9000, 4000, 5000, id="s3")]
    assert final_waits(updates, [Span(0, 3000)]) == ([200], 0)


def test_a_corrected_final_does_not_wait_again():
    updates = [final(3500, 0, 3000), final(60_000, 0, 3000, text="同志们，现在开会。")]
    assert final_waits(updates, [Span(0, 3000)]) == ([500], 0)


def test_an_utterance_finished_together_with_the_next_waits_for_it():
    assert final_waits([final(5000, 0, 4500)], [Span(0, 1000), Span(1500, 4500)]) == ([4000, 500], 0)


def test_a_short_vote_is_touched_by_a_third_of_it():
    assert final_waits([final(1200, 250, 900)], [Span(0, 360)]) == ([], 1)
    assert final_waits([final(1200, 200, 900)], [Span(0, 360)]) == ([840], 0)


def test_an_utterance_without_a_final_is_missing():
    assert final_waits([partial(900, 0, 800)], [Span(0, 800)]) == ([], 1)


def test_spread_is_by_nearest_rank_and_none_without_values():
    found = spread(range(100), missing=3)
    assert found is not None
    assert (found.p50, found.p95, found.max, found.count, found.missing) == (50, 95, 99, 100, 3)
    assert spread([]) is None


@given(st.lists(st.integers(0, 10_000), min_size=1))
def test_spread_never_leaves_the_values(values: list[int]):
    found = spread(values)
    assert found is not None
    assert min(values) <= found.p50 <= found.p95 <= found.max == max(values)
