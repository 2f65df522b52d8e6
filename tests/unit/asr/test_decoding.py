"""From sound to the text of a result, with a recognizer that says what it is told to."""

from dataclasses import replace

import numpy as np

from asr.decoding import Manner, decode_final, decode_partial
from asr.recognizer import RATE_HZ
from asr.results import Mark
from asr.segmenter import Ended
from asr.text.lexicon import Expected, Lexicon
from asr.text.writing import Words
from tests.unit.asr.scripted import Asked, Scripted, hypothesis

SOUND = np.zeros(4 * RATE_HZ, np.float32)
WORDS = Words(lexicon=Lexicon(words=(Expected(text="资产管理处", kind="unit"),)))
MANNER = Manner(language="zh", prompt="资产管理处", words=WORDS)


def partial(recognizer: Scripted) -> str:
    return decode_partial(recognizer, SOUND, MANNER, beam_size=1, window_s=7.0)


def test_a_vote_known_only_by_its_sound_is_marked_for_a_person_to_look_at() -> None:
    recognizer = Scripted(lambda asked: replace(hypothesis("气泉", asked.length_s), avg_logprob=-0.7))
    utterance = Ended(start=0, end=RATE_HZ, cut=RATE_HZ, spoken=RATE_HZ // 2, certainty=0.9)
    final = decode_final(recognizer, SOUND[:RATE_HZ], utterance, MANNER, beam_size=5, window_s=15.0)
    assert final.text == "弃权。" and final.raw_text == "气泉"
    assert final.marks == (Mark(offset=0, length=2, candidates=("弃权", "气泉")),)


def test_a_partial_that_loops_with_the_prompt_is_heard_without() -> None:
    recognizer = Scripted(lambda asked: "会会会" * 40 if asked.prompt else "会议原则同意")
    assert partial(recognizer) == "会议原则同意"
    assert [asked.prompt for asked in recognizer.asked] == ["资产管理处", ""]


def test_a_partial_that_loops_anyway_is_empty() -> None:
    assert partial(Scripted(lambda _: "会会会" * 40)) == ""


def test_a_partial_has_the_names_right_and_numbers_as_spoken() -> None:
    def answer(asked: Asked) -> str:
        return "请资产管理出报三千四百处"

    assert partial(Scripted(answer)) == "请资产管理处报三千四百处"
