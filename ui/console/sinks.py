"""The sinks of a sound server (PulseAudio, PipeWire), and playing on one of them and no other."""

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ANSWER_WITHIN_S = 3.0


@dataclass(frozen=True, slots=True)
class Sink:
    """Something a sound server plays on; `title` is what people call it, `standard` what everything else plays on."""

    name: str
    title: str
    standard: bool


def listed() -> list[Sink] | None:
    """The sinks of the sound server; None where none runs, or the programs that speak with it are not installed."""
    info, told = _ask("info"), _ask("list", "sinks")
    if info is None or told is None:
        return None
    standard = _after(info, "Default Sink:")
    return [Sink(name, title, name == standard) for name, title in _sinks(told)]


def _ask(*words: str) -> str | None:
    # What pactl says is translated; in the C locale its words are always these.
    environment = os.environ | {"LC_ALL": "C", "LANGUAGE": ""}
    try:
        done = subprocess.run(
            ["pactl", *words], env=environment, capture_output=True, timeout=ANSWER_WITHIN_S, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.decode("utf-8", "replace")


def _after(told: str, label: str) -> str:
    lines = (line.strip() for line in told.splitlines())
    return next((line.removeprefix(label).strip() for line in lines if line.startswith(label)), "")


def _sinks(told: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for block in told.split("Sink #")[1:]:
        name = _after(block, "Name:")
        if name:
            found.append((name, _after(block, "Description:") or name))
    return found


class Sounding:
    """Sound on its way to one sink, by a process of its own (`sounding.py`): it goes nowhere else, also when the sink
    is pulled out, and ends with `stop`.

    `sound` are int16 samples of one channel. The samples lie in an unnamed file: nothing waits for a pipe.
    """

    def __init__(self, sound: NDArray[np.int16], rate_hz: int, sink: str) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._stopped = False
        with tempfile.TemporaryFile() as samples:
            samples.write(sound.astype("<i2").tobytes())
            samples.seek(0)
            try:
                self._process = subprocess.Popen(
                    [sys.executable, "-m", "ui.console.sounding", sink, str(rate_hz)],
                    stdin=samples,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
            except OSError:
                return

    @property
    def sounds(self) -> bool:
        """It is being played still."""
        return self._process is not None and self._process.poll() is None

    @property
    def broke_off(self) -> bool:
        """It ended before its end, and nobody has stopped it: the sink is gone."""
        return not self._stopped and not self.sounds and (self._process is None or self._process.returncode != 0)

    def stop(self) -> None:
        """Silence."""
        if self._process is not None and self.sounds:
            self._stopped = True
            self._process.terminate()
            self._process.wait()
