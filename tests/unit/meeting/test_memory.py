"""What is in force, what was before an item, a matter's history, and what a speaker mentions: on plain facts."""

import msgspec
import pytest

from meeting.memory.background import background_of
from meeting.memory.facts import Background, Decided, Known, KnownTask, Origin, Paper, Raised, Subject, Task
from meeting.memory.force import Standing, term_of
from meeting.memory.likeness import core, matter_of, same_matter, similar
from meeting.memory.mentions import mentions_in
from meeting.memory.sight import background_for, sight_of
from meeting.memory.timeline import timeline_of
from search.documents import Within

TODAY = "2026-11-24"
MATTER = "公务用车更新𠮷"


def origin(date: str, title: str, item: str = "", **more: object) -> Origin:
    values: dict[str, object] = {
        "kind": "minutes",
        "document_id": f"file:{date}",
        "title": title,
        "date": date,
        "item": 1,
        "item_title": item,
        "passage_id": "4",
        "body": "局长办公会",
        "classification": "内部",
    }
    return Origin(**{**values, **more})  # type: ignore[arg-type] # fields by name


def decided(date: str, text: str, outcome: str = "通过", item: str = "", matter: str = MATTER) -> Decided:
    title = f"局长办公会议纪要〔{date[:4]}〕{int(date[5:7])}号"
    return Decided(
        id=f"decision:file:{date}:1",
        text=text,
        outcome=outcome,
        source=origin(date, title, item or f"研究{MATTER}工作"),
        matter=matter,
    )


OLD = decided("2024-03-01", "会议同意更新公务用车7辆，预算126.4万元。")


@pytest.mark.parametrize(
    ("newer", "state", "how"),
    [
        ("会议决定，2024年3月1日议定的公务用车更新数量调整为5辆。", "superseded", "调整为"),
        ("会议决定，局长办公会议原定意见不再执行。", "superseded", "不再执行"),
        ("会议同意更新公务用车5辆，预算调整为90万元。", "superseded", "调整为"),
        ("会议同意食堂改造经费38万元，不作调整，其余支出予以取消。", "perhaps_changed", "取消"),
        ("会议同意公务用车统一喷涂标识。", "in_force", ""),
        ("会议指出有关安排不再调整为其他方案。", "in_force", ""),
    ],
)
def test_newer_decision_changes_the_older_only_where_it_says_so_or_decides_the_same_point(
    newer: str, state: str, how: str
) -> None:
    later = decided("2025-06-01", newer)
    found, changed_by, _ = Standing([OLD, later], TODAY).of(OLD)
    assert found == state
    assert (changed_by.how if changed_by else "") == how
    assert Standing([OLD, later], TODAY).of(later)[0] == "in_force"


def test_of_several_older_decisions_only_the_one_that_is_named_is_superseded() -> None:
    other = decided("2024-09-01", "会议同意机要通信用车由办公室统一调度。")
    later = decided("2025-06-01", "会议决定，2024年3月1日议定事项予以废止。")
    every = [OLD, other, later]
    assert Standing(every, TODAY).of(OLD)[0] == "superseded"
    assert Standing(every, TODAY).of(other)[0] == "perhaps_changed"


def test_what_was_put_off_is_superseded_when_the_item_is_decided() -> None:
    put_off = decided("2025-01-05", "会议决定暂缓审议。", "暂缓", "审议车改方案")
    later = decided("2025-03-05", "会议同意该方案。", "通过", "审议车改方案")
    assert Standing([put_off, later], TODAY).of(put_off)[0] == "superseded"


def test_the_same_named_document_decided_anew_supersedes() -> None:
    before = decided("2025-01-05", "会议原则同意《车辆管理办法》。", "原则通过")
    later = decided("2025-05-05", "会议通过《车辆管理办法》。")
    assert Standing([before, later], TODAY).of(before)[0] == "superseded"


def test_alike_titles_on_another_matter_are_never_taken_for_superseded() -> None:
    later = decided(
        "2025-06-01", "会议决定数量调整为5辆。", item="研究公务用车更新情况", matter="公务用车更新二期"
    )
    assert Standing([OLD, later], TODAY).of(OLD)[0] in ("in_force", "perhaps_changed")


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("会议同意该办法试行一年。", "2025-03-01"),
        ("会议同意本方案有效期为三个月。", "2024-06-01"),
        ("会议同意执行至2024年12月31日止。", "2024-12-31"),
        ("会议同意系统先试运行三个月。", ""),
        ("会议同意更新7辆。", ""),
    ],
)
def test_a_decision_for_a_time_lapses_after_it(text: str, until: str) -> None:
    one = decided("2024-03-01", text)
    assert term_of(one) == until
    assert Standing([one], TODAY).of(one)[0] == ("lapsed" if until else "in_force")
    assert Standing([one], "2024-03-02").of(one)[0] == "in_force"


def test_titles_are_compared_without_what_every_title_has() -> None:
    assert core("关于审议办公用房清理整改方案的请示") == core("研究办公用房清理整改工作")
    assert same_matter("办公用房清理整改", "", "研究办公用房清理整改工作")
    assert not same_matter("办公用房清理整改", "公务用车", "研究办公用房清理整改工作")
    assert similar("审议办公用房清理整改方案", "关于办公用房清理整改情况的汇报")
    assert not similar("审议办公用房清理整改方案", "研究公务用车调度办法")
    known = {"公务用车调度": "公务用车调度", "研究公务用车调度办法": "公务用车调度"}
    assert matter_of("审议公务用车调度办法", known) == "公务用车调度"
    assert matter_of("研究食堂工作", known) == "" == matter_of("", known)


def task(
    state: str, due: str, item: str = f"研究{MATTER}", id_: str = "a1", date: str = "2025-06-01"
) -> KnownTask:
    source = origin(date, "局长办公会议", item, kind="decision", meeting_id="20250601-abcd")
    return KnownTask(
        task=Task(id=id_, text="完成更新", source=source, lead="办公室", due=due, state=state),  # type: ignore[arg-type]
        matter=MATTER,
    )


SUBJECT = Subject(
    meeting_id="20261124-abcd",
    item_id="i1",
    number=1,
    title=f"审议{MATTER}方案",
    date=TODAY,
    matter=MATTER,
    papers=(Paper(title="更新方案（送审稿）", path="材料/方案.docx"),),
)


def test_background_has_what_is_in_force_first_and_what_is_overdue() -> None:
    later = decided("2025-06-01", "会议决定，2024年3月1日议定的更新数量调整为5辆。")
    apart = decided("2025-07-01", "会议同意食堂改造。", item="研究食堂改造", matter="")
    tasks = (
        task("open", "2026-12-31"),
        task("open", "2025-12-31", id_="a2"),
        task("done", "2025-01-01", id_="a3"),
    )
    unrecorded = task("unrecorded", "2024-01-01", id_="a4")
    known = Known(
        decisions=(OLD, apart, later),
        tasks=(*tasks, unrecorded),
        papers=(origin("2025-05-01", "更新方案（送审稿）", kind="document"),),
    )
    found = background_of(SUBJECT, known, TODAY)
    assert [(one.state, one.source.date) for one in found.decisions] == [
        ("in_force", "2025-06-01"),
        ("superseded", "2024-03-01"),
    ]
    assert found.decisions[1].changed_by is not None and found.decisions[1].changed_by.source.date == "2025-06-01"
    assert [(one.id, one.overdue) for one in found.actions] == [("a2", True), ("a1", False), ("a4", False)]
    assert found.documents[0].source is not None and found.documents[0].path == "材料/方案.docx"


def test_what_this_meeting_decides_or_a_later_one_is_no_background() -> None:
    here = decided("2026-11-24", "会议同意。")
    here = Decided(
        id="d",
        text="会议同意。",
        outcome="通过",
        matter=MATTER,
        source=origin(TODAY, "本次", meeting_id=SUBJECT.meeting_id),
    )
    later = decided("2027-01-01", "会议同意。")
    assert background_of(SUBJECT, Known(decisions=(here, later)), TODAY).decisions == ()


def test_timeline_begins_with_how_it_was_raised() -> None:
    raised = Raised(source=origin("2023-05-05", "第1次", f"研究{MATTER}"), matter=MATTER)
    near = Raised(source=origin("2023-06-05", "第2次", "研究公务用车更新改造"), matter="公务用车更新改造")
    known = Known(raised=(raised, near), decisions=(OLD,), tasks=(task("open", "2025-12-31"),))
    found = timeline_of(MATTER, known, TODAY)
    assert [[step.step for step in held.steps] for held in found.meetings] == [
        ["raised"],
        ["decided"],
        ["followed_up"],
    ]
    assert [held.date for held in found.meetings] == ["2023-05-05", "2024-03-01", "2025-06-01"]
    assert found.meetings[2].steps[0].state == "open" and found.similar == ("公务用车更新改造",)
    assert timeline_of("没有的事", known, TODAY).meetings == ()


KNOWN = Known(
    decisions=(OLD,),
    raised=(Raised(source=origin("2026-10-10", "2026年第9次局长办公会议", "研究防汛"), matter=""),),
    papers=(
        origin("2024-03-01", "局长办公会议纪要〔2024〕3号"),
        origin("2025-01-01", "公务用车管理办法𠮷", kind="document", document_id="file:办法"),
    ),
)
BEFORE = background_of(SUBJECT, Known(decisions=(OLD,), tasks=(task("open", "2025-12-31"),)), TODAY)


@pytest.mark.parametrize(
    ("text", "about", "mention", "date"),
    [
        ("请大家看局办〔2024〕3号。", "document", "局办〔2024〕3号", "2024-03-01"),
        ("按照局长办公会纪要2024年第3号办。", "document", "局长办公会纪要2024年第3号", "2024-03-01"),
        ("按《公务用车管理办法𠮷》执行。", "document", "《公务用车管理办法𠮷》", "2025-01-01"),
        ("按照公务用车管理办法𠮷执行。", "document", "公务用车管理办法𠮷", "2025-01-01"),
        ("上次局长办公会已经定了。", "meeting", "上次局长办公会", "2026-10-10"),
        ("上次会议定的事还没办。", "meeting", "上次会议", "2026-10-10"),
        ("今年第9次局长办公会研究过。", "meeting", "今年第9次局长办公会", "2026-10-10"),
        ("原来是126.4万元吧。", "number", "126.4万元", "2024-03-01"),
        ("请办公室说明。", "unit", "办公室", "2025-06-01"),
    ],
)
def test_what_is_mentioned_is_told_with_its_source(text: str, about: str, mention: str, date: str) -> None:
    found = mentions_in(text, KNOWN, BEFORE, SUBJECT.meeting_id, TODAY, "局长办公会", ["办公室"])
    assert [(one.about, one.mention, one.source.date) for one in found[:1]] == [(about, mention, date)]
    first = found[0]
    assert text[first.offset : first.offset + first.length].strip() == first.mention and first.text


@pytest.mark.parametrize(
    "text",
    ["", "好的。", "今年第99次会。", "《没有这个文件》", "办〔2019〕8号", "预算是7万元。", "上次会议室没开灯"],
)
def test_nothing_is_hinted_at_where_nothing_is_known(text: str) -> None:
    assert mentions_in(text, KNOWN, BEFORE, SUBJECT.meeting_id, TODAY, "局长办公会", ["资产处"]) == []


def test_who_may_see_less_gets_less() -> None:
    may_see = sight_of(Within(hidden=("20250601-abcd",), bodies=("局长办公会",)))
    seen = background_for(BEFORE, may_see)
    assert (len(BEFORE.actions), len(seen.actions), len(seen.decisions)) == (1, 0, 1)
    nothing: Background = background_for(BEFORE, sight_of(Within(bodies=("党组会",))))
    assert nothing.decisions == nothing.actions == nothing.earlier == ()


def test_a_numbered_meeting_of_another_body_is_not_the_one_that_is_mentioned() -> None:
    group = Origin(
        kind="minutes",
        document_id="file:1",
        title="2025年第12次领导小组会议",
        date="2025-06-01",
        body="领导小组会议",
    )
    ours = msgspec.structs.replace(
        group, document_id="file:2", title="第12次局长办公会议纪要", body="局长办公会议"
    )
    said = "按第12次局长办公会议的意见办，第12次会议定过。"
    assert mentions_in(said, Known(papers=(group,)), None, "m", "2026-11-24", "局长办公会", []) == []
    found = mentions_in(said, Known(papers=(group, ours)), None, "m", "2026-11-24", "局长办公会", [])
    assert [(one.mention, one.source.document_id) for one in found] == [
        ("第12次局长办公会", "file:2"),
        ("第12次会", "file:2"),
    ]
