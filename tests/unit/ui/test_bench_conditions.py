"""Worse rooms made from a clean recording: each does what it says, and the same each time."""

from pathlib import Path

import numpy as np
import pytest

from meeting.domain.agenda import Agenda
from ui.bench.asr.conditions import CONDITIONS, in_condition
from ui.bench.asr.recordings import RATE_HZ, Line, Recording

VOICES = (220, 330)


def tone(hertz: float, seconds: float) -> np.ndarray:
    return 0.2 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * RATE_HZ)) / RATE_HZ)


@pytest.fixture
def recording() -> Recording:
    """Two speakers, each a tone of their own: 3 s of the one, 1 s of silence, 3 s of the other, 1 s of silence."""
    silence = np.zeros(RATE_HZ)
    samples = np.concatenate([tone(VOICES[0], 3), silence, tone(VOICES[1], 3), silence]).astype(np.float32)
    lines = (Line(0, 3000, "同志们", "李建国"), Line(4000, 7000, "请汇报", "周敏"))
    return Recording(
        name="r", samples=samples, lines=lines, agenda_path=Path("a"), agenda=Agenda(title="会", date="2026-11-24")
    )


def level_db(samples: np.ndarray) -> float:
    return float(10 * np.log10(np.mean(np.square(samples, dtype=np.float64)) + 1e-20))


def at(samples: np.ndarray, begin_s: float, end_s: float) -> np.ndarray:
    return samples[round(begin_s * RATE_HZ) : round(end_s * RATE_HZ)]


def strength(samples: np.ndarray, hertz: float) -> float:
    turns = np.exp(-2j * np.pi * hertz * np.arange(len(samples)) / RATE_HZ)
    return float(2 * abs(np.mean(samples * turns)))


@pytest.mark.parametrize("condition", CONDITIONS)
def test_every_condition_keeps_length_script_and_itself(recording, condition):
    once, again = in_condition(recording, condition), in_condition(recording, condition)
    assert once.samples.dtype == np.float32
    assert len(once.samples) == len(recording.samples)
    assert once.lines == recording.lines
    assert np.array_equal(once.samples, again.samples)
    assert np.array_equal(once.samples, recording.samples) == (condition == "clean")


def test_a_room_echoes_into_the_pause_and_dies_away(recording):
    samples = in_condition(recording, "room").samples
    assert level_db(at(samples, 3.0, 3.1)) > level_db(at(samples, 3.4, 3.5)) + 15
    assert level_db(at(samples, 3.7, 3.9)) < -90
    assert level_db(samples) == pytest.approx(level_db(recording.samples), abs=0.1)


def test_distance_makes_speech_quiet_and_leaves_the_microphones_noise(recording):
    samples = in_condition(recording, "distance").samples
    assert level_db(at(samples, 0, 3)) == pytest.approx(level_db(at(recording.samples, 0, 3)) - 20, abs=0.2)
    assert level_db(at(samples, 3.2, 3.8)) == pytest.approx(-60, abs=1)


def test_air_conditioning_is_ten_decibels_below_the_speech(recording):
    noise = in_condition(recording, "aircon").samples - recording.samples
    speech = np.concatenate([at(recording.samples, 0, 3), at(recording.samples, 4, 7)])
    assert level_db(speech) - level_db(noise) == pytest.approx(10, abs=0.2)
    assert strength(noise, 50) > 10 * strength(noise, 75)


def test_a_tenth_of_the_speech_has_somebody_else_in_it(recording):
    added = in_condition(recording, "overlap").samples - recording.samples
    touched = np.abs(added) > 1e-6
    assert np.mean(np.concatenate([at(touched, 0, 3), at(touched, 4, 7)])) == pytest.approx(0.1, abs=0.01)
    assert not at(touched, 3.0, 4.0).any()
    for own, other, place in ((VOICES[0], VOICES[1], at(added, 0, 3)), (VOICES[1], VOICES[0], at(added, 4, 7))):
        if place.any():
            assert strength(place, other) > 3 * strength(place, own)
