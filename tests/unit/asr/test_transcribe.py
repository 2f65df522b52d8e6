from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

import asr.transcribe
from asr.recognizer import Hypothesis
from asr.transcribe import transcribe_blocks
from tests.unit.asr.scripted import Asked, Scripted, hypothesis
from tests.unit.asr.test_listener import LoudnessVad

RATE_HZ = 16_000


def by_loudness(asked: Asked) -> str:
    """What is said is told by how loud it is."""
    return {3: "同意", 5: "没有意见", 8: ""}[round(asked.peak * 10)]


def blocks() -> Iterator[npt.NDArray[np.int16]]:
    pattern = [(0.0, 1), (0.3, 1), (0.0, 40), (0.5, 2), (0.0, 2), (0.8, 1), (0.0, 3)]
    sound = np.concatenate(
        [np.full(seconds * RATE_HZ, int(level * 32767), np.int16) for level, seconds in pattern]
    )
    yield from np.array_split(sound, 311)


@pytest.fixture(autouse=True)
def _loudness(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asr.transcribe, "SileroVad", LoudnessVad)


def test_each_utterance_is_decoded_from_its_own_sound_and_wordless_ones_are_left_out() -> None:
    transcript = transcribe_blocks(blocks(), Scripted(by_loudness))
    assert [segment.text for segment in transcript.segments] == ["同意。", "没有意见。"]
    assert transcript.duration_ms == 50_000
    first, second = transcript.segments
    assert 600 <= first.start_ms <= 1000 and 2000 <= first.end_ms <= 2400
    assert 41_600 <= second.start_ms <= 42_100 and 44_000 <= second.end_ms <= 44_400
    assert [piece.text for piece in second.pieces] == ["没有意见。"]


def test_terms_and_language_reach_the_decoder() -> None:
    recognizer = Scripted(by_loudness)
    transcribe_blocks(blocks(), recognizer, language="auto", prompt_terms=["黎明", "资产处"])
    asked = {(one.prompt, one.language, one.beam_size) for one in recognizer.asked}
    assert asked == {("黎明，资产处。", "auto", 5), ("", "auto", 5)}


def test_progress_goes_forward_to_the_end() -> None:
    seen = list[int]()
    transcribe_blocks(blocks(), Scripted(by_loudness), progress=seen.append)
    assert seen == sorted(seen) and seen[-1] == 50_000


def test_no_sound_gives_an_empty_transcript() -> None:
    assert transcribe_blocks([], Scripted(by_loudness)).segments == ()


def test_what_other_decodes_bear_out_replaces_the_first_wording() -> None:
    def mishear(asked: Asked) -> Hypothesis:
        first = len(recognizer.asked) == 1
        return hypothesis("统一" if first else by_loudness(asked), asked.length_s, -0.4 if first else -0.1)

    recognizer = Scripted(mishear)
    sound = np.concatenate(
        [np.full(s * RATE_HZ, int(level * 32767), np.int16) for level, s in ((0.3, 2), (0.0, 2))]
    )
    (segment,) = transcribe_blocks([sound], recognizer).segments
    assert segment.text == "同意。" and segment.raw_text == "同意"
    assert [piece.text for piece in segment.pieces] == ["同意。"]


def test_sound_of_any_length_is_refined_piece_by_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("asr.refine._CHUNK", 3 * RATE_HZ)
    many = [block for _ in range(3) for block in blocks()]
    transcript = transcribe_blocks(many, Scripted(by_loudness))
    assert [segment.text for segment in transcript.segments] == ["同意。", "没有意见。"] * 3


def test_a_vote_known_only_by_its_sound_stays_marked_where_the_windows_hear_nothing_better() -> None:
    def heard(asked: Asked) -> Hypothesis:
        alone = asked.length_s < 2 and asked.prompt == "资产处。"
        return replace(hypothesis("通衣" if alone else "", asked.length_s), avg_logprob=-0.7)

    sound = [np.full(RATE_HZ, level, np.int16) for level in (0, 9830, 0, 0, 0)]
    (segment,) = transcribe_blocks(sound, Scripted(heard), prompt_terms=["资产处"]).segments
    assert segment.text == "同意。" and [one.candidates for one in segment.marks] == [("同意", "通衣")]
    assert [one.reason for one in segment.changes] == ["vote"]
