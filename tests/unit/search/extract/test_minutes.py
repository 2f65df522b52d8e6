import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.extract import doubts
from search.extract.decisions import decisions_in
from search.extract.items import MinutesItem
from search.extract.minutes import Minutes, looks_like_minutes, read_minutes

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
    broken = [doubt for doubt in minutes.doubts if doubt.field == "items"]
    assert [(doubt.reason, doubt.candidates) for doubt in broken] == [(doubts.ITEMS_BROKEN, ("三、这里不是议题",))]


def read(*lines: str) -> Minutes:
    minutes = read_minutes("\n".join(lines))
    assert minutes is not None
    return minutes


def asked(minutes: Minutes) -> dict[str, tuple[str, tuple[str, ...]]]:
    return {doubt.field: (doubt.reason, doubt.candidates) for doubt in minutes.doubts}


def test_whole_minutes_leave_nothing_to_ask() -> None:
    assert read(*OFFICE.splitlines()).doubts == ()
    assert read(*OFFICE.splitlines()).body == "机关事务管理局"


def test_a_date_that_is_not_whole_is_asked_about_and_not_made_up() -> None:
    minutes = read(
        "局务会议纪要", "时间：9月12日上午", "一、研究车辆", "2023年1月5日以来，情况良好，下步继续做好。"
    )
    assert asked(minutes)["date"] == (doubts.DATE_INCOMPLETE, ("2023-01-05",)) and minutes.date == ""
    assert asked(read("2025年第3次局务会议纪要", "时间：9月12日"))["date"][1] == ("2025-09-12",)
    assert read("局务会议纪要", "二〇一九年三月").doubts[0].candidates == ("2019-03",)


def test_a_date_within_the_text_is_taken_and_asked_about() -> None:
    minutes = read("局务会议纪要", "2026年3月16日来文已阅，研究若干事项。")
    assert minutes.date == "2026-03-16"
    assert asked(minutes)["date"] == (doubts.DATE_IN_TEXT, ("2026-03-16",))


def test_the_day_on_which_a_sentence_says_that_the_meeting_was_held_is_sure() -> None:
    minutes = read("局务会议纪要", "2026年3月16日上午，局长程望舒主持召开局务会，研究若干事项。")
    assert minutes.date == "2026-03-16" and "date" not in asked(minutes)


def test_a_title_without_a_body_offers_the_line_above_it() -> None:
    assert asked(read("海川市教育局", "会 议 纪 要", "2024年1月2日"))["body"] == (
        doubts.BODY_MISSING,
        ("海川市教育局",),
    )


@pytest.mark.parametrize(
    ("lines", "titles", "unsure"),
    [
        (("议题一：研究车辆", "议题二：研究节能"), ["研究车辆", "研究节能"], False),
        (("第一项议题：研究车辆",), ["研究车辆"], False),
        (("（一）研究车辆", "（二）研究节能"), ["研究车辆", "研究节能"], True),
        (("1. 研究车辆", "2、研究节能"), ["研究车辆", "研究节能"], True),
        (("第一，要提高认识。",), [], False),
        (("3.5万元",), [], False),
    ],
)
def test_other_ways_of_numbering(lines: tuple[str, ...], titles: list[str], unsure: bool) -> None:
    minutes = read("局务会议纪要", "2024年1月2日", *lines)
    assert [item.title for item in minutes.items] == titles
    assert ("items" in asked(minutes)) is unsure


def test_people_named_in_a_sentence() -> None:
    minutes = read("馆务会议纪要", "2024年9月12日", "会议由馆长赵䶮主持，副馆长𠮷敏、喆昀出席，保管处亓官㐂列席。")
    assert (minutes.chair, minutes.attendees, minutes.observers) == (
        "赵䶮",
        ("副馆长𠮷敏", "喆昀"),
        ("保管处亓官㐂",),
    )


def test_a_list_of_people_goes_on_in_the_next_lines_and_may_be_padded() -> None:
    minutes = read("局务会议纪要", "出　席：李建国　周　敏", "王　芳、买买提·艾力", "列席：", "2024年1月2日")
    assert minutes.attendees == ("李建国", "周敏", "王芳", "买买提·艾力")
    assert asked(read("局务会议纪要", "出席：", "2024年1月2日"))["attendees"] == (doubts.ATTENDEES_MISSING, ())


def test_labels_of_minutes_without_their_title_are_noticed() -> None:
    assert looks_like_minutes(["海川市教育局", "主持人：李建国", "出席：周敏"])
    assert not looks_like_minutes(["通知", "时间：明天", "地点：三楼"])


@pytest.mark.parametrize(
    ("sentence", "outcome"),
    [
        ("会议同意更新7辆。", "通过"),
        ("会议审议了整改方案，原则同意，由办公室修改后印发。", "原则通过"),
        ("会议审议通过《用房办法》。", "通过"),
        ("会议决定，将户籍册列入首批目录。", "通过"),
        ("经研究，不同意该请示。", "不通过"),
        ("会议决定暂缓审议该事项。", "暂缓"),
        ("会议原则同意方案，暂缓拨付二期经费。", ""),
        ("会议听取了关于同意设立分馆的汇报。", None),
        ("会议要求，通过开展活动提高认识。", None),
        ("程望舒表示同意。", None),
    ],
)
def test_decisions_by_their_phrases(sentence: str, outcome: str | None) -> None:
    assert [one.outcome for one in decisions_in([sentence])] == ([] if outcome is None else [outcome])


def test_a_sentence_that_decides_two_things_is_asked_about() -> None:
    sentence = "会议原则同意方案，暂缓拨付二期经费。"
    minutes = read("局务会议纪要", "2024年1月2日", "一、研究用房", sentence)
    assert asked(minutes)["decisions"] == (doubts.OUTCOME_UNCLEAR, (sentence,))


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
        assert "".join(line.split())[-4:].strip("。") in "".join(kept.split())
