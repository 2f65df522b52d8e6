"""Who owes what by when, out of sentences and tables of minutes."""

import pytest

from search.extract.minutes import read_minutes
from search.extract.tasks import due_in, tasks_in, tasks_of_table

HELD = "2026-03-16"


@pytest.mark.parametrize(
    ("sentence", "due"),
    [
        ("于2026年4月30日前完成移交。", "2026-04-30"),
        ("2026年2月底前报告。", "2026-02-28"),
        ("6月底前拿出方案。", "2026-06-30"),
        ("1月底前拿出方案。", "2027-01-31"),
        ("5月8日前报送。", "2026-05-08"),
        ("2月29日前报送。", ""),
        ("年底前完成。", "2026-12-31"),
        ("明年底前完成。", "2027-12-31"),
        ("本月底前完成。", "2026-03-31"),
        ("下月底前完成。", "2026-04-30"),
        ("一个月内完成。", ""),
        ("抓紧完成。", ""),
    ],
)
def test_day_by_which_is_reckoned_from_the_meeting(sentence: str, due: str) -> None:
    assert due_in(sentence, HELD)[0] == due


def test_a_day_that_cannot_be_told_keeps_how_it_is_put() -> None:
    assert due_in("由办公室在一个月内完成。", HELD) == ("", "一个月内")
    assert due_in("6月底前完成。", "") == ("", "6月底前")
    assert due_in("尽快完成。", HELD) == ("", "")


@pytest.mark.parametrize(
    ("sentence", "lead", "supporting"),
    [
        ("由资产处牵头，办公室、物业服务中心配合，于5月底前完成。", "资产处", ("办公室", "物业服务中心")),
        ("会议明确，由办公室起草办法，年底前完成。", "办公室", ()),
        ("会议要求，资产管理处对照标准逐间核实，3月底前拿出方案。", "资产管理处", ()),
        ("责成财务处会同审计室于6月底前清理。", "财务处", ("审计室",)),
    ],
)
def test_who_leads_and_who_helps(sentence: str, lead: str, supporting: tuple[str, ...]) -> None:
    (task,) = tasks_in([sentence], HELD, 2)
    assert (task.lead, task.supporting, task.item) == (lead, supporting, 2)


@pytest.mark.parametrize(
    "sentence", ["会议强调要提高认识。", "由此可见，工作有待加强。", "会议由局长主持。", "办公室列席。"]
)
def test_what_gives_nobody_anything_to_do_is_no_task(sentence: str) -> None:
    assert tasks_in([sentence], HELD) == []


def test_rows_of_a_table_of_tasks() -> None:
    lines = [
        "议定事项任务分解表",
        "序号 议定事项 牵头处室 完成时限 备注",
        "1 移交 办公用房管理处、资产处 2026年4月30日",
        "2 检测𠮷 物业中心 2026年4月20日 移交前",
        "抄送：市委办公室。",
    ]
    found = tasks_of_table(lines, HELD)
    assert [(one.text, one.lead, one.supporting, one.due) for one in found] == [
        ("移交", "办公用房管理处", ("资产处",), "2026-04-30"),
        ("检测𠮷", "物业中心", (), "2026-04-20"),
    ]


def test_what_is_not_sure_is_asked() -> None:
    text = "局长办公会议纪要\n时间：2026年3月16日\n一、研究用房\n会议同意方案。由资产处牵头，一个月内完成。\n"
    minutes = read_minutes(text)
    assert minutes is not None and minutes.body == "局长办公会"
    assert [(one.field, one.candidates) for one in minutes.doubts] == [
        ("tasks", ("由资产处牵头，一个月内完成。",))
    ]
    assert [(one.outcome, one.title) for one in minutes.decisions] == [("通过", "研究用房")]


def test_a_list_of_decided_things_decides_nothing() -> None:
    text = (
        "局长办公会议纪要\n2026年3月16日\n会议议定事项如下：\n一、研究督办\n会议要求，对会议议定的9项任务建账。\n"
    )
    minutes = read_minutes(text)
    assert minutes is not None and minutes.decisions == ()


def test_points_that_leave_the_subject_out_decide_too() -> None:
    text = (
        "区政府第37次常务会议纪要\n2025年6月18日下午，区长郑怀安主持召开区政府常务会议。\n"
        "一、关于加装电梯\n会议议定：\n1.同意每台补贴调整为20万元。\n2.由区住建局会同区财政局于7月15日前修订细则。\n"
        "二、关于文化广场\n暂不研究。\n三、关于防火\n各村要落实责任，同意的另报。\n"
    )
    minutes = read_minutes(text)
    assert minutes is not None and (minutes.date, minutes.doubts) == ("2025-06-18", ())
    assert [(one.item, one.outcome, one.text) for one in minutes.decisions] == [
        (1, "通过", "1.同意每台补贴调整为20万元。"),
        (2, "暂缓", "暂不研究。"),
    ]
    assert [(one.lead, one.supporting, one.due) for one in minutes.tasks] == [
        ("区住建局", ("区财政局",), "2025-07-15")
    ]


@pytest.mark.parametrize(
    ("sentence", "due", "stated"),
    [
        ("自2026年4月1日起执行，于6月15日前公布。", "2026-06-15", "6月15日前"),
        ("于二〇二六年三月底前完成。", "2026-03-31", "二〇二六年三月底前"),
        ("二季度末前完成。", "2026-06-30", "二季度末前"),
        ("四月中旬前报告。", "", "四月中旬前"),
        ("下周五前报告。", "", "下周五前"),
        ("自2026年4月1日起执行。", "", ""),
        ("三季度前完成。", "", "三季度前"),
        ("三年内建成，6月底前开工。", "2026-06-30", "6月底前"),
    ],
)
def test_minutes_and_speech_are_read_by_the_same_words(sentence: str, due: str, stated: str) -> None:
    assert due_in(sentence, HELD) == (due, stated)
