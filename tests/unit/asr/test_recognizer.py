import numpy as np

from asr.recognizer import FULL_WINDOW_S, _pieces, decode_exactly
from tests.unit.asr.scripted import Scripted, hypothesis


class Tokens:
    """A tokenizer whose tokens below 100 are characters, and timestamps from 100 on."""

    timestamp_begin = 100

    def decode(self, tokens: list[int]) -> str:
        return "".join(chr(0x4E00 + token) for token in tokens)


def scripted(ordinary: str, careful: str) -> Scripted:
    """Gives one text to an ordinary decode and another to a careful one."""
    return Scripted(lambda asked: careful if asked.careful else ordinary)


def windows(recognizer: Scripted) -> list[tuple[bool, float]]:
    return [(one.careful, one.window_s) for one in recognizer.asked]


def exactly(recognizer: Scripted, seconds: float = 1.0) -> str:
    sound = np.zeros(round(seconds * 16_000), np.float32)
    return decode_exactly(recognizer, sound, prompt="", language="zh", beam_size=5, window_s=3.0).text


def test_a_good_text_is_decoded_once() -> None:
    recognizer = scripted("同意。", "")
    assert exactly(recognizer) == "同意。" and windows(recognizer) == [(False, 3.0)]


def test_a_loop_is_decoded_again_in_a_full_window() -> None:
    recognizer = scripted("办公用房" * 20, "办公用房清理")
    assert exactly(recognizer) == "办公用房清理"
    assert windows(recognizer) == [(False, 3.0), (True, FULL_WINDOW_S)]


def test_pieces_lie_between_timestamps_and_never_beyond_the_sound() -> None:
    pieces = list(_pieces(Tokens(), (100, 1, 2, 150, 150, 3, 400), length_s=2.5))
    assert [(p.start_s, p.end_s) for p in pieces] == [(0.0, 1.0), (1.0, 2.5)]


def test_a_piece_without_an_end_goes_to_the_end_of_the_sound() -> None:
    assert [p.end_s for p in _pieces(Tokens(), (100, 1, 2), length_s=2.5)] == [2.5]


def test_confidence_is_the_mean_probability_of_a_token() -> None:
    assert hypothesis("", avg_logprob=0.0).confidence == 1.0
    assert abs(hypothesis("", avg_logprob=-0.693).confidence - 0.5) < 0.01


def test_votes_one_after_the_other_are_decoded_once() -> None:
    recognizer = scripted("同意，" * 6, "同意１同意：同意２")
    assert exactly(recognizer, 3.0) == "同意，" * 6 and windows(recognizer) == [(False, 3.0)]


def test_more_votes_than_can_be_said_are_decoded_again() -> None:
    recognizer = scripted("同意，" * 20, "同意。")
    assert exactly(recognizer, 3.0) == "同意。" and len(recognizer.asked) == 2
