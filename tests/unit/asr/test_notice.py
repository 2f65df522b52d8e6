"""The notice on the desktop: shown by the desktop's own program, in the user's words, replaced and never piled up."""

import time

import pytest

from asr.notice import Notice
from asr.recording import Recording
from tests.sound_card import sound_card


@pytest.fixture
def desktop(tmp_path, monkeypatch):
    """A desktop whose `notify-send` writes down what it is asked to show."""
    program, shown = tmp_path / "bin" / "notify-send", tmp_path / "shown"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nprintf "%s|" "$@" >>{shown}\necho >>{shown}\necho 41\n', "utf-8")
    program.chmod(0o700)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
    monkeypatch.setenv("MEETING_LANG", "en")
    return shown


def lines(shown) -> list[list[str]]:
    return [line.split("|") for line in shown.read_text("utf-8").splitlines()] if shown.exists() else []


def await_lines(shown, count: int) -> None:
    until = time.monotonic() + 60
    while len(lines(shown)) < count and time.monotonic() < until:
        time.sleep(0.02)
    assert len(lines(shown)) == count


def test_notice_stands_while_the_device_is_open_and_one_replaces_the_other(desktop):
    notice = Notice()
    for stage, count in (("starting", 0), ("recording", 1), ("recording", 1), ("paused", 2), ("recording", 3)):
        notice.say(stage)
        await_lines(desktop, count)
    notice.say("sealed")
    await_lines(desktop, 4)
    told = lines(desktop)
    assert [line[-2] for line in told] == [
        "This meeting is being recorded.",
        "Recording is paused; the microphone is closed.",
        "This meeting is being recorded.",
        "The recording has ended; the microphone is closed.",
    ]
    assert "-r" not in told[0] and all(line[line.index("-r") + 1] == "41" for line in told[1:])
    # It stays until something else is said, but for the last word.
    assert [line[line.index("-t") + 1] for line in told] == ["0", "0", "0", "5000"]


def test_notice_speaks_the_users_language(desktop, monkeypatch):
    monkeypatch.setenv("MEETING_LANG", "zh_CN")
    notice = Notice()
    notice.say("recording")
    await_lines(desktop, 1)
    assert lines(desktop)[0][-3:-1] == ["智能会议系统", "本会议正在录音。"]


def test_without_a_desktop_nothing_is_started(desktop, monkeypatch):
    monkeypatch.setenv("PATH", str(desktop.parent / "nowhere"))
    notice = Notice()
    notice.say("recording")
    notice.say("sealed")
    assert lines(desktop) == []


def test_gdbus_shows_it_where_there_is_no_other(desktop, monkeypatch):
    program = desktop.parent / "bin" / "notify-send"
    program.write_text(program.read_text("utf-8").replace("echo 41", "echo '(uint32 41,)'"), "utf-8")
    program.rename(program.with_name("gdbus"))
    monkeypatch.setenv("PATH", str(program.parent))
    notice = Notice()
    notice.say("recording")
    await_lines(desktop, 1)
    notice.say("sealed")
    await_lines(desktop, 2)
    told = lines(desktop)
    place = told[0].index("org.freedesktop.Notifications.Notify")
    assert told[0][place + 2] == "0" and told[1][place + 2] == "41"


def test_desktop_that_hangs_holds_nothing_up(desktop, monkeypatch):
    program = desktop.parent / "bin" / "notify-send"
    over = desktop.parent / "over"
    program.write_text(f"#!/bin/sh\nuntil [ -e {over} ]; do sleep 0.1; done\n", "utf-8")
    monkeypatch.setattr("asr.notice._PATIENCE_S", 120.0)
    notice, began = Notice(), time.monotonic()
    for _ in range(5):
        notice.say("recording")
        notice.say("paused")
    assert time.monotonic() - began < 60
    over.touch()


@pytest.mark.mic
def test_recorder_tells_the_desktop_while_it_records(desktop, tmp_path):
    with sound_card():
        recording = Recording.launch(tmp_path / "录音")
        await_lines(desktop, 1)
        recording.order("stop", "王芳")
        assert recording.wait(60)
        await_lines(desktop, 2)
    assert [line[-2] for line in lines(desktop)] == [
        "This meeting is being recorded.",
        "The recording has ended; the microphone is closed.",
    ]
