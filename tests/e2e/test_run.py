"""A meeting run without a console: what it prints, who else may speak to it, and what does not end it."""

import json
import os
import subprocess
import time

import pytest

from asr.journal import JournalReader
from tests.conftest import DEMO, Cli, command

pytestmark = [pytest.mark.model, pytest.mark.usefixtures("model_path")]
RUN = ("--no-console", "--source", DEMO / "meeting.flac", "--follow-chair")


def test_a_closed_pipe_does_not_end_the_meeting_and_tail_follows_it_to_its_end(cli: Cli):
    meeting = cli.json("new", DEMO / "agenda.yaml")["id"]
    read, write = os.pipe()
    child = subprocess.Popen(
        command(("run", meeting, *RUN, "--pace", "4", "--json")),
        env=cli.environment,
        cwd=cli.folder,
        stdin=subprocess.DEVNULL,
        stdout=write,
        stderr=subprocess.PIPE,
        text=True,
    )
    cli._children.append(child)
    os.close(write)
    cli.serving(child, meeting)
    os.read(read, 100)
    os.close(read)
    refused = cli("run", meeting, *RUN)
    assert refused.returncode == 1 and f"pid {child.pid}" in refused.stderr
    tail = cli("tail", "--json", timeout=200)
    assert tail.returncode == 0
    messages = [json.loads(line) for line in tail.stdout.splitlines()]
    assert messages[0]["type"] == "welcome" and messages[-1]["type"] == "end"
    assert {"segment", "item", "phase", "custody", "status"} <= {one["type"] for one in messages}
    stored = [one["seq"] for one in messages if one["type"] not in ("welcome", "partial", "status")]
    assert stored == list(range(1, len(stored) + 1))
    moved = [one for one in messages if one["type"] == "item" and one["state"] == "ongoing"]
    assert [(one["number"], one["by"]) for one in moved] == [(1, "voice"), (2, "voice"), (3, "voice")]
    assert child.wait(60) == 0 and child.stderr.read() == ""
    assert JournalReader(cli.journal(meeting)).sealed
    assert cli.json("search", "没有意见", "--kind", "record")["hits"][0]["meeting_id"] == meeting
    again = cli("run", meeting, *RUN)
    assert again.returncode == 1 and "has ended" in again.stderr


def test_tail_on_an_idle_service_waits_and_stop_says_that_nothing_runs(cli: Cli):
    service = cli.start("serve")
    cli.serving(service)
    tail = cli.start("tail")
    time.sleep(1.5)
    assert tail.poll() is None
    answer = cli("stop")
    assert answer.returncode == 1 and "No meeting is running" in answer.stderr and answer.stdout == ""
    service.terminate()
    assert service.wait(60) == 0
    tail.terminate()
    printed, complaints = tail.communicate(timeout=120)
    assert "Traceback" not in complaints
    assert "waiting for a meeting" in printed
