"""Looking up by real keys: a service with the demo's past minutes, in whose meeting people speak, and a console in a
terminal of its own. From the moment the words are typed until the screen says what was found.
"""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from meeting.home import Home
from meeting.records import Records
from ui.bench.errors import SystemFailed
from ui.bench.stream.source import Talk

PAST = Path(__file__).parents[2] / "demo" / "past"
QUERIES = ("办公用房", "智能会议系统", "公务用车", "资产管理处", "会议原则同意", "信息中心", "整改方案", "bgyf")
ROWS, COLUMNS = 32, 110
F3, ESCAPE, DETACH = b"\x1bOR", b"\x1b", b"\x1d"
FOUND = re.compile(rb"\d+ found|Nothing found")
PATIENCE_S = 60.0
REST_S = 0.3


class Terminal:
    """A console in a pseudo-terminal, and the hands on its keys."""

    def __init__(self, home: Path) -> None:
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        self._console = subprocess.Popen(
            [sys.executable, "-m", "ui.cli", "console", "--home", str(home)],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=os.environ | {"TERM": "xterm-256color", "MEETING_LANG": "en", "LC_ALL": "C.UTF-8"},
            start_new_session=True,
        )
        os.close(theirs)

    def press(self, keys: bytes) -> None:
        """Keys as a terminal sends them; Chinese words come in one piece, as an input method commits them."""
        os.write(self._ours, keys)

    def until(self, shown: re.Pattern[bytes]) -> float:
        """Seconds until the screen was sent what matches."""
        begun, told = time.perf_counter(), b""
        while not shown.search(told):
            told += self._read(begun + PATIENCE_S - time.perf_counter())
        return time.perf_counter() - begun

    def rest(self) -> None:
        """Until nothing more is drawn that belongs to the keys before."""
        until = time.perf_counter() + REST_S
        while (left := until - time.perf_counter()) > 0:
            if select.select([self._ours], [], [], left)[0]:
                os.read(self._ours, 1 << 16)

    def _read(self, seconds: float) -> bytes:
        if seconds <= 0 or not select.select([self._ours], [], [], seconds)[0]:
            raise SystemFailed(system="console", why="it did not show what it was asked for")
        try:
            return os.read(self._ours, 1 << 16)
        except OSError as ended:
            raise SystemFailed(system="console", why="it ended") from ended

    def close(self) -> None:
        """The console ends; the service goes on."""
        self._console.terminate()
        self._console.wait(30)
        os.close(self._ours)


def look_up(times: int) -> list[float]:
    """The ms of `times` look-ups, one after the other."""
    with TemporaryDirectory(prefix="meeting-bench-") as folder:
        records = Records(Home(Path(folder)).prepare())
        try:
            records.library.import_files([PAST])
        finally:
            records.close()
        talk = Talk(home=folder, seconds=3600, segments=0.3, partials=4)
        service = subprocess.Popen(
            [sys.executable, "-m", "ui.bench.stream.source", msgspec.json.encode(talk).decode()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert service.stdin is not None and service.stdout is not None
        try:
            if not service.stdout.readline():
                raise SystemFailed(system="service", why="it ended")
            service.stdin.write(b"go\n")
            service.stdin.flush()
            return _by_keys(Path(folder), times)
        finally:
            service.kill()
            service.wait()


def _by_keys(home: Path, times: int) -> list[float]:
    terminal = Terminal(home)
    taken = []
    try:
        terminal.until(re.compile("会议原则同意".encode()))
        for turn in range(times + 1):
            terminal.rest()
            terminal.press(F3)
            terminal.rest()
            terminal.press(QUERIES[turn % len(QUERIES)].encode())
            taken.append(terminal.until(FOUND) * 1000)
            terminal.rest()
            terminal.press(ESCAPE)
    finally:
        terminal.close()
    # The first look-up opens the index.
    return taken[1:]
