"""Plays a recording through the real service, and reads its stream as any screen does."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import msgspec

from meeting.domain.events import End, Segment
from meeting.errors import NoService
from meeting.home import Home, ServiceAddress
from meeting.stream.client import Received, Reconnecting, connect
from meeting.stream.messages import Partial, Status, Welcome
from ui.bench.asr.meter import Meter
from ui.bench.asr.played import Played
from ui.bench.asr.screen import Piece, Update
from ui.bench.errors import SystemFailed

SYSTEM = "meeting"
MEETING = (sys.executable, "-P", "-m", "ui.cli")
_SERVICE_WITHIN_S = 30.0
_END_WITHIN_S = 30.0


class Manner(msgspec.Struct, frozen=True, kw_only=True):
    """How recordings are played: the model by its name and folder, the language, times real time."""

    model: str
    model_path: Path
    language: str = "zh"
    pace: float = 1.0


def play(sound: Path, agenda: Path, manner: Manner, home_folder: Path) -> Played:
    """Runs a meeting on `sound` in a home of its own, from the command to its end.

    Raises SystemFailed, also where the record is not complete: half a meeting has no figures.
    """
    home, log = Home(home_folder), home_folder.with_suffix(".log")
    command = [*MEETING, "run", str(agenda), "--source", str(sound), "--no-console", "--follow-chair"]
    command += ["--pace", str(manner.pace), "--model", manner.model, "--language", manner.language]
    with log.open("wb") as output:
        child = subprocess.Popen(
            [*command, "--home", str(home.folder)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=output,
            env=own_environment(),
        )
    watcher, meter = Watcher(manner.pace), Meter(child.pid)
    try:
        with meter:
            asyncio.run(_follow(home, child, watcher))
            child.wait(_END_WITHIN_S)
    except (NoService, subprocess.TimeoutExpired) as error:
        raise SystemFailed(system=SYSTEM, why=last_line(log) or str(error)) from error
    finally:
        _stop(child)
        # A recorder outlives its service; where there is nothing more to record for, it is ended.
        meter.end_remaining()
    if child.returncode or not watcher.ended:
        raise SystemFailed(system=SYSTEM, why=last_line(log) or str(child.returncode))
    return Played(
        system=SYSTEM,
        updates=watcher.updates(),
        cpu_s=meter.cpu_s,
        peak_bytes=meter.peak_bytes,
        lag_max_ms=watcher.lag_max_ms,
    )


def own_environment() -> dict[str, str]:
    """A home of its own is not enough where the user's records are in a database of its own address."""
    return {name: value for name, value in os.environ.items() if name != "MEETING_DATABASE_URL"}


async def _follow(home: Home, child: "subprocess.Popen[bytes]", watcher: "Watcher") -> None:
    address = await _address(home, child)
    async with connect(address.ws_url, address.token, after=0) as stream:
        async for message in stream:
            watcher.take(time.time_ns() // 1_000_000, message)
            if isinstance(message, Reconnecting) and child.poll() is not None:
                return


async def _address(home: Home, child: "subprocess.Popen[bytes]") -> ServiceAddress:
    deadline = time.monotonic() + _SERVICE_WITHIN_S
    while True:
        try:
            return home.address()
        except NoService:
            if child.poll() is not None or time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.02)


def _stop(child: "subprocess.Popen[bytes]") -> None:
    """Whoever interrupts a benchmark leaves no meeting running."""
    if child.poll() is None:
        child.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(_END_WITHIN_S)
    if child.poll() is None:
        child.kill()
        child.wait()


def last_line(log: Path) -> str:
    """The last thing a program said."""
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1] if lines else ""


class Watcher:
    """Turns the stream's messages, each with its arrival (ms since 1970), into updates on the recording's clock.

    The service says when its sound began. A recording cannot be in the journal before it was spoken: where a status
    claims that, the stated beginning is too late by as much, and every wait is counted from the earlier one.
    """

    def __init__(self, pace: float = 1.0) -> None:
        self._pace = pace
        self._began_ms: float | None = None
        self._ahead_ms = 0.0
        self._arrived: list[tuple[int, Piece]] = []
        self.lag_max_ms = 0
        self.ended = False

    def take(self, arrived_ms: int, message: Received) -> None:
        """Takes in one message of the stream."""
        match message:
            case Welcome(meeting=head) if head is not None:
                self._begin(head.audio_started_at)
            case Status():
                self._begin(message.audio_started_at)
                self.lag_max_ms = max(self.lag_max_ms, message.lag_ms)
                if self._began_ms is not None and message.state == "recording":
                    spoken_ms = (arrived_ms - self._began_ms) * self._pace
                    self._ahead_ms = max(self._ahead_ms, message.recorded_ms - spoken_ms)
            case Partial() | Segment():
                piece = Piece(
                    id=message.segment_id,
                    start_ms=message.start_ms,
                    end_ms=message.end_ms,
                    text=message.text,
                    final=isinstance(message, Segment),
                )
                self._arrived.append((arrived_ms, piece))
            case End():
                self.ended = True
            case _:
                pass

    def _begin(self, started_at: str | None) -> None:
        if self._began_ms is None and started_at is not None:
            self._began_ms = datetime.fromisoformat(started_at).timestamp() * 1000

    def updates(self) -> tuple[Update, ...]:
        """All pieces in order of arrival, none before the sound began."""
        if self._began_ms is None:
            return ()
        began_ms = self._began_ms
        return tuple(
            Update(at_ms=round((arrived_ms - began_ms) * self._pace + self._ahead_ms), pieces=(piece,))
            for arrived_ms, piece in self._arrived
        )
