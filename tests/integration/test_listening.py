"""A sentence is heard on the sink that was chosen, on a real sound server, and nowhere else."""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.sound_card import SoundCard
from ui.console import sinks

ROOM = "sink_name=room rate=16000 channels=1"
EARS = "sink_name=ears rate=16000 channels=1 sink_properties=device.description=Headset"

pytestmark = pytest.mark.skipif(
    shutil.which("pulseaudio") is None or shutil.which("pactl") is None, reason="PulseAudio is not installed"
)


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> Iterator[SoundCard]:
    with tempfile.TemporaryDirectory() as folder:
        card = SoundCard(Path(folder), (ROOM, EARS))
        try:
            card.control("set-default-sink", "room")
            for name, value in card.environment.items():
                monkeypatch.setenv(name, value)
            yield card
        finally:
            card.stop()


def loudest(path: Path) -> int:
    sound = np.frombuffer(path.read_bytes()[: path.stat().st_size // 2 * 2], "<i2")
    return int(np.abs(sound.astype(int)).max()) if len(sound) else 0


def test_the_chosen_sink_sounds_and_the_rooms_stays_silent(card: SoundCard, tmp_path: Path) -> None:
    listed = {one.name: one for one in sinks.listed() or ()}
    assert listed["room"].standard and not listed["ears"].standard
    assert listed["ears"].title == "Headset"
    tone = (np.sin(np.arange(32_000) * 0.2) * 12_000).astype(np.int16)
    heard = {name: tmp_path / f"{name}.raw" for name in ("room", "ears")}
    listeners = []
    for name, path in heard.items():
        with path.open("wb") as out:
            command = ["parec", f"--device={name}.monitor", "--rate=16000", "--channels=1", "--format=s16le"]
            listeners.append(subprocess.Popen([*command, "--latency-msec=20"], stdout=out))
    try:
        until = time.monotonic() + 60
        while not all(path.stat().st_size for path in heard.values()) and time.monotonic() < until:
            time.sleep(0.05)
        sounding = sinks.Sounding(tone, 16_000, "ears")
        while loudest(heard["ears"]) < 6_000 and time.monotonic() < until:
            time.sleep(0.05)
        sounding.stop()
    finally:
        for listener in listeners:
            listener.terminate()
            listener.wait()
    assert loudest(heard["ears"]) >= 6_000
    assert loudest(heard["room"]) == 0


def test_a_sink_that_is_pulled_out_while_it_sounds_gives_nothing_to_the_rooms(
    card: SoundCard, tmp_path: Path
) -> None:
    minute = (np.sin(np.arange(60 * 16_000) * 0.2) * 12_000).astype(np.int16)
    heard = tmp_path / "room.raw"
    with heard.open("wb") as out:
        command = ["parec", "--device=room.monitor", "--rate=16000", "--channels=1", "--format=s16le"]
        listener = subprocess.Popen([*command, "--latency-msec=20"], stdout=out)
    sounding = sinks.Sounding(minute, 16_000, "ears")
    try:
        until = time.monotonic() + 60
        while not card.asked("list", "short", "sink-inputs") and time.monotonic() < until:
            time.sleep(0.05)
        ears = next(
            line.split()[0] for line in card.asked("list", "short", "modules").splitlines() if "ears" in line
        )
        card.control("unload-module", ears)
        so_far = heard.stat().st_size
        while heard.stat().st_size < so_far + 32_000 and time.monotonic() < until:
            time.sleep(0.05)
        assert not card.asked("list", "short", "sink-inputs")
        while sounding.sounds and time.monotonic() < until:
            time.sleep(0.05)
        assert sounding.broke_off
    finally:
        sounding.stop()
        listener.terminate()
        listener.wait()
    assert loudest(heard) == 0


def test_a_sink_that_is_gone_plays_nowhere(card: SoundCard) -> None:
    sounding = sinks.Sounding(np.zeros(16_000, np.int16), 16_000, "unplugged")
    until = time.monotonic() + 60
    while sounding.sounds and time.monotonic() < until:
        time.sleep(0.05)
    assert sounding.broke_off


def test_without_a_sound_server_there_are_no_sinks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PULSE_SERVER", f"unix:{tmp_path / 'none'}")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert sinks.listed() is None
