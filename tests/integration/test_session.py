"""A whole meeting on real sound: the real service, recorder and recognizer, steered over the real stream."""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import psutil
import pytest
import soundfile

from asr.journal import JournalReader
from asr.recording import read_control, read_state
from meeting.agenda.reader import read_agenda
from meeting.domain.agenda import Agenda
from meeting.domain.events import Custody, End, Event, Gap, ItemMoved, Note, Segment, SoundSealed, StoredEvent
from meeting.home import Home
from meeting.service import Service
from meeting.store.meetings import RunOptions
from meeting.stream.client import CommandRefused, Stream, connect
from meeting.stream.messages import Item, Next, Pause, Resume, Search, Start, Stop, Welcome
from models.store import ModelStore
from tests.integration.stream_host import at_work

pytestmark = pytest.mark.model
RATE_HZ = 16_000
DEMO = Path(__file__).parents[2] / "ui" / "demo"


def find_model(name: str) -> Path:
    return ModelStore().find(name)


@pytest.fixture(scope="module")
def agenda() -> Agenda:
    return read_agenda(DEMO / "agenda.yaml")


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first 20 s of the demo meeting: its opening, and the chair's turn to the first item."""
    sound, rate = soundfile.read(DEMO / "meeting.flac", dtype="int16", frames=20 * RATE_HZ)
    path = tmp_path_factory.mktemp("sound") / "会议 片段.wav"
    soundfile.write(path, sound, rate)
    return path


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "家").prepare()


def options(clip: Path, pace: str = "fast", follow_chair: bool = True) -> RunOptions:
    return RunOptions(source=str(clip), pace=pace, follow_chair=follow_chair)


@asynccontextmanager
async def serving(home: Home) -> AsyncIterator[Service]:
    """A service until the block ends; no process of it is left then but a recorder that records."""
    service = Service(home, find_model)
    async with at_work(service):
        yield service


def end_recorder(home: Home, meeting_id: str) -> None:
    state = read_state(home.journal(meeting_id))
    if state is not None and psutil.pid_exists(state.pid):
        with contextlib.suppress(psutil.NoSuchProcess):
            psutil.Process(state.pid).kill()


async def soon(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    """Waits for a condition; how long it may take on a machine with much to do is nobody's promise."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.02)


def stage(home: Home, meeting_id: str) -> str:
    state = read_state(home.journal(meeting_id))
    return state.state if state else ""


@asynccontextmanager
async def following(home: Home, after: int | None = 0) -> AsyncIterator[Stream]:
    address = home.address()
    async with asyncio.timeout(120), connect(address.ws_url, address.token, after=after) as stream:
        yield stream


async def until(stream: Stream, done: Callable[[Any], bool]) -> list[Event]:
    """The events that come, up to the message that is waited for."""
    found = []
    async for message in stream:
        if isinstance(message, Event):
            found.append(message)
        if done(message):
            return found
    return found


def text_of(events: list[Event]) -> str:
    newest = {event.segment_id: event for event in events if isinstance(event, Segment)}
    return "".join(one.text for one in sorted(newest.values(), key=lambda one: one.start_ms))


def numbered(events: list[Event]) -> bool:
    return [event.seq for event in events] == list(range(1, len(events) + 1))


def unique_segments(events: list[Event]) -> bool:
    ids = [event.segment_id for event in events if isinstance(event, Segment)]
    return len(ids) == len(set(ids))


def stored(service: Service, meeting_id: str) -> list[StoredEvent]:
    """What was stored up to the end; its sound gets its final form at its leisure."""
    events = service.records.log(meeting_id).all()
    return [event for event in events if not isinstance(event, SoundSealed)]


@pytest.fixture(scope="module")
def whole_text(clip: Path) -> list[str]:
    """What an undisturbed run made of the clip; filled by the first test that has one."""
    return []


async def run_to_end(service: Service, home: Home, meeting_id: str, run: RunOptions) -> list[Event]:
    await service.start(meeting_id, run, by="secretary")
    async with following(home) as stream:
        return await until(stream, lambda message: False)


async def test_a_meeting_from_a_file_runs_to_its_end_and_is_found(
    home: Home, clip: Path, agenda: Agenda, whole_text: list[str]
) -> None:
    before = set(psutil.Process().children())
    async with serving(home) as service:
        meeting_id = service.records.meetings.add(agenda)
        async with following(home) as waiting:
            await until(waiting, lambda message: isinstance(message, Welcome))
            answer: Any = await waiting.command(
                Start(id="s", meeting=meeting_id[:10], source=str(clip), pace="fast", follow_chair=True)
            )
            assert answer == {"meeting": meeting_id}
            events = await until(waiting, lambda message: False)
            assert waiting.close_code == 1000
        whole_text.append(text_of(events))
        assert numbered(events) and isinstance(events[-1], End) and events[-1].reason == "source_ended"
        assert unique_segments(events)
        assert "现在开会" in whole_text[0] and "第一个议题" in whole_text[0]
        switch = next(event for event in events if isinstance(event, ItemMoved))
        assert (switch.item_id, switch.state, switch.by) == ("i1", "ongoing", "voice")
        spoken = [event for event in events if isinstance(event, Segment)]
        assert spoken[0].item_id is None
        assert all((event.item_id == "i1") == (event.start_ms >= (switch.media_ms or 0)) for event in spoken)
        assert [event.recording for event in events if isinstance(event, Custody)] == ["keep", "off"]
        assert events == stored(service, meeting_id)
        decoded = service.hub.decodes["final"]
        assert decoded.cumulated()[-1] >= len(spoken) > 0 and decoded.total_ms > 0
        meeting = service.records.meetings.get(meeting_id)
        assert meeting.state == "closed" and meeting.last_seq >= len(events)
        assert meeting.audio_started_at is not None
        # The service idles again and holds nothing more of the meeting.
        async with asyncio.timeout(60):
            while service.session is not None or set(psutil.Process().children()) - before:
                await asyncio.sleep(0.05)
        async with following(home) as later:
            await until(later, lambda message: isinstance(message, Welcome))
            found: Any = await later.command(Search(id="q", query="办公用房", kind=("record",)))
            assert [hit["meeting_id"] for hit in found["hits"]] == [meeting_id]
            with pytest.raises(CommandRefused) as refused:
                await later.command(Start(id="again", meeting=meeting_id, source=str(clip)))
            assert refused.value.code == "meeting_ended"


async def test_killed_recognizer_costs_no_text_and_doubles_none(
    home: Home, clip: Path, agenda: Agenda, whole_text: list[str]
) -> None:
    async with serving(home) as service:
        meeting_id = service.records.meetings.add(agenda)
        await service.start(meeting_id, options(clip), by="secretary")
        async with following(home) as stream:
            events = await until(stream, lambda message: isinstance(message, Segment))
            assert service.session is not None and service.session.listening.pid is not None
            os.kill(service.session.listening.pid, signal.SIGKILL)
            events += await until(stream, lambda message: False)
    assert numbered(events) and isinstance(events[-1], End)
    assert unique_segments(events)
    if whole_text:
        assert text_of(events) == whole_text[0]


async def test_killed_recorder_is_replaced_and_the_meeting_goes_on(home: Home, clip: Path, agenda: Agenda) -> None:
    async with serving(home) as service:
        meeting_id = service.records.meetings.add(agenda)
        await service.start(meeting_id, options(clip, pace="4"), by="secretary")
        await soon(lambda: JournalReader(home.journal(meeting_id)).end_sample > 2 * RATE_HZ)
        state = read_state(home.journal(meeting_id))
        assert state is not None
        os.kill(state.pid, signal.SIGKILL)
        async with following(home) as stream:
            events = await until(stream, lambda message: False)
    assert numbered(events) and isinstance(events[-1], End) and events[-1].reason == "source_ended"
    assert unique_segments(events)
    assert "第一个议题" in text_of(events)
    gaps = [event for event in events if isinstance(event, Gap)]
    assert len({gap.start_ms for gap in gaps}) == len(gaps)


async def test_steering_pause_resume_and_stop_are_events_and_gaps(home: Home, clip: Path, agenda: Agenda) -> None:
    async with serving(home) as service:
        meeting_id = service.records.meetings.add(agenda)
        await service.start(meeting_id, options(clip, pace="realtime", follow_chair=False), by="secretary")
        async with following(home) as stream, following(home) as other:
            reading = asyncio.create_task(until(stream, lambda message: False))
            also = asyncio.create_task(until(other, lambda message: False))
            while stream._socket is None or other._socket is None:
                await asyncio.sleep(0.02)
            first: Any = await stream.command(Next(id="1"))
            assert first == {"number": 1, "title": "审议办公用房清理整改方案"}
            assert (await other.command(Item(id="2", number=3)))["number"] == 3  # type: ignore[index] # a dict
            with pytest.raises(CommandRefused) as refused:
                await stream.command(Item(id="3", number=9))
            assert refused.value.code == "item_unknown"
            await stream.command(Pause(id="4"))
            control = read_control(home.journal(meeting_id))
            assert control is not None and control.wanted == "pause"
            await stream.command(Pause(id="5"))
            await soon(lambda: stage(home, meeting_id) == "paused")
            await asyncio.sleep(0.7)
            await stream.command(Resume(id="6"))
            await soon(lambda: stage(home, meeting_id) == "recording")
            # Two people press at once: it ends once.
            await asyncio.gather(stream.command(Stop(id="7")), other.command(Stop(id="8")))
            events, same = await reading, await also
    assert numbered(events) and events == same
    orders = [(event.recording, event.order, event.by) for event in events if isinstance(event, Custody)]
    assert orders == [
        ("keep", "start", "secretary"),
        ("off", "pause", "secretary"),
        ("keep", "resume", "secretary"),
        ("off", "stop", "secretary"),
    ]
    gaps = [event for event in events if isinstance(event, Gap)]
    assert {gap.reason for gap in gaps} == {"paused"} and sum(gap.end_ms - gap.start_ms for gap in gaps) >= 400
    assert [event.reason for event in events if isinstance(event, End)] == ["stopped"]
    states = [(event.number, event.state) for event in events if isinstance(event, ItemMoved)]
    assert states == [(1, "ongoing"), (1, "completed"), (3, "ongoing"), (3, "completed")]


async def test_what_is_ordered_last_holds_however_fast_people_press(
    home: Home, clip: Path, agenda: Agenda
) -> None:
    async with serving(home) as service:
        meeting_id = service.records.meetings.add(agenda)
        await service.start(meeting_id, options(clip, pace="realtime"), by="secretary")
        session = service.session
        assert session is not None
        for _ in range(3):
            await asyncio.gather(*(press(by="王芳") for press in (session.pause, session.resume) * 4))
            control = read_control(home.journal(meeting_id))
            last = [event for event in stored(service, meeting_id) if isinstance(event, Custody)][-1]
            assert control is not None
            assert (last.recording == "off") == (control.wanted == "pause")
        await session.stop("王芳")


async def test_recording_off_opens_no_device_and_two_stops_end_it_once(home: Home, agenda: Agenda) -> None:
    async with serving(home) as service:
        meeting_id = service.records.meetings.add(msgspec.structs.replace(agenda, recording="off", items=()))
        await service.start(meeting_id, RunOptions(source="mic"), by="secretary")
        await asyncio.sleep(0.6)
        folder = home.journal(meeting_id)
        assert not folder.exists() or list(folder.iterdir()) == []
        session = service.session
        assert session is not None
        await asyncio.gather(session.stop("王芳"), session.stop("李建国"))
        events = stored(service, meeting_id)
        assert [event.recording for event in events if isinstance(event, Custody)] == ["off", "off"]
        assert sum(isinstance(event, End) for event in events) == 1
        assert not folder.exists() or list(folder.iterdir()) == []


async def test_two_starts_at_once_begin_one_meeting(home: Home, clip: Path, agenda: Agenda) -> None:
    async with serving(home) as service:
        one, other = service.records.meetings.add(agenda), service.records.meetings.add(agenda)
        run = options(clip, pace="realtime")
        outcomes = await asyncio.gather(
            *(service.start(which, run, by="secretary") for which in (one, one, other)), return_exceptions=True
        )
        assert [outcome for outcome in outcomes if isinstance(outcome, str)] == [one, one]
        assert {getattr(outcome, "code", "") for outcome in outcomes if not isinstance(outcome, str)} == {
            "meeting_running"
        }
        assert service.session is not None
        await service.session.stop("王芳")
        assert stored(service, other) == []


async def test_another_service_takes_the_meeting_up_where_it_stands(
    home: Home, clip: Path, agenda: Agenda, whole_text: list[str]
) -> None:
    try:
        async with serving(home) as service:
            meeting_id = service.records.meetings.add(agenda)
            await service.start(meeting_id, options(clip, pace="1.5"), by="secretary")
            async with following(home) as stream:
                await until(stream, lambda message: isinstance(message, Segment))
        state = read_state(home.journal(meeting_id))
        assert state is not None and psutil.pid_exists(state.pid)
        async with serving(home) as service:
            await service.go_on()
            async with following(home) as stream:
                events = await until(stream, lambda message: False)
    finally:
        end_recorder(home, meeting_id)
    assert numbered(events) and isinstance(events[-1], End)
    assert unique_segments(events)
    assert [event.order for event in events if isinstance(event, Custody)] == ["start", "stop"]
    if whole_text:
        assert text_of(events) == whole_text[0]


async def test_source_that_is_gone_leaves_the_meeting_as_if_never_begun(home: Home, agenda: Agenda) -> None:
    async with serving(home) as service:
        meeting_id = service.records.meetings.add(agenda)
        with pytest.raises(Exception) as refused:
            await service.start(meeting_id, RunOptions(source="/nowhere/会议.wav"), by="secretary")
        assert getattr(refused.value, "code", "") == "sound_unreadable"
        assert (service.records.meetings.get(meeting_id).state, stored(service, meeting_id)) == ("scheduled", [])
        assert service.session is None


async def test_a_record_that_ends_before_its_sound_does_says_so(
    home: Home, agenda: Agenda, clip: Path, tmp_path: Path
) -> None:
    service = Service(home, lambda _name: tmp_path / "no model here")
    async with at_work(service):
        meeting_id = service.records.meetings.add(agenda)
        await service.start(meeting_id, options(clip), by="secretary")
        async with following(home) as stream:
            events = await until(stream, lambda message: False)
        end_recorder(home, meeting_id)
    notes = [event.text for event in events if isinstance(event, Note)]
    assert len(notes) == 1 and "00:00" in notes[0] and "没有文字" in notes[0]
    assert isinstance(events[-1], End)
