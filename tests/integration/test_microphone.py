"""The recorder at a virtual sound card: what is played in the room is what the journal holds."""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psutil
import pytest

from asr.devices import find_device, list_devices, measure_levels
from asr.errors import DeviceGone, JournalTaken, NoMicrophone
from asr.journal import JournalReader
from asr.recording import Recording
from tests.sound_card import ROOM, find_in, sound_card, sweep, write_wav

pytestmark = pytest.mark.mic
SECONDS = 1.5


@pytest.fixture(scope="module")
def card():
    sinks = (ROOM, "sink_name=hall rate=44100 channels=2", "sink_name=theatre rate=48000 channels=2")
    with sound_card(*sinks) as card:
        yield card


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "录音"
    yield folder
    if recording := Recording.adopt(folder):
        recording.order("stop", "test")
        recording.wait(60)


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.02)


def recorded_after_playing(card, folder: Path, sink: str, rate_hz: int, channels: int) -> tuple[float, float]:
    """Plays a sweep; gives its likeness in the journal and when its start was heard, less when it was played (s)."""
    clip = write_wav(folder.parent / "clip.wav", sweep(SECONDS, rate_hz), rate_hz, channels)
    reader = JournalReader(folder)
    time.sleep(0.3)  # the device is open, but the first sound may have been spoken before it listened
    began = time.time()
    card.play(clip, sink).wait(60)
    time.sleep(0.6)
    at, like = find_in(reader.read(0, reader.end_sample), sweep(SECONDS))
    return like, reader.wall_time(at) / 1e9 - began


@pytest.mark.parametrize(
    ("sink", "rate_hz", "channels"), [("room", 16_000, 1), ("hall", 44_100, 2), ("theatre", 48_000, 2)]
)
def test_sound_of_the_room_is_in_the_journal_at_its_time_of_day(
    card, monkeypatch, folder, sink, rate_hz, channels
):
    monkeypatch.setenv("PULSE_SOURCE", f"{sink}.monitor")
    recording = Recording.launch(folder, device="pulse")
    like, late = recorded_after_playing(card, folder, sink, rate_hz, channels)
    assert like > 0.95
    assert -0.1 < late < 0.5
    assert recording.state().opened_device == "pulse"
    recording.order("stop", "王芳")
    assert recording.wait(60)
    assert JournalReader(folder).sealed


def test_pause_keeps_no_sound_and_its_time(card, folder):
    recording = Recording.launch(folder)
    until(lambda: JournalReader(folder).end_sample > 4_800)
    ordered = time.monotonic()
    recording.order("pause", "王芳")
    until(lambda: recording.state().state == "paused")
    paused_at = JournalReader(folder).end_sample
    card.play(write_wav(folder.parent / "secret.wav", sweep(1.0))).wait(60)
    assert JournalReader(folder).end_sample == paused_at
    recording.order("record", "王芳")
    reader = JournalReader(folder)
    until(lambda: reader.gaps() and reader.end_sample > reader.gaps()[0].start_sample + reader.gaps()[0].samples)
    passed_s = time.monotonic() - ordered
    (gap,) = reader.gaps()
    assert (gap.start_sample, gap.reason) == (paused_at, "paused")
    assert 0.9 < gap.samples / 16_000 < passed_s + 0.1
    assert np.abs(reader.read(0, reader.end_sample)).max() < 100
    skew_ns = reader.wall_time(gap.start_sample + gap.samples) - reader.started_at_ns
    assert abs(skew_ns / 62_500 - (gap.start_sample + gap.samples)) < 1_600


def test_recorder_started_under_a_pause_opens_nothing(card, folder):
    Recording(folder).order("pause", "王芳")
    recording = Recording.launch(folder)
    time.sleep(0.5)
    assert recording.alive() and recording.state().state == "paused"
    assert recording.state().opened_device is None
    assert JournalReader(folder).end_sample == 0


def test_microphone_pulled_out_and_plugged_in_again_is_a_gap(folder):
    with sound_card() as card:
        recording = Recording.launch(folder)
        until(lambda: JournalReader(folder).end_sample > 4_800)
        card.unload_sinks()
        until(lambda: recording.state().state == "no_device")
        assert recording.alive()
        card.load("sink_name=room rate=16000 channels=1")
        until(lambda: recording.state().state == "recording")
        like, _ = recorded_after_playing(card, folder, "room", 16_000, 1)
        assert like > 0.95
        assert [gap.reason for gap in JournalReader(folder).gaps()] == ["device_lost"]


def test_no_microphone_is_said_within_three_seconds(monkeypatch, folder):
    monkeypatch.setenv("PULSE_SERVER", "unix:/nonexistent/native")
    # What else runs on the machine may hold it up once, and not each time.
    took_s = list[float]()
    while not took_s or (min(took_s) >= 3 and len(took_s) < 8):
        began = time.monotonic()
        with pytest.raises(NoMicrophone) as refused:
            Recording.launch(folder)
        took_s.append(time.monotonic() - began)
    assert min(took_s) < 3
    assert refused.value.exit_code == 3
    assert Recording.adopt(folder) is None


def test_unknown_device_is_refused_with_those_that_are_there(card, folder):
    with pytest.raises(DeviceGone, match="pulse"):
        Recording.launch(folder, device="会议麦克风")


def test_second_recorder_is_refused_and_the_first_is_found(card, folder):
    first = Recording.launch(folder)
    with pytest.raises(JournalTaken) as refused:
        Recording.launch(folder)
    assert refused.value.facts["pid"] == first.state().pid
    adopted = Recording.adopt(folder)
    assert adopted is not None and adopted.state().pid == first.state().pid


def test_devices_are_listed_with_their_levels(card, tmp_path):
    import asr.devices

    asr.devices.rescan()
    assert "pulse" in [device.name for device in list_devices()]
    assert find_device("PULSE").channels >= 1
    playing = card.play(write_wav(tmp_path / "tone.wav", sweep(6.0)))
    levels = {device.name: level for device, level in measure_levels(0.3)}
    assert levels["pulse"] is not None and -25 < levels["pulse"] < -3
    playing.terminate()
    playing.wait()


def test_recorder_is_small_and_quick(card, folder):
    recording = Recording.launch(folder)
    process = psutil.Process(recording.state().pid)
    # Its own work, whatever else the machine does.
    assert sum(process.cpu_times()[:2]) < 2.0
    time.sleep(1)
    assert process.memory_info().rss < 60 * 2**20
    before, began = process.cpu_times(), time.monotonic()
    time.sleep(2)
    after, passed_s = process.cpu_times(), time.monotonic() - began
    assert (after.user + after.system - before.user - before.system) / passed_s < 0.15
