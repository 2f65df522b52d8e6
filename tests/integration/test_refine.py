"""`meeting refine` with the real model: the demo's first item, a kill in the middle, and what is refused."""

import json
from pathlib import Path

import pytest
import soundfile

from meeting.home import Home
from meeting.records import Records
from tests.conftest import DEMO, Cli
from tests.faults.held import until
from ui.bench.scoring import error_rate

pytestmark = [pytest.mark.model, pytest.mark.usefixtures("model_path")]
KEPT = ("segment_id", "item_id", "start_ms", "end_ms")
SECONDS = 33
"""To the end of the first item: statements, a decision, and a vote of four characters."""


@pytest.fixture
def first_item(tmp_path: Path) -> Path:
    sound, rate = soundfile.read(DEMO / "meeting.flac", dtype="int16", frames=SECONDS * 16_000)
    path = tmp_path / "第一个议题.wav"
    soundfile.write(path, sound, rate)
    return path


def test_a_meeting_is_refined_once_also_after_a_kill(cli: Cli, first_item: Path) -> None:
    meeting = cli.json("new", DEMO / "agenda.yaml")["id"]
    run = ("run", meeting, "--no-console", "--source", first_item, "--follow-chair", "--pace", "fast")
    assert cli(*run, timeout=240).returncode == 0
    before = cli.json("show", meeting)
    killed = cli.start("refine", meeting)
    begun = Home(cli.home).meeting(meeting) / "refined.json"
    until(lambda: begun.exists() or killed.poll() is not None)
    killed.kill()
    killed.wait()
    assert begun.exists()
    report = cli.json("refine", meeting, timeout=300)
    after = cli.json("show", meeting)
    assert report["meeting"] == meeting and report["segments"] == len(before["segments"])
    assert [[one[name] for name in KEPT] for one in after["segments"]] == [
        [one[name] for name in KEPT] for one in before["segments"]
    ]
    pairs = list(zip(before["segments"], after["segments"], strict=True))
    changed = [new for old, new in pairs if new["text"] != old["text"]]
    assert changed and all(new["source"] == "refine" and new["rev"] == 2 for new in changed)
    assert report["changed"] <= len(changed) == sum(new["rev"] > 1 for _, new in pairs)
    lines = [json.loads(line) for line in (DEMO / "script.jsonl").read_text("utf-8").splitlines()]
    said = "".join(line["text"] for line in lines if line["t_end_ms"] <= SECONDS * 1000)
    worse, better = (
        error_rate(said, "".join(one["text"] for one in show["segments"])) for show in (before, after)
    )
    assert better <= worse + 0.01 and better <= 0.1
    assert any(one["text"] == "没有意见。" for one in after["segments"])
    last = Records(Home(cli.home)).log(meeting).last_seq()
    assert cli.json("refine", meeting)["changed"] == 0
    assert Records(Home(cli.home)).log(meeting).last_seq() == last


def test_what_cannot_be_refined_is_refused_in_one_line(cli: Cli) -> None:
    meeting = cli.json("new", DEMO / "agenda.yaml")["id"]
    for name, words in ((meeting, "No sound of the meeting"), ("20200101-none", "There is no meeting")):
        answer = cli("refine", name)
        assert answer.returncode == 1 and words in answer.stderr
        assert answer.stderr.count("\n") == 1 and answer.stdout == ""
