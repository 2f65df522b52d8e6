"""A service that is told to go, or started in the place of a dead one, leaves the recorder to record."""

import pytest

from asr.journal import JournalReader
from asr.recording import Recording
from tests.conftest import DEMO, Cli
from tests.faults.held import until

pytestmark = [pytest.mark.model, pytest.mark.usefixtures("model_path")]
PACE = "4"


def hold(cli: Cli) -> str:
    """Stores the demo meeting and starts it as a service; its id."""
    return cli.json("new", DEMO / "agenda.yaml")["id"]


def run_arguments(meeting: str) -> list[str]:
    source = str(DEMO / "meeting.flac")
    return ["run", meeting, "--no-console", "--json", "--source", source, "--pace", PACE, "--follow-chair"]


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
    assert second.wait(60) == 0
    assert not (cli.home / "run" / "service.json").exists()
    before = JournalReader(cli.journal(meeting)).end_sample
    until(lambda: JournalReader(cli.journal(meeting)).end_sample > before)
    assert Recording(cli.journal(meeting)).state().pid == recorder.pid
