"""What a service looks after beside a meeting: sound that waits for its final form, and room on the disk."""

import asyncio
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from asr.sealing import manifest_of, seal, waits_for_sealing
from meeting.domain.events import SoundSealed
from meeting.errors import MeetingUnknown
from meeting.home import Home
from meeting.records import Records
from meeting.sealing import main, seal_meeting, wants_seal
from meeting.service import Service
from meeting.verification import verify_meeting
from tests.integration.record_homes import ended, recorded
from tests.integration.test_session import serving


async def sealed_by_a_service(home: Home, *meetings: str) -> None:
    """Runs a service until the records know the sums of these meetings' sound."""
    async with serving(home) as service:
        async with asyncio.timeout(120):
            while not all(known(service, meeting) for meeting in meetings):
                await asyncio.sleep(0.05)


def known(service: Service, meeting: str) -> str:
    return service.records.meetings.get(meeting).sound_chain


async def test_sound_that_an_earlier_service_left_is_sealed_one_meeting_after_the_other(home: Path) -> None:
    records, first = ended(home)
    _, second = ended(home, 12)
    for meeting in (first, second):
        assert wants_seal(records.home, records.meetings.get(meeting))
    await sealed_by_a_service(records.home, first, second)
    for meeting in (first, second):
        found = verify_meeting(records, records.meetings.get(meeting))
        assert (found.ok, found.sound, found.faults) == (True, "sealed", ())
        assert not wants_seal(records.home, records.meetings.get(meeting))
        assert not waits_for_sealing(records.home.journal(meeting))
    records.close()


async def test_death_between_the_sealed_sound_and_its_sum_is_made_up_for(home: Path) -> None:
    records, meeting = ended(home)
    chain = seal(records.home.journal(meeting)).chain
    assert records.meetings.get(meeting).sound_chain == ""
    await sealed_by_a_service(records.home, meeting)
    assert records.meetings.get(meeting).sound_chain == chain
    records.close()


def resealed(records: Records, meeting: str) -> bool:
    faults = verify_meeting(records, records.meetings.get(meeting)).faults
    return ("sound", "resealed") in [(fault.kind, fault.reason) for fault in faults]


def test_sum_of_the_sound_is_kept_once_and_sound_sealed_anew_is_told(home: Path) -> None:
    records, meeting = ended(home)
    folder = records.home.journal(meeting)
    first = seal_meeting(records, records.meetings.get(meeting))
    assert verify_meeting(records, records.meetings.get(meeting)).ok
    shutil.rmtree(folder)
    recorded(records, meeting, 25, sealed=True)
    # Behind the records' back, in whatever form.
    assert resealed(records, meeting)
    assert seal_meeting(records, records.meetings.get(meeting)) != first
    assert records.meetings.get(meeting).sound_chain == first
    assert resealed(records, meeting)
    shutil.rmtree(folder)
    assert resealed(records, meeting)
    records.close()


def test_sealing_refuses_in_one_line_and_leaves_what_there_is(home: Path, capsys) -> None:
    records, meeting = ended(home)
    folder = records.home.journal(meeting)
    assert main([str(home), "20200101-none"]) == MeetingUnknown.exit_code
    assert capsys.readouterr().err.count("\n") == 1
    assert main([str(home)]) == 2
    assert main([str(home), meeting]) == main([str(home), meeting]) == 0
    manifest = manifest_of(folder)
    assert manifest is not None and manifest.complete
    records.close()


def test_meetings_without_sound_want_no_seal(home: Path) -> None:
    records, meeting = ended(home)
    shutil.rmtree(records.home.journal(meeting))
    assert not wants_seal(records.home, records.meetings.get(meeting))
    _, other = ended(home)
    next(iter(records.home.journal(other).glob("part-*"))).write_bytes(b"?" * 5000)
    (records.home.journal(other) / "sealed.json").write_bytes(b"{")
    assert not wants_seal(records.home, records.meetings.get(other))
    records.close()


def test_sum_of_the_sound_is_an_event_and_older_records_do_without(home: Path) -> None:
    records, meeting = ended(home)
    chain = seal_meeting(records, records.meetings.get(meeting))
    assert seal_meeting(records, records.meetings.get(meeting)) == chain
    assert [event.chain for event in records.log(meeting).all() if isinstance(event, SoundSealed)] == [chain]
    older, other = ended(home)
    older.meetings.sound_sealed(other, seal(records.home.journal(other)).chain)
    assert verify_meeting(older, older.meetings.get(other)).ok
    # Whoever seals other sound, and changes the row as well, is betrayed by the event.
    shutil.rmtree(records.home.journal(meeting))
    recorded(records, meeting, 25, sealed=True)
    changed = seal(records.home.journal(meeting)).chain
    with closing(sqlite3.connect(home / "meeting.db")) as connection, connection:
        connection.execute("UPDATE meetings SET sound_chain = ? WHERE id = ?", (changed, meeting))
    assert records.meetings.get(meeting).sound_chain == changed
    assert resealed(records, meeting)
    older.close()
    records.close()
