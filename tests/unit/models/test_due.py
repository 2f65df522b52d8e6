"""Due dates as they are said, reckoned from the day of the meeting."""

from datetime import date

import pytest

from meeting.domain.proposal import propose
from models.due import dues_in, find_due, is_unclear, parse_due

ON = date(2026, 3, 11)
"""A Wednesday."""


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("三月底前", "2026-03-31"),
        ("于3月底前完成", "2026-03-31"),
        ("二月底", "2027-02-28"),
        ("明年二月底前", "2027-02-28"),
        ("二〇二八年二月底前", "2028-02-29"),
        ("12月15日前", "2026-12-15"),
        ("十二月十五日前", "2026-12-15"),
        ("五月二十一号", "2026-05-21"),
        ("2027年1月5日", "2027-01-05"),
        ("1月5日前", "2027-01-05"),
        ("四月中旬", "2026-04-20"),
        ("下周五", "2026-03-20"),
        ("下周五前", "2026-03-20"),
        ("本周五", "2026-03-13"),
        ("周五前", "2026-03-13"),
        ("周一", "2026-03-16"),
        ("下下周一", "2026-03-23"),
        ("星期天", "2026-03-15"),
        ("本周内", "2026-03-13"),
        ("下周之内", "2026-03-20"),
        ("本月底", "2026-03-31"),
        ("月底前", "2026-03-31"),
        ("下月底", "2026-04-30"),
        ("下个月15号前", "2026-04-15"),
        ("一周内", "2026-03-18"),
        ("两周以内", "2026-03-25"),
        ("10日内", "2026-03-21"),
        ("三天之内", "2026-03-14"),
        ("五个工作日内", "2026-03-18"),
        ("一个月内", "2026-04-11"),
        ("半个月内", "2026-03-26"),
        ("半年内", "2026-09-11"),
        ("年底前", "2026-12-31"),
        ("明年年底", "2027-12-31"),
        ("明年底前", "2027-12-31"),
        ("2027年底前", "2027-12-31"),
        ("年内", "2026-12-31"),
        ("上半年", "2026-06-30"),
        ("本季度末", "2026-03-31"),
        ("二季度末前", "2026-06-30"),
        ("明天", "2026-03-12"),
        ("后天前", "2026-03-13"),
        ("2026-04-01", "2026-04-01"),
        ("下月初", "2026-04-10"),
        ("四月初前", "2026-04-10"),
        ("15日前", "2026-03-15"),
        ("于10号前报送", "2026-04-10"),
        ("三十一日前", "2026-03-31"),
        ("元旦前", "2026-12-31"),
        ("明年国庆节前", "2027-09-30"),
        ("五一前", "2026-04-30"),
        ("3个工作日", "2026-03-16"),
        ("两周", "2026-03-25"),
        ("12/1", "2026-12-01"),
        ("3/1", "2027-03-01"),
        ("12.15", "2026-12-15"),
    ],
)
def test_a_due_date_is_understood_as_it_is_said(said: str, day: str) -> None:
    assert parse_due(said, ON) == date.fromisoformat(day)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "尽快",
        "五月份以前",
        "二月三十日",
        "去年底",
        "去年年底",
        "四季度前",
        "第三项",
        "三月份的会议纪要",
        "上周五",
        "一周年",
        "13月15日前",
        "2026-02-30",
        "13/45",
        "日前",
        "三天前",
        "春节前",
    ],
)
def test_what_is_no_date_is_none(said: str) -> None:
    assert parse_due(said, ON) is None


@pytest.mark.parametrize(
    ("said", "unclear"), [("12月前", True), ("四季度前", True), ("十二月底前", False), ("尽快", False)]
)
def test_a_limit_that_may_mean_two_days_is_told_from_what_is_no_date(said: str, unclear: bool) -> None:
    assert is_unclear(said, ON) is unclear


def test_a_fraction_or_a_span_in_a_sentence_is_no_due_date() -> None:
    assert not dues_in("完成1/3的任务，用了3个工作日。", ON)


def test_the_end_of_january_plus_a_month_is_the_end_of_february() -> None:
    assert parse_due("一个月内", date(2026, 1, 31)) == date(2026, 2, 28)


def test_the_place_of_the_words_is_told() -> None:
    text = "𠮷由资产处牵头，于三月底前完成，下周五报告。"
    due = find_due(text, ON)
    assert due is not None and text[due.start : due.end] == "三月底前"


def test_a_form_is_proposed_from_what_the_chair_said() -> None:
    found = propose(["没有意见。", "会议原则同意整改方案，由资产处牵头，办公室配合，于三月底前完成。"], ON)
    assert (found.outcome, found.owner, found.due) == ("原则通过", "资产处", date(2026, 3, 31))
    assert found.text == "会议原则同意整改方案，由资产处牵头，办公室配合，于三月底前完成。"


def test_who_takes_the_lead_is_proposed_also_where_recognition_wrote_one_sound_for_another() -> None:
    found = propose(["会议原则同意整改方案有资产处牵头，办公室配合，与3月底前完成全部整改任务。"], ON)
    assert (found.owner, found.beside, found.due) == ("资产处", "办公室", date(2026, 3, 31))
    assert propose(["没有哪个处室牵头。", "现有人员负责。"], ON).owner == ""


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ("会议不同意这个方案。", "不通过"),
        ("这个方案先暂缓，下次再议。", "暂缓"),
        ("会议同意，提请党组会议审定。", "提请上级会议审定"),
        ("按照大家的意见修改完善后印发。", "修改后通过"),
        ("会议听取了信息中心的汇报。", "听取"),
        ("会议同意。", "通过"),
        ("散会。", ""),
    ],
)
def test_the_outcome_is_proposed_by_its_words(said: str, outcome: str) -> None:
    assert propose([said], ON).outcome == outcome


def test_an_outcome_that_the_body_does_not_have_is_not_proposed() -> None:
    assert propose(["会议原则同意。"], ON, ("同意",)).outcome == ""
