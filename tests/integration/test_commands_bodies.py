"""Two bodies on one machine: neither's words, names, archive nor outcomes come up in a meeting of the other."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from meeting.access.grant import Grant
from meeting.domain.agenda import Agenda, AgendaItem, Attendee
from meeting.home import Home
from meeting.mined import mine_for
from meeting.service import Service
from meeting.stream.client import CommandRefused, Stream, connect
from meeting.stream.messages import (
    Attend,
    Complete,
    Decide,
    Edit,
    History,
    LookBack,
    Next,
    OpenPassage,
    Search,
    Stop,
    Welcome,
    Word,
)
from tests.integration.test_amending import asking, begun, heard, serving

COUNCIL = Agenda(
    title="局长办公会议",
    body="省机关事务管理局局长办公会",
    date="2026-03-09",
    recording="off",
    attendees=(Attendee(name="阿依古丽·买买提", title="处长"), Attendee(name="周敏")),
    outcomes=("同意", "缓议"),
    items=(AgendaItem(number=1, title="审议𠮷祥里用房方案", matter="办公用房清理"),),
)
PARTY = Agenda(
    title="党组会议",
    body="市档案馆党组会",
    date="2026-03-10",
    recording="off",
    attendees=(Attendee(name="贺志远"),),
    items=(AgendaItem(number=1, title="审议库房用房方案", matter="办公用房清理"),),
)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "家").prepare()


@asynccontextmanager
async def as_archivist(service: Service, body: str) -> AsyncIterator[Stream]:
    """The stream of somebody with a token for one body."""
    given = service.records.tokens.make(Grant(role="archivist", clearance="内部", body=body))[0]
    async with asyncio.timeout(120), connect(service.home.address().ws_url, given, after=0) as stream:
        async for message in stream:
            if isinstance(message, Welcome):
                break
        yield stream


async def idle(service: Service) -> None:
    async with asyncio.timeout(120):
        while service.session is not None:
            await asyncio.sleep(0.05)


async def held_by_council(service: Service, stream: Stream) -> None:
    session = await begun(service, COUNCIL)
    await stream.command(Next(id="甲1"))
    await stream.command(Word(id="甲2", text="三供一业"))
    await heard(session, "请周民说明𠮷祥里。", "同意拨付专项经费。")
    await stream.command(Edit(id="甲3", segment_id="s0", rev=1, text="请周敏说明𠮷祥里。"))
    await stream.command(Attend(id="甲4", person="列席人欧阳·𠮷", state="present"))
    await stream.command(Decide(id="甲5", item_ids=("i1",), outcome="同意", text="同意拨付专项经费。"))
    await stream.command(Stop(id="甲6"))


async def test_words_names_and_decisions_of_one_body_stay_its_own(home: Home, tmp_path: Path) -> None:
    past = tmp_path / "纪要.txt"
    past.write_text(
        "省机关事务管理局局长办公会议关于办公用房清理的纪要\n2025年5月6日\n会议研究了办公用房清理及“两房一库”调剂工作。\n原则同意。\n",
        "utf-8",
    )
    async with serving(home) as service:
        list(service.records.library.import_files([past]))
        async with asking(home) as stream:
            await held_by_council(service, stream)
        await idle(service)
        async with asking(home) as stream:
            session = await begun(service, PARTY)
            await stream.command(Next(id="乙1"))
            lexicon = session.vocabulary.words(1, figures=True).lexicon
            known = {*session.vocabulary.terms(1), *(word.text for word in lexicon.words)}
            people = {person.name for person in lexicon.people}
            mined = {word.text for word in mine_for(service.records, session.meeting).words}
            assert not known & {"三供一业", "周敏", "𠮷祥里", "两房一库"}
            assert people == {"贺志远"} and not mined & {"三供一业", "两房一库", "周敏"}
            assert service.records.words.of(PARTY.body) == ()
            assert {one.text for one in service.records.words.of(COUNCIL.body)} >= {"三供一业", "周敏"}


async def test_a_token_of_one_body_finds_nothing_of_the_other(home: Home) -> None:
    async with serving(home) as service:
        async with asking(home) as stream:
            await held_by_council(service, stream)
        await idle(service)
        found = dict[str, Any]()
        for body in (COUNCIL.body, PARTY.body):
            async with as_archivist(service, body) as stream:
                hits: Any = await stream.command(Search(id=f"找{body}", query="专项经费"))
                matter: Any = await stream.command(History(id="事", name="办公用房清理"))
                typed: Any = await stream.command(Complete(id="补", text="专项"))
                found[body] = hits["total"], hits["facets"]["body"], matter["meetings"], typed["completions"]
                if body == COUNCIL.body:
                    (hit, *_) = hits["hits"]
                where = OpenPassage(id="开", document_id=hit["id"], passage_id=hit["passage_id"])
                if body == COUNCIL.body:
                    opened: Any = await stream.command(where)
                    assert opened["body"] == COUNCIL.body and opened["passages"]
                else:
                    with pytest.raises(CommandRefused) as refused:
                        await stream.command(where)
                    assert refused.value.code == "passage_unknown"
        assert all(found[COUNCIL.body]), found
        assert not any(found[PARTY.body]), found


async def test_what_was_before_an_item_comes_from_the_archive_of_the_asker_alone(home: Home) -> None:
    async with serving(home) as service:
        async with asking(home) as stream:
            await held_by_council(service, stream)
        await idle(service)
        async with asking(home) as stream:
            session = await begun(service, PARTY)
            await stream.command(Next(id="乙1"))
            whole: Any = await stream.command(LookBack(id="全", item_id="i1"))
            assert [one["text"] for one in whole["decisions"]] == ["同意拨付专项经费。"]
        async with as_archivist(service, PARTY.body) as stream:
            found: Any = await stream.command(LookBack(id="馆", item_id="i1", meeting=session.meeting.id))
            assert (found["title"], found["decisions"], found["earlier"]) == ("审议库房用房方案", [], [])


async def test_a_body_decides_by_its_own_outcomes(home: Home) -> None:
    async with serving(home) as service, asking(home) as stream:
        session = await begun(service, COUNCIL)
        head = session.subject().head
        assert head is not None and head.outcomes == ("同意", "缓议")
        with pytest.raises(CommandRefused) as refused:
            await stream.command(Decide(id="1", item_ids=("i1",), outcome="原则通过"))
        assert (refused.value.code, refused.value.facts["outcomes"]) == ("decision_unfit", "同意、缓议")
        made: Any = await stream.command(Decide(id="2", item_ids=("i1",), outcome="缓议"))
        assert made["rev"] == 1
    async with serving(home) as service:
        await service.go_on()
        async with asking(home) as stream:
            with pytest.raises(CommandRefused):
                await stream.command(Decide(id="3", item_ids=("i1",), outcome="听取"))
