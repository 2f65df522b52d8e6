from msgspec.structs import replace

from asr.refine import Stretch, refine_chunk
from tests.unit.asr.scripted import in_turn
from tests.unit.asr.test_refine import MANNER, silence, stretch

HARDLY = 0.3
"""A confidence that no clear speech has."""


def unsure(text: str) -> Stretch:
    return replace(stretch(0, 3, text), confidence=HARDLY, hurried=False)


def test_words_that_no_other_decode_bears_out_stay_unclear() -> None:
    (wording,) = refine_chunk(
        [unsure("所以越来越多的话")], silence, in_turn("请坐在前面的一排", "你能成功的程式"), MANNER
    )
    assert wording.unclear and wording.text == "所以越来越多的话"


def test_words_that_the_decodes_agree_on_are_clear_after_all() -> None:
    again = "会议原则同意清理方案"
    (wording,) = refine_chunk([unsure("会议原则同意清理方按")], silence, in_turn(again, again), MANNER)
    assert not wording.unclear and wording.text == "会议原则同意清理方案。"


def test_a_vote_is_never_unclear() -> None:
    (wording,) = refine_chunk([unsure("弃权。")], silence, in_turn("期权市场的走势", "今天天气"), MANNER)
    assert not wording.unclear and wording.text == "弃权。"


def test_what_the_decoder_was_sure_of_is_not_made_unclear() -> None:
    sure = replace(unsure("所以越来越多的话"), confidence=0.8)
    (wording,) = refine_chunk([sure], silence, in_turn("请坐在前面的一排", "你能成功的程式"), MANNER)
    assert not wording.unclear
