"""A meeting at a microphone is looked after: recorders that die, nobody who answers, recess, other machines."""

import asyncio
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from asr.journal import JournalReader
from asr.recording import Recording, read_control, read_state
from meeting.backup.making import make_backup
from meeting.backup.restoring import restore_backup
from meeting.domain.agenda import Agenda, AgendaItem
from meeting.domain.events import Custody, End, Gap, Phase
from meeting.home import Home
from meeting.presence import Presence
from meeting.service import Service
from meeting.store.meetings import RunOptions
from meeting.stream.messages import HandOver, Pause, Resume, Status
from meeting.verification import verify_meeting
from tests.faults.often import LOADED_S
from tests.faults.test_recorder_spare import await_sleep
from tests.integration.test_session import end_recorder, following, serving, soon, stage, stored, until
from tests.sound_card import SoundCard, sound_card, sweep, write_wav

pytestmark = [pytest.mark.mic, pytest.mark.model, pytest.mark.usefixtures("model_path")]
MIC = RunOptions(source="mic", device="pulse")
AGENDA = Agenda(
    title="局长办公会议",
    date="2026-03-09",
    items=(AgendaItem(number=1, title="审议办公用房清理整改方案"), AgendaItem(number=2, title="听取试运行情况")),
)


@pytest.fixture(scope="module")
def card() -> Iterator[SoundCard]:
    with sound_card() as card:
        yield card


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    home = Home(tmp_path / "家").prepare()
    yield home
    for folder in (tmp_path).glob("*/meetings/*"):
        end_recorder(Home(folder.parents[1]), folder.name)


async def recorded_for(home: Home, meeting: str, seconds: float) -> None:
    reader = JournalReader(home.journal(meeting))
    end = reader.end_sample + round(seconds * 16_000)
    await soon(lambda: reader.end_sample >= end)


async def begun(service: Service, home: Home, agenda: Agenda = AGENDA) -> str:
    meeting = service.records.meetings.add(agenda)
    await service.start(meeting, MIC, by="secretary")
    await recorded_for(home, meeting, 0.5)
    return meeting


def custody(service: Service, meeting: str) -> list[tuple[str, str, str]]:
    events = stored(service, meeting)
    return [(one.recording, one.order, one.by) for one in events if isinstance(one, Custody)]


def gaps(service: Service, meeting: str) -> list[str]:
    return [one.reason for one in stored(service, meeting) if isinstance(one, Gap)]


def spares(taken: int | None = None) -> list[psutil.Process]:
    """Recorders that wait, or waited until they were `taken`."""
    living = [one for one in psutil.Process().children() if one.status() != psutil.STATUS_ZOMBIE]
    return [one for one in living if "--spare" in one.cmdline() and one.pid != taken]


def recorder(home: Home, meeting: str) -> int | None:
    state = read_state(home.journal(meeting))
    return state.pid if state else None


def kill_recorder(home: Home, meeting: str) -> None:
    state = read_state(home.journal(meeting))
    assert state is not None
    os.kill(state.pid, signal.SIGKILL)


async def status_with(home: Home, done: Callable[[Status], bool]) -> Status:
    found: list[Status] = []

    def take(message: Any) -> bool:
        found.append(message)
        return isinstance(message, Status) and done(message)

    async with following(home) as stream:
        await until(stream, take)
    return found[-1]


async def test_death_of_the_recorder_costs_a_moment_each_time(home: Home, card: SoundCard, tmp_path: Path) -> None:
    async with serving(home) as service:
        meeting = await begun(service, home)
        card.play(write_wav(tmp_path / "sweep.wav", sweep(30.0)))
        reader = JournalReader(home.journal(meeting))
        for kills in (1, 2):
            if kills > 1:
                await soon(lambda: len(spares(recorder(home, meeting))) == 1)
                await asyncio.to_thread(await_sleep, spares(recorder(home, meeting))[0])
            # The first time with no spare ready yet: what that costs is a gap as well.
            kill_recorder(home, meeting)
            await soon(lambda kills=kills: gaps(service, meeting) == ["recorder_restart"] * kills)
            assert kills == 1 or reader.gaps()[-1].samples / 16_000 <= LOADED_S
            await recorded_for(home, meeting, 0.3)
        assert service.session is not None
        await service.session.stop("王芳")
        await soon(lambda: not spares())
        assert JournalReader(home.journal(meeting)).sealed


async def test_recorder_that_nobody_answers_closes_the_device_until_a_person_opens_it(
    home: Home, card: SoundCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("meeting.keeping.TOLD_EVERY_NS", 0)
    monkeypatch.setattr("meeting.presence.DEFAULT_MINUTES", 0)
    async with serving(home) as service:
        meeting = await begun(service, home)
        session = service.session
        assert session is not None
        # The short time counts from here: how long all took to begin is another matter.
        session._keeper.presence = Presence(AGENDA)
        monkeypatch.setattr("meeting.presence.PATIENCE_NS", 1_000_000_000)
        await session.answered()
        shown = await status_with(home, lambda status: "closed_by_itself" in status.warnings)
        assert (shown.state, shown.recording) == ("paused", "off")
        assert custody(service, meeting)[1:] == [("off", "deadline", "service")]
        control = read_control(home.journal(meeting))
        assert control is not None and control.wanted == "pause"
        # It stays closed, whoever else may come or die.
        end = JournalReader(home.journal(meeting)).end_sample
        kill_recorder(home, meeting)
        await asyncio.sleep(2.0)
        assert JournalReader(home.journal(meeting)).end_sample == end
        async with following(home) as stream:
            reading = asyncio.create_task(until(stream, lambda message: False))
            await soon(lambda: stream._socket is not None)
            monkeypatch.setattr("meeting.presence.PATIENCE_NS", 3_600_000_000_000)
            await stream.command(Resume(id="1"))
            await recorded_for(home, meeting, 2.5)
            await session.stop("王芳")
            await reading
        assert [order for _, order, _ in custody(service, meeting)] == ["start", "deadline", "resume", "stop"]
        assert gaps(service, meeting) == ["closed_by_itself"]
        found = verify_meeting(service.records, service.records.meetings.get(meeting))
        assert (found.faults, found.off_spans) == ((), 2)


async def test_every_command_of_the_secretary_puts_the_time_off(home: Home, card: SoundCard) -> None:
    async with serving(home) as service:
        meeting = await begun(service, home)
        hour = 3_600_000_000_000
        control = read_control(home.journal(meeting))
        assert control is not None and control.until_ns is not None
        # Three hours, as no item says how long it takes, and one more.
        assert abs(control.until_ns - time.time_ns() - 4 * hour) < 60_000_000_000
        session = service.session
        assert session is not None
        session._keeper.presence._planned_ns = 0
        session._keeper._told_until_ns = 0
        async with following(home) as stream:
            reading = asyncio.create_task(until(stream, lambda message: False))
            await soon(lambda: stream._socket is not None)
            await stream.command(HandOver(id="h", to="李梅"))
            control = read_control(home.journal(meeting))
            assert control is not None and control.until_ns is not None
            assert abs(control.until_ns - time.time_ns() - hour) < 60_000_000_000
            await session.stop("李梅")
            events = await reading
        handed = [one for one in events if isinstance(one, Custody) and one.order == "handover"]
        assert [(one.recording, one.by, one.to) for one in handed] == [("keep", "secretary", "李梅")]


async def test_recess_closes_the_device_and_the_item_goes_on_after_it(home: Home, card: SoundCard) -> None:
    async with serving(home) as service:
        meeting = await begun(service, home)
        session = service.session
        assert session is not None
        await session.next("王芳")
        async with following(home) as stream:
            reading = asyncio.create_task(until(stream, lambda message: False))
            await soon(lambda: stream._socket is not None)
            await stream.command(Pause(id="1", recess=True))
            await soon(lambda: stage(home, meeting) == "paused")
            assert session.ledger.agenda.current is None
            await stream.command(Pause(id="2", recess=True))
            await stream.command(Pause(id="3"))
            await asyncio.sleep(1.0)
            await stream.command(Resume(id="4"))
            assert session.ledger.agenda.current == "i1"
            await recorded_for(home, meeting, 1.0)
            await session.stop("王芳")
            events = await reading
    assert [one.phase for one in events if isinstance(one, Phase)] == [
        "opening",
        "items",
        "recess",
        "items",
        "closed",
    ]
    orders = [one.order for one in events if isinstance(one, Custody)]
    assert orders == ["start", "recess", "resume", "stop"]
    assert [one.reason for one in events if isinstance(one, Gap)] == ["recess"]


async def test_recess_that_is_only_heard_is_warned_of_and_closes_the_device_once_it_is_quiet(
    home: Home, card: SoundCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(home) as service:
        meeting = await begun(service, home)
        session = service.session
        assert session is not None
        await session.next("王芳")
        hear = session.ledger.agenda.take_recess
        await session.ledger.store(lambda: hear("voice"))
        await status_with(home, lambda status: "recess_heard" in status.warnings)
        await recorded_for(home, meeting, 1.0)
        assert stage(home, meeting) == "recording" and session.ledger.agenda.current is None
        await session.resume("王芳")
        assert session.ledger.agenda.current == "i1"
        shown = await status_with(home, lambda status: status.recognizer == "ready")
        assert "recess_heard" not in shown.warnings
        monkeypatch.setattr("meeting.custody.RECESS_QUIET_MS", 1000)
        await session.ledger.store(lambda: hear("voice"))
        await soon(lambda: stage(home, meeting) == "paused", 30.0)
        await session.resume("王芳")
        await recorded_for(home, meeting, 0.5)
        await session.stop("王芳")
        orders = [(order, by) for _, order, by in custody(service, meeting)]
        assert orders == [("start", "secretary"), ("recess", "voice"), ("resume", "王芳"), ("stop", "王芳")]


async def test_meeting_in_recess_goes_on_after_the_machine_was_started_anew(home: Home, card: SoundCard) -> None:
    async with serving(home) as service:
        meeting = await begun(service, home)
        assert service.session is not None
        await service.session.pause("王芳", recess=True)
    # What a restart of the machine does to a recorder.
    kill_recorder(home, meeting)
    await soon(lambda: Recording.adopt(home.journal(meeting)) is None)
    had = JournalReader(home.journal(meeting)).end_sample
    await asyncio.sleep(1.5)
    async with serving(home) as service:
        await service.go_on()
        await asyncio.sleep(1.0)
        assert JournalReader(home.journal(meeting)).end_sample == had, "only a person resumes"
        assert service.session is not None
        await service.session.resume("李梅")
        await recorded_for(home, meeting, 3.0)
        await service.session.stop("李梅")
        assert gaps(service, meeting) == ["recess"]
        (gap,) = [one for one in stored(service, meeting) if isinstance(one, Gap)]
        assert gap.end_ms - gap.start_ms >= 2_500, "the time of the recess is the gap's"
        assert isinstance(stored(service, meeting)[-1], End)
        assert [order for _, order, _ in custody(service, meeting)] == ["start", "recess", "resume", "stop"]


async def test_meeting_goes_on_on_another_machine_between_two_half_days(
    home: Home, card: SoundCard, tmp_path: Path
) -> None:
    async with serving(home) as service:
        meeting = await begun(service, home)
        assert service.session is not None
        await service.session.pause("王芳", recess=True)
        await asyncio.to_thread(make_backup, home, tmp_path / "备份")
        first = stored(service, meeting)
        epoch = service.epoch
    end_recorder(home, meeting)
    other = Home(tmp_path / "另一台").prepare()
    await asyncio.to_thread(restore_backup, tmp_path / "备份", other)
    had = JournalReader(other.journal(meeting)).end_sample
    assert had > 0
    async with serving(other) as service:
        assert service.epoch != epoch
        await service.go_on()
        assert service.session is not None
        await service.session.hand_over("李梅", "secretary")
        await service.session.resume("李梅")
        await recorded_for(other, meeting, 3.0)
        await service.session.stop("李梅")
        assert stored(service, meeting)[: len(first)] == first
        assert JournalReader(other.journal(meeting)).end_sample > had + 16_000
        assert gaps(service, meeting) == ["recess"]
        assert verify_meeting(service.records, service.records.meetings.get(meeting)).faults == ()
