from msgspec.structs import replace

from asr.refine import Stretch, refine_chunk
from tests.unit.asr.scripted import Scripted, hypothesis, in_turn
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


CREDITS = "請不吝點贊 訂閱 轉發 打賞支持明鏡與點點欄目"


def withheld(text: str) -> Stretch:
    """What the record shows as 〔听不清〕, with what the model wrote."""
    return replace(unsure(text), hurried=True, unclear=True)


def test_what_the_record_does_not_show_never_enters_it_on_one_decode() -> None:
    left = [CREDITS, "请坐在前面的一排", "你能成功的程式"]
    decodes = Scripted(lambda asked: hypothesis(left.pop(0), asked.length_s, avg_logprob=-0.85))
    (wording,) = refine_chunk([withheld(CREDITS)], silence, decodes, MANNER)
    assert wording.unclear


def test_what_was_not_believed_has_no_vote() -> None:
    raw = "所以越来越多的话"
    (wording,) = refine_chunk([withheld(raw)], silence, in_turn(raw, "请坐在前面的一排", "你能成功的程式"), MANNER)
    assert wording.unclear


def test_inventions_that_the_decodes_agree_on_are_no_record() -> None:
    (wording,) = refine_chunk([withheld(CREDITS)], silence, in_turn(CREDITS, CREDITS, CREDITS), MANNER)
    assert wording.unclear


def test_what_the_decodes_agree_on_is_written_as_the_record_is() -> None:
    raw = "會議原則同意"
    (wording,) = refine_chunk([withheld(raw)], silence, in_turn(raw, raw, raw), MANNER)
    assert not wording.unclear and wording.text == "会议原则同意。"


def test_with_no_decode_at_all_it_stays_unclear() -> None:
    (wording,) = refine_chunk([withheld(CREDITS)], silence, in_turn("", "", ""), MANNER)
    assert wording.unclear
