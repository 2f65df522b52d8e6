"""What people change over the stream while a meeting runs: words, one word everywhere, and all of it taken back."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from meeting.domain.agenda import Agenda, AgendaItem, Attendee
from meeting.domain.events import Event, Segment, WordNoted
from meeting.home import Home
from meeting.minutes.json import record_document
from meeting.projection import record_of
from meeting.service import Service
from meeting.session import Session
from meeting.store.meetings import RunOptions
from meeting.stream.client import CommandRefused, Stream, connect
from meeting.stream.messages import Attend, Edit, Next, Replace, Undo, Welcome, Word
from tests.integration.stream_host import at_work
from ui.cli.records import shown

AGENDA = Agenda(
    title="局长办公会议",
    body="机关事务管理局局长办公会",
    date="2026-03-09",
    # No sound: what is tried here is what people do, and no device is needed for it.
    recording="off",
    attendees=(Attendee(name="周敏", title="处长"),),
    items=(AgendaItem(number=1, title="审议整改方案"), AgendaItem(number=2, title="听取情况")),
)


def no_model(name: str) -> Path:
    return Path("there is no model here")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "家").prepare()


@asynccontextmanager
async def serving(home: Home) -> AsyncIterator[Service]:
    service = Service(home, no_model)
    async with at_work(service):
        yield service


@asynccontextmanager
async def asking(home: Home) -> AsyncIterator[Stream]:
    address = home.address()
    async with asyncio.timeout(120), connect(address.ws_url, address.token, after=0) as stream:
        async for message in stream:
            if isinstance(message, Welcome):
                break
        yield stream


async def begun(service: Service, agenda: Agenda = AGENDA) -> Session:
    meeting_id = service.records.meetings.add(agenda)
    await service.start(meeting_id, RunOptions(source="mic"), by="secretary")
    assert service.session is not None
    return service.session


def said(name: str, text: str, at: int = 0, **more: Any) -> Segment:
    return Segment(segment_id=name, rev=1, item_id=None, start_ms=at, end_ms=at + 900, text=text, **more)


async def heard(session: Session, *texts: str) -> None:
    facts: list[Event] = [said(f"s{at}", text, at * 1000) for at, text in enumerate(texts)]
    await session.ledger.store(lambda: facts)


def newest(service: Service, session: Session) -> dict[str, Segment]:
    return {one.segment_id: one for one in service.records.log(session.meeting.id).state().segments}


def terms(session: Session) -> tuple[str, ...]:
    return session.vocabulary.terms(None)


async def test_a_word_added_over_the_stream_is_listened_for_also_after_a_restart(home: Home) -> None:
    async with serving(home) as service, asking(home) as stream:
        session = await begun(service)
        answer = await stream.command(Word(id="w1", text=" 三供一业 "))
        assert answer == {"text": "三供一业", "kind": "term"}
        assert terms(session)[0] == "三供一业"
        await stream.command(Word(id="w2", text="阿依古丽·买买提", kind="person"))
        await stream.command(Word(id="w3", text="错词", remove=False))
        await stream.command(Word(id="w4", text="错词", remove=True))
    async with serving(home) as service:
        await service.go_on()
        assert service.session is not None
        lexicon = service.session.vocabulary.words(None, figures=True).lexicon
        assert "三供一业" in {word.text for word in lexicon.words}
        assert "阿依古丽·买买提" in {person.name for person in lexicon.people}
        assert "错词" not in terms(service.session)
        events = service.records.log(service.session.meeting.id).all()
        assert [one.by for one in events if isinstance(one, WordNoted)] == ["secretary"] * 4
        listed = service.records.words.of(AGENDA.body)
        assert [(one.text, one.kind, one.learnt) for one in listed] == [
            ("三供一业", "term", False),
            ("阿依古丽·买买提", "person", False),
        ]


@pytest.mark.parametrize("text", ["", "业", "，。", "一" * 31, "三供\u0007一业"])
async def test_what_is_no_word_is_refused(home: Home, text: str) -> None:
    async with serving(home) as service, asking(home) as stream:
        await begun(service)
        with pytest.raises(CommandRefused) as refused:
            await stream.command(Word(id="w", text=text))
        assert refused.value.code == "word_unfit"
        assert service.records.words.all() == ()


async def test_a_word_put_right_by_hand_is_offered_previewed_replaced_and_taken_back(home: Home) -> None:
    async with serving(home) as service, asking(home) as stream:
        session = await begun(service)
        await heard(session, "请周民说明。", "周民补充𠮷。", "没有意见。", "周民、周民都到了。")
        answer: Any = await stream.command(Edit(id="e", segment_id="s0", rev=1, text="请周敏说明。"))
        assert answer == {"words": [{"before": "周民", "after": "周敏"}]}
        edited = newest(service, session)["s0"]
        assert [(one.before, one.after, one.reason) for one in edited.changes] == [("周民", "周敏", "by_hand")]
        assert [(one.text, one.learnt) for one in service.records.words.of(AGENDA.body)] == [("周敏", True)]

        shown: Any = await stream.command(Replace(id="p", before="周民", after="周敏", preview=True))
        assert shown == {
            "segments": [
                {"segment_id": "s1", "rev": 1, "before": "周民补充𠮷。", "after": "周敏补充𠮷。"},
                {"segment_id": "s3", "rev": 1, "before": "周民、周民都到了。", "after": "周敏、周敏都到了。"},
            ]
        }
        assert newest(service, session)["s1"].rev == 1, "a preview changes nothing"

        done: Any = await stream.command(Replace(id="r", before="周民", after="周敏"))
        assert [(row["segment_id"], row["rev"]) for row in done["segments"]] == [("s1", 2), ("s3", 2)]
        now = newest(service, session)
        assert now["s3"].text == "周敏、周敏都到了。" and (now["s3"].source, now["s3"].by) == ("asr", "secretary")
        assert now["s3"].changes[-1].before == "周民"
        events = service.records.log(session.meeting.id).all()
        assert len({one.batch for one in events if isinstance(one, Segment) and one.rev == 2}) == 2

        assert await stream.command(Undo(id="u1")) == {"undone": ["segment"]}
        now = newest(service, session)
        assert [now[name].text for name in ("s0", "s1", "s3")] == [
            "请周敏说明。",
            "周民补充𠮷。",
            "周民、周民都到了。",
        ]
        assert now["s1"].rev == 3 and now["s1"].changes == ()
        await stream.command(Undo(id="u2"))
        assert newest(service, session)["s0"].text == "请周民说明。"
        assert service.records.words.of(AGENDA.body) == (), "what was learnt from it is forgotten"
        with pytest.raises(CommandRefused) as refused:
            await stream.command(Undo(id="u3"))
        assert refused.value.code == "nothing_to_undo"


async def test_only_the_chosen_passages_are_replaced_and_what_a_person_has_worded_never(home: Home) -> None:
    async with serving(home) as service, asking(home) as stream:
        session = await begun(service)
        await heard(session, "列入都办台账。", "都办组。", "都办。")
        await stream.command(Edit(id="e", segment_id="s2", rev=1, text="都办，如此。"))
        await stream.command(Replace(id="r", before="都办", after="督办", segment_ids=("s1", "s2")))
        now = newest(service, session)
        assert [now[name].text for name in ("s0", "s1", "s2")] == ["列入都办台账。", "督办组。", "都办，如此。"]
        with pytest.raises(CommandRefused) as refused:
            await stream.command(Replace(id="r2", before="都", after="督"))
        assert refused.value.code == "word_unfit"


async def test_what_nobody_can_look_through_is_not_replaced_at_once(home: Home) -> None:
    async with serving(home) as service, asking(home) as stream:
        session = await begun(service)
        await heard(session, *["都办。"] * 501)
        with pytest.raises(CommandRefused) as refused:
            await stream.command(Replace(id="r", before="都办", after="督办"))
        assert refused.value.code == "too_many"
        chosen = tuple(f"s{at}" for at in range(500))
        done: Any = await stream.command(Replace(id="r2", before="都办", after="督办", segment_ids=chosen))
        assert len(done["segments"]) == 500
        await stream.command(Undo(id="u"))
        assert {one.text for one in newest(service, session).values()} == {"都办。"}


async def test_a_batch_outlives_a_restart_and_is_taken_back_whole(home: Home) -> None:
    async with serving(home) as service, asking(home) as stream:
        session = await begun(service)
        await heard(session, "都办组。", "都办台账。")
        await stream.command(Replace(id="r", before="都办", after="督办"))
    async with serving(home) as service:
        await service.go_on()
        async with asking(home) as stream:
            assert service.session is not None
            await stream.command(Undo(id="u"))
            assert {one.text for one in newest(service, service.session).values()} == {"都办组。", "都办台账。"}


async def test_a_switch_is_taken_back_and_who_leaves_is_no_longer_there(home: Home) -> None:
    async with serving(home) as service, asking(home) as stream:
        session = await begun(service)
        await stream.command(Next(id="n1"))
        await stream.command(Next(id="n2"))
        assert session.subject().current_item == "i2"
        await stream.command(Attend(id="a", person="周敏", state="left"))
        people = session.vocabulary.words(None, figures=True).lexicon.people
        assert [(person.name, person.present) for person in people] == [("周敏", False)]
        assert await stream.command(Undo(id="u")) == {"undone": ["item"]}
        assert session.subject().current_item == "i1"


async def test_documents_and_past_minutes_are_read_for_their_words(home: Home, tmp_path: Path) -> None:
    folder = tmp_path / "材料"
    folder.mkdir()
    (folder / "细则.txt").write_text("根据《办公用房管理办法实施细则》办理。" * 3, "utf-8")
    (folder / "坏.docx").write_bytes(b"PK\x03\x04")
    past = tmp_path / "纪要.txt"
    past.write_text(
        "机关事务管理局局长办公会议纪要\n2025年5月6日\n会议研究了“三供一业”分离移交工作。\n原则同意。\n", "utf-8"
    )
    agenda = msgspec.convert(
        msgspec.to_builtins(AGENDA)
        | {
            "items": [
                {
                    "number": 1,
                    "title": "审议方案",
                    "documents": [
                        {"title": "细则", "path": "细则.txt"},
                        {"title": "坏", "path": "坏.docx"},
                        {"title": "无", "path": "没有.docx"},
                    ],
                }
            ]
        },
        Agenda,
    )
    async with serving(home) as service:
        list(service.records.library.import_files([past]))
        meeting_id = service.records.meetings.add(agenda, str(folder))
        await service.start(meeting_id, RunOptions(source="mic"), by="secretary")
        session = service.session
        assert session is not None
        async with asyncio.timeout(60):
            while "办公用房管理办法实施细则" not in session.vocabulary.terms(1):
                await asyncio.sleep(0.05)
        words = {word.text: word for word in session.vocabulary.words(1, figures=True).lexicon.words}
        assert words["办公用房管理办法实施细则"].strength < 1
        assert "三供一业" in words


async def test_the_exported_record_keeps_what_each_change_replaced_and_why(home: Home) -> None:
    async with serving(home) as service, asking(home) as stream:
        session = await begun(service)
        await heard(session, "列入都办台账。")
        await stream.command(Replace(id="r", before="都办", after="督办"))
        meeting = service.records.meetings.get(session.meeting.id)
        kept = [{"before": "都办", "after": "督办", "reason": "by_hand"}]
        for document in (record_document(record_of(service.records, meeting)), shown(service.records, meeting)):
            assert json.loads(msgspec.json.encode(document))["segments"][0]["changes"] == kept
