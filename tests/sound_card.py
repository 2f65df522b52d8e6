"""A virtual sound card for tests: PulseAudio with null sinks, its own run folder, started and stopped by its own id."""

import os
import shutil
import subprocess
import tempfile
import time
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import numpy as np
import pytest

# What is played into the first sink is what the default microphone hears.
ROOM = "sink_name=room rate=16000 channels=1"


class SoundCard:
    """A PulseAudio of its own; programs started with `environment` see it as the machine's sound."""

    def __init__(self, folder: Path, sinks: tuple[str, ...] = (ROOM,)) -> None:
        self._folder = folder
        self.environment = {
            "XDG_RUNTIME_DIR": str(folder),
            "PULSE_RUNTIME_PATH": str(folder / "pulse"),
            "PULSE_STATE_PATH": str(folder / "state"),
            "PULSE_COOKIE": str(folder / "cookie"),
            "PULSE_SERVER": f"unix:{folder / 'pulse' / 'native'}",
        }
        # The server and its tools keep what they will in this folder, be there another home that takes it or not.
        self._own_environment = os.environ | self.environment | {"HOME": str(folder)}
        folder.chmod(0o700)
        command = [
            "pulseaudio",
            "-n",
            "--daemonize=no",
            "--exit-idle-time=-1",
            "--use-pid-file=no",
            "--log-target=null",
        ]
        command += ["-L", "module-native-protocol-unix"]
        for sink in sinks:
            command += ["-L", f"module-null-sink {sink}"]
        self._clients: list[subprocess.Popen[bytes]] = []
        self._server = self._start(*command)
        self._await_server()
        for sink in sinks:
            self._keep_awake(sink)

    def _keep_awake(self, sink: str) -> None:
        """An idle null sink wakes every two seconds only; a listener of low latency makes it as quick as hardware."""
        name = sink.split()[0].removeprefix("sink_name=")
        heard = self._folder / f"{name}.raw"
        heard.unlink(missing_ok=True)
        with heard.open("wb") as out:
            listen = ("parec", "--latency-msec=20", "--rate=8000", "--channels=1", f"--device={name}.monitor")
            self._clients.append(self._start(*listen, stdout=out))
        until = time.monotonic() + 60
        while heard.stat().st_size == 0 and time.monotonic() < until:
            time.sleep(0.02)

    def play(self, path: Path, sink: str = "room") -> "subprocess.Popen[bytes]":
        """Starts playing a sound file to a sink."""
        player = self._start("paplay", f"--device={sink}", str(path))
        self._clients.append(player)
        return player

    def load(self, sink: str) -> None:
        """Plugs a sink in, as `module-null-sink` arguments."""
        self.control("load-module", "module-null-sink", *sink.split())
        self._keep_awake(sink)

    def unload_sinks(self) -> None:
        """Pulls every sink out: the microphone is gone."""
        self.control("unload-module", "module-null-sink")

    def asked(self, *arguments: str) -> str:
        """What pactl answers."""
        return subprocess.run(
            ["pactl", *arguments], env=self._own_environment, check=True, capture_output=True, text=True
        ).stdout

    def control(self, *arguments: str) -> None:
        """Runs pactl."""
        subprocess.run(["pactl", *arguments], env=self._own_environment, check=True, capture_output=True)

    def stop(self) -> None:
        """Ends everything that was started here."""
        for process in (*self._clients, self._server):
            _end(process)

    def _start(self, *command: str, stdout: IO[bytes] | int = subprocess.DEVNULL) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            command,
            env=self._own_environment,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.DEVNULL,
        )

    def _await_server(self) -> None:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            asked = subprocess.run(["pactl", "info"], env=self._own_environment, capture_output=True)
            if asked.returncode == 0:
                return
            time.sleep(0.05)
        self.stop()
        raise RuntimeError("PulseAudio did not start")


@contextmanager
def sound_card(*sinks: str) -> Iterator[SoundCard]:
    """A running card that this process and those it starts use; skips where PulseAudio is not installed.

    `sinks` are arguments of `module-null-sink`; the first one's monitor is the default microphone.
    """
    missing = [program for program in ("pulseaudio", "pactl", "paplay", "parec") if shutil.which(program) is None]
    if missing:
        pytest.skip(
            f"not installed: {', '.join(missing)} (packages pulseaudio, pulseaudio-utils, libasound2-plugins)"
        )
    with tempfile.TemporaryDirectory(prefix="card-") as folder, pytest.MonkeyPatch.context() as patch:
        card = SoundCard(Path(folder), sinks or (ROOM,))
        for name, value in card.environment.items():
            patch.setenv(name, value)
        try:
            yield card
        finally:
            card.stop()


def sweep(seconds: float, rate_hz: int = 16_000, low_hz: float = 300.0, high_hz: float = 3000.0) -> np.ndarray:
    """A rising tone at half of full scale: every instant of it sounds different, so a recording can be aligned."""
    at = np.arange(int(seconds * rate_hz)) / rate_hz
    phase = 2 * np.pi * (low_hz * at + (high_hz - low_hz) / (2 * seconds) * at**2)
    return (0.5 * 32767 * np.sin(phase)).astype(np.int16)


def write_wav(path: Path, samples: np.ndarray, rate_hz: int = 16_000, channels: int = 1) -> Path:
    """Writes int16 mono samples as WAV, the same in each channel."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(np.repeat(samples, channels).astype("<i2").tobytes())
    return path


def find_in(recorded: np.ndarray, played: np.ndarray) -> tuple[int, float]:
    """Where `played` begins in `recorded` (samples), and how like it is there (1 is the same but for loudness)."""
    size = len(recorded) + len(played)
    spectrum = np.fft.rfft(recorded.astype(float), size) * np.conj(np.fft.rfft(played.astype(float), size))
    at = int(np.argmax(np.fft.irfft(spectrum, size)[: max(1, len(recorded) - len(played) + 1)]))
    heard = recorded[at : at + len(played)].astype(float)
    like = float(heard @ played[: len(heard)].astype(float))
    like /= float(np.linalg.norm(heard) * np.linalg.norm(played.astype(float)) or 1.0)
    return at, like


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
