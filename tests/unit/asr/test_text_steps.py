import pytest

from asr.text.evidence import Evidence
from asr.text.hallucinations import drop_inventions
from asr.text.loops import collapse_loops, is_looping, too_much_text
from asr.text.pipeline import refine_text
from asr.text.prompt import build_prompt
from asr.text.punctuation import full_width, sentence_end, spacing
from asr.text.script import simplify
from asr.text.unclear import is_unclear
from asr.text.votes import VOTES, is_vote

NOBODY = Evidence(no_speech_prob=0.9, avg_logprob=-1.5, certainty=0.55, spoken_s=0.2, length_s=1.0)
DOUBT = Evidence(no_speech_prob=0.4, avg_logprob=-0.3)
SURE = Evidence(no_speech_prob=0.02, avg_logprob=-0.2)

CREDITS = [
    "字幕由Amara.org社群提供",
    "请不吝点赞 订阅 转发 打赏支持明镜与点点栏目",
    "谢谢观看",
    "感谢您的观看！",
    "谢谢大家收看",
    "字幕志愿者 李宗盛",
    "下期再见",
    "作词：李宗盛",
    "Thank you for watching!",
]


@pytest.mark.parametrize("text", CREDITS)
def test_credits_go_where_the_sound_speaks_against_them(text: str) -> None:
    assert drop_inventions(text, DOUBT) == ""


@pytest.mark.parametrize("text", CREDITS)
def test_credits_stay_where_somebody_clearly_spoke(text: str) -> None:
    assert drop_inventions(text, SURE) == text


@pytest.mark.parametrize(
    "text", ["会议要求给视频加中文字幕。", "请作曲家协会汇报。", "下次会议再研究。", "请订阅党报党刊。"]
)
def test_what_a_meeting_says_about_such_things_stays(text: str) -> None:
    assert drop_inventions(text, DOUBT) == text


def test_only_the_invented_sentence_goes() -> None:
    assert drop_inventions("会议决定暂缓。谢谢观看。", DOUBT) == "会议决定暂缓。"


@pytest.mark.parametrize("vote", sorted(VOTES))
def test_a_vote_is_never_dropped(vote: str) -> None:
    assert drop_inventions(f"{vote}。", NOBODY) == f"{vote}。"


def test_votes_one_after_the_other_are_never_dropped() -> None:
    text = "同意，同意，反对，弃权，没有意见。"
    assert is_vote(text) and drop_inventions(text, NOBODY) == text


def test_anything_else_goes_where_nobody_spoke() -> None:
    assert drop_inventions("中央人民政府", NOBODY) == ""


@pytest.mark.parametrize(
    ("no_speech_prob", "avg_logprob", "certainty"),
    # Measured on music, with and without a prompt, and on a short word cut off from its sentence.
    [(0.88, -1.53, 0.57), (0.94, -0.69, 0.57), (0.94, -0.88, 0.76), (0.28, -0.88, 0.65)],
)
def test_music_is_told_from_a_short_word(no_speech_prob: float, avg_logprob: float, certainty: float) -> None:
    evidence = Evidence(no_speech_prob=no_speech_prob, avg_logprob=avg_logprob, certainty=certainty)
    assert drop_inventions("李建国，张玮", evidence) == ("" if no_speech_prob > 0.5 else "李建国，张玮")


def test_the_prompt_read_aloud_goes() -> None:
    doubt = Evidence(no_speech_prob=0.4, prompt="李建国，黎建国，张玮，周敏。")
    assert drop_inventions("李建国，黎建国，张玮", doubt) == ""
    assert drop_inventions("张玮", doubt) == "张玮"


def test_a_loop_is_told_from_votes() -> None:
    assert is_looping("办公用房" * 5, 10.0)
    assert not is_looping("同意" * 5, 3.0)
    assert not is_looping("一个小区一个小区地盯", 3.0)


@pytest.mark.parametrize(
    "text", ["同意，" * 6, "同意" * 6, "同意。反对。" * 5, "没有异议 " * 6, "请表决。" + "同意，" * 6 + "通过了"]
)
def test_votes_of_many_are_no_loop_and_stay(text: str) -> None:
    assert not is_looping(text, 6.0) and not too_much_text(text, 6.0)
    assert collapse_loops(text, 6.0) == text


def test_twenty_votes_stay_twenty() -> None:
    text, _ = refine_text("同意，" * 20, Evidence(avg_logprob=-0.3, length_s=14.0))
    assert text.count("同意") == 20 and not is_unclear(text, Evidence(length_s=14.0))


def test_more_votes_than_can_be_said_are_a_loop_and_not_counted() -> None:
    evidence = Evidence(avg_logprob=-0.1, length_s=3.0)
    text, _ = refine_text("同意，" * 20, evidence)
    assert is_looping("同意，" * 20, 3.0) and is_unclear(text, evidence)


def test_a_loop_leaves_one_of_what_it_repeats() -> None:
    assert collapse_loops("请" + "办公用房" * 20 + "。", 4.0) == "请办公用房。"


def test_repetition_at_a_human_pace_stays() -> None:
    assert collapse_loops("同意，" * 6, 10.0) == "同意，" * 6


def test_more_text_than_can_be_said_is_noticed() -> None:
    assert too_much_text("同志们现在开会今天研究三个议题", 1.0)
    assert not too_much_text("同志们现在开会", 1.0)


def test_traditional_becomes_simplified_and_rare_characters_stay() -> None:
    assert simplify("會議記錄由張偉、𠮷野〇負責") == "会议记录由张伟、𠮷野〇负责"


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        ("同志们 现在开会", "同志们，现在开会"),
        ("用  iPhone 手机", "用 iPhone 手机"),
        ("hello  big world", "hello big world"),
        ("好的， 开会", "好的，开会"),
    ],
)
def test_spaces(raw: str, wanted: str) -> None:
    assert spacing(raw) == wanted


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        ("好,开会.", "好，开会。"),
        ("面积4,350平方米,占8.6%.", "面积4,350平方米，占8.6%。"),
        ("好吗?好!", "好吗？好！"),
        ("Yes, we can.", "Yes, we can."),
        ("阿卜杜拉·买买提,到.", "阿卜杜拉·买买提，到。"),
    ],
)
def test_marks_are_full_width_beside_chinese(raw: str, wanted: str) -> None:
    assert full_width(raw) == wanted


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        ("同意", "同意。"),
        ("保密审查做了没有吗", "保密审查做了没有吗？"),
        ("大家有没有不同意见", "大家有没有不同意见？"),
        ("好，", "好。"),
        ("OK", "OK"),
        ("", ""),
        ("，", ""),
    ],
)
def test_chinese_ends_as_a_sentence(raw: str, wanted: str) -> None:
    assert sentence_end(raw) == wanted


def test_the_prompt_lists_each_term_once_most_needed_first() -> None:
    assert build_prompt(["李建国", "资产处", "李建国", " ", "三供一业"]) == "李建国，资产处，三供一业。"


def test_no_terms_no_prompt() -> None:
    assert build_prompt([]) == ""


def test_chinese_words_are_not_given_to_a_meeting_in_english() -> None:
    assert build_prompt(["资产处", "WhisperLive", "李建国"], "en") == "WhisperLive."
    assert build_prompt(["资产处"], "en") == ""


def test_the_prompt_has_room_in_223_tokens_however_many_terms() -> None:
    prompt = build_prompt(f"𠮷野{number}处" for number in range(1000))
    assert len(prompt) <= 141 and prompt.endswith("。")
