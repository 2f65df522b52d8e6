"""A whole demo meeting by keyboard alone, in a real terminal of 80 by 24."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
MEETING = [sys.executable, "-m", "ui.cli"]

PATIENCE_S = 90.0
"""A condition is waited for as long as a loaded machine may need; a healthy one meets it at once."""

pytestmark = [pytest.mark.terminal, pytest.mark.model]


class Terminal:
    """A tmux server of its own, so that no other session is touched."""

    def __init__(self, folder: Path, home: Path) -> None:
        self._socket = folder / "tmux"
        self._open = True
        self._environment = {key: value for key, value in os.environ.items() if key != "TMUX"} | {
            "MEETING_HOME": str(home),
            "MEETING_LANG": "en",
            "TERM": "xterm-256color",
            "LC_ALL": "C.UTF-8",
        }
        self._tmux("-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "24", "sh")

    def _tmux(self, *arguments: str) -> str:
        command = ["tmux", "-u", "-S", str(self._socket), *arguments]
        done = subprocess.run(
            command, env=self._environment, cwd=REPOSITORY, capture_output=True, text=True, check=True
        )
        return done.stdout

    def keys(self, *keys: str) -> None:
        self._tmux("send-keys", *keys)

    def type(self, text: str) -> None:
        self._tmux("send-keys", "-l", text)

    def command(self, *arguments: str) -> None:
        self.type(" ".join([*MEETING, *arguments]) + '; echo "left with $?"')
        self.keys("Enter")

    def screen(self) -> str:
        return self._tmux("capture-pane", "-p")

    def until(self, true: Callable[[str], bool], seconds: float = PATIENCE_S) -> str:
        deadline = time.monotonic() + seconds
        while not true(screen := self.screen()):
            assert time.monotonic() < deadline, screen
            time.sleep(0.1)
        return screen

    def until_shows(self, text: str, seconds: float = PATIENCE_S) -> str:
        return self.until(lambda screen: text in screen, seconds)

    def close(self) -> None:
        if self._open:
            self._open = False
            self._tmux("kill-server")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def terminal(tmp_path: Path, home: Path) -> Iterator[Terminal]:
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed")
    opened = Terminal(tmp_path, home)
    yield opened
    opened.close()
    address = home / "run" / "service.json"
    if address.exists():
        pid = json.loads(address.read_text())["pid"]
        try:
            subprocess.run(
                [*MEETING, "stop", "--home", str(home)], cwd=REPOSITORY, capture_output=True, timeout=120
            )
        except subprocess.TimeoutExpired:
            os.kill(pid, signal.SIGKILL)
            raise


def state_of(home: Path) -> str:
    done = subprocess.run(
        [*MEETING, "list", "--json", "--home", str(home)], cwd=REPOSITORY, capture_output=True, check=True
    )
    return str(json.loads(done.stdout)["meetings"][0]["state"])


def test_a_meeting_is_led_looked_up_left_and_ended_by_keys(terminal: Terminal, home: Path) -> None:
    terminal.command("demo")
    terminal.until_shows("● recording")
    terminal.until(lambda screen: "▶  1" in screen and "Item 1" in screen)
    terminal.until_shows("Earlier on this matter")
    # The recording that is played stands still from here on, however long the rest takes on a loaded machine.
    terminal.keys("F7")
    terminal.until_shows("‖ paused")

    terminal.keys("F3")
    terminal.type("办公用房")
    terminal.until(lambda screen: " found" in screen and "minutes · 2025-11-17" in screen)
    terminal.keys("Escape")
    terminal.until_shows("▶  1")

    terminal.keys("F2")
    terminal.until_shows("▶  2")

    terminal.keys("C-]")
    terminal.until_shows("left with 0")
    assert state_of(home) == "open"
    terminal.type("clear")
    terminal.keys("Enter")

    terminal.command("console")
    terminal.until_shows("‖ paused")
    terminal.keys("F7")
    terminal.until_shows("● recording")
    terminal.keys("F8")
    terminal.until_shows("End the meeting?")
    terminal.keys("Enter")
    terminal.until_shows("The meeting has ended")
    terminal.keys("Enter")
    terminal.until_shows("The record is as it was")
    terminal.keys("C-]")
    terminal.until_shows("left with 0")
    assert state_of(home) == "closed"


def test_a_terminal_that_is_closed_leaves_the_meeting_recording(terminal: Terminal, home: Path) -> None:
    terminal.command("demo")
    terminal.until_shows("● recording")
    terminal.close()
    time.sleep(1)
    assert state_of(home) == "open"
