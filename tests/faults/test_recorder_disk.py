"""The recorder on a disk that fills up, is made read-only, or holds its sound encrypted."""

import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from asr.errors import KeyRefused, SoundLocked
from asr.journal import JournalReader
from asr.recording import Recording
from asr.room import Reserve
from asr.sound_key import KEY_VARIABLE, add_key
from tests.sound_card import write_wav

SOUND = np.random.default_rng(8).integers(-8_000, 8_000, 16_000 * 6).astype(np.int16)


@pytest.fixture
def clip(tmp_path):
    return str(write_wav(tmp_path / "会议录音.wav", SOUND))


def until(condition, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.02)


def all_of(folder: Path) -> np.ndarray:
    reader = JournalReader(folder)
    return reader.read(0, reader.end_sample)


def is_beginning_of(whole: np.ndarray, sound: np.ndarray) -> bool:
    return len(sound) > 0 and np.array_equal(sound, whole[: len(sound)])


def state_of(recording: Recording) -> str:
    state = recording.state()
    return state.state if state else ""


@contextmanager
def mounted(folder: Path, *arguments: str):
    folder.mkdir()
    made = subprocess.run(["mount", *arguments, str(folder)], capture_output=True, text=True)
    if made.returncode:
        pytest.skip(f"a disk of its own cannot be mounted here: {made.stderr.strip()}")
    try:
        yield folder
    finally:
        for recording in filter(None, map(Recording.adopt, folder.glob("录音*"))):
            recording.terminate()
            if not recording.wait(60):
                subprocess.run(["kill", "-9", str(recording.state().pid)], check=True)
                recording.wait(60)
        # Whatever of the machine looks into the disk just now must not keep it from going.
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_recording_stops_last_and_leaves_room_for_text(tmp_path):
    with mounted(tmp_path / "small", "-t", "tmpfs", "-o", "size=1m", "none") as small:
        reserve = Reserve(small / "reserve", 200_000)
        assert reserve.keep() and reserve.kept
        ballast = small / "ballast"
        ballast.write_bytes(bytes(700_000))
        folder = small / "录音"
        long = np.tile(SOUND, 3)
        clip = str(write_wav(tmp_path / "lang.wav", long))
        recording = Recording.launch(folder, clip, pace="8", leave_bytes=100_000)
        until(lambda: state_of(recording) == "disk_full")
        assert recording.state().error.code == "disk_full" and "disk_low" in recording.state().warnings
        # It goes on with the room that was reserved, down to what it leaves.
        before = JournalReader(folder).end_sample
        assert reserve.give_up() and not reserve.kept
        until(lambda: JournalReader(folder).end_sample > before + 16_000)
        until(lambda: state_of(recording) == "disk_full")
        (small / "text").write_bytes(bytes(60_000))
        assert not reserve.keep(), "there is no room to reserve"
        assert is_beginning_of(long, all_of(folder))
        ballast.unlink()
        assert recording.wait(60)
        assert np.array_equal(all_of(folder), long)
        assert JournalReader(folder).gaps() == []
        (small / "text").unlink()
        assert reserve.keep()


def test_meeting_can_be_stopped_on_a_disk_that_is_full_but_for_what_is_left(clip, tmp_path):
    with mounted(tmp_path / "small", "-t", "tmpfs", "-o", "size=300k", "none") as small:
        folder = small / "录音"
        recording = Recording.launch(folder, clip, pace="4", leave_bytes=200_000)
        until(lambda: state_of(recording) == "disk_full")
        recording.order("stop", "王芳")
        assert recording.wait(60)
        assert JournalReader(folder).sealed and state_of(recording) == "sealed"


def test_disk_made_read_only_is_told_and_what_was_recorded_stays(clip, tmp_path):
    image = tmp_path / "disk"
    image.write_bytes(bytes(8 << 20))
    made = subprocess.run(["mkfs.ext4", "-q", "-F", str(image)], capture_output=True)
    if made.returncode:
        pytest.skip("no file system can be made here")
    with mounted(tmp_path / "small", "-o", "loop,errors=remount-ro", str(image)) as small:
        folder = small / "录音"
        recording = Recording.launch(folder, clip, pace="1")
        until(lambda: JournalReader(folder).end_sample > 16_000)
        device = subprocess.run(["findmnt", "-no", "SOURCE", str(small)], capture_output=True, text=True).stdout
        # What the system does with a disk whose answers it cannot trust.
        error = Path("/sys/fs/ext4") / Path(device.strip()).name / "trigger_fs_error"
        try:
            error.write_text("1")
        except OSError as refused:
            pytest.skip(f"this system makes no disk read-only on demand: {refused}")
        until(lambda: not can_be_written(small))
        had = JournalReader(folder).end_sample
        until(lambda: "recorder_silent" in recording.state().warnings)
        assert recording.alive()
        assert is_beginning_of(SOUND, all_of(folder)) and JournalReader(folder).end_sample >= had


def can_be_written(folder: Path) -> bool:
    try:
        (folder / "probe").write_bytes(b"")
    except OSError:
        return False
    return True


def test_encrypted_recording_goes_on_after_a_kill_and_not_without_its_key(clip, tmp_path, monkeypatch):
    pytest.importorskip("cryptography", reason="sound is encrypted by cryptography, which is not installed")
    folder, key = tmp_path / "录音", tmp_path / "钥匙"
    monkeypatch.setenv(KEY_VARIABLE, str(key))
    with pytest.raises(KeyRefused) as refused:
        Recording.launch(folder, clip)
    assert refused.value.exit_code == 3 and not list(folder.glob("part-*"))
    add_key(key)
    recording = Recording.launch(folder, clip, pace="2")
    until(lambda: JournalReader(folder).end_sample > 16_000)
    subprocess.run(["kill", "-9", str(recording.state().pid)], check=True)
    until(lambda: not recording.alive())
    monkeypatch.delenv(KEY_VARIABLE)
    with pytest.raises(SoundLocked):
        recording.relaunch()
    monkeypatch.setenv(KEY_VARIABLE, str(key))
    recording = recording.relaunch()
    key.rename(tmp_path / "later")  # taken away while it records, it must not end the recording
    assert recording.wait(60)
    (tmp_path / "later").rename(key)
    assert np.array_equal(all_of(folder), SOUND)
    left = b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())
    assert not any(SOUND[at : at + 20].tobytes() in left for at in range(0, len(SOUND) - 20, 160))
