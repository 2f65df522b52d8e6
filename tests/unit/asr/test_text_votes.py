from dataclasses import replace

import pytest

from asr.text.evidence import Evidence
from asr.text.hallucinations import drop_inventions
from asr.text.pipeline import WINDOW_STEPS, partial_text, refine_text
from asr.text.unclear import is_unclear
from asr.text.votes import VOTES, as_vote, doubted_votes, is_vote

UNSURE = Evidence(avg_logprob=-0.8, no_speech_prob=0.1, certainty=0.9, spoken_s=0.5, length_s=1.0)
SURE = Evidence(avg_logprob=-0.2)


@pytest.mark.parametrize(
    ("heard", "said"),
    [
        ("汽圈", "弃权。"),
        ("气泉。", "弃权。"),
        ("通衣。", "同意。"),
        ("布通意", "不同意。"),
        ("没意件", "没意见。"),
    ],
)
def test_an_answer_that_only_sounds_like_a_vote_is_one(heard: str, said: str) -> None:
    assert as_vote(heard, UNSURE) == said


@pytest.mark.parametrize("text", ["通衣。", "汽圈。"])
def test_what_the_decoder_is_sure_of_stays(text: str) -> None:
    assert as_vote(text, SURE) == text


@pytest.mark.parametrize(
    "text",
    [
        "犯罪。",
        "统一。",
        "要统一。",
        "动议。",
        "同志。",
        "统计。",
        "统一部署。",
        "气圈要换。",
        "好。",
        "OK",
        "",
        "会议开始。",
        "没一件事。",
        "通知。",
        # Words of their own, or sensible things to say.
        "完全统一。",
        "都统一。",
        "返队。",
        "铜锅。",
        "没油。",
        "我期权。",
        "没有一件。",
        "暂成。",
        "气圈。",
        # Not an utterance of its own.
        "有气泉。",
        "好，通衣。",
        "通，衣。",
    ],
)
def test_other_answers_stay(text: str) -> None:
    assert as_vote(text, UNSURE) == text


@pytest.mark.parametrize("vote", sorted(VOTES))
def test_a_vote_is_never_dropped_nor_turned_into_another(vote: str) -> None:
    nobody = Evidence(no_speech_prob=0.95, avg_logprob=-2.0, certainty=0.5, spoken_s=0.3, length_s=0.9)
    assert refine_text(vote, nobody)[0] == f"{vote}。" and is_vote(vote)


def test_a_vote_put_right_by_sound_is_told() -> None:
    text, changes = refine_text("氣泉", UNSURE)
    assert (text, [(one.before, one.after, one.reason) for one in changes]) == (
        "弃权。",
        [("气泉", "弃权。", "vote")],
    )


@pytest.mark.parametrize(
    "unspoken",
    [
        {"no_speech_prob": 0.95, "avg_logprob": -1.5},
        {"no_speech_prob": 0.95, "avg_logprob": -0.8},
        {"certainty": 0.6},
        {"spoken_s": 0.1},
    ],
)
def test_no_vote_is_made_of_noise(unspoken: dict[str, float]) -> None:
    evidence = replace(UNSURE, **unspoken)
    assert as_vote("通艺", evidence) == "通艺" and "同意" not in refine_text("通艺", evidence)[0]


def test_noise_is_dropped_before_a_vote_could_be_made_of_it() -> None:
    assert refine_text("通艺", replace(UNSURE, no_speech_prob=0.95, avg_logprob=-1.5))[0] == ""


def test_a_vote_is_only_made_of_one_whole_utterance_that_has_ended() -> None:
    assert partial_text("通衣", UNSURE) == "通衣"
    assert refine_text("通衣", UNSURE, WINDOW_STEPS)[0] == "通衣。"


def test_a_vote_made_and_one_not_made_are_both_put_before_a_person() -> None:
    text, changes = refine_text("通衣", UNSURE)
    assert [one.candidates for one in doubted_votes(text, changes)] == [("同意", "通衣")]
    (mark,) = doubted_votes("返队。", ())
    assert (mark.offset, mark.length, mark.candidates) == (0, 2, ("返队", "反对"))
    (mark,) = doubted_votes("有通意。", ())
    assert (mark.offset, mark.length, mark.candidates) == (1, 2, ("通意", "同意"))
    assert doubted_votes("要统一。", ()) == () == doubted_votes("好。", ())
    assert doubted_votes("反对。", ()) == () == doubted_votes("请周敏同志汇报。", ())


@pytest.mark.parametrize(
    "text",
    "没有异议 无异议 我也同意 原则同意 一致同意 没有其他意见 不赞成 同意吧 全票通过 反对票 我没意见 我赞同 "
    "我个人没有其他意见 我保留意见 大家都同意".split(),
)
def test_a_consent_in_other_words_is_neither_dropped_nor_withheld(text: str) -> None:
    quiet = Evidence(no_speech_prob=0.65, avg_logprob=-0.55, certainty=0.75, spoken_s=0.5, length_s=1.5)
    assert drop_inventions(text, quiet) == text
    assert not is_unclear(text, replace(quiet, avg_logprob=-0.95))


def test_a_sentence_about_votes_is_treated_as_any_other() -> None:
    text = "中国人民代表大会全体会议表决通过了这项决定"
    assert drop_inventions(text, Evidence(no_speech_prob=0.9, avg_logprob=-1.5)) == ""


@pytest.mark.parametrize(
    ("text", "is_one"), [("同意同意同意", True), ("同意、反对", True), ("同意的话", False), ("，", False)]
)
def test_votes_are_told_with_and_without_marks_between(text: str, is_one: bool) -> None:
    assert is_vote(text) is is_one
