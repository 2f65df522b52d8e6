import time
from itertools import combinations

import numpy as np
import pytest

from asr.overlap import RATE_HZ, Floats, several_speak
from tests.conftest import DEMO
from ui.bench.asr.conditions import in_condition
from ui.bench.asr.recordings import load

Sentences = list[tuple[str, Floats]]


@pytest.fixture(scope="module")
def sentences() -> Sentences:
    """Speaker and sound, equally loud, of what is said in the demo's meeting."""
    recording = load(DEMO)
    found = []
    for line in recording.lines:
        sound = recording.samples[line.t_start_ms * 16 : line.t_end_ms * 16]
        if len(sound) > 1.5 * RATE_HZ:
            found.append((line.speaker, sound / np.sqrt(np.mean(sound**2)) * np.float32(0.05)))
    return found


def test_one_speaker_is_one(sentences: Sentences) -> None:
    assert sum(several_speak(np.pad(sound, (4800, 3200))) for _, sound in sentences) <= len(sentences) // 50


def test_of_two_who_speak_at_once_many_are_told(sentences: Sentences) -> None:
    mixed = []
    for (speaker, sound), (other, voice) in combinations(sentences, 2):
        if speaker != other:
            length = min(len(sound), len(voice))
            mixed.append(sound[:length] + voice[:length])
    told = sum(several_speak(np.pad(sound, (4800, 3200))) for sound in mixed)
    assert told >= 0.2 * len(mixed) and len(mixed) >= 30


def test_the_hum_of_a_motor_is_no_second_speaker(sentences: Sentences) -> None:
    recording = in_condition(load(DEMO), "aircon")
    sounds = [
        recording.samples[line.t_start_ms * 16 - 4800 : line.t_end_ms * 16 + 3200] for line in recording.lines
    ]
    assert sum(map(several_speak, sounds)) == 0


@pytest.mark.parametrize("samples", [np.zeros(0), np.zeros(400), np.zeros(3 * RATE_HZ), np.ones(3 * RATE_HZ)])
def test_sound_without_a_voice_has_no_several(samples: Floats) -> None:
    assert not several_speak(samples.astype(np.float32))


def test_a_second_of_sound_costs_little(sentences: Sentences) -> None:
    sound = np.concatenate([sound for _, sound in sentences])[: 10 * RATE_HZ]
    several_speak(sound)
    begun = time.process_time()
    several_speak(sound)
    assert (time.process_time() - begun) / 10 < 0.02
