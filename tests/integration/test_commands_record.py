"""Commands that divide, join, note and decide, over the stream of a real service; two people at once; redo."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from meeting.domain.events import Custody, Position
from meeting.home import Home
from meeting.minutes.json import to_json
from meeting.minutes.text import to_text
from meeting.projection import record_of
from meeting.service import Service
from meeting.session import Session
from meeting.stream.client import CommandRefused
from meeting.stream.messages import (
    Assign,
    Attend,
    Decide,
    Edit,
    Join,
    Move,
    NoteDown,
    Record,
    Redo,
    Replace,
    Search,
    Speaker,
    Split,
    Undo,
    Word,
)
from tests.integration.test_amending import asking, begun, heard, newest, serving
from tests.integration.test_commands_agenda import AGENDA

POSITIONS = (
    Position(person="李建国", position="同意"),
    Position(person="阿依古丽·买买提", position="保留"),
    Position(person="沈毅", position="同意", written=True, remark="书面意见"),
)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "家").prepare()


def document(service: Service, session: Session) -> Any:
    return json.loads(to_json(record_of(service.records, session.meeting)))


async def found(stream: Any, query: str) -> list[str]:
    hits: Any = await stream.command(Search(id=f"找{query}", query=query, kind=("record",)))
    return [hit["text"] for hit in hits["hits"]]


async def test_a_passage_is_split_and_what_named_it_follows(home: Home) -> None:
    async with serving(home) as service, asking(home) as stream:
        session = await begun(service, AGENDA)
        await heard(session, "同意𠮷方案。请尽快整改。", "没有意见。")
        await stream.command(NoteDown(id="n", segment_id="s0", mark="★"))
        await stream.command(Decide(id="d", item_ids=("i1",), outcome="通过", segments=("s0",)))
        await stream.command(Assign(id="a", text="整改", item_id="i1", segments=("s0",)))
        answer: Any = await stream.command(Split(id="s", segment_id="s0", rev=1, offset=6))
        one, two = answer["segment_ids"]
        now = newest(service, session)
        assert set(now) == {one, two, "s1"}
        assert (now[one].text, now[two].text) == ("同意𠮷方案。", "请尽快整改。")
        assert now[one].start_ms == 0 and now[one].end_ms == now[two].start_ms == 450 and now[two].end_ms == 900
        assert now[one].from_ == now[two].from_ == ("s0",)
        shown = document(service, session)
        assert shown["decisions"][0]["evidence"] == [one, two] == shown["actions"][0]["evidence"]
        assert [(note["segment_id"], note["mark"]) for note in shown["notes"]] == [(one, "★")]
        assert await found(stream, "尽快整改") == ["请尽快整改。"]

        await stream.command(Undo(id="u"))
        assert set(newest(service, session)) == {"s0", "s1"}
        shown = document(service, session)
        assert shown["decisions"][0]["evidence"] == ["s0"] and shown["notes"][0]["segment_id"] == "s0"
        await stream.command(Redo(id="r"))
        assert set(newest(service, session)) == {one, two, "s1"}
        assert document(service, session)["decisions"][0]["evidence"] == [one, two]
        with pytest.raises(CommandRefused) as refused:
            await stream.command(Redo(id="r2"))
        assert refused.value.code == "nothing_to_redo"
        assert service.records.log(session.meeting.id).verify() is None


async def test_neighbours_are_joined_and_others_are_not(home: Home) -> None:
    async with serving(home) as service, asking(home) as stream:
        session = await begun(service, AGENDA)
        await heard(session, "会议原则", "同意𠮷。", "OK", "now")
        answer: Any = await stream.command(Join(id="j", segment_ids=("s1", "s0"), revs=(1, 1)))
        (joined,) = answer["segment_ids"]
        now = newest(service, session)
        assert now[joined].text == "会议原则同意𠮷。" and (now[joined].start_ms, now[joined].end_ms) == (0, 1900)
        assert await found(stream, "原则同意𠮷") == ["会议原则同意𠮷。"]
        answer = await stream.command(Join(id="e", segment_ids=("s2", "s3")))
        assert newest(service, session)[answer["segment_ids"][0]].text == "OK now"
        await stream.command(Undo(id="u"))
        await stream.command(Move(id="m", segment_ids=("s3",), item_id="i2"))
        for number, ids in enumerate([("s2", "s3"), (joined, "s3"), ("s2",)]):
            with pytest.raises(CommandRefused) as refused:
                await stream.command(Join(id=f"x{number}", segment_ids=ids))
            assert refused.value.code == "not_joinable"


@pytest.mark.parametrize("offset", [0, 1, 99, -1])
async def test_a_split_leaves_words_on_both_sides(home: Home, offset: int) -> None:
    async with serving(home) as service, asking(home) as stream:
        session = await begun(service, AGENDA)
        await heard(session, " 好")
        with pytest.raises(CommandRefused) as refused:
            await stream.command(Split(id="s", segment_id="s0", rev=1, offset=offset))
        assert refused.value.code == "not_splittable"


async def test_of_two_secretaries_the_later_sees_the_newer_words(home: Home) -> None:
    async with serving(home) as service, asking(home) as one, asking(home) as two:
        session = await begun(service, AGENDA)
        await heard(session, "同意。", "好的。")
        await one.command(Edit(id="1", segment_id="s0", rev=1, text="原则同意𠮷。", who="王芳"))
        stale = (
            Edit(id="2", segment_id="s0", rev=1, text="不同意。", who="李梅"),
            Split(id="3", segment_id="s0", rev=1, offset=2, who="李梅"),
            Join(id="4", segment_ids=("s0", "s1"), revs=(1, 1), who="李梅"),
            Move(id="5", segment_ids=("s0",), item_id="i1", revs=(1,), who="李梅"),
        )
        for command in stale:
            with pytest.raises(CommandRefused) as refused:
                await two.command(command)
            assert refused.value.code == "revision_old"
            assert (refused.value.facts["text"], refused.value.facts["rev"]) == ("原则同意𠮷。", "2")
        with pytest.raises(CommandRefused) as refused:
            await two.command(Undo(id="6", who="李梅"))
        assert refused.value.code == "nothing_to_undo"
        await one.command(Undo(id="7", who="王芳"))
        assert newest(service, session)["s0"].text == "同意。"


async def test_positions_are_kept_and_a_decision_is_amended_and_taken_back(home: Home) -> None:
    agenda = AGENDA.__class__(
        **{name: getattr(AGENDA, name) for name in AGENDA.__struct_fields__ if name != "items"},
        items=tuple(AGENDA.items[0].__class__(number=n, title=f"议题{n}", major=n == 1) for n in (1, 2)),
    )
    async with serving(home) as service, asking(home) as stream:
        session = await begun(service, agenda)
        made: Any = await stream.command(
            Decide(id="1", item_ids=("i1", "i2"), outcome="原则通过", positions=POSITIONS)
        )
        assert (made["rev"], made["warnings"]) == (1, ["chair_first"])
        text = to_text(record_of(service.records, session.meeting))
        assert "表态：李建国 同意；阿依古丽·买买提 保留" in text and "书面意见：沈毅 同意（书面意见）" in text
        name = made["decision_id"]
        amended: Any = await stream.command(
            Decide(id="2", item_ids=("i1",), outcome="修改后通过", decision_id=name, rev=1)
        )
        assert amended == {"decision_id": name, "rev": 2, "warnings": []}
        with pytest.raises(CommandRefused) as refused:
            await stream.command(Decide(id="3", item_ids=("i1",), outcome="通过", decision_id=name, rev=1))
        assert refused.value.code == "revision_old" and refused.value.facts["rev"] == "2"
        await stream.command(Undo(id="4"))
        shown = document(service, session)["decisions"]
        assert [(one["outcome"], len(one["positions"])) for one in shown] == [("原则通过", 3)]
        await stream.command(Decide(id="5", item_ids=("i1",), outcome="通过", decision_id=name, withdraw=True))
        assert document(service, session)["decisions"] == []
        with pytest.raises(CommandRefused) as refused:
            await stream.command(Decide(id="6", item_ids=("i1",), outcome="通过", positions=POSITIONS[:1] * 2))
        assert refused.value.code == "decision_unfit"
        action: Any = await stream.command(Assign(id="7", text="整改", item_id="i1"))
        again: Any = await stream.command(Assign(id="8", text="限期整改", action_id=action["action_id"], rev=1))
        assert again == {"action_id": action["action_id"], "rev": 2}


async def test_a_mark_is_taken_away_and_comes_back_with_undo(home: Home) -> None:
    async with serving(home) as service, asking(home) as stream:
        session = await begun(service, AGENDA)
        made: Any = await stream.command(NoteDown(id="1", item_id="i1", text="待核", mark="?"))
        await stream.command(NoteDown(id="2", item_id="i1", note_id=made["note_id"], rev=1))
        assert document(service, session)["notes"] == []
        await stream.command(Undo(id="3"))
        assert [note["text"] for note in document(service, session)["notes"]] == ["待核"]


async def test_who_is_recused_for_an_item_stands_in_the_record(home: Home) -> None:
    async with serving(home) as service, asking(home) as stream:
        session = await begun(service, AGENDA)
        await stream.command(Attend(id="1", person="阿依古丽·买买提", state="recused", item_id="i1"))
        await stream.command(Attend(id="2", person="沈毅", state="left"))
        shown = document(service, session)
        assert [(one["person"], one["state"]) for one in shown["attendance"]] == [
            ("阿依古丽·买买提", "recused"),
            ("沈毅", "left"),
        ]
        assert shown["phase"] == "opening"
        assert "回避：阿依古丽·买买提" in to_text(record_of(service.records, session.meeting))


async def test_what_is_ordered_for_the_sound_is_written_down_and_outlives_a_restart(home: Home) -> None:
    async with serving(home) as service, asking(home) as stream:
        session = await begun(service, AGENDA)
        assert await stream.command(Record(id="1", recording="off", who="王芳")) == {"recording": "off"}
        orders = [one for one in service.records.log(session.meeting.id).all() if isinstance(one, Custody)]
        assert (orders[-1].order, orders[-1].wanted, orders[-1].by) == ("recording", "off", "王芳")


async def test_who_spoke_is_said_and_taken_away_again(home: Home) -> None:
    async with serving(home) as service, asking(home) as stream:
        session = await begun(service, AGENDA)
        await heard(session, "同意𠮷方案。", "没有意见。")
        await stream.command(
            Speaker(id="1", segment_ids=("s0", "s1", "s0"), person=" 阿依古丽·买买提 ", revs=(1, 1, 1))
        )
        now = newest(service, session)
        assert [(one.speaker, one.rev) for one in now.values()] == [("阿依古丽·买买提", 2)] * 2, "each once"
        for number, revs in enumerate([(2,), (1, 2), (2, 2, 2)]):
            with pytest.raises(CommandRefused) as refused:
                await stream.command(Speaker(id=f"x{number}", segment_ids=("s0", "s1"), person="周敏", revs=revs))
            assert refused.value.code == ("revision_old" if len(revs) == 2 else "bad_command")
        await stream.command(Speaker(id="2", segment_ids=("s0",), person=None))
        assert newest(service, session)["s0"].speaker is None
        await stream.command(Undo(id="3"))
        await stream.command(Undo(id="4"))
        assert [one.speaker for one in newest(service, session).values()] == [None, None]


async def test_each_command_given_again_to_another_service_gets_its_answer_and_changes_nothing(home: Home) -> None:
    commands: tuple[Any, ...] = (
        Word(id="w", text="三供一业"),
        Edit(id="e", segment_id="s0", rev=1, text="请周敏说明。"),
        Replace(id="r", before="周民", after="周敏"),
        Undo(id="u"),
        Redo(id="o"),
        Split(id="s", segment_id="s2", rev=1, offset=3),
        Decide(id="d", item_ids=("i1",), outcome="通过"),
        Undo(id="v"),
        NoteDown(id="n", item_id="i1", mark="★"),
        Assign(id="a", text="整改", item_id="i1", due_date="2026-03-31"),
        Speaker(id="p", segment_ids=("s0",), person="周敏"),
    )
    async with serving(home) as service, asking(home) as stream:
        session = await begun(service, AGENDA)
        await heard(session, "请周民说明。", "周民补充𠮷。", "同意。没有意见。")
        answers = [await stream.command(command) for command in commands]
        assert answers[1] == {"words": [{"before": "周民", "after": "周敏"}]}
        assert answers[3:5] == [{"undone": ["segment"]}, {"redone": ["segment"]}]
        seq = session.ledger.log.last_seq()
    async with serving(home) as service:
        await service.go_on()
        async with asking(home) as stream:
            assert [await stream.command(command) for command in commands] == answers
            assert service.session is not None and service.session.ledger.log.last_seq() == seq


async def test_of_two_clients_at_once_one_words_a_passage_and_the_other_is_told(home: Home) -> None:
    async with serving(home) as service, asking(home) as one, asking(home) as two:
        session = await begun(service, AGENDA)
        await heard(session, "同意。")
        for turn in range(1, 6):
            given = [
                each.command(Edit(id=f"{who}{turn}", segment_id="s0", rev=turn, text=f"{who}{turn}。", who=who))
                for each, who in ((one, "王芳"), (two, "李梅"))
            ]
            results = await asyncio.gather(*given, return_exceptions=True)
            refused = [result for result in results if isinstance(result, CommandRefused)]
            assert [error.code for error in refused] == ["revision_old"]
            assert newest(service, session)["s0"].text == refused[0].facts["text"]
        batches = [event.batch for event in service.records.log(session.meeting.id).all() if event.command]
        assert batches == sorted(batches, key=batches.index), "what one command made stands together"


async def test_a_batch_that_cannot_be_stored_whole_is_not_stored_at_all(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(home) as service, asking(home) as stream:
        session = await begun(service, AGENDA)
        await heard(session, "同意𠮷方案。请尽快整改。")
        await stream.command(Decide(id="d", item_ids=("i1",), outcome="通过", segments=("s0",)))
        log = session.ledger.log
        seq, done, project = log.last_seq(), list[str](), log._project

        def dies_at_the_third(connection: Any, stored: Any) -> None:
            done.append(stored.event.__struct_config__.tag)
            if len(done) == 3:
                raise OSError("the disk is gone")
            project(connection, stored)

        monkeypatch.setattr(log, "_project", dies_at_the_third)
        with pytest.raises(CommandRefused):
            await stream.command(Split(id="s", segment_id="s0", rev=1, offset=6))
        assert len(done) == 3 and log.last_seq() == seq
        assert set(newest(service, session)) == {"s0"} and log.verify() is None
        monkeypatch.setattr(log, "_project", project)
        answer: Any = await stream.command(Split(id="s2", segment_id="s0", rev=1, offset=6))
        assert set(newest(service, session)) == set(answer["segment_ids"])


async def test_a_passage_that_others_build_on_does_not_go_with_its_split(home: Home) -> None:
    async with serving(home) as service, asking(home) as stream:
        session = await begun(service, AGENDA)
        await heard(session, "同意𠮷方案。请尽快整改。")
        answer: Any = await stream.command(Split(id="s", segment_id="s0", rev=1, offset=6, who="王芳"))
        made = answer["segment_ids"]
        decision = Decide(id="d", item_ids=("i1",), outcome="通过", text="同意。", segments=(made[0],), who="李梅")
        await stream.command(decision)
        with pytest.raises(CommandRefused) as refused:
            await stream.command(Undo(id="u", who="王芳"))
        assert (refused.value.code, refused.value.facts["text"]) == ("changed_since", "同意。")
        await stream.command(Undo(id="v", who="李梅"))
        await stream.command(Undo(id="w", who="王芳"))
        assert set(newest(service, session)) == {"s0"}


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (Assign(id="x", text=" ", item_id="i1"), "bad_command"),
        (Assign(id="x", text="整改", due_date="三月底"), "bad_command"),
        (Assign(id="x", text="整改", decision_id="d没有"), "decision_unknown"),
        (Assign(id="x", text="", withdraw=True), "decision_unknown"),
        (Decide(id="x", item_ids=("i1",), outcome="通过", withdraw=True), "decision_unknown"),
        (Decide(id="x", item_ids=("i1",), outcome="随便"), "decision_unfit"),
        (Decide(id="x", item_ids=(), outcome="通过"), "decision_unfit"),
        (NoteDown(id="x", item_id="i1", text=" "), "bad_command"),
        (Attend(id="x", person=" ", state="left"), "bad_command"),
        (Move(id="x", segment_ids=("s9",), item_id="i1"), "segment_unknown"),
        (Edit(id="x", segment_id="s0", rev=2, text="旧"), "segment_unknown"),
    ],
)
async def test_what_makes_no_sense_is_refused_and_leaves_nothing(home: Home, command: Any, code: str) -> None:
    async with serving(home) as service, asking(home) as stream:
        session = await begun(service, AGENDA)
        await heard(session, "同意𠮷方案。请尽快整改。")
        await stream.command(Split(id="s", segment_id="s0", rev=1, offset=6))
        seq = session.ledger.log.last_seq()
        with pytest.raises(CommandRefused) as refused:
            await stream.command(command)
        assert refused.value.code == code and session.ledger.log.last_seq() == seq
