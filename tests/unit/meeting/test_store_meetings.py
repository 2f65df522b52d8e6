"""The list of meetings: ids, their beginnings, and how a meeting begins, rests and ends."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import Engine, text

from meeting.domain.events import End
from meeting.errors import MeetingAmbiguous, MeetingUnknown
from meeting.store.archive import ArchiveStore
from meeting.store.log import EventLog
from meeting.store.meetings import LETTERS, Meetings, RunOptions
from search.documents import Document, Passage
from tests.unit.meeting.store_homes import AGENDA, engine_in, opened

RUN = RunOptions(source="mic", device="会议麦克风", pace="2", follow_chair=True, language="zh", figures=False)


@pytest.fixture
def engine(store_url: str) -> Iterator[Engine]:
    with opened(store_url) as engine:
        yield engine


@pytest.fixture
def meetings(engine: Engine) -> Meetings:
    return Meetings(engine)


def test_id_is_the_date_and_four_plain_letters(meetings: Meetings) -> None:
    ids = {meetings.add(AGENDA) for _ in range(20)}
    assert len(ids) == 20
    for one in ids:
        date, letters = one.split("-")
        assert (date, len(letters)) == ("20260309", 4) and set(letters) <= set(LETTERS)
    assert not set("01loi") & set(LETTERS) - {"i"}


def test_stored_meeting_reads_back_whole(meetings: Meetings) -> None:
    meeting = meetings.get(meetings.add(AGENDA, "材料/三月"))
    assert (meeting.agenda, meeting.agenda_folder) == (AGENDA, "材料/三月")
    assert (meeting.state, meeting.run, meeting.audio_started_at) == ("scheduled", None, None)
    assert (meeting.last_seq, meeting.cut_sample) == (0, 0)


def test_beginning_of_an_id_is_enough_where_it_is_the_only_one(meetings: Meetings) -> None:
    first = meetings.add(AGENDA)
    assert meetings.get("2026").id == first
    second = meetings.add(AGENDA)
    with pytest.raises(MeetingAmbiguous) as refused:
        meetings.get("20260309-")
    assert first in refused.value.facts["candidates"] and second in refused.value.facts["candidates"]
    assert meetings.get(second).id == second


@pytest.mark.parametrize("name", ["", "2025", "%", "_", "20260309_", "会议"])
def test_what_fits_no_meeting_is_refused(meetings: Meetings, name: str) -> None:
    meetings.add(AGENDA)
    with pytest.raises(MeetingUnknown):
        meetings.get(name)


def test_whole_id_is_found_among_many_that_begin_with_it(meetings: Meetings, engine: Engine) -> None:
    whole = meetings.add(AGENDA)
    columns = "title, date, state, agenda, agenda_folder, created_at, last_seq, cut_sample"
    with engine.begin() as connection:
        for more in "abcd":
            connection.exec_driver_sql(
                f"INSERT INTO meetings (id, {columns}) SELECT '{whole}{more}', {columns} FROM meetings"
                f" WHERE id = '{whole}'"
            )
    assert meetings.get(whole).id == whole


def test_meeting_begins_rests_begins_again_and_ends(meetings: Meetings, engine: Engine) -> None:
    one = meetings.add(AGENDA)
    assert meetings.open() is None
    meetings.begin(one, RUN)
    opened = meetings.open()
    assert opened is not None and (opened.id, opened.run) == (one, RUN)
    meetings.rest(one)
    assert (meetings.open(), meetings.get(one).state) == (None, "scheduled")
    meetings.begin(one, RUN)
    meetings.sound_began(one, "2026-03-09T01:00:00.123+00:00")
    EventLog(engine, one).append([End(reason="stopped")])
    assert meetings.open() is None
    assert (meetings.get(one).state, meetings.get(one).audio_started_at) == (
        "closed",
        "2026-03-09T01:00:00.123+00:00",
    )


def test_way_of_running_a_meeting_kept_by_an_older_version_still_reads(meetings: Meetings, engine: Engine) -> None:
    one = meetings.add(AGENDA)
    with engine.begin() as connection:
        older = {"run": '{"source":"mic","pace":"2"}'}
        connection.execute(text("UPDATE meetings SET state = 'open', run = :run"), older)
    assert meetings.get(one).run == RunOptions(source="mic", pace="2", figures=True)


def test_newest_meeting_comes_first(meetings: Meetings) -> None:
    old = meetings.add(msgspec.structs.replace(AGENDA, date="2025-12-31"))
    first, second = meetings.add(AGENDA), meetings.add(AGENDA)
    assert {meeting.id for meeting in meetings.all()[:2]} == {first, second}
    assert meetings.all()[2].id == old


def test_epoch_stays_when_the_store_is_opened_again(tmp_path: Path) -> None:
    epochs = set()
    for folder in ("a", "a", "b"):
        (tmp_path / folder).mkdir(exist_ok=True)
        with engine_in(tmp_path / folder) as engine:
            epochs.add(Meetings(engine).epoch())
    assert len(epochs) == 2 and all(len(epoch) == 32 for epoch in epochs)


def test_imported_documents_read_back_and_are_replaced_by_content(engine: Engine) -> None:
    archive = ArchiveStore(engine)
    document = Document(
        id="file:1", kind="minutes", title="纪要𠮷", passages=(Passage(id="1", text="会议原则同意。"),)
    )
    assert not archive.has("abc")
    archive.put("abc", "旧/纪要.txt", document)
    archive.put("abc", "旧/纪要.txt", msgspec.structs.replace(document, title="纪要二"))
    assert archive.has("abc") and not archive.has("ab")
    assert [one.title for one in archive.documents()] == ["纪要二"]
    assert archive.documents()[0].passages == document.passages


def test_only_a_meeting_without_a_record_can_be_removed(engine: Engine, meetings: Meetings) -> None:
    waiting, begun, told = (meetings.add(AGENDA) for _ in range(3))
    meetings.begin(begun, RUN)
    EventLog(engine, told).append([End(reason="stopped")])
    assert [meetings.remove(one) for one in (waiting, begun, told)] == [True, False, False]
    assert {one.id for one in meetings.all()} == {begun, told}
