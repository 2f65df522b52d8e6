"""What is ordered for the sound of a running meeting, at a real microphone with the real recorder."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from asr.journal import JournalReader
from asr.journal_memory import memory_folder
from asr.recording import read_control, read_state
from meeting.domain.agenda import Agenda, AgendaItem
from meeting.domain.events import Custody, SoundSealed
from meeting.home import Home
from meeting.service import Service
from meeting.store.meetings import RunOptions
from meeting.stream.client import Stream
from meeting.stream.messages import HandOver, Pause, Record, Resume, Share
from meeting.verification import verify_meeting
from tests.integration.test_amending import asking, serving
from tests.integration.test_session import end_recorder
from tests.sound_card import SoundCard, sound_card, sweep, write_wav

pytestmark = pytest.mark.mic
MIC = RunOptions(source="mic", device="pulse")
AGENDA = Agenda(title="局长办公会议", date="2026-03-09", items=(AgendaItem(number=1, title="审议整改方案"),))


@pytest.fixture(scope="module")
def card(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SoundCard]:
    with sound_card() as card:
        card.play(write_wav(tmp_path_factory.mktemp("声音") / "sweep.wav", sweep(300.0)))
        yield card


@pytest.fixture
def home(tmp_path: Path, card: SoundCard, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    # The recognizer's process without a model: what is kept of the sound does not depend on what is heard.
    command = [sys.executable, "-P", "-m", "tests.faults.scripted_worker"]
    monkeypatch.setattr("asr.recognition.command_of", lambda module: command)
    home = Home(tmp_path / "家").prepare()
    yield home
    for folder in home.folder.glob("meetings/*"):
        end_recorder(home, folder.name)


async def soon(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.02)


async def recorded_for(home: Home, meeting: str, seconds: float) -> None:
    reader = JournalReader(home.journal(meeting))
    end = reader.end_sample + round(seconds * 16_000)
    await soon(lambda: reader.end_sample >= end)


async def sample_of_now(reader: JournalReader) -> int:
    """Which sample is spoken now, however late the recorder writes it."""
    now_ns = time.time_ns()
    await soon(lambda: reader.wall_time(reader.end_sample) > now_ns)
    end = reader.end_sample
    return end - (reader.wall_time(end) - now_ns) * 16 // 1_000_000


def mode(home: Home, meeting: str) -> tuple[str, str | None]:
    state = read_state(home.journal(meeting))
    return (state.state, state.mode) if state else ("", None)


@asynccontextmanager
async def begun(home: Home, agenda: Agenda = AGENDA) -> AsyncIterator[tuple[Service, Stream, str]]:
    async with serving(home) as service, asking(home) as stream:
        meeting = service.records.meetings.add(agenda)
        await service.start(meeting, MIC, by="secretary")
        yield service, stream, meeting


async def ended(service: Service, meeting: str) -> None:
    """Stops it, and waits for the final form of its sound."""
    assert service.session is not None
    await service.session.stop("王芳")
    log = service.records.log(meeting)
    await soon(lambda: any(isinstance(one, SoundSealed) for one in log.all()))


def orders(service: Service, meeting: str) -> list[tuple[str, str, str | None, str]]:
    found = (one for one in service.records.log(meeting).all() if isinstance(one, Custody))
    return [(one.order, one.recording, one.wanted, one.by) for one in found]


def left_on_disk(home: Home) -> bytes:
    return b"".join(path.read_bytes() for path in home.folder.rglob("*") if path.is_file())


async def test_sound_is_kept_withheld_closed_and_kept_again_as_a_person_orders(home: Home) -> None:
    async with begun(home) as (service, stream, meeting):
        reader = JournalReader(home.journal(meeting))
        await recorded_for(home, meeting, 1.0)
        order = Record(id="甲", recording="transcribe_only", who="王芳")
        assert await stream.command(order) == {"recording": "transcribe_only"}
        begins = await sample_of_now(reader)
        await soon(lambda: mode(home, meeting) == ("recording", "transcribe_only"))
        await recorded_for(home, meeting, 2.0)
        secret = reader.read(begins + 3_200, 16_000)
        assert np.abs(secret.astype(int)).max() > 500
        assert await stream.command(Record(id="乙", recording="keep")) == {"recording": "keep"}
        again = await sample_of_now(reader)
        await soon(lambda: mode(home, meeting) == ("recording", "keep"))
        await recorded_for(home, meeting, 1.0)
        assert await stream.command(Record(id="丙", recording="off")) == {"recording": "off"}
        await soon(lambda: mode(home, meeting)[0] == "paused")
        closed = reader.end_sample
        await asyncio.sleep(1.5)
        assert reader.end_sample == closed, "no sample is taken with the device closed"
        assert await stream.command(Record(id="丁", recording="keep")) == {"recording": "keep"}
        await recorded_for(home, meeting, 2.5)
        await ended(service, meeting)
        assert orders(service, meeting) == [
            ("start", "keep", None, "secretary"),
            ("recording", "transcribe_only", "transcribe_only", "王芳"),
            ("recording", "keep", "keep", "secretary"),
            ("recording", "off", "off", "secretary"),
            ("recording", "keep", "keep", "secretary"),
            ("stop", "off", None, "王芳"),
        ]
        found = verify_meeting(service.records, service.records.meetings.get(meeting))
        assert (found.faults, found.sound, found.off_spans) == ((), "sealed", 3)
    kept = JournalReader(home.journal(meeting))
    assert not kept.read(begins + 3_200, again - begins - 6_400).any()
    assert kept.read(0, begins - 1_600).any() and kept.read(again + 8_000, 4_000).any()
    left = left_on_disk(home)
    loud = [at for at in range(0, len(secret) - 64, 64) if np.abs(secret[at : at + 32].astype(int)).max() > 500]
    assert len(loud) > 50 and not any(secret[at : at + 32].tobytes() in left for at in loud)
    assert not memory_folder(home.journal(meeting)).exists()


async def test_a_meeting_that_began_without_sound_is_kept_from_the_order_on(home: Home) -> None:
    agenda = msgspec.structs.replace(AGENDA, recording="off")
    async with begun(home, agenda) as (service, stream, meeting):
        assert mode(home, meeting) == ("", None)
        assert await stream.command(Record(id="1", recording="keep")) == {"recording": "keep"}
        await soon(lambda: mode(home, meeting) == ("recording", "keep"))
        await recorded_for(home, meeting, 1.0)
        await ended(service, meeting)
        found = verify_meeting(service.records, service.records.meetings.get(meeting))
        assert (found.faults, found.sound) == ((), "sealed")
    assert JournalReader(home.journal(meeting)).read(0, 16_000).any()


async def test_orders_given_again_to_another_service_change_nothing(home: Home) -> None:
    commands: tuple[tuple[Any, Any], ...] = (
        (Record(id="r1", recording="transcribe_only"), {"recording": "transcribe_only"}),
        (Record(id="r2", recording="keep"), {"recording": "keep"}),
        (Pause(id="p"), None),
        (Resume(id="q"), None),
        (Pause(id="b", recess=True), None),
        (Resume(id="e"), None),
        (HandOver(id="h", to="李梅"), None),
        (Share(id="s1", audience="display", transcript=True), {"audience": "display", "transcript": True}),
        (Share(id="s2", audience="display", transcript=False), {"audience": "display", "transcript": False}),
    )
    async with begun(home) as (service, stream, meeting):
        await recorded_for(home, meeting, 0.5)
        for command, answer in commands:
            assert await stream.command(command) == answer
    async with serving(home) as service, asking(home) as stream:
        await service.go_on()
        await recorded_for(home, meeting, 0.2)
        log = service.records.log(meeting)
        had, control = orders(service, meeting), read_control(home.journal(meeting))
        shown = log.sharing()
        for command, answer in commands:
            assert await stream.command(command) == answer
        assert orders(service, meeting) == had and log.sharing() == shown
        now = read_control(home.journal(meeting))
        assert control is not None and now is not None
        assert (now.wanted, now.modes) == (control.wanted, control.modes)
        # What the recorder says of itself may be half a second old.
        await soon(lambda: mode(home, meeting) == ("recording", "keep"))
        await ended(service, meeting)
        assert verify_meeting(service.records, service.records.meetings.get(meeting)).faults == ()
