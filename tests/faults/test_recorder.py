"""The recorder is killed, stopped, starved of disk: what was recorded stays, and every gap is told."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from asr.errors import SoundEmpty, SoundUnreadable
from asr.journal import JournalReader
from asr.recording import Recording
from tests.faults.often import LOADED_S
from tests.sound_card import find_in, sound_card, sweep, write_wav

SOUND = np.random.default_rng(3).integers(-8_000, 8_000, 16_000 * 6).astype(np.int16)


@pytest.fixture
def clip(tmp_path):
    return str(write_wav(tmp_path / "会议录音.wav", SOUND))


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "录音"
    yield folder
    if recording := Recording.adopt(folder):
        recording.order("stop", "test")
        recording.wait(60)


def until(condition, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.02)


def all_of(folder: Path) -> np.ndarray:
    reader = JournalReader(folder)
    return reader.read(0, reader.end_sample)


def kill(recording: Recording) -> None:
    os.kill(recording.state().pid, signal.SIGKILL)
    until(lambda: not recording.alive())


def test_file_recorded_through_three_kills_is_the_file_without_a_gap(clip, folder):
    recording = Recording.launch(folder, clip, pace="4")
    for _ in range(3):
        before = JournalReader(folder).end_sample
        until(lambda before=before: JournalReader(folder).end_sample > before + 4_800)
        kill(recording)
        recording = recording.relaunch()
    assert recording.wait(60)
    assert np.array_equal(all_of(folder), SOUND)
    assert JournalReader(folder).gaps() == []
    assert JournalReader(folder).sealed and recording.state().state == "sealed"


def test_fast_file_waits_for_recognition(tmp_path, folder):
    clip = write_wav(tmp_path / "long.wav", np.tile(SOUND, 10))
    recording = Recording.launch(folder, str(clip), pace="fast")
    until(lambda: JournalReader(folder).end_sample >= 30 * 16_000)
    time.sleep(0.4)
    assert JournalReader(folder).end_sample <= 31 * 16_000
    recording.progress(20 * 16_000)
    until(lambda: JournalReader(folder).end_sample >= 50 * 16_000)
    recording.progress(60 * 16_000)
    assert recording.wait(60)
    assert np.array_equal(all_of(folder), np.tile(SOUND, 10))


def test_paused_file_stands_still_while_its_time_goes_on(clip, folder):
    recording = Recording.launch(folder, clip, pace="2")
    until(lambda: JournalReader(folder).end_sample > 8_000)
    ordered = time.monotonic()
    recording.order("pause", "王芳", reason="off")
    until(lambda: recording.state().state == "paused")
    time.sleep(1.0)
    recording.order("record", "王芳")
    until(lambda: recording.state().state != "paused")
    passed_s = time.monotonic() - ordered
    assert recording.wait(60)
    (gap,) = JournalReader(folder).gaps()
    assert gap.reason == "off" and 0.9 < gap.samples / 16_000 < passed_s + 0.1
    sound = all_of(folder)
    assert not sound[gap.start_sample : gap.start_sample + gap.samples].any()
    without = np.concatenate((sound[: gap.start_sample], sound[gap.start_sample + gap.samples :]))
    assert np.array_equal(without, SOUND)


def test_recorder_that_was_asked_to_go_leaves_the_recording_open(clip, folder):
    recording = Recording.launch(folder, clip)
    until(lambda: JournalReader(folder).end_sample > 3_200)
    recording.terminate()
    assert recording.wait(60)
    assert recording.state().state == "ended" and not JournalReader(folder).sealed
    recording.order("stop", "王芳")
    recording.relaunch().wait(60)
    assert JournalReader(folder).sealed
    assert np.array_equal(all_of(folder), SOUND[: JournalReader(folder).end_sample])


@pytest.mark.parametrize("killed", [False, True], ids=["recorder lives", "recorder dead"])
def test_recording_is_ended_by_a_person_though_its_service_is_dead(clip, folder, killed):
    script = "import sys; from asr.recording import Recording; from pathlib import Path\n"
    script += "Recording.launch(Path(sys.argv[1]), sys.argv[2])"
    subprocess.run([sys.executable, "-c", script, str(folder), clip], check=True)
    recording = Recording.adopt(folder)
    until(lambda: JournalReader(folder).end_sample > 3_200)
    if killed:
        kill(recording)
    assert Recording(folder).finish("王芳")
    assert JournalReader(folder).sealed and Recording.adopt(folder) is None
    assert np.array_equal(all_of(folder), SOUND[: JournalReader(folder).end_sample])
    assert Recording(folder).finish("王芳"), "twice is as good as once"


def test_closed_terminal_and_interrupt_mean_nothing_to_it(clip, folder):
    recording = Recording.launch(folder, clip)
    for number in (signal.SIGHUP, signal.SIGINT):
        os.kill(recording.state().pid, number)
    before = JournalReader(folder).end_sample
    until(lambda: JournalReader(folder).end_sample > before + 3_200)
    assert recording.alive()
    assert os.getsid(recording.state().pid) == recording.state().pid


def test_full_disk_is_told_and_recording_goes_on_when_there_is_room(clip, tmp_path):
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=200k", "none", str(small)], capture_output=True)
    if mounted.returncode:
        pytest.skip("a small disk can only be mounted by root")
    folder = small / "录音"
    folder.mkdir()
    ballast = small / "ballast"
    ballast.write_bytes(bytes(60_000))
    try:
        recording = Recording.launch(folder, clip, pace="4")
        until(lambda: recording.state().state == "disk_full")
        assert recording.alive() and recording.state().error.code == "disk_full"
        assert np.array_equal(all_of(folder), SOUND[: JournalReader(folder).end_sample])
        ballast.unlink()
        before = JournalReader(folder).end_sample
        until(lambda: JournalReader(folder).end_sample > before)
        subprocess.run(["mount", "-o", "remount,size=4m", str(small)], check=True)
        assert recording.wait(60)
        assert np.array_equal(all_of(folder), SOUND)
    finally:
        kill_if_alive(folder)
        subprocess.run(["umount", str(small)], check=True)


def kill_if_alive(folder: Path) -> None:
    if recording := Recording.adopt(folder):
        kill(recording)


@pytest.mark.parametrize("content", [b"", b"not sound at all " * 100], ids=["empty", "text"])
def test_file_that_is_no_sound_is_refused_before_anything_is_recorded(tmp_path, folder, content):
    path = tmp_path / "坏.wav"
    path.write_bytes(content)
    with pytest.raises((SoundUnreadable, SoundEmpty), match="坏.wav") as refused:
        Recording.launch(folder, str(path))
    assert refused.value.exit_code == 2
    assert not list(folder.glob("part-*"))


@pytest.mark.mic
def test_killed_microphone_recorder_loses_a_moment_and_tells_the_gap(folder, tmp_path):
    with sound_card() as card:
        recording = Recording.launch(folder)
        clip = sweep(8.0)
        card.play(write_wav(tmp_path / "sweep.wav", clip))
        time.sleep(2.5)
        killed_at = time.time_ns()
        kill(recording)
        reader = JournalReader(folder)
        assert killed_at - reader.wall_time(reader.end_sample) < LOADED_S * 1e9
        recording = recording.relaunch()
        time.sleep(2.0)
        recording.order("stop", "王芳")
        assert recording.wait(60)
        (gap,) = reader.gaps()
        assert gap.reason == "recorder_restart"
        # The tone is found at the same distance before and after the gap: media time is the time of day.
        sound = all_of(folder)
        after = sound[gap.start_sample + gap.samples :][1_600:17_600]
        at_after, like = find_in(clip, after)
        assert like > 0.9
        at_before, like = find_in(clip, sound[gap.start_sample - 16_000 : gap.start_sample])
        assert like > 0.9
        passed = (gap.start_sample + gap.samples + 1_600) - (gap.start_sample - 16_000)
        assert abs((at_after - at_before) - passed) < 1_600


@pytest.mark.mic
def test_recorder_frozen_for_a_while_keeps_time_exact(folder, tmp_path):
    with sound_card() as card:
        recording = Recording.launch(folder)
        clip = sweep(12.0)
        card.play(write_wav(tmp_path / "sweep.wav", clip))
        time.sleep(1.5)
        os.kill(recording.state().pid, signal.SIGSTOP)
        time.sleep(4.0)
        os.kill(recording.state().pid, signal.SIGCONT)
        time.sleep(3.0)
        sound = all_of(folder)
        early, like = find_in(clip, sound[8_000:20_000])
        assert like > 0.9
        late, like = find_in(clip, sound[-20_000:-8_000])
        assert like > 0.9
        assert abs((late - early) - (len(sound) - 28_000)) < 1_600
