"""A meeting that goes from one service to the next: each of them killed amid taking over, and an older program's."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import numpy as np
import pytest
import soundfile

from asr.journal import JournalReader, JournalWriter
from asr.recording import Recording
from meeting.domain.events import End, Segment
from meeting.home import Home
from meeting.records import Records
from meeting.verification import verify_meeting
from tests.conftest import Cli
from tests.faults.figures import Figure, keep
from tests.faults.held import Held, until
from tests.faults.test_deadly_sentence import sentences
from tests.unit.meeting.test_store_schema import OLDER, OPEN, bodies_of, put_older

pytestmark = [pytest.mark.model, pytest.mark.usefixtures("model_path")]
SECONDS = 13.0
RATE_HZ = 16_000


@pytest.fixture
def scripted(tmp_path: Path) -> Iterator[Cli]:
    folder = tmp_path / "here"
    folder.mkdir()
    cli = Cli(folder / "家", folder, "tests.faults.scripted_meeting")
    yield cli
    cli.close()


def holds_the_home(held: Held) -> bool:
    text = (held.cli.home / "run" / "service.lock").read_text("ascii").split()
    return bool(text) and text[0] == str(held.service.pid)


def answers(held: Held) -> bool:
    with suppress(OSError, ValueError):
        return json.loads((held.cli.home / "run" / "service.json").read_text("utf-8"))["pid"] == held.service.pid
    return False


def recognizes(held: Held) -> bool:
    return held.pid_of("recognizer") is not None


STAGES: tuple[Callable[[Held], bool], ...] = (holds_the_home, answers, recognizes, holds_the_home, recognizes)


def test_services_killed_amid_taking_over_lose_nothing_and_double_nothing(clip, scripted) -> None:
    sound, _ = soundfile.read(clip(SECONDS), dtype="int16")
    held = Held(scripted, clip(SECONDS))
    recorder = Recording(held.journal).state().pid
    until(lambda: held.recorded() > 2 * RATE_HZ)
    held.service.kill()
    committed, killed = [held.links()], 0
    for reached in STAGES:
        held.serve()
        until(lambda reached=reached: reached(held) or held.ended())
        committed.append(held.links())
        killed += not held.ended()
        held.service.kill()
    held.serve()
    held.await_end()
    record = held.record()
    held.assert_whole(*committed)
    assert np.array_equal(record.sound, sound) and record.gaps == []
    assert record.ids == tuple(f"s{one.start}" for one in sentences(clip(SECONDS)))
    assert Recording(held.journal).state().pid == recorder, "one recorder went through all hands"
    assert killed >= 2
    keep(Figure(fault="kill -9 of the next service while it takes over", times=killed, lost_s=(0.0,) * killed))
    held.close()


@pytest.mark.parametrize(
    "version", [pytest.param(one, marks=[] if one == OLDER[-1] else [pytest.mark.soak]) for one in OLDER]
)
def test_open_meeting_of_an_older_program_is_taken_up_and_brought_to_its_end(clip, scripted, version) -> None:
    home = Home(scripted.home).prepare()
    (home.folder / "meeting.db").unlink()
    put_older(home.database_url, version)
    sound, _ = soundfile.read(clip(SECONDS), dtype="int16")
    with closing(sqlite3.connect(home.folder / "meeting.db")) as database:
        (run,) = database.execute("SELECT run FROM meetings WHERE id = ?", (OPEN,)).fetchone()
        played = json.loads(run) | {"source": str(clip(SECONDS)), "pace": "4"}
        database.execute("UPDATE meetings SET run = ? WHERE id = ?", (json.dumps(played), OPEN))
        database.commit()
    folder = home.make_journal(OPEN)
    with JournalWriter(folder) as writer:
        writer.append(sound[: 5 * RATE_HZ], source_end=5 * RATE_HZ)
    service = scripted.start("serve")
    scripted.serving(service, OPEN)
    records = Records(home)
    until(lambda: records.meetings.get(OPEN).state == "closed", 240)
    log = records.log(OPEN)
    older = bodies_of(version)[OPEN]
    assert log.after(0)[: len(older)] == older
    events = log.all()
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert any(isinstance(event, End) for event in events)
    heard = [event.segment_id for event in events if isinstance(event, Segment)][1:]
    assert heard and len(heard) == len(set(heard))
    assert np.array_equal(JournalReader(folder).read(0, 10**7), sound)
    verdict = verify_meeting(records, records.meetings.get(OPEN))
    assert verdict.ok, verdict.faults
    records.close()
