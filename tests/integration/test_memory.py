"""The room's memory on real records: old minutes and our own meetings, decided, looked back on, opened, hinted at."""

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import update

from meeting.agenda.reader import read_agenda
from meeting.domain.events import Action, AgendaChanged, Decision, End, Event, Segment
from meeting.domain.state import AgendaState
from meeting.home import Home
from meeting.importing import read_into_archive
from meeting.inquiring import answer_to, query_of
from meeting.memory.errors import ItemUnknown, PassageUnknown
from meeting.memory.prompting import Prompter
from meeting.records import Records
from meeting.store.facts import ArchivedFacts
from meeting.store.meetings import Meeting, RunOptions
from meeting.store.tables import archive
from meeting.stream.messages import Complete, History, LookBack, OpenPassage, Recalled, Search, Suggestion
from search.documents import Document, Query, Within

TODAY = "2026-11-24"
AGENDA = """
title: 局长办公会议
body: 局长办公会
session: {session}
date: {date}
chair: {{name: 李建国, title: 局长}}
units: [{{name: 资产管理处, short: 资产处}}]
items:
  - {{number: 1, title: 审议办公用房清理整改方案, presenting_unit: 资产管理处, matter: 办公用房清理整改}}
  - {{number: 2, title: 研究公务用车调度办法, matter: 公务用车调度}}
"""
PAST = """机关事务管理局2025年第11次局长办公会议纪要

时间：2025年11月17日
地点：三楼会议室
主持人：李建国
出席：李建国、周敏

一、研究办公用房清理整改工作
会议原则同意办公用房清理整改方案𠮷，腾退面积1200平方米。由资产管理处牵头，办公室配合，2026年3月底前完成整改。
二、研究食堂改造
会议决定暂缓食堂改造。由办公室在一个月内另行报告。
"""
OWN = "会议同意办公用房清理整改方案，2025年11月17日议定的腾退面积调整为900平方米。"


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("meeting.memory.asking._today", lambda: TODAY)


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    records = Records(Home(tmp_path / "家").prepare())
    yield records
    if records.library._index is not None:
        records.library._index.close()
    records.close()


def imported(records: Records, folder: Path) -> None:
    file = folder / "旧纪要.txt"
    file.write_text(PAST, encoding="utf-8")
    assert [one.status for one in records.library.import_files([file])] == ["imported"]


def held(records: Records, folder: Path, date: str, session: str, *facts: Event) -> Meeting:
    path = folder / f"{date}.yaml"
    path.write_text(AGENDA.format(date=date, session=session), encoding="utf-8")
    agenda = read_agenda(path)
    meeting_id = records.meetings.add(agenda, str(folder))
    records.meetings.begin(meeting_id, RunOptions())
    state = AgendaState.from_agenda(agenda)
    opening: list[Event] = [AgendaChanged(items=state.items), *state.go_to(1, "王芳")]
    records.log(meeting_id).append([*opening, *facts])
    return records.meetings.get(meeting_id)


def said(number: int, text: str) -> Segment:
    return Segment(
        segment_id=f"s{number}", rev=1, item_id="i1", start_ms=number * 1000, end_ms=number * 1000 + 900, text=text
    )


def decision(text: str = OWN, outcome: str = "通过", rev: int = 1, **more: Any) -> Decision:
    return Decision(
        decision_id="d1",
        rev=rev,
        item_ids=("i1",),
        outcome=outcome,
        by="王芳",
        resolution_text=text,
        evidence=("s5",),
        **more,
    )


ACTION = Action(
    action_id="a1",
    rev=1,
    text="完成腾退",
    by="王芳",
    item_id="i1",
    decision_id="d1",
    lead_unit="资产管理处",
    due_date="2026-03-31",
)


def decisions(records: Records, text: str) -> list[tuple[str, str, tuple[str, ...]]]:
    hits = records.library.search(Query(text=text, kinds=("decision",))).hits
    return [(hit.text, hit.outcome, hit.units) for hit in hits]


def background(records: Records, meeting: Meeting, number: int, within: Within | None = None) -> Any:
    command = LookBack(id="1", item_id=f"i{number}", meeting=meeting.id)
    return answer_to(command, records, None, within)


def test_each_decision_of_old_minutes_is_found_by_itself_with_outcome_and_who_owes(
    records: Records, tmp_path: Path
) -> None:
    imported(records, tmp_path)
    assert decisions(records, "清理整改方案") == [
        ("会议原则同意办公用房清理整改方案𠮷，腾退面积1200平方米。", "原则通过", ("资产管理处", "办公室"))
    ]
    facets = records.library.search(Query(text="会议")).facets
    assert facets["outcome"] == {"原则通过": 1, "暂缓": 1} and facets["kind"]["decision"] == 2
    assert [one.field for one in records.library.questions()] == ["tasks"]
    question = records.library.questions()[0]
    records.library.answer(question.id, "2025-12-20")
    assert [one.task.due for one in records.memory.known().tasks] == ["2026-03-31", "2025-12-20"]
    assert records.library.reindex() == records.library._opened().count() == 3


def test_own_decision_is_found_while_the_meeting_goes_on_and_once_after_it(
    records: Records, tmp_path: Path
) -> None:
    meeting = held(records, tmp_path, "2026-03-09", "2026年第3次", said(5, "会议同意。"))
    records.library.search(Query(text="先打开"))
    log = records.log(meeting.id)
    log.append([decision(), ACTION])
    records.library.put_decisions(meeting)
    assert decisions(records, "900平方米") == [(OWN, "通过", ("资产管理处",))]
    log.append([decision("会议决定暂缓。", "暂缓", rev=2)])
    records.library.put_decisions(meeting)
    assert decisions(records, "900平方米") == [] and decisions(records, "暂缓")[0][1] == "暂缓"
    log.append([decision(rev=3, withdrawn=True)])
    records.library.put_decisions(meeting)
    assert decisions(records, "暂缓") == []
    log.append([decision(rev=4), End(reason="stopped")])
    records.library.fold(records.meetings.get(meeting.id))
    assert decisions(records, "900平方米") == [(OWN, "通过", ("资产管理处",))]
    assert records.library.search(Query(text="900平方米", kinds=("decision",))).total == 1


def test_background_tells_what_is_in_force_who_changed_it_and_who_owes_what(
    records: Records, tmp_path: Path
) -> None:
    imported(records, tmp_path)
    held(records, tmp_path, "2026-03-09", "2026年第3次", said(5, OWN), decision(), ACTION, End(reason="stopped"))
    now = held(records, tmp_path, "2026-11-24", "2026年第9次")
    found = background(records, now, 1)
    assert [(one.state, one.source.date, one.why) for one in found.decisions] == [
        ("in_force", "2026-03-09", "matter"),
        ("superseded", "2025-11-17", "matter"),
    ]
    newest, oldest = found.decisions
    assert newest.source.start_ms == 5000 and [one.lead for one in newest.tasks] == ["资产管理处"]
    assert oldest.changed_by.source.date == "2026-03-09" and oldest.changed_by.how == "调整为"
    assert [(one.due, one.state, one.overdue) for one in found.actions] == [
        ("2026-03-31", "open", True),
        ("2026-03-31", "unrecorded", False),
    ]
    assert background(records, now, 2).decisions == ()


def test_background_and_histories_are_only_of_what_the_asker_may_see(records: Records, tmp_path: Path) -> None:
    imported(records, tmp_path)
    old = held(records, tmp_path, "2026-03-09", "2026年第3次", decision(), ACTION, End(reason="stopped"))
    now = held(records, tmp_path, "2026-11-24", "2026年第9次")
    within = Within(hidden=(old.id,))
    assert {one.source.date for one in background(records, now, 1, within).decisions} == {"2025-11-17"}
    hidden = answer_to(History(id="1", name="办公用房清理整改"), records, None, within)
    assert {one.date for one in hidden.meetings} == {"2025-11-17", "2026-11-24"}  # type: ignore[attr-defined]
    with pytest.raises(ItemUnknown):
        background(records, old, 1, within)
    with pytest.raises(PassageUnknown):
        answer_to(OpenPassage(id="1", document_id=f"record:{old.id}"), records, None, within)


def test_history_of_a_matter_runs_from_the_old_minutes_to_today(records: Records, tmp_path: Path) -> None:
    imported(records, tmp_path)
    held(records, tmp_path, "2026-03-09", "2026年第3次", decision(), ACTION, End(reason="stopped"))
    found: Any = answer_to(History(id="1", name="办公用房清理整改"), records, None, None)
    assert [(one.date, [step.step for step in one.steps]) for one in found.meetings] == [
        ("2025-11-17", ["raised", "decided", "followed_up"]),
        ("2026-03-09", ["decided", "followed_up"]),
    ]


def test_a_passage_opens_where_it_stands(records: Records, tmp_path: Path) -> None:
    imported(records, tmp_path)
    meeting = held(
        records, tmp_path, "2026-03-09", "第3次", *(said(n, f"第{n}句。") for n in range(9)), decision()
    )
    hit = records.library.search(Query(text="1200平方米", kinds=("decision",))).hits[0]
    found: Any = answer_to(OpenPassage(id="1", document_id=hit.id, passage_id=hit.passage_id), records, None, None)
    assert (found.kind, found.outcome) == ("minutes", "原则通过")
    assert ["1200" in one.text for one in found.passages if one.here] == [True]
    own = OpenPassage(id="1", document_id=f"decision:{meeting.id}:d1", around=1)
    shown: Any = answer_to(own, records, None, None)
    assert [(one.text, one.start_ms, one.here) for one in shown.passages] == [
        ("第4句。", 4000, False),
        ("第5句。", 5000, True),
        ("第6句。", 6000, False),
    ]
    assert shown.before and shown.after
    alone: Any = answer_to(own, records, None, Within(kinds=("record",)))
    assert [one.text for one in alone.passages] == [OWN]
    for id_ in ("file:没有", "record:没有", "nix", "decision:x:1", ""):
        with pytest.raises(PassageUnknown):
            answer_to(OpenPassage(id="1", document_id=id_), records, None, None)


def test_results_come_by_meeting_and_item_and_the_newest_first_when_asked(
    records: Records, tmp_path: Path
) -> None:
    imported(records, tmp_path)
    held(records, tmp_path, "2026-03-09", "2026年第3次", said(5, OWN), decision(), End(reason="stopped"))
    records.library.reindex()
    found = records.library.search(query_of(Search(id="1", query="清理整改", sort="newest")))
    assert [hit.date for hit in found.hits] == sorted((hit.date for hit in found.hits), reverse=True)
    assert sorted(place for group in found.groups for item in group.items for place in item.hits) == [
        *range(len(found.hits))
    ]
    assert len(found.groups) == 2 and found.total == len(found.hits)
    narrowed = records.library.search(query_of(Search(id="1", query="清理整改", outcome="原则通过", year="2025")))
    assert [(hit.kind, hit.date) for hit in narrowed.hits] == [("decision", "2025-11-17")]


def test_what_is_typed_is_completed_from_what_may_be_found(records: Records, tmp_path: Path) -> None:
    imported(records, tmp_path)
    found: Any = answer_to(Complete(id="1", text="会议 食堂"), records, None, None)
    assert found["completions"] == () or all(one.startswith("会议 食") for one in found["completions"])
    asked: Any = answer_to(Complete(id="1", text="zichan"), records, None, None)
    assert any("资产" in one for one in asked["completions"]) and len(asked["completions"]) <= 8
    nothing: Any = answer_to(Complete(id="1", text="zichan"), records, None, Within(bodies=("党组会",)))
    assert nothing["completions"] == ()


class Heard:
    """Takes what is passed on to the clients of a meeting."""

    def __init__(self) -> None:
        self.messages: list[Any] = []

    def pass_on(self, meeting_id: str | None, kind: str, message: Any) -> None:
        assert msgspec.json.decode(msgspec.json.encode(message))["type"] == kind
        self.messages.append(message)


async def until(condition: Any) -> None:
    async with asyncio.timeout(120):
        while not condition():
            await asyncio.sleep(0.01)


async def test_room_is_told_the_background_at_each_item_and_hinted_at_what_is_mentioned(
    records: Records, tmp_path: Path
) -> None:
    imported(records, tmp_path)
    meeting = held(records, tmp_path, "2026-11-24", "2026年第9次")
    agenda = AgendaState.from_agenda(meeting.agenda)
    for event in records.log(meeting.id).all():
        agenda.apply(event)
    heard, ended = Heard(), asyncio.Event()
    prompter = Prompter(records, heard, meeting, agenda, quiet_s=0)  # type: ignore[arg-type] # stands in for the hub
    running = asyncio.create_task(prompter.run(ended))
    await until(lambda: heard.messages)
    first = heard.messages.pop()
    assert isinstance(first, Recalled) and first.item_id == "i1" and first.decisions[0].outcome == "原则通过"
    mentioned = said(7, "上次局长办公会定的是1200平方米。")
    for event in (mentioned, mentioned, said(8, "好的。")):
        prompter.apply(event)
    await until(lambda: len(heard.messages) == 2)
    hints = [(one.about, one.mention, one.source.date) for one in heard.messages if isinstance(one, Suggestion)]
    assert hints == [("meeting", "上次局长办公会", "2025-11-17"), ("number", "1200平方米", "2025-11-17")]
    for moved in agenda.go_to(2, "王芳"):
        agenda.apply(moved)
        prompter.apply(moved)
    await until(lambda: isinstance(heard.messages[-1], Recalled))
    assert heard.messages[-1].item_id == "i2"
    ended.set()
    await running


def test_memory_reads_again_only_what_changed_in_the_archive(
    records: Records, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported(records, tmp_path)
    more = tmp_path / "另一份.txt"
    more.write_text(PAST.replace("第11次", "第12次"), encoding="utf-8")
    for report in read_into_archive([more], records.archive):
        assert report.status == "imported"
    read: list[str] = []
    archived = records.facts.archived

    def watched(wanted: Sequence[str]) -> Iterator[tuple[str, ArchivedFacts]]:
        read.extend(wanted)
        return archived(wanted)

    monkeypatch.setattr(records.facts, "archived", watched)
    assert len(records.memory.known().papers) == len(read) == 2
    records.memory.known()
    assert len(read) == 2
    key = read[0]
    before = records.archive.get(key)
    # As long as before: the length of what is stored does not tell of it.
    changed = msgspec.structs.replace(before, title=before.title.replace("2025年", "2024年"))
    records.archive.change(key, changed)
    assert changed.title in {paper.title for paper in records.memory.known().papers}
    assert read[2:] == [key]


def test_an_archived_document_that_cannot_be_read_leaves_the_memory_of_the_others(
    records: Records, tmp_path: Path
) -> None:
    imported(records, tmp_path)
    records.archive.put("0" * 64, "坏.txt", Document(id="file:0", kind="minutes", title="坏", body=""))
    with records._engine.begin() as connection:
        connection.execute(update(archive).where(archive.c.id == "0" * 64).values(body='{"id": 3}'))
    assert [paper.title for paper in records.memory.known().papers] == [
        "机关事务管理局2025年第11次局长办公会议纪要"
    ]
