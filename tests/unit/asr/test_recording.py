"""Orders and state: durable, whole, and never undone by a second writer."""

import os
import subprocess
import sys
import time

import pytest

from asr.errors import AsrError, DeviceGone, JournalSealed, RecorderFailed
from asr.liveness import ProcessMark, is_running, mark_of
from asr.recording import Control, RecorderState, Recording, read_control, read_state, write_state

STATE = RecorderState(pid=1, started=2, state="no_device", source="mic", device="全向麦·〇𠮷")


def test_progress_does_not_undo_an_order_and_never_goes_back(tmp_path):
    recording = Recording(tmp_path)
    recording.order("pause", "王芳", reason="off")
    recording.progress(16_000, erase_before=8_000)
    recording.progress(9_000)
    assert read_control(tmp_path) == Control(
        wanted="pause", by="王芳", reason="off", recognized_sample=16_000, erase_before=8_000
    )


def test_stop_is_the_last_order(tmp_path):
    recording = Recording(tmp_path)
    recording.order("stop", "王芳")
    recording.order("stop", "李建国")
    with pytest.raises(JournalSealed):
        recording.order("record", "王芳")
    assert read_control(tmp_path).wanted == "stop"


def test_state_carries_the_typed_error(tmp_path):
    error = DeviceGone(name="全向麦", present="内置")
    write_state(
        tmp_path,
        RecorderState(
            pid=1, started=2, state="failed", source="mic", error_code=error.code, error_facts=error.facts
        ),
    )
    read = read_state(tmp_path).error
    assert isinstance(read, DeviceGone) and str(read) == str(error)
    write_state(tmp_path, STATE)
    assert read_state(tmp_path) == STATE and STATE.error is None


def test_recorder_that_lives_and_says_nothing_is_warned_of(tmp_path):
    living, dead = Recording(tmp_path, child=os.getpid()), Recording(tmp_path)
    for seconds, warnings in ((1, ()), (6, ("recorder_silent",))):
        said = RecorderState(
            pid=os.getpid(), started=2, state="recording", source="mic", at_ns=time.time_ns() - seconds * 10**9
        )
        write_state(tmp_path, said)
        assert living.state().warnings == warnings
        assert dead.state() == said


def test_state_is_written_over_in_place_when_there_is_no_room(tmp_path, monkeypatch):
    write_state(tmp_path, STATE)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "rename", full)
        write_state(tmp_path, RecorderState(pid=1, started=2, state="disk_full", source="mic"))
    assert read_state(tmp_path).state == "disk_full"
    assert [path.name for path in tmp_path.iterdir()] == ["recorder.json"]


def test_process_is_known_by_its_start_not_by_its_pid_alone():
    mark = mark_of(os.getpid())
    assert is_running(mark)
    assert not is_running(ProcessMark(mark.pid, mark.started - 1))
    child = subprocess.Popen([sys.executable, "-c", "pass"])
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert mark_of(child.pid) is None, "a dead process that nobody has reaped is dead"
    child.wait()


def test_lock_of_a_process_long_gone_is_not_adopted(tmp_path):
    (tmp_path / "recorder.lock").write_text(f"{os.getpid()} 1\n", "ascii")
    assert Recording.adopt(tmp_path) is None
    assert Recording.adopt(tmp_path / "never") is None


def test_relaunch_of_nothing_is_refused(tmp_path):
    with pytest.raises(RecorderFailed):
        Recording(tmp_path).relaunch()


def test_folder_that_cannot_be_made_is_refused_in_one_sentence(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(AsrError):
        Recording.launch(tmp_path / "file" / "录音")
