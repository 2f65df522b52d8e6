import pytest

from asr.text.evidence import Evidence
from asr.text.pipeline import refine_text
from asr.text.votes import VOTES, as_vote, is_vote

UNSURE = Evidence(avg_logprob=-0.8, no_speech_prob=0.1, certainty=0.9, spoken_s=0.5, length_s=1.0)
SURE = Evidence(avg_logprob=-0.2)


@pytest.mark.parametrize(
    ("heard", "said"),
    [
        ("气圈。", "弃权。"),
        ("汽圈", "弃权。"),
        ("通衣。", "同意。"),
        ("有气泉", "有弃权。"),
        ("布通意", "不同意。"),
        ("凡对。", "反对。"),
        ("我气圈", "我弃权。"),
    ],
)
def test_an_answer_that_only_sounds_like_a_vote_is_one(heard: str, said: str) -> None:
    assert as_vote(heard, UNSURE) == said


@pytest.mark.parametrize("text", ["通衣。", "气圈。"])
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
    ],
)
def test_other_answers_stay(text: str) -> None:
    assert as_vote(text, UNSURE) == text


@pytest.mark.parametrize("vote", sorted(VOTES))
def test_a_vote_is_never_dropped_nor_turned_into_another(vote: str) -> None:
    nobody = Evidence(no_speech_prob=0.95, avg_logprob=-2.0, certainty=0.5, spoken_s=0.3, length_s=0.9)
    assert refine_text(vote, nobody)[0] == f"{vote}。" and is_vote(vote)


def test_a_vote_put_right_by_sound_is_told() -> None:
    text, changes = refine_text("氣圈", UNSURE)
    assert (text, [(one.before, one.after, one.reason) for one in changes]) == (
        "弃权。",
        [("气圈", "弃权。", "vote")],
    )
