"""A `meeting run AGENDA` that cannot begin leaves nothing half-written behind."""

import subprocess
import sys
from pathlib import Path

import pytest
import typer

from asr.errors import NoMicrophone
from meeting.errors import Disconnected, ServiceRunning
from meeting.home import Home
from meeting.records import Records
from search.documents import Query
from tests.integration.stream_host import serving
from ui.cli.records import stored_unless_refused
from ui.cli.running import run

DEMO = Path(__file__).parents[2] / "ui" / "demo"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "家").prepare()


def stored(home: Home) -> list[str]:
    return [one.id for one in Records(home).meetings.all()]


async def test_a_second_service_is_refused_before_anything_is_stored(home: Home, model_path: Path) -> None:
    async with serving(home):
        with pytest.raises(ServiceRunning):
            run(
                str(DEMO / "agenda.yaml"),
                source=str(DEMO / "meeting.flac"),
                no_console=True,
                home=home.folder,
            )
    assert stored(home) == []


def test_a_start_that_is_refused_takes_its_meeting_back(home: Home) -> None:
    with pytest.raises(NoMicrophone), stored_unless_refused(DEMO / "agenda.yaml", home.folder) as meeting_id:
        assert stored(home) == [meeting_id]
        raise NoMicrophone()
    assert stored(home) == []
    assert Records(home).library.search(Query(text="办公用房")).total == 0


def test_a_microphone_that_is_not_there_leaves_no_meeting(home: Home, model_path: Path) -> None:
    run_it = [sys.executable, "-m", "ui.cli", "run", str(DEMO / "agenda.yaml"), "--home", str(home.folder)]
    refused = subprocess.run(
        [*run_it, "--device", "没有这个麦克风", "--no-console"], capture_output=True, text=True, timeout=120
    )
    assert (refused.returncode, refused.stderr.count("\n")) == (3, 1), refused.stderr
    assert stored(home) == []


@pytest.mark.parametrize("end", [Disconnected(), typer.Exit(0)])
def test_a_meeting_of_which_nothing_bad_is_known_stays(home: Home, end: Exception) -> None:
    with pytest.raises(type(end)), stored_unless_refused(DEMO / "agenda.yaml", home.folder) as meeting_id:
        raise end
    assert stored(home) == [meeting_id]
