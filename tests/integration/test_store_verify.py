"""`meeting verify`: a record as it was written passes, and the first thing that was changed is named."""

import sqlite3
from contextlib import closing
from pathlib import Path
from unittest.mock import patch

import pytest

from asr.journal import JournalWriter
from asr.journal_records import RATE_HZ
from asr.sealing import seal
from meeting.backup.making import make_backup
from meeting.destruction import destroy_sound
from meeting.domain.agenda import Recording
from meeting.domain.events import Custody, Segment, SoundDestroyed
from meeting.errors import MeetingRunning, NoSoundKept
from meeting.home import Home
from meeting.records import Records
from meeting.store.meetings import RunOptions
from meeting.verification import Verdict, verify_meeting
from tests.conftest import Cli
from tests.integration.record_homes import MIC, begun, ended, ns_of, recorded, tone
from tests.unit.meeting.store_homes import AGENDA, said

NS = 1_000_000_000


def verdict(records: Records, meeting: str) -> Verdict:
    return verify_meeting(records, records.meetings.get(meeting))


def kinds(found: Verdict) -> list[str]:
    return [fault.kind for fault in found.faults]


def execute(home: Path, statement: str) -> None:
    with closing(sqlite3.connect(home / "meeting.db")) as connection, connection:
        connection.execute(statement)


def test_record_as_it_was_written_passes_before_and_after_sealing(home: Path) -> None:
    records, meeting = ended(home)
    found = verdict(records, meeting)
    assert (found.ok, found.events, found.sound, found.off_spans, found.faults) == (True, 7, "recorded", 1, ())
    manifest = seal(records.home.journal(meeting))
    found = verdict(records, meeting)
    assert (found.ok, found.sound, found.sound_hash) == (True, "sealed", manifest.chain)
    assert found.hash == records.log(meeting).newest().hash


def test_meeting_that_goes_on_passes(home: Path) -> None:
    records, meeting = begun(home)
    assert verdict(records, meeting).sound == "none"
    recorded(records, meeting, 12)
    records.log(meeting).append([said(1)])
    assert verdict(records, meeting).ok


@pytest.mark.parametrize(
    ("statement", "kind", "where"),
    [
        ("UPDATE events SET body = replace(body, '现在开会', '现在散会') WHERE seq = 3", "event", 3),
        ("DELETE FROM events WHERE seq = 4", "event", 4),
        ("UPDATE events SET type = 'note' WHERE seq = 5", "event", 5),
        (
            "UPDATE segments SET body = replace(body, '原则同意', '坚决反对') WHERE segment_id = 's2'",
            "projection",
            None,
        ),
        ("DELETE FROM items WHERE item_id = 'i2'", "projection", None),
    ],
)
def test_change_in_the_database_is_named(
    cli: Cli, home: Path, statement: str, kind: str, where: int | None
) -> None:
    records, meeting = ended(home)
    execute(home, statement)
    found = verdict(records, meeting)
    assert not found.ok
    assert (found.faults[0].kind, found.faults[0].seq) == (kind, where)
    answer = cli("verify", meeting)
    assert answer.returncode == 1 and "✗" in answer.stdout


def test_command_says_it_in_one_document_and_in_lines(cli: Cli, home: Path) -> None:
    records, meeting = ended(home)
    seal(records.home.journal(meeting))
    document = cli.json("verify", meeting)
    assert (document["ok"], document["events"], document["faults"]) == (True, 7, [])
    answer = cli("verify", meeting[:9])
    assert answer.returncode == 0
    assert f"✓ {meeting} is as it was written." in answer.stdout and document["hash"] in answer.stdout


def test_flipped_byte_in_sealed_sound_is_named_by_file(cli: Cli, home: Path) -> None:
    records, meeting = ended(home)
    folder = records.home.journal(meeting)
    seal(folder)
    part = sorted(folder.glob("part-*"))[1]
    data = bytearray(part.read_bytes())
    data[len(data) // 2] ^= 1
    part.write_bytes(data)
    (fault,) = verdict(records, meeting).faults
    assert (fault.kind, fault.place, fault.start_ms, fault.reason) == ("sound", str(part), 10_000, "changed")
    answer = cli("verify", meeting)
    assert answer.returncode == 1 and part.name in answer.stdout
    part.unlink()
    assert [fault.reason for fault in verdict(records, meeting).faults] == ["missing"]


def test_record_written_wholly_anew_does_not_meet_its_back_up(home: Path, tmp_path: Path) -> None:
    records, meeting = ended(home)
    make_backup(records.home, tmp_path / "备份")
    assert verdict(records, meeting).backups == 1
    # Somebody who knows how the chain is made: other words, another chain, other projections.
    events = records.log(meeting).all()
    for table in ("events", "segments", "items"):
        execute(home, f"DELETE FROM {table}")
    execute(home, "UPDATE meetings SET last_seq = 0, last_hash = ''")
    forged = [said(1, "现在散会。") if isinstance(one, Segment) and one.rev == 1 else one for one in events]
    records.log(meeting).append(forged)
    found = verdict(records, meeting)
    assert [(fault.kind, fault.place, fault.seq) for fault in found.faults] == [
        ("backup", str(tmp_path / "备份"), 7)
    ]


def paused_for_an_hour(home: Path, run: RunOptions = MIC) -> tuple[Records, str, int, int]:
    """An open meeting that was paused for an hour, and when that began and ended (ns)."""
    records = Records(Home(home).prepare())
    meeting = records.meetings.add(AGENDA)
    records.meetings.begin(meeting, run)
    times = iter(
        ["2026-03-09T01:00:00.000+00:00", "2026-03-09T01:10:00.000+00:00", "2026-03-09T02:10:00.000+00:00"]
    )
    orders: list[tuple[Recording, str]] = [("keep", "start"), ("off", "pause"), ("keep", "resume")]
    stored = []
    for recording, order in orders:
        with patch("meeting.store.log.datetime") as clock:
            clock.now.return_value.isoformat.return_value = next(times)
            stored += records.log(meeting).append([Custody(recording=recording, order=order, by="王芳")])
    return records, meeting, ns_of(stored[1].event), ns_of(stored[2].event)


def test_pause_without_sound_passes(home: Path) -> None:
    records, meeting, off, on = paused_for_an_hour(home)
    folder = records.home.make_journal(meeting)
    with JournalWriter(folder) as writer:
        writer.append(tone(30), off - 30 * NS)
        # The device takes a moment to close.
        writer.append(tone(0.2), off)
        writer.gap(round(3599.8 * RATE_HZ), "paused")
        writer.append(tone(5), on)
    assert (verdict(records, meeting).faults, verdict(records, meeting).off_spans) == ((), 1)


@pytest.mark.parametrize("level", [1, 0], ids=["sound", "silence"])
def test_sound_in_a_pause_is_named_with_its_time(cli: Cli, home: Path, level: int) -> None:
    records, meeting, off, on = paused_for_an_hour(home)
    folder = records.home.make_journal(meeting)
    with JournalWriter(folder) as writer:
        writer.append(tone(30), off - 30 * NS)
        writer.gap(600 * RATE_HZ, "paused")
        writer.append(level * tone(2), off + 600 * NS)
        writer.gap(2998 * RATE_HZ, "paused")
        writer.append(tone(5), on)
        writer.seal("stopped")
    (fault,) = verdict(records, meeting).faults
    assert (fault.kind, fault.seq, fault.reason) == ("off_span", 2, "off")
    assert fault.start_ms is not None and abs(fault.start_ms - 630_000) <= 100
    answer = cli("verify", meeting)
    assert answer.returncode == 1 and "00:10:30" in answer.stdout
    seal(folder)
    (again,) = verdict(records, meeting).faults
    assert (again.kind, again.start_ms) == ("off_span", fault.start_ms)


def test_recording_that_begins_before_it_is_ordered_is_told(home: Path) -> None:
    records, meeting, _, on = paused_for_an_hour(home)
    recorded(records, meeting, 3, on - NS)
    (fault,) = verdict(records, meeting).faults
    assert (fault.kind, fault.start_ms) == ("off_span", 0)
    assert fault.end_ms is not None and abs(fault.end_ms - 1000) <= 10


def test_file_has_no_times_of_day_to_compare(home: Path) -> None:
    records, meeting, off, _ = paused_for_an_hour(home, RunOptions(source="/recordings/会议.wav", pace="fast"))
    recorded(records, meeting, 30, off)
    found = verdict(records, meeting)
    assert (found.ok, found.off_spans) == (True, None)


def test_destroyed_sound_leaves_the_text_and_its_chain_whole(cli: Cli, home: Path, tmp_path: Path) -> None:
    records, meeting = ended(home)
    folder = records.home.journal(meeting)
    make_backup(records.home, tmp_path / "备份")
    before = records.log(meeting).after(0)
    refused = cli(
        "audio", "destroy", meeting, "--by", "王芳", "--order", "局办〔2027〕3号", "--reason", " ", "--yes"
    )
    assert refused.returncode == 2 and folder.exists()
    unasked = cli(
        "audio", "destroy", meeting, "--by", "王芳", "--order", "局办〔2027〕3号", "--reason", "保管期满"
    )
    assert unasked.returncode != 0 and folder.exists() and records.log(meeting).last_seq() == 7
    done = cli.json(
        "audio", "destroy", meeting, "--by", "王芳", "--order", "局办〔2027〕3号", "--reason", "保管期满", "--yes"
    )
    assert done["copies"] == [{"place": str(tmp_path / "备份"), "state": "holds"}]
    assert not list(folder.parent.glob("audio*"))
    log = records.log(meeting)
    assert log.after(0)[:7] == before
    event = log.all()[-1]
    assert isinstance(event, SoundDestroyed)
    assert (event.by, event.order, event.reason) == ("王芳", "局办〔2027〕3号", "保管期满")
    assert event.copies == (str(tmp_path / "备份"),)
    found = verdict(records, meeting)
    assert (found.ok, found.sound) == (True, "destroyed")
    again = cli("audio", "destroy", meeting, "--by", "王芳", "--order", "1", "--reason", "1", "--yes")
    assert again.returncode == 1 and "nothing to destroy" in again.stderr
    # The next back-up holds no sound of it any more, nor do the leftovers of the one before.
    make_backup(records.home, tmp_path / "备份")
    copied = [path.read_bytes() for path in (tmp_path / "备份").rglob("*") if path.is_file()]
    assert copied and not any(content.startswith(b"SMJRNL") for content in copied)


def test_destruction_that_died_half_way_is_told_and_finished(home: Path) -> None:
    records, meeting = ended(home)
    folder = records.home.journal(meeting)
    stored = records.meetings.get(meeting)
    records.log(meeting).append([SoundDestroyed(by="王芳", order="3号", reason="期满")])
    folder.rename(folder.with_name("audio.destroyed"))
    assert kinds(verdict(records, meeting)) == ["sound_left"]
    destroy_sound(records, stored, "王芳", "3号", "期满")
    assert verdict(records, meeting).ok
    assert sum(isinstance(event, SoundDestroyed) for event in records.log(meeting).all()) == 1
    with pytest.raises(NoSoundKept):
        destroy_sound(records, stored, "王芳", "3号", "期满")


def test_sound_of_a_running_meeting_is_not_destroyed(home: Path) -> None:
    records, meeting = begun(home)
    recorded(records, meeting, 3)
    with pytest.raises(MeetingRunning):
        destroy_sound(records, records.meetings.get(meeting), "王芳", "3号", "期满")
    assert records.log(meeting).last_seq() == 2
