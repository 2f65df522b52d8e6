"""Microphones of this machine, as PortAudio sees them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
import numpy as np

from asr.errors import DeviceGone, LibraryMissing, NoMicrophone
from asr.journal import level_dbfs


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """An input device. `channels` is the most it offers; `rate_hz` the one it runs at by itself."""

    name: str
    index: int
    channels: int
    rate_hz: int
    default: bool


def portaudio() -> Any:
    """The sounddevice module; raises LibraryMissing when PortAudio is not installed."""
    try:
        with _quiet():
            import sounddevice
    except OSError as error:  # sounddevice found no shared library
        raise LibraryMissing(library="PortAudio", command="sudo apt-get install -y libportaudio2") from error
    return sounddevice


def rescan() -> None:
    """Makes PortAudio look again: it lists devices only once. No stream may be open."""
    sounddevice = portaudio()
    with _quiet():
        sounddevice._terminate()
        sounddevice._initialize()


def list_devices() -> list[Device]:
    """Every device that can record, in PortAudio's order; raises LibraryMissing."""
    sounddevice = portaudio()
    default = int(sounddevice.default.device[0])
    return [
        Device(
            name=str(found["name"]),
            index=int(found["index"]),
            channels=int(found["max_input_channels"]),
            rate_hz=int(found["default_samplerate"]),
            default=int(found["index"]) == default,
        )
        for found in sounddevice.query_devices()
        if found["max_input_channels"] > 0
    ]


def find_device(name: str | None, devices: list[Device] | None = None) -> Device:
    """The device of that name (or part of a name, or index), or the default one.

    Raises NoMicrophone when there is none at all, DeviceGone when the named one is not there, LibraryMissing.
    """
    present = list_devices() if devices is None else devices
    if not present:
        raise NoMicrophone()
    if name is None:
        return next((device for device in present if device.default), present[0])
    for device in present:
        if name in (device.name, str(device.index)):
            return device
    for device in present:
        if name.casefold() in device.name.casefold():
            return device
    raise DeviceGone(name=name, present=", ".join(device.name for device in present))


def measure_levels(seconds: float = 0.5) -> list[tuple[Device, float | None]]:
    """Listens to each device in turn: RMS level in dBFS, None for no sound or a device that cannot be opened."""
    return [(device, _measure(device, seconds)) for device in list_devices()]


def _measure(device: Device, seconds: float) -> float | None:
    sounddevice = portaudio()
    frames = int(seconds * device.rate_hz)
    try:
        with (
            _quiet(),
            sounddevice.RawInputStream(
                device=device.index, samplerate=device.rate_hz, channels=min(2, device.channels), dtype="int16"
            ) as stream,
        ):
            heard, _ = stream.read(frames)
    except sounddevice.PortAudioError:
        return None
    return level_dbfs(np.frombuffer(heard, np.int16))


@contextmanager
def _quiet() -> Iterator[None]:
    """Keeps what ALSA and JACK print by themselves off the user's terminal."""
    saved = os.dup(2)
    void = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(void, 2)
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(void)
