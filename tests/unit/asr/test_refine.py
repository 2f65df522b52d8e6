import numpy as np
import numpy.typing as npt
from hypothesis import example, given
from hypothesis import strategies as st

from asr.decoding import Manner
from asr.refine import LONGEST, LONGEST_PAUSE, Stretch, chunks, refine_chunk, shorter
from asr.text.letters import distance, letters_of, share_out, sounds
from asr.text.prompt import build_prompt
from asr.text.voting import vote
from tests.unit.asr.scripted import Scripted, hypothesis, in_turn

RATE_HZ = 16_000
MANNER = Manner(language="zh", prompt="周敏，资产处。")


def silence(start: int, count: int) -> npt.NDArray[np.int16]:
    return np.zeros(count, np.int16)


def stretch(start_s: float, end_s: float, text: str = "") -> Stretch:
    start, end = round(start_s * RATE_HZ), round(end_s * RATE_HZ)
    return Stretch(id=f"s{start}", start=start, end=end, text=text, confidence=0.8)


def said(text: str) -> str:
    return "".join(letter.text for letter in letters_of(text))


def test_each_stretch_gets_its_own_part_of_what_was_heard_over_all() -> None:
    heard = letters_of("同意。没有意见，下面进行第二个议题", 0.0, 6.0)
    known = [sounds(letters_of(text)) for text in ("同一", "没有一见", "下面进行第二个一题")]
    parts = share_out(heard, known, [(0.0, 0.7), (1.0, 2.4), (2.6, 6.0)])
    texts = ["".join(letter.text for letter in part) for part in parts]
    assert texts == ["同意。", "没有意见，", "下面进行第二个议题"]


def test_what_nothing_known_resembles_is_shared_out_by_its_times() -> None:
    heard = letters_of("甲乙", 0.0, 1.0) + letters_of("丙丁", 4.0, 5.0)
    parts = share_out(heard, [("子", "丑"), ("寅", "卯")], [(0.0, 1.0), (4.0, 5.0)])
    assert [sounds(part) for part in parts] == [("甲", "乙"), ("丙", "丁")]


@given(st.text("甲乙丙丁", max_size=12), st.lists(st.text("甲乙丙丁", max_size=6), min_size=1, max_size=4))
def test_nothing_heard_is_lost_or_moved_when_shared_out(text: str, known: list[str]) -> None:
    spans = [(float(at), at + 1.0) for at in range(len(known))]
    parts = share_out(letters_of(text, 0.0, float(len(known))), [tuple(one) for one in known], spans)
    assert len(parts) == len(known)
    assert "".join(letter.text for part in parts for letter in part) == text


@given(st.text("甲乙丙", max_size=8), st.text("甲乙丙", max_size=8))
def test_the_distance_is_one_between_neighbours_and_alike_both_ways(one: str, other: str) -> None:
    assert distance(one, other) == distance(other, one) <= max(len(one), len(other))
    assert distance(one, one) == 0 and distance(one, one + "丁") == 1


def test_a_number_is_one_letter_however_it_is_written() -> None:
    spoken = sounds(letters_of("二〇一八年查了三千四百二十六处，两百一十七万平方米，占百分之八十七点六"))
    figures = sounds(letters_of("2018年查了3,426处，217万平方米，占87.6%"))
    assert spoken == figures


def test_letters_keep_their_marks_and_rare_characters() -> None:
    text = "《𠮷林》，古丽·买买提说：“WhisperLive 好吗？”🙂三供一业"
    assert said(text) == text
    assert [letter.core for letter in letters_of("OK，〇号𠮷")] == ["OK", "〇", "号", "𠮷"]


def test_two_of_three_decide_each_place_and_numbers_are_never_mixed() -> None:
    wordings = [
        letters_of(text) for text in ("游住建局牵头，三十八处", "由住建局先头，38处", "由住建局牵头，38个")
    ]
    assert vote(wordings, [1.0, 1.0, 1.0]) in ("由住建局牵头，三十八处", "由住建局牵头，38处")


def test_a_tie_leaves_the_wording_as_a_whole() -> None:
    assert vote([letters_of("请周敏同志汇报。"), letters_of("请周末同志会报。")], [1.0, 1.0]) == "请周敏同志汇报。"


def test_the_wording_that_most_decodes_agree_on_replaces_what_was_heard_live() -> None:
    live = [stretch(0, 2, "由房产处先头。"), stretch(3, 4, "同意。")]
    together = "由房产处牵头 同意"
    recognizer = in_turn("由房产处牵头", "同意", together, together)
    first, second = refine_chunk(live, silence, recognizer, MANNER)
    assert (first.id, first.text) == ("s0", "由房产处牵头。")
    assert second.text == "同意。"
    assert [one.prompt for one in recognizer.asked] == [MANNER.prompt] * 3 + [""]
    assert {one.window_s for one in recognizer.asked} == {30.0}


def test_an_utterance_lost_in_the_long_windows_stays() -> None:
    live = [stretch(0, 2, "今天先不定。"), stretch(3, 6, "龙河水库的溢洪道修了没有？")]
    recognizer = in_turn("今天先不定", "龙河水库的溢洪道修了没有", "今天先不定", "今天先不定")
    texts = [wording.text for wording in refine_chunk(live, silence, recognizer, MANNER)]
    assert texts == ["今天先不定。", "龙河水库的溢洪道修了没有？"]


def test_decodes_that_contradict_each_other_or_loop_change_nothing() -> None:
    live = [stretch(0, 3, "会议原则同意。")]
    recognizer = in_turn("请不吝点赞订阅", "打" * 400, "打" * 400, "打" * 400, "打" * 400)
    (wording,) = refine_chunk(live, silence, recognizer, MANNER)
    assert wording.text == "会议原则同意。"


def test_without_an_earlier_wording_the_first_decode_stands_for_it() -> None:
    recognizer = in_turn("没有意见", "", "")
    (wording,) = refine_chunk([stretch(0, 1)], silence, recognizer, MANNER)
    assert wording.text == "没有意见。"


def test_long_pauses_are_shortened_and_no_window_is_too_long() -> None:
    live = [stretch(60 * at, 60 * at + 12, "第一") for at in range(4)]
    recognizer = in_turn(*["第一"] * 4, *["第一第一"] * 2, *["第一", "第一第一", "第一"])
    assert len(refine_chunk(live, silence, recognizer, MANNER)) == 4
    pause_s, longest_s = LONGEST_PAUSE / RATE_HZ, LONGEST / RATE_HZ
    lengths = [one.length_s for one in recognizer.asked]
    assert lengths == [12.0] * 4 + [24 + pause_s] * 2 + [12.0, 24 + pause_s, 12.0]
    assert max(lengths) <= longest_s


@given(st.lists(st.tuples(st.integers(1, 27), st.integers(0, 40)), max_size=40))
def test_chunks_are_all_stretches_in_their_order(lengths: list[tuple[int, int]]) -> None:
    at, everything = 0, list[Stretch]()
    for length, pause in lengths:
        everything.append(stretch(at, at + length))
        at += length + pause
    assert [one for chunk in chunks(everything) for one in chunk] == everything


def test_the_shorter_prompt_ends_with_a_whole_word() -> None:
    prompt = build_prompt(f"资产管理处第{number}科" for number in "一二三四五六七八九十")
    short = shorter(prompt)
    assert prompt.startswith(short[:-1]) and short.endswith("科。") and len(short) <= 70 < len(prompt)
    assert shorter("周敏。") == "周敏。" and shorter("") == ""


@given(st.text() | st.text("0３٣²①½十百万亿点分之,.%％零两"))
@example("٣")
@example("百分之٣，３．５万，²")
def test_any_text_has_letters(text: str) -> None:
    assert sounds(letters_of(text)) is not None
    assert [letter.core for letter in letters_of("３号")] == ["３", "号"]


def test_many_votes_cast_in_turn_are_a_wording_like_any_other() -> None:
    live, votes = stretch(0, 6, "同意。"), "同意，" * 6
    (wording,) = refine_chunk([live], silence, in_turn(votes, votes, votes), MANNER)
    assert wording.text.count("同意") == 6


def test_no_vote_is_made_by_sound_where_the_evidence_is_of_a_whole_window() -> None:
    unsure = hypothesis("通衣", 1.0, avg_logprob=-0.8)
    (wording,) = refine_chunk([stretch(0, 1)], silence, Scripted(lambda asked: unsure), MANNER)
    assert wording.text == "通衣。"
