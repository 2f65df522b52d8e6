"""What every test may use: the model, the shared recordings, a home of its own, and `meeting` as a child process."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from asr.recording import Recording
from meeting.home import Home, ServiceAddress
from models.errors import ModelsError
from models.store import ModelStore
from tests.postgres import PostgresServer, running_server

ROOT = Path(__file__).parents[1]
DEMO = ROOT / "ui" / "demo"
PATIENCE_S = 120.0
"""A command, or a condition, is waited for as long as a loaded machine may need; a healthy one meets it at once."""
Answer = subprocess.CompletedProcess[str]

# No test fails by chance: the same examples each time, however slow the machine. Others: --hypothesis-profile explore.
_HOWEVER_SLOW = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("same", derandomize=True, **_HOWEVER_SLOW)
settings.register_profile("explore", print_blob=True, **_HOWEVER_SLOW)
settings.load_profile("same")


class Cli:
    """Runs `meeting` commands in one home, each with a time limit; what still runs at the end is ended by its pid."""

    def __init__(self, home: Path, folder: Path, module: str = "ui.cli") -> None:
        self.home = home
        self.folder = folder
        self.module = module
        self.environment = os.environ | {
            "MEETING_HOME": str(home),
            "MEETING_LANG": "en",
            "PYTHONPATH": str(ROOT),
            "OMP_NUM_THREADS": "2",
        }
        self._children: list[subprocess.Popen[str]] = []

    def __call__(self, *arguments: object, timeout: float = PATIENCE_S, **environment: str) -> Answer:
        """Runs a command to its end."""
        return subprocess.run(
            command(arguments, self.module),
            env=self.environment | environment,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=timeout,
        )

    def json(self, *arguments: object, timeout: float = PATIENCE_S) -> Any:
        """The one document that a command prints with --json, having printed nothing else."""
        answer = self(*arguments, "--json", timeout=timeout)
        assert answer.returncode == 0, answer.stderr
        assert answer.stdout.count("\n") == 1
        return json.loads(answer.stdout)

    def start(self, *arguments: object, **environment: str) -> "subprocess.Popen[str]":
        """Starts a command that runs on."""
        child = subprocess.Popen(
            command(arguments, self.module),
            env=self.environment | environment,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        self._children.append(child)
        return child

    def serving(self, child: "subprocess.Popen[str]", meeting: str | None = None) -> ServiceAddress:
        """Waits until the child's service answers (and runs the meeting)."""
        place = self.home / "run" / "service.json"
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until and child.poll() is None:
            with suppress(OSError, ValueError):
                found = json.loads(place.read_text("utf-8"))
                if found["pid"] == child.pid and (meeting is None or found["meeting"] == meeting):
                    return Home(self.home).address()
            time.sleep(0.02)
        raise AssertionError(
            f"no service: {child.communicate(timeout=120) if child.poll() is not None else 'silent'}"
        )

    def journal(self, meeting: str) -> Path:
        """The folder of a meeting's sound."""
        return Home(self.home).journal(meeting)

    def close(self) -> None:
        """Ends the children and the recorders of this home."""
        for child in self._children:
            if child.poll() is None:
                child.kill()
            child.communicate()
        for folder in (self.home / "meetings").glob("*/audio"):
            state = Recording(folder).state()
            if state is not None and Recording(folder).alive():
                with suppress(ProcessLookupError):  # it has ended since
                    os.kill(state.pid, signal.SIGKILL)


def command(arguments: tuple[object, ...], module: str = "ui.cli") -> list[str]:
    """The arguments of a `meeting` process."""
    return [sys.executable, "-m", module, *map(str, arguments)]


@pytest.fixture(scope="session")
def model_path() -> Path:
    """The folder of the speech model."""
    try:
        return ModelStore().find("whisper-base")
    except ModelsError as error:
        pytest.skip(f"{error} (or run: make setup)")


@pytest.fixture(scope="session")
def shared_folder() -> Path:
    """The recordings that are not part of the repository."""
    folder = ROOT.parent / "shared"
    if not (folder / "data").is_dir():
        pytest.skip("the shared recordings are not on this machine")
    return folder


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty home."""
    return tmp_path / "家"


@pytest.fixture
def cli(home: Path, tmp_path: Path) -> Iterator[Cli]:
    """`meeting` commands in that home."""
    folder = tmp_path / "here"
    folder.mkdir()
    running = Cli(home, folder)
    yield running
    running.close()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server."""
    with running_server() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database: a test that takes it runs on each kind there is."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'meeting.db'}"
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.new_database()
