from hypothesis import given
from hypothesis import strategies as st

from search.extract.minutes import MinutesItem, read_minutes

OFFICE = """机关事务管理局2025年第11次局长办公会议纪要

时间：2025年11月17日
地点：三楼会议室
主持人：李建国
出席：李建国、周敏、买买提·艾力
列席：𠮷敏
请假：王芳
记录：周敏

一、研究办公用房清理整改工作
会议听取了资产管理处的汇报。
二、研究智能会议系统建设
会议原则同意智能会议系统建设方案。
（一）先试运行。
"""

RED_HEAD = """000018
内部
海川市机关事务管理局局长办公会议纪要
〔2026〕5号
海川市机关事务管理局办公室\t2026年3月18日
2026年3月16日上午，局长程望舒主持召开第5次局长办公会议。会议议定事项纪要如下：
一、关于老旧公务用车更新
会议同意更新7辆。
二、关于节能。会议强调，要落实定额。
出席：局领导程望舒、闫柏舟
附件
任务分解表
抄送：市委办公室。
"""


def test_labelled_minutes_are_read_whole() -> None:
    minutes = read_minutes(OFFICE)
    assert minutes is not None
    assert minutes.title == "机关事务管理局2025年第11次局长办公会议纪要"
    assert (minutes.date, minutes.place) == ("2025-11-17", "三楼会议室")
    assert (minutes.chair, minutes.recorder) == ("李建国", "周敏")
    assert minutes.attendees == ("李建国", "周敏", "买买提·艾力")
    assert (minutes.observers, minutes.excused) == (("𠮷敏",), ("王芳",))
    assert minutes.items == (
        MinutesItem(number=1, title="研究办公用房清理整改工作", paragraphs=("会议听取了资产管理处的汇报。",)),
        MinutesItem(
            number=2,
            title="研究智能会议系统建设",
            paragraphs=("会议原则同意智能会议系统建设方案。", "（一）先试运行。"),
        ),
    )


def test_minutes_with_a_red_head_are_read_whole() -> None:
    minutes = read_minutes(RED_HEAD)
    assert minutes is not None
    assert minutes.title == "海川市机关事务管理局局长办公会议纪要〔2026〕5号"
    assert (minutes.date, minutes.chair) == ("2026-03-18", "程望舒")
    assert minutes.attendees == ("局领导程望舒", "闫柏舟")
    assert [(item.number, item.title, item.paragraphs) for item in minutes.items] == [
        (1, "关于老旧公务用车更新", ("会议同意更新7辆。",)),
        (2, "关于节能", ("会议强调，要落实定额。",)),
    ]
    assert minutes.rest == ("附件", "任务分解表", "抄送：市委办公室。")


def test_what_is_not_found_stays_empty() -> None:
    minutes = read_minutes("会议纪要\n大家谈了谈。")
    assert minutes is not None
    assert (minutes.date, minutes.place, minutes.chair, minutes.attendees, minutes.items) == ("", "", "", (), ())
    assert minutes.opening == ("大家谈了谈。",)


def test_other_texts_are_no_minutes() -> None:
    assert read_minutes("关于报送会议纪要的通知\n各单位：\n请报送。") is None
    assert read_minutes("督办单\n事项来源 局长办公会议纪要〔2026〕5号第一条 内部") is None
    assert read_minutes("") is None


def test_a_number_out_of_order_is_plain_text() -> None:
    minutes = read_minutes("会议纪要\n一、研究车辆\n三、这里不是议题\n二、研究节能")
    assert minutes is not None
    assert [item.title for item in minutes.items] == ["研究车辆", "研究节能"]
    assert minutes.items[0].paragraphs == ("三、这里不是议题",)


@given(
    st.lists(
        st.sampled_from([*OFFICE.splitlines(), *RED_HEAD.splitlines(), "二十一、", "一、。", "。"]), max_size=30
    )
)
def test_every_line_is_kept_somewhere(lines: list[str]) -> None:
    minutes = read_minutes("\n".join(lines))
    if minutes is None:
        return
    parts = [minutes.heading, minutes.opening, minutes.rest, *([i.title, *i.paragraphs] for i in minutes.items)]
    kept = "".join("".join(part) for part in parts)
    for line in lines:
        assert "".join(line.split())[-6:].strip("。") in "".join(kept.split())
