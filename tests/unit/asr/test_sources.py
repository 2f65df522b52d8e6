"""A file is played at its pace, stands still when closed, and goes on at the very next sample."""

import time
from types import SimpleNamespace

import numpy as np
import pytest

import asr.sources
from asr.devices import Device
from asr.journal import Samples
from asr.sources import Block, Ended, FileSource, MicrophoneSource, parse_pace
from tests.sound_card import sweep, write_wav


def play(source: FileSource, seconds: float) -> tuple[list[Samples], bool]:
    """What a source gives within a time, and whether it ended."""
    blocks = []
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        heard = source.read(0.02)
        if isinstance(heard, Ended):
            return blocks, True
        if isinstance(heard, Block):
            blocks.append(heard.samples)
    return blocks, False


def test_file_as_fast_as_it_is_read_is_given_whole(tmp_path):
    source = FileSource(write_wav(tmp_path / "a.wav", sweep(2.03)), pace=None)
    source.open()
    blocks, ended = play(source, 5)
    assert ended
    assert np.array_equal(np.concatenate(blocks), sweep(2.03))


class Clock:
    """A clock that goes on while somebody sleeps, and not while the machine has other things to do."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(asr.sources, "time", clock)
    monkeypatch.setattr("tests.unit.asr.test_sources.time", clock)
    return clock


def test_real_time_is_kept_and_pace_multiplies_it(tmp_path, clock):
    path = write_wav(tmp_path / "a.wav", sweep(4.0))
    for pace, due in ((1.0, 5), (5.0, 26)):
        source = FileSource(path, pace)
        source.open()
        blocks, ended = play(source, 0.53)
        assert due <= len(blocks) <= due + 1 and not ended


def test_closed_file_stands_still(tmp_path, clock):
    source = FileSource(write_wav(tmp_path / "a.wav", sweep(4.0)), pace=1.0)
    source.open()
    first, _ = play(source, 0.33)
    source.close()
    clock.sleep(0.5)
    source.open()
    second, _ = play(source, 0.25)
    assert (len(first), len(second)) == (3, 2)
    together = np.concatenate(first + second)
    assert np.array_equal(together, sweep(4.0)[: len(together)])


def test_source_position_leads_to_the_next_sample(tmp_path):
    path = write_wav(tmp_path / "a.wav", sweep(1.0))
    first = FileSource(path, None)
    first.open()
    block = first.read(0.1)
    assert isinstance(block, Block)
    again = FileSource(path, None, from_sample=block.source_end)
    again.open()
    rest, ended = play(again, 5)
    assert ended and np.array_equal(np.concatenate([block.samples, *rest]), sweep(1.0))


@pytest.mark.parametrize("rate_hz", [16_000, 44_100, 48_000])
@pytest.mark.parametrize("late_ms", [(), (160, 110, 60, 10)])
def test_microphone_dates_its_sound_by_its_first_sample_whatever_waits_and_however_late_it_came(
    monkeypatch, rate_hz, late_ms
):
    began_ns = 5_000_000_000
    at_ns = [
        began_ns + (delivery * 50 + (late_ms[delivery - 1] if delivery <= len(late_ms) else 0)) * 1_000_000
        for delivery in range(1, 21)
    ]
    blocks = heard(monkeypatch, rate_hz, began_ns, at_ns)
    assert len(blocks) >= 9
    for number, block in enumerate(blocks):
        assert abs(block.boot_ns - began_ns - number * 100_000_000) < 200_000


def test_no_sound_is_dated_to_before_its_device_was_opened(monkeypatch):
    opened_ns = 5_000_000_000
    early = [opened_ns + (delivery * 50 - 20) * 1_000_000 for delivery in range(1, 21)]
    blocks = heard(monkeypatch, 16_000, opened_ns, early)
    assert blocks[0].boot_ns == opened_ns
    assert blocks[1].boot_ns == opened_ns + 80_000_000


def heard(monkeypatch, rate_hz: int, opened_ns: int, at_ns: list[int]) -> list[Block]:
    """What a microphone opened at `opened_ns` gives of deliveries of 50 ms at these times (ns since boot)."""
    given: dict[str, object] = {}

    def stream(**options):
        given.update(options)
        return SimpleNamespace(start=lambda: None, abort=lambda **_: None, close=lambda **_: None)

    device = Device(name="全向麦", index=0, channels=1, rate_hz=rate_hz, default=True)
    monkeypatch.setattr(asr.sources, "find_device", lambda name: device)
    monkeypatch.setattr(
        asr.sources, "portaudio", lambda: SimpleNamespace(RawInputStream=stream, PortAudioError=OSError)
    )
    monkeypatch.setattr(asr.sources, "boot_ns", lambda: opened_ns)
    source = MicrophoneSource()
    source.open()
    for at in at_ns:
        monkeypatch.setattr(asr.sources, "boot_ns", lambda at=at: at)
        given["callback"](bytes(rate_hz // 20 * 2), rate_hz // 20, None, SimpleNamespace(input_overflow=False))
    blocks = []
    while block := source.read(0):
        blocks.append(block)
    source.close()
    return blocks


def test_pace_is_a_word_or_a_number():
    assert (parse_pace("fast"), parse_pace("realtime"), parse_pace("2.5")) == (None, 1.0, 2.5)
    for wrong in ("slow", "0", "-1", "", "inf", "nan"):
        with pytest.raises(ValueError):
            parse_pace(wrong)
