"""kill -9 of the service in the middle of a meeting: the recorder goes on, and the next service takes the record up."""

import json
import os
import signal
import time

import pytest

from asr.journal import JournalReader
from asr.recording import Recording
from tests.conftest import DEMO, Cli
from ui.bench.scoring import error_rate

pytestmark = [pytest.mark.model, pytest.mark.usefixtures("model_path")]
PACE = "4"


def text_of(shown: dict) -> str:
    return "".join(one["text"] for one in sorted(shown["segments"], key=lambda one: one["start_ms"]))


def hold(cli: Cli) -> str:
    """Stores the demo meeting and starts it as a service; its id."""
    return cli.json("new", DEMO / "agenda.yaml")["id"]


def run_arguments(meeting: str) -> list[str]:
    source = str(DEMO / "meeting.flac")
    return ["run", meeting, "--no-console", "--json", "--source", source, "--pace", PACE, "--follow-chair"]


def test_killed_service_leaves_a_record_that_the_next_one_completes(cli: Cli):
    undisturbed = hold(cli)
    assert cli(*run_arguments(undisturbed), timeout=120).returncode == 0
    meeting = hold(cli)
    first = cli.start(*run_arguments(meeting))
    segments = 0
    assert first.stdout is not None
    for line in first.stdout:
        segments += '"type":"segment"' in line
        if segments == 3:
            break
    recorder = Recording(cli.journal(meeting)).state()
    assert recorder is not None
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    before = JournalReader(cli.journal(meeting)).end_sample
    time.sleep(1.0)
    assert JournalReader(cli.journal(meeting)).end_sample > before  # recording never stopped

    second = cli.start("serve")
    cli.serving(second, meeting)
    tail = cli("tail", "--json", "--after", "0", timeout=120)
    assert tail.returncode == 0, tail.stderr
    events = [
        event
        for event in map(json.loads, tail.stdout.splitlines())
        if event.get("seq") and event["type"] not in ("welcome", "snapshot")
    ]
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert events[-1]["type"] == "end"
    ids = [(event["segment_id"], event["rev"]) for event in events if event["type"] == "segment"]
    assert len(ids) == len(set(ids))
    after = Recording(cli.journal(meeting)).state()
    assert after is not None and after.pid == recorder.pid
    journal = JournalReader(cli.journal(meeting))
    assert journal.sealed and not list(journal.gaps(0))
    assert not [event for event in events if event["type"] == "gap"]
    second.terminate()
    assert second.wait(10) == 0
    wanted, got = text_of(cli.json("show", undisturbed)), text_of(cli.json("show", meeting))
    rate = error_rate(wanted, got)
    print(f"between an undisturbed run and a killed one: error rate {rate:.3f}")
    assert rate <= 0.05


def test_a_service_told_to_go_leaves_the_recorder_recording(cli: Cli):
    meeting = hold(cli)
    cli.start(*run_arguments(meeting)).stdout.readline()
    first = cli._children[-1]
    cli.serving(first, meeting)
    first.kill()
    first.wait()
    second = cli.start("serve")
    cli.serving(second, meeting)
    recorder = Recording(cli.journal(meeting)).state()
    second.terminate()
    assert second.wait(20) == 0
    assert not (cli.home / "run" / "service.json").exists()
    before = JournalReader(cli.journal(meeting)).end_sample
    time.sleep(0.7)
    assert Recording(cli.journal(meeting)).state().pid == recorder.pid
    assert JournalReader(cli.journal(meeting)).end_sample > before
