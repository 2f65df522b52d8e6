"""Sound that may not be kept: modes switched, recorders killed and frozen, and no such sample is ever on the disk."""

import os
import shutil
import signal
import time
from pathlib import Path

import numpy as np
import pytest

from asr.errors import MemoryRefused
from asr.journal import JournalReader
from asr.journal_memory import memory_folder
from asr.recording import Recording
from tests.sound_card import sound_card, sweep, write_wav

SECONDS = 8
# No value of it is near zero and no stretch of it comes twice: every few samples of it are told apart.
SOUND = np.random.default_rng(5).integers(500, 9_000, 16_000 * SECONDS).astype(np.int16)


@pytest.fixture
def clip(tmp_path):
    return str(write_wav(tmp_path / "会议录音.wav", SOUND))


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "录音"
    yield folder
    if recording := Recording.adopt(folder):
        os.kill(recording.state().pid, signal.SIGCONT)
        recording.order("stop", "test")
        recording.wait(60)
    shutil.rmtree(memory_folder(folder), ignore_errors=True)


def until(condition, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.01)


def end(folder: Path) -> int:
    return JournalReader(folder).end_sample


def kill(recording: Recording) -> None:
    os.kill(recording.state().pid, signal.SIGKILL)
    until(lambda: not recording.alive())


def on_disk(folder: Path, sound: np.ndarray = SOUND) -> np.ndarray:
    """For each sample, whether the eight of which it is one stand in a row anywhere in the folder's files."""
    left = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file()) if folder.exists() else b""
    if len(left) < 16:
        return np.zeros(len(sound), bool)
    anywhere = np.lib.stride_tricks.sliding_window_view(np.frombuffer(left, np.uint8), 16)
    found = np.isin(_keys(sound[: len(sound) // 8 * 8].reshape(-1, 8)), _keys(anywhere)).repeat(8)
    return np.pad(found, (0, len(sound) - len(found)))


def _keys(rows: np.ndarray) -> np.ndarray:
    halves = np.ascontiguousarray(rows).view(np.uint64).reshape(-1, 2)
    return halves[:, 0] * np.uint64(0x9E3779B97F4A7C15) + halves[:, 1]


def assert_all_is_read(folder: Path) -> None:
    reader = JournalReader(folder)
    assert reader.gaps() == [] and np.array_equal(reader.read(0, 10**7), SOUND)


def test_switches_keep_just_the_sound_of_their_time_and_lose_none(clip, folder):
    recording = Recording.launch(folder, clip, pace="2")
    withheld: list[tuple[int, int]] = []
    kept_from: list[int] = []
    for _ in range(2):
        kept = end(folder)
        until(lambda kept=kept: end(folder) > kept + 16_000)
        recording.order("record", "王芳", mode="transcribe_only")
        begins = end(folder)
        until(lambda: recording.state().mode == "transcribe_only")
        until(lambda begins=begins: end(folder) > begins + 24_000)
        withheld.append((begins, end(folder)))
        recording.order("record", "王芳", mode="keep")
        kept_from.append(end(folder))
    assert recording.wait(60)
    assert_all_is_read(folder)
    disk, memory = on_disk(folder), on_disk(memory_folder(folder))
    # A record that was on its way when the order was given may still go by the order before.
    for begins, ends in withheld:
        assert not disk[begins + 1_600 : ends].any()
    for begins in kept_from:
        assert disk[begins + 1_600 : begins + 8_000].all()
    assert (disk | memory).all() and not (disk & memory).any()
    recording.erase_sound()
    assert not memory_folder(folder).exists()
    assert np.array_equal(on_disk(folder), disk) and JournalReader(folder).gaps() == []


def test_recorders_killed_amid_withheld_sound_leave_none_of_it(clip, folder, chance):
    recording = Recording.launch(folder, clip, pace="2", mode="transcribe_only")
    for _ in range(3):
        before = end(folder)
        until(lambda before=before: end(folder) > before + 3_200)
        time.sleep(chance.random() * 0.2)
        kill(recording)
        assert not on_disk(folder).any()
        recording = recording.relaunch()
        recording.progress(end(folder), erase_before=end(folder) - 1_600)
    assert recording.wait(60)
    assert JournalReader(folder).sealed and JournalReader(folder).gaps() == []
    assert not on_disk(folder).any()
    recording.erase_sound()
    assert not memory_folder(folder).exists() and end(folder) == len(SOUND)


def test_order_given_while_no_recorder_lives_is_obeyed_from_the_first_sample(clip, folder):
    recording = Recording.launch(folder, clip, pace="2")
    until(lambda: end(folder) > 16_000)
    kill(recording)
    killed_at = end(folder)
    recording.order("record", "王芳", mode="transcribe_only")
    recording = recording.relaunch()
    assert recording.wait(60)
    disk = on_disk(folder)
    assert disk[:killed_at].all() and not disk[killed_at:].any()
    assert_all_is_read(folder)


def test_sound_before_a_late_order_is_taken_back(clip, folder):
    recording = Recording.launch(folder, clip, pace="2")
    until(lambda: end(folder) > 40_000)
    recording.order("record", "王芳", mode="transcribe_only", withhold_from=16_000)
    until(lambda: not on_disk(folder)[16_000:].any())
    assert on_disk(folder)[:16_000].all()
    assert recording.wait(60)
    assert_all_is_read(folder)
    assert not on_disk(folder)[16_000:].any()


def test_sound_of_an_ended_recording_can_still_be_taken_back(clip, folder):
    recording = Recording.launch(folder, clip, pace="20")
    assert recording.wait(60)
    assert on_disk(folder)[64_000:].all()
    recording.withhold_from(64_000)
    assert not on_disk(folder)[64_000:].any() and on_disk(folder)[:64_000].all()
    assert_all_is_read(folder)
    recording.erase_sound()
    assert not JournalReader(folder).read(64_000, 64_000).any() and JournalReader(folder).sealed


def test_progress_erases_what_was_withheld_and_nothing_else(clip, folder):
    recording = Recording.launch(folder, clip, pace="4")
    until(lambda: end(folder) > 16_000)
    recording.order("record", "王芳", mode="transcribe_only")
    until(lambda: end(folder) > 64_000)
    recording.progress(48_000, erase_before=48_000)
    until(lambda: not on_disk(memory_folder(folder))[:48_000].any())
    assert on_disk(memory_folder(folder))[48_100:60_000].all()
    assert on_disk(folder)[:15_000].all()
    assert recording.wait(60)


def test_orders_that_were_destroyed_keep_nothing_when_somebody_resumes(clip, folder):
    recording = Recording.launch(folder, clip, pace="2", mode="transcribe_only")
    until(lambda: end(folder) > 8_000)
    (folder / "control.json").write_bytes(b'{"wanted":"rec')
    until(lambda: recording.state().state == "paused")
    recording.order("record", "王芳")
    assert recording.wait(60)
    assert not on_disk(folder).any()


def test_recording_that_may_keep_nothing_does_not_begin_without_a_safe_place(clip, folder, tmp_path):
    (tmp_path / "trap").mkdir()
    memory_folder(folder).symlink_to(tmp_path / "trap")
    try:
        with pytest.raises(MemoryRefused):
            Recording.launch(folder, clip, mode="transcribe_only")
        assert not list((tmp_path / "trap").iterdir()) and not on_disk(folder).any()
    finally:
        memory_folder(folder).unlink()


def test_safe_place_lost_while_recording_holds_the_sound_back_until_there_is_one(clip, folder, tmp_path):
    recording = Recording.launch(folder, clip, pace="2")
    until(lambda: end(folder) > 8_000)
    memory_folder(folder).symlink_to(tmp_path)
    recording.order("record", "王芳", mode="transcribe_only")
    begins = end(folder)
    until(lambda: recording.state().state == "disk_full")
    assert recording.state().error.code == "memory_refused"
    memory_folder(folder).unlink()
    assert recording.wait(60)
    assert_all_is_read(folder)
    assert not on_disk(folder)[begins + 1_600 :].any()


@pytest.mark.mic
def test_microphone_frozen_over_two_switches_keeps_what_was_secret_off_the_disk(folder, tmp_path):
    with sound_card() as card:
        recording = Recording.launch(folder)
        card.play(write_wav(tmp_path / "sweep.wav", sweep(12.0)))
        time.sleep(1.5)
        os.kill(recording.state().pid, signal.SIGSTOP)
        time.sleep(0.5)
        recording.order("record", "王芳", mode="transcribe_only")
        begins_ns = time.time_ns()
        time.sleep(1.5)
        ends_ns = time.time_ns()
        recording.order("record", "王芳", mode="keep")
        time.sleep(0.5)
        os.kill(recording.state().pid, signal.SIGCONT)
        time.sleep(1.5)
        recording.order("stop", "王芳")
        assert recording.wait(60)
        reader = JournalReader(folder)
        assert reader.gaps() == []
        sound = reader.read(0, 10**7)
        disk, memory = on_disk(folder, sound), on_disk(memory_folder(folder), sound)
        times = np.array([reader.wall_time(sample) for sample in range(0, len(sound), 1_600)])
        secret = np.repeat((times >= begins_ns) & (times < ends_ns), 1_600)[: len(sound)]
        loud = np.abs(sound.astype(np.int32)) > 0
        assert secret.sum() > 16_000 and not (disk & secret & loud).any()
        assert memory[secret & loud].mean() > 0.9
        assert disk[~secret & loud].mean() > 0.6
