"""What a person has changed in a text, word by word, and the same change made elsewhere."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meeting.domain.events import Changed, Doubt, Segment
from meeting.refining import is_untouched
from meeting.wording import differences, kind_of, plausible, replaced, worth_learning

CHINESE = st.text(alphabet="议题一督都办台账资产处出𠮷〇·，。A1", max_size=24)


def pairs(before: str, after: str) -> list[tuple[str, str]]:
    return [(one.before, one.after) for one in differences(before, after)]


def segment(text: str, *marks: Doubt) -> Segment:
    return Segment(segment_id="s1", rev=1, item_id=None, start_ms=0, end_ms=900, text=text, marks=marks)


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("列入都办台账。", "列入督办台账。", [("都办", "督办")]),
        ("由资产出牵头。", "由资产处牵头。", [("资产出", "资产处")]),
        ("下面进行第一个一题。", "下面进行第一个议题。", [("一题", "议题")]),
        ("同意。", "同意。", []),
    ],
)
def test_a_changed_character_is_told_as_the_word_that_it_stands_in(
    before: str, after: str, found: list[tuple[str, str]]
) -> None:
    assert pairs(before, after) == found


def test_two_changes_in_one_sentence_are_two_words() -> None:
    assert pairs("由资产出牵头，列入都办台账。", "由资产处牵头，列入督办台账。") == [
        ("资产出", "资产处"),
        ("都办", "督办"),
    ]


@settings(deadline=None)  # the first example loads dictionaries
@given(CHINESE, CHINESE)
def test_the_changes_put_in_place_of_what_stood_give_the_new_text(before: str, after: str) -> None:
    text, done = "", 0
    for change in differences(before, after):
        assert change.before != change.after
        rest = before[done:]
        # In order, each after what the change before it has left.
        at = done
        while not (
            before.startswith(change.before, at) and after.startswith(text + before[done:at] + change.after)
        ):
            at += 1
            assert at <= done + len(rest)
        text += before[done:at] + change.after
        done = at + len(change.before)
    assert text + before[done:] == after


def changed(before: str, after: str) -> Changed:
    return Changed(before=before, after=after, reason="by_hand")


@pytest.mark.parametrize(
    ("before", "after", "may"),
    [
        ("都办", "督办", True),
        ("周末", "周敏", True),
        ("阿依古丽买买提", "阿依古丽·买买提", True),
        ("他", "她", False),
        ("资产处牵头", "办公室", False),
        ("一二三四五六七八九十一二三", "一二三四五六七八九十一二四", False),
        ("，。", "。，", False),
    ],
)
def test_only_what_may_be_one_word_misheard_is_offered_elsewhere(before: str, after: str, may: bool) -> None:
    assert plausible(changed(before, after)) is may


def test_words_of_the_dictionary_are_not_learnt() -> None:
    assert worth_learning(changed("三公一业", "三供一业"))
    assert not worth_learning(changed("一题", "议题"))
    assert not worth_learning(changed("周末", "周敏")), "it does not sound like it"


@pytest.mark.parametrize(
    ("before", "after"), [("十四万元", "四十万元"), ("为通过", "未通过"), ("部同意", "不同意")]
)
def test_figures_and_denials_are_never_learnt(before: str, after: str) -> None:
    assert not worth_learning(changed(before, after))


def test_a_text_that_is_no_utterance_is_not_compared_word_by_word() -> None:
    assert len(pairs("同意。" * 800, "同义。" * 800)) == 1


def test_what_a_person_has_put_right_in_a_passage_is_not_refined() -> None:
    new = replaced(segment("列入都办台账。"), "都办", "督办")
    assert is_untouched(segment("列入都办台账。")) and new is not None and not is_untouched(new)


def test_a_word_tells_what_it_is() -> None:
    assert (kind_of("资产管理处"), kind_of("三供一业"), kind_of("李建国")) == ("unit", "term", "person")


def test_every_place_is_replaced_and_the_change_is_kept() -> None:
    new = replaced(segment("都办台账由都办组管。"), "都办", "督办")
    assert new is not None and new.text == "督办台账由督办组管。"
    assert new.changes == (changed("都办", "督办"),) and new.rev == 1
    assert replaced(segment("督办台账。"), "都办", "督办") is None


def test_what_is_right_already_is_not_written_twice() -> None:
    new = replaced(segment("省办公厅和办公厅。"), "办公厅", "省办公厅")
    assert new is not None and new.text == "省办公厅和省办公厅。"


def test_doubts_stand_where_their_words_stand_now_and_those_replaced_are_settled() -> None:
    doubts = (
        Doubt(offset=1, length=2, candidates=("张玮", "章伟")),
        Doubt(offset=7, length=2, candidates=("督办",)),
    )
    new = replaced(segment("请张玮和古丽。都办", *doubts), "古丽", "阿依古丽")
    assert new is not None and new.text == "请张玮和阿依古丽。都办"
    assert [new.text[one.offset : one.offset + one.length] for one in new.marks] == ["张玮", "都办"]
    settled = replaced(segment("请张玮和古丽。都办", *doubts), "都办", "督办")
    assert settled is not None and [one.candidates for one in settled.marks] == [("张玮", "章伟")]


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("〔听不清〕", "没有意见。", [("〔听不清〕", "没有意见。")]),
        ("〔多人发言〕列入都办台账。", "列入督办台账。", [("〔多人发言〕", ""), ("都办", "督办")]),
        ("〔多人发言〕都办台账。", "督办台账。", [("〔多人发言〕", ""), ("都办", "督办")]),
        ("〔多人发言〕都办台账。", "〔多人发言〕督办台账。", [("都办", "督办")]),
        ("都办台账。", "〔听不清〕", [("都办台账。", "〔听不清〕")]),
    ],
)
def test_a_mark_is_no_part_of_a_word_that_was_changed(
    before: str, after: str, found: list[tuple[str, str]]
) -> None:
    assert pairs(before, after) == found
    offered = [one for one in differences(before, after) if plausible(one)]
    assert not any(char in one.before + one.after for one in offered for char in "〔〕")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("〔听不清〕", "没有意见。"),
        ("〔听不清〕", "资产处牵"),
        ("资产", "〔资"),
        ("统一", "同意"),
        ("同意", "统一"),
        ("部同意", "不同意"),
        ("没油意见", "没有意见"),
    ],
)
def test_marks_and_votes_are_never_offered_nor_learnt(before: str, after: str) -> None:
    assert not plausible(changed(before, after)) and not worth_learning(changed(before, after))


def test_a_mark_is_never_rewritten_from_within() -> None:
    assert replaced(segment("〔听不清〕"), "听不清", "没有意见") is None
    new = replaced(segment("〔听不清〕我听不清。"), "听不清", "听不见")
    assert new is not None and new.text == "〔听不清〕我听不见。"
