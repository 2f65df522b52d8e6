"""Commands that steer the agenda, over the stream of a real service: items put off, put in, in order and together."""

import asyncio
from pathlib import Path
from typing import Any

import msgspec
import pytest

from meeting.access.grant import Grant
from meeting.domain.agenda import Agenda, AgendaItem, Person
from meeting.domain.events import ItemMoved, Note
from meeting.home import Home
from meeting.minutes.text import to_text
from meeting.projection import record_of
from meeting.session import Session
from meeting.stream.client import CommandRefused, connect
from meeting.stream.messages import Assign, Attend, Decide, Item, Move, Next, NoteDown, Redo, Search, Undo, Welcome
from tests.integration.test_amending import asking, begun, heard, serving

AGENDA = Agenda(
    title="局长办公会议",
    body="机关事务管理局局长办公会",
    date="2026-03-09",
    recording="off",
    chair=Person(name="李建国"),
    items=(
        AgendaItem(number=1, title="审议整改方案"),
        AgendaItem(number=2, title="听取进展情况"),
        AgendaItem(number=3, title="研究预算安排"),
        AgendaItem(number=4, title="其他事项", parent=3),
    ),
)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "家").prepare()


def states(session: Session) -> dict[str, str]:
    return {item.item_id: item.state for item in session.ledger.agenda.items}


async def test_the_current_item_is_put_off_and_the_following_one_begins(home: Home) -> None:
    async with serving(home) as service, asking(home) as stream:
        session = await begun(service, AGENDA)
        await stream.command(Next(id="1"))
        answer = await stream.command(Item(id="2", number=1, action="defer", who="王芳"))
        assert answer == {"number": 2, "title": "听取进展情况"}
        assert states(session) == {"i1": "deferred", "i2": "ongoing", "i3": "scheduled", "i4": "scheduled"}
        await stream.command(Item(id="3", number=3, action="withdraw"))
        assert states(session)["i3"] == states(session)["i4"] == "withdrawn"
        assert await stream.command(Item(id="4", number=2, action="defer")) == {"number": None, "title": ""}
        assert session.ledger.agenda.current is None
        await stream.command(Item(id="5", number=3, action="restore"))
        assert states(session)["i3"] == "scheduled"
        with pytest.raises(CommandRefused) as refused:
            await stream.command(Item(id="6", number=4, action="defer"))
        assert refused.value.code == "item_closed"
        with pytest.raises(CommandRefused) as refused:
            await stream.command(Undo(id="7", who="王芳"))
        assert refused.value.code == "changed_since", "others have gone on from there"
        for again in range(3):
            await stream.command(Undo(id=f"8.{again}"))
        await stream.command(Undo(id="9", who="王芳"))
        assert states(session)["i1"] == "ongoing"


async def test_a_late_item_has_a_number_of_its_own_and_its_words_are_listened_for(home: Home) -> None:
    async with serving(home) as service, asking(home) as stream:
        session = await begun(service, AGENDA)
        await stream.command(Next(id="1"))
        insert = Item(id="2", action="insert", title="研究防汛应急𠮷事项", presenter="阿依古丽·买买提")
        answer = await stream.command(insert)
        assert answer == {"number": 1, "title": "审议整改方案", "inserted": 5, "item_id": "i5"}
        assert [item.number for item in session.ledger.agenda.items] == [1, 5, 2, 3, 4]
        assert session.ledger.agenda.items[1].late
        lexicon = session.vocabulary.words(5, figures=True).lexicon
        assert "研究防汛应急𠮷事项" in {word.text for word in lexicon.words}
        assert "阿依古丽·买买提" in {person.name for person in lexicon.people}
        hits: Any = await stream.command(Search(id="s", query="防汛应急𠮷", kind=("agenda",)))
        assert msgspec.to_builtins(hits)["total"] == 1
        await stream.command(Undo(id="3"))
        assert [item.number for item in session.ledger.agenda.items] == [1, 2, 3, 4]
        await stream.command(Redo(id="4"))
        assert [item.number for item in session.ledger.agenda.items] == [1, 5, 2, 3, 4]
        assert await stream.command(Next(id="5")) == {"number": 5, "title": "研究防汛应急𠮷事项"}
        record = record_of(service.records, session.meeting)
        assert "5. 研究防汛应急𠮷事项（临时议题）" in to_text(record)
        with pytest.raises(CommandRefused) as refused:
            await stream.command(Item(id="6", action="insert", title="  "))
        assert refused.value.code == "bad_command"


async def test_an_undone_late_item_never_gives_its_number_away(home: Home) -> None:
    async with serving(home) as service, asking(home) as stream:
        await begun(service, AGENDA)
        await stream.command(Item(id="1", action="insert", title="甲"))
        await stream.command(Undo(id="2"))
    async with serving(home) as service:
        await service.go_on()
        assert service.session is not None
        async with asking(home) as stream:
            answer: Any = await stream.command(Item(id="3", action="insert", title="乙"))
            assert answer["inserted"] == 6


async def test_items_are_put_in_another_order_with_their_sub_items(home: Home) -> None:
    async with serving(home) as service, asking(home) as stream:
        session = await begun(service, AGENDA)
        await stream.command(Item(id="1", action="reorder", order=("i3", "i4", "i1", "i2")))
        assert [item.item_id for item in session.ledger.agenda.items] == ["i3", "i4", "i1", "i2"]
        assert await stream.command(Next(id="2")) == {"number": 3, "title": "研究预算安排"}
        for order in (("i3", "i1", "i4", "i2"), ("i4", "i3", "i1", "i2"), ("i1",), ("i1", "i1", "i2", "i3")):
            with pytest.raises(CommandRefused) as refused:
                await stream.command(Item(id=f"x{order}", action="reorder", order=order))
            assert refused.value.code == "agenda_order_unfit"
        await stream.command(Undo(id="3"))
        await stream.command(Undo(id="4"))
        assert [item.item_id for item in session.ledger.agenda.items] == ["i1", "i2", "i3", "i4"]


async def test_items_taken_together_begin_and_end_together(home: Home) -> None:
    async with serving(home) as service, asking(home) as stream:
        session = await begun(service, AGENDA)
        assert await stream.command(Item(id="1", number=1, together=(2,))) == {
            "number": 1,
            "title": "审议整改方案",
        }
        assert session.ledger.agenda.current == "i1"
        assert states(session)["i2"] == "ongoing"
        moves = [e for e in service.records.log(session.meeting.id).all() if isinstance(e, ItemMoved)]
        assert [(one.item_id, one.together_with) for one in moves] == [("i2", "i1"), ("i1", None)]
        assert await stream.command(Next(id="2")) == {"number": 3, "title": "研究预算安排"}
        assert (states(session)["i1"], states(session)["i2"]) == ("completed", "completed")
        text = to_text(record_of(service.records, session.meeting))
        assert "1. 审议整改方案（与议题2合并审议）" in text and "2. 听取进展情况（与议题1合并审议）" in text
        await stream.command(Undo(id="3"))
        assert session.ledger.agenda.current == "i1" and states(session)["i2"] == "ongoing"
        assert service.records.log(session.meeting.id).verify() is None


async def test_a_command_given_again_after_a_restart_does_nothing_and_answers_the_same(home: Home) -> None:
    async with serving(home) as service, asking(home) as stream:
        await begun(service, AGENDA)
        first = await stream.command(Next(id="同一个"))
        noted = await stream.command(NoteDown(id="记", item_id="i1", mark="★"))
    async with serving(home) as service:
        await service.go_on()
        session = service.session
        assert session is not None
        async with asking(home) as stream:
            before = session.ledger.log.last_seq()
            assert await stream.command(Next(id="同一个")) == first
            assert await stream.command(NoteDown(id="记", item_id="i1", mark="★")) == noted
            assert session.ledger.log.last_seq() == before
            assert session.ledger.agenda.current == "i1"


async def test_a_late_item_goes_again_only_while_nothing_stands_under_it(home: Home) -> None:
    uses: tuple[tuple[Any, dict[str, str]], ...] = (
        (NoteDown(id="a", item_id="i5", text="待核", who="李梅"), {"notes": "1"}),
        (Decide(id="b", item_ids=("i1", "i5"), outcome="通过", who="李梅"), {"decisions": "1"}),
        (Assign(id="c", text="整改", item_id="i5", who="李梅"), {"actions": "1"}),
        (Move(id="d", segment_ids=("s0",), item_id="i5", who="李梅"), {"passages": "1"}),
        (Item(id="e", number=5, who="李梅"), {"state": "ongoing"}),
        (Attend(id="f", person="周敏", state="recused", item_id="i5"), {"people": "1"}),
    )
    async with serving(home) as service, asking(home) as stream:
        session = await begun(service, AGENDA)
        await heard(session, "临时说一件事𠮷。")
        await stream.command(Item(id="1", action="insert", title="研究防汛应急𠮷事项", who="王芳"))
        for number, (use, facts) in enumerate(uses):
            await stream.command(use)
            seq = session.ledger.log.last_seq()
            with pytest.raises(CommandRefused) as refused:
                await stream.command(Undo(id=f"u{number}", who="王芳"))
            assert refused.value.code == "item_in_use"
            assert facts.items() <= refused.value.facts.items()
            assert refused.value.facts["title"] == "研究防汛应急𠮷事项" and session.ledger.log.last_seq() == seq
            if not isinstance(use, Attend):
                await stream.command(Undo(id=f"v{number}", who="李梅"))
        assert service.records.log(session.meeting.id).verify() is None


async def test_a_late_item_goes_again_once_all_of_it_was_taken_back(home: Home) -> None:
    async with serving(home) as service, asking(home) as stream:
        session = await begun(service, AGENDA)
        await stream.command(Item(id="1", action="insert", title="研究防汛应急事项", who="王芳"))
        await stream.command(NoteDown(id="2", item_id="i5", text="待核", who="李梅"))
        await stream.command(Undo(id="3", who="李梅"))
        assert await stream.command(Undo(id="4", who="王芳")) == {"undone": ["agenda"]}
        assert [item.item_id for item in session.ledger.agenda.items] == ["i1", "i2", "i3", "i4"]


async def test_the_id_of_one_command_is_never_taken_for_another(home: Home) -> None:
    async with serving(home) as service, asking(home) as one, asking(home) as two:
        session = await begun(service, AGENDA)
        answers: list[Any] = await asyncio.gather(*(each.command(Next(id="1")) for each in (one, two)))
        assert answers == [{"number": 1, "title": "审议整改方案"}] * 2
        with pytest.raises(CommandRefused) as refused:
            await two.command(Item(id="1", number=3))
        assert refused.value.code == "bad_command" and states(session)["i3"] == "scheduled"


@pytest.mark.parametrize(
    ("owner", "who", "by"),
    [("", "王芳", "王芳"), ("李梅", "王芳", "李梅"), ("李梅", "", "李梅"), ("", "", "secretary")],
)
async def test_changes_are_in_the_name_of_the_token_before_the_one_that_is_given(
    home: Home, owner: str, who: str, by: str
) -> None:
    async with serving(home) as service:
        session = await begun(service, AGENDA)
        grant = Grant(role="secretary", clearance="绝密", name=owner)
        given = service.records.tokens.make(grant)[0]
        async with connect(home.address().ws_url, given, after=0) as stream:
            async for message in stream:
                if isinstance(message, Welcome):
                    break
            await stream.command(NoteDown(id="1", item_id="i1", text="待核", who=who))
            events = service.records.log(session.meeting.id).all()
            assert [one.by for one in events if isinstance(one, Note)] == [by]


@pytest.mark.parametrize("who", ["王" * 65, "王\n芳", " ", "\u202e王", "service", "Voice"])
async def test_nobody_can_be_named_so(home: Home, who: str) -> None:
    async with serving(home) as service, asking(home) as stream:
        session = await begun(service, AGENDA)
        seq = session.ledger.log.last_seq()
        with pytest.raises(CommandRefused) as refused:
            await stream.command(Next(id="1", who=who))
        assert refused.value.code == "bad_command" and session.ledger.log.last_seq() == seq
