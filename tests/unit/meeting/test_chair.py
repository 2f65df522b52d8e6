"""Which sentences change the item, and which only sound like it."""

import pytest

from meeting.domain.agenda import Agenda, AgendaItem
from meeting.domain.chair import Switch, find_switch
from meeting.domain.state import AgendaState

TITLES = (
    "审议办公用房清理整改工作方案",
    "研究公务用车改革后封存车辆处置事项",
    "听取“三供一业”分离移交进展情况汇报",
    "研究智慧会议系统建设方案",
)


def a_state(current: int | None = 1) -> AgendaState:
    items = tuple(AgendaItem(number=number, title=title) for number, title in enumerate(TITLES, start=1))
    state = AgendaState.from_agenda(Agenda(title="局长办公会", date="2026-03-09", items=items))
    for event in state.go_to(current, "secretary") if current else []:
        state.apply(event)
    return state


SWITCHES = [
    ("下面进行第二个议题", 2),
    ("下面进行第二个议题，听取智能会议系统试运行情况。", 2),
    ("下面进行第二个议题听取智能会议系统试运行情况", 2),
    ("下面进行第二个议题研究公务用车改革", 2),
    ("下面进行第二个议题封存车辆处置", 2),
    ("下面进行第二个议题公务用车改革后封存车辆", 2),
    ("接下来进行第三个议题停取三供一页分离移交进展情况", 3),
    ("下面，进行第三个议题。", 3),
    ("下面我们进行第三个议题。", 3),
    ("下面我们研究第三项议题。", 3),
    ("好，下面进行第二个议题。", 2),
    ("好的，那么下面进行第二个议题。", 2),
    ("同志们，下面进行第二个议题。", 2),
    ("好 下面进行第二个议题", 2),
    ("现在研究第二项。", 2),
    ("现在研究第二项议题，研究封存车辆处置。", 2),
    ("现在我们来研究第二个议题。", 2),
    ("接下来进行第三个议题，听取三供一业分离移交进展情况的汇报。", 3),
    ("接下来第三个议题，听取三供一业的汇报。", 3),
    ("接下来是第三个议题，请张玮同志汇报。", 3),
    ("进入第四个议题。", 4),
    ("我们进入第4个议题。", 4),
    ("转入第三个议题，请资产处汇报。", 3),
    ("下面进行议题三。", 3),
    ("下面请大家审议第三个议题。", 3),
    ("下面听取第三个议题的汇报。", 3),
    ("下面进行第三个议题的审议。", 3),
    ("首先研究第二个议题。", 2),
    ("下一个议题。", 2),
    ("下一个议题，研究公务用车改革后封存车辆处置事项。", 2),
    ("下一个议题是研究封存车辆处置。", 2),
    ("下面进行下一个议题。", 2),
    ("我们进行下一项议题。", 2),
    ("好，下个议题，请黎建国同志汇报。", 2),
    ("最后一个议题，研究智慧会议系统建设方案。", 4),
    ("最后一个议题，也就是第四个议题，研究智慧会议系统建设方案。", 4),
    ("最后一项议题，请沈毅同志汇报。", 4),
    ("下面研究最后一个议题。", 4),
    # As recognition hears it.
    ("下面进行第二个一题", 2),
    ("下面进行第二个议提，研究封存车辆。", 2),
    ("下面进行第二个异体，研究封存车辆。", 2),
    ("下面进行第三个以题", 3),
    ("下面进行第三个一提", 3),
    ("下面进型第三个议体", 3),
    ("下面进行地三个议题", 3),
    ("下面进行的三个议题", 3),
    ("下面进行第2个议题", 2),
    ("下面进行第２个议题", 2),
    ("下边进行第两个议题", 2),
    ("下一个一题，研究公务用车。", 2),
    ("最后一个一题，研究智慧会议系统建设方案。", 4),
]

STAYS = [
    "今天的会议一共有四个议题，请大家围绕议题发言。",
    "今天研究四个议题。",
    "下面进行第二个议题和第三个议题的准备工作。",
    "第二项是经费，需要二十万元。",
    "第二类是封存车辆，一共十八辆。",
    "第二个议题我没有意见。",
    "第二个议题，我再补充一点。",
    "下一步，我们将加快整改。",
    "下一步工作是抓好落实。",
    "下面汇报第二项工作。",
    "下面我汇报第二方面的情况。",
    "下面讲第二个问题。",
    "我们下一个议题再说。",
    "下一个议题再说吧。",
    "下一个议题的材料还没有到。",
    "下一个议题，材料还没有到，先放一放。",
    "下一个议题我们处也要汇报。",
    "下面进行第二个议题之前，我再强调一点。",
    "第二个议题的材料在大家手里。",
    "下面进行第二个议题的第三部分",
    "刚才研究第二个议题的时候，我已经说过。",
    "研究第二个议题时我们再讨论这个问题。",
    "现在进行第二个议题吗？",
    "现在是不是进行第二个议题？",
    "最后一个议题我没有意见。",
    "最后一个问题，经费从哪里来？",
    "最后一项是验收。",
    "现在研究第二项经费怎么安排。",
    "这个议题和第二个议题有关系。",
    "请把第二个议题的附件打开。",
    "我同意下面进行第二个议题时一并考虑。",
    "三会一课制度要坚持。",
    "散会以后请办公室留一下。",
    "会议结束后请把材料交回。",
    "休息室在三楼。",
    "午间休息时间不得安排会议。",
    "大家休息日也要保持手机畅通。",
    "大家休息，不要加班。",
    "休息十分钟不算迟到。",
    "我们休息一下这个设备。",
    "中间休息的时候有人来找。",
    "现在休息时间是两个小时，要改成一个半小时。",
    "休会期间由办公室负责联络。",
    "现在休会的单位有三家。",
    "休息以后我们去看现场。",
    "大家休息好了才能工作好。",
    "休息十分钟够不够？",
    "先休息，后整改，这个顺序不对。",
    "会议休息区要配饮水机。",
    "节假日休息的同志要保持联系。",
    "这个议题我汇报完了。",
    "我汇报完了。",
    "第一阶段已经研究完了。",
    "进行第二次招标。",
    "进入第二阶段，重点是整改。",
    "下面进行第九个议题。",
    "下面进行第一个议题。",
    "会议决定，系统转入正式运行。",
    "今天到这里来调研的有三个单位。",
    "",
]

LEAVES = [
    ("今天的会就开到这里，散会。", "closed"),
    ("今天的会议就开到这里。", "closed"),
    ("今天的局长办公会就到这里。", "closed"),
    ("今天就到这里，散会。", "closed"),
    ("会议到此结束。", "closed"),
    ("今天的会议到此结束。", "closed"),
    ("会议结束。", "closed"),
    ("今天的四个议题都研究完了，通过三项，缓议一项。", "closed"),
    ("四个议题都研究完了。", "closed"),
    ("今天的议题全部讨论完毕。", "closed"),
    ("今天的四个一题都研究完了", "closed"),
    ("散会。", "closed"),
    ("散会！", "closed"),
    ("好，散会。", "closed"),
    ("如果没有其他意见，散会。", "closed"),
    ("没有别的事就散会吧。", "closed"),
    ("休息十分钟。", "recess"),
    ("我们休息十分钟，十点一刻继续。", "recess"),
    ("大家休息一下。", "recess"),
    ("现在休会。", "recess"),
    ("好，先休息15分钟。", "recess"),
    ("现在休息十分钟", "recess"),
    ("现在休息。", "recess"),
    ("休息一下吧！", "recess"),
    ("休会半小时。", "recess"),
    ("休息十分钟后继续开会。", "recess"),
    ("大家先休息一会儿，三点钟准时回来。", "recess"),
    ("現在休息十分鐘", "recess"),
]


@pytest.mark.parametrize(("text", "number"), SWITCHES)
def test_plain_phrase_switches(text: str, number: int) -> None:
    assert find_switch(text, a_state()) == Switch(0, number)


@pytest.mark.parametrize("text", STAYS)
def test_talk_about_items_switches_nothing(text: str) -> None:
    assert find_switch(text, a_state()) is None


@pytest.mark.parametrize(("text", "phase"), LEAVES)
def test_closing_phrase_leaves_the_items(text: str, phase: str) -> None:
    assert find_switch(text, a_state()) == Switch(0, None, phase)  # type: ignore[arg-type]  # a literal from the table


@pytest.mark.parametrize("text", STAYS)
def test_talk_before_the_items_switches_nothing(text: str) -> None:
    if "第一个" not in text:
        assert find_switch(text, a_state(None)) is None


@pytest.mark.parametrize(
    ("text", "offset", "number"),
    [
        ("同意，这个议题暂缓。下面进行第二个议题。", 10, 2),
        ("没有意见，下面进行第二个议题，研究封存车辆。", 5, 2),
        ("没有意见 下面进行第二个议题 研究封存车辆", 5, 2),
        ("𠮷林同志😀说完了。下一个议题。", 9, 2),
        ("同意，这个议题暂缓。今天的会就开到这里，散会。", 10, None),
        ("谢谢周敏同志！最后一个议题，研究智慧会议系统建设方案。", 7, 4),
    ],
)
def test_offset_is_where_the_announcing_sentence_begins(text: str, offset: int, number: int | None) -> None:
    found = find_switch(text, a_state())
    assert found is not None
    assert (found.offset, found.target) == (offset, number)


HEARD = [
    ("下面進行第一個議題 審議辦公用房清理整改方案請週末同志會報", None, 0, 1),
    ("下面进行第二个议题,听取智能会议系统试运行情况,审议同志来讲。", 1, 0, 2),
    ("接下來進行第三個議題 聽取三公益業分離一交進展情況的會報張偉同志你來說", 2, 0, 3),
    ("最後一個議題 研究公務用車調毒辦法", 3, 0, 4),
    ("最後一個議題,也就是第四個議題,研究智慧會議系統建設方案,請信息中心審議同志會報。", 3, 0, 4),
    ("同意這個議題暫緩,今天的會就開到這裡散會。", 4, 9, None),
    ("今天的四個議題都研究完了通過三項 緩意一下請辦公室三天之內印發會議基礎", 4, 0, None),
    ("没有意见，散会。", 4, 5, None),
]


@pytest.mark.parametrize(("text", "current", "offset", "number"), HEARD)
def test_phrase_is_found_as_the_model_writes_it(
    text: str, current: int | None, offset: int, number: int | None
) -> None:
    found = find_switch(text, a_state(current))
    assert found is not None
    assert (found.offset, found.target) == (offset, number)


@pytest.mark.parametrize(
    "text",
    [
        "同志们现在开会,今天的局长办公会一共有三个议题。",
        "會議原則同意整改方案由資產處牽頭,辦公室配合與三月底前完成全部整改任務。",
        "那這個議題今天先佈定 贊還審議 請信息中心補齊保密審查意見和財務處再和一邊預算 下次局長辦公會再上會研究",
        "處置半法分三類,第一類是車礦較好的40量,第二類是89量,第三類是已經達到報廢標準的13量",
    ],
)
def test_other_speech_as_the_model_writes_it_switches_nothing(text: str) -> None:
    assert find_switch(text, a_state()) is None


def test_next_item_is_the_first_before_the_items() -> None:
    assert find_switch("下面进行第一个议题，请周敏同志汇报。", a_state(None)) == Switch(0, 1)
    assert find_switch("下一个议题。", a_state(None)) == Switch(0, 1)


def test_no_item_follows_the_last() -> None:
    assert find_switch("下一个议题。", a_state(4)) is None


def test_current_item_is_not_switched_to_again() -> None:
    assert find_switch("最后一个议题，研究智慧会议系统建设方案。", a_state(4)) is None


def test_earlier_item_can_be_returned_to() -> None:
    assert find_switch("我们回到第一个议题，刚才有一个数要更正。", a_state(3)) == Switch(0, 1)


def test_item_goes_on_after_a_recess() -> None:
    state = a_state(2)
    for text, current in (("休息十分钟。", None), ("现在继续开会。", "i2"), ("下一个议题。", "i3")):
        switch = find_switch(text, state)
        assert switch is not None
        for event in switch.events(state):
            assert event.by == "voice"  # type: ignore[attr-defined]  # every event of a switch has it
            state.apply(event)
        assert state.current == current
    assert [item.state for item in state.items] == ["scheduled", "completed", "ongoing", "scheduled"]


def test_closing_twice_is_one_closing() -> None:
    state = a_state(4)
    switch = find_switch("今天的会就开到这里。", state)
    assert switch is not None
    for event in switch.events(state):
        state.apply(event)
    assert state.phase == "closed"
    assert find_switch("散会。", state) is None


def test_numbers_above_ten() -> None:
    items = tuple(AgendaItem(number=number, title=f"事项{number}") for number in range(1, 24))
    state = AgendaState.from_agenda(Agenda(title="会", date="2026-03-09", items=items))
    for word, number in (("十", 10), ("十二", 12), ("二十", 20), ("二十三", 23), ("11", 11)):
        assert find_switch(f"下面进行第{word}个议题。", state) == Switch(0, number)
