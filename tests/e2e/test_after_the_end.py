"""What comes after the last word: sound in its final form, and a meeting that is ended with no service there."""

import json
import time
from pathlib import Path

import pytest
import soundfile

from asr.journal import JournalReader
from asr.sealing import manifest_of, waits_for_sealing
from meeting.domain.events import Custody, End, SoundSealed
from meeting.home import Home
from meeting.records import Records
from tests.conftest import DEMO, Cli

pytestmark = [pytest.mark.model, pytest.mark.usefixtures("model_path")]


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """The first 20 s of the demo meeting."""
    sound, rate = soundfile.read(DEMO / "meeting.flac", stop=20 * 16_000, dtype="int16")
    soundfile.write(tmp_path / "clip.wav", sound, rate)
    return tmp_path / "clip.wav"


def known_sum(cli: Cli, meeting: str) -> str:
    records = Records(Home(cli.home))
    try:
        return records.meetings.get(meeting).sound_chain
    finally:
        records.close()


def await_seal(cli: Cli, meeting: str) -> None:
    until = time.monotonic() + 120
    while not known_sum(cli, meeting):
        assert time.monotonic() < until, "not sealed in time"
        time.sleep(0.1)


def test_sound_is_sealed_after_the_end_and_serves_as_before(cli: Cli, clip: Path, tmp_path: Path) -> None:
    meeting = cli.json("new", DEMO / "agenda.yaml")["id"]
    run = cli("run", meeting, "--no-console", "--source", clip, "--pace", "fast", timeout=200)
    assert run.returncode == 0, run.stderr
    await_seal(cli, meeting)
    folder = cli.journal(meeting)
    manifest = manifest_of(folder)
    assert manifest is not None and manifest.complete and not waits_for_sealing(folder)
    assert [path.suffix for path in folder.glob("part-*")] == [".flac"]
    sound, _ = soundfile.read(clip, dtype="int16")
    assert (JournalReader(folder).read(0, len(sound)) == sound).all()
    found = cli.json("verify", meeting)
    assert (found["ok"], found["sound"], found["sound_hash"]) == (True, "sealed", manifest.chain)
    segments = cli.json("show", meeting)["segments"]
    assert segments
    report = cli.json("refine", meeting, timeout=200)
    assert report["segments"] == len(segments)
    assert cli("backup", tmp_path / "备份").returncode == 0
    assert cli.json("verify", meeting)["ok"]


def test_sound_that_was_sealed_anew_behind_the_records_back_is_told(cli: Cli, clip: Path) -> None:
    first, second = (cli.json("new", DEMO / "agenda.yaml")["id"] for _ in range(2))
    for meeting in (first, second):
        assert cli("run", meeting, "--no-console", "--source", clip, "--pace", "fast", timeout=200).returncode == 0
        await_seal(cli, meeting)
    # All of it is whole in itself, and of another meeting: its times of day are others.
    for path in cli.journal(first).iterdir():
        path.unlink()
    for path in cli.journal(second).iterdir():
        (cli.journal(first) / path.name).write_bytes(path.read_bytes())
    answer = cli("verify", first, "--json")
    assert answer.returncode == 1
    assert [(one["kind"], one["reason"]) for one in json.loads(answer.stdout)["faults"]] == [("sound", "resealed")]
    assert "it is not the sound that was sealed" in cli("verify", first).stdout
    assert cli("verify", second).returncode == 0


def test_meeting_is_stopped_with_the_service_dead_and_completed_by_the_next(cli: Cli, tmp_path: Path) -> None:
    meeting = cli.json("new", DEMO / "agenda.yaml")["id"]
    source = ("--source", DEMO / "meeting.flac", "--pace", "2")
    child = cli.start("run", meeting, "--no-console", *source)
    cli.serving(child, meeting)
    reader = JournalReader(cli.journal(meeting))
    while reader.end_sample < 16 * 16_000:
        assert child.poll() is None
        time.sleep(0.1)
    child.kill()
    child.wait()
    answer = cli("stop")
    assert answer.returncode == 0, answer.stderr
    assert "has ended; its sound is safe" in answer.stdout and "meeting serve" in answer.stdout
    end = reader.end_sample
    assert reader.sealed
    assert cli.json("stop") == {"meeting": meeting, "record": "waits"}
    serving = cli.start("serve")
    cli.serving(serving)
    until = time.monotonic() + 90
    while cli.json("show", meeting)["state"] != "closed":
        assert time.monotonic() < until
        time.sleep(0.5)
    await_seal(cli, meeting)
    shown = cli.json("show", meeting)
    assert "现在开会" in "".join(one["text"] for one in shown["segments"])
    assert reader.end_sample == end
    records = Records(Home(cli.home))
    stop, end_of_it, sealed = records.log(meeting).all()[-3:]
    records.close()
    assert isinstance(stop, Custody) and (stop.order, stop.by) == ("stop", "secretary")
    assert isinstance(end_of_it, End) and end_of_it.reason == "stopped"
    assert isinstance(sealed, SoundSealed)


def test_stop_with_no_meeting_and_no_service_is_refused(cli: Cli) -> None:
    answer = cli("stop")
    assert answer.returncode == 1 and "No service runs" in answer.stderr


def test_meeting_of_which_nothing_was_recorded_is_stopped_too(cli: Cli, tmp_path: Path) -> None:
    agenda = tmp_path / "议程.yaml"
    agenda.write_text("title: 局务会\ndate: 2026-11-24\nrecording: off\n", encoding="utf-8")
    meeting = cli.json("new", agenda)["id"]
    child = cli.start("run", meeting, "--no-console")
    cli.serving(child, meeting)
    child.kill()
    child.wait()
    assert cli("stop").returncode == 0
    serving = cli.start("serve")
    cli.serving(serving)
    until = time.monotonic() + 120
    while cli.json("show", meeting)["state"] != "closed":
        assert time.monotonic() < until
        time.sleep(0.5)
    assert list(cli.journal(meeting).glob("*.flac")) == []
