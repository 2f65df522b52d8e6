"""Sounds of a meeting room in which nobody speaks, made by a seeded hand: the same sound every time.

Each gives `seconds` of 16 kHz mono in -1..1, in blocks of ten seconds, so that ten minutes need no memory.
"""

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt

RATE_HZ = 16_000
BLOCK_S = 10
Block = npt.NDArray[np.float32]
Chance = np.random.Generator


def blocks(kind: str, seconds: int, seed: int = 7) -> Iterator[npt.NDArray[np.int16]]:
    """The sound named `kind` as a recorder would have it."""
    chance = np.random.default_rng([seed, *kind.encode()])
    for at_s in range(0, seconds, BLOCK_S):
        count = min(BLOCK_S, seconds - at_s) * RATE_HZ
        block = KINDS[kind](at_s * RATE_HZ + np.arange(count), chance)
        yield (np.clip(block, -1, 1) * 32767).astype(np.int16)


def silence(at: npt.NDArray[np.int64], chance: Chance) -> Block:
    """A microphone's own noise at -70 dBFS."""
    return _loud(chance.standard_normal(len(at)), -70)


def pink_noise(at: npt.NDArray[np.int64], chance: Chance) -> Block:
    """As from a ventilator, at -35 dBFS, swelling and falling slowly."""
    swell = 1 + 0.5 * np.sin(2 * np.pi * 0.07 * at / RATE_HZ)
    return _loud(_pink(len(at), chance) * swell, -35)


def hum(at: npt.NDArray[np.int64], chance: Chance) -> Block:
    """Mains hum of 50 Hz with its harmonics at -30 dBFS, and the noise of a bad cable."""
    seconds = at / RATE_HZ
    wave = sum(np.sin(2 * np.pi * 50 * n * seconds + n) / n for n in range(1, 9))
    return _loud(np.asarray(wave), -30) + _loud(chance.standard_normal(len(at)), -60)


def tones(at: npt.NDArray[np.int64], chance: Chance) -> Block:
    """Beeps, dialling tones, sweeps, a telephone that rings: another one every second."""
    sound = np.zeros(len(at))
    for begin in range(0, len(at) - RATE_HZ // 2, RATE_HZ):
        length = int(chance.integers(1600, 14_000))
        seconds = np.arange(min(length, len(at) - begin)) / RATE_HZ
        kind, low = int(chance.integers(4)), chance.uniform(300, 2500)
        wave = np.sin(2 * np.pi * low * seconds)
        if kind == 1:
            wave += np.sin(2 * np.pi * low * 1.34 * seconds)
        elif kind == 2:
            wave = np.sin(2 * np.pi * (low + 800 * seconds) * seconds)
        elif kind == 3:
            wave *= np.sign(np.sin(2 * np.pi * 22 * seconds)) > 0
        sound[begin : begin + len(seconds)] += wave * chance.uniform(0.02, 0.3)
    return sound.astype(np.float32)


def slow_music(at: npt.NDArray[np.int64], chance: Chance) -> Block:
    """Held chords and a melody above, as before a meeting begins."""
    return _music(len(at), chance, beat_s=0.9, drums=0.0, partials=6, attack_s=0.08)


def fast_music(at: npt.NDArray[np.int64], chance: Chance) -> Block:
    """A march: short notes and drums."""
    return _music(len(at), chance, beat_s=0.3, drums=0.6, partials=10, attack_s=0.01)


def plucked_music(at: npt.NDArray[np.int64], chance: Chance) -> Block:
    """Plucked strings on the five notes of a Chinese tune, with bent pitches."""
    return _music(len(at), chance, beat_s=0.45, drums=0.1, partials=14, attack_s=0.003, bent=0.03)


def applause(at: npt.NDArray[np.int64], chance: Chance) -> Block:
    """Forty pairs of hands, louder and softer."""
    sound = np.zeros(len(at) + 800)
    claps = int(len(at) / RATE_HZ * 40 * 3.5)
    for begin in chance.integers(0, len(at), claps):
        length = int(chance.integers(120, 500))
        burst = chance.standard_normal(length) * np.exp(-np.arange(length) / (length / 4))
        sound[begin : begin + length] += np.convolve(burst, np.ones(int(chance.integers(1, 6))), "same")
    swell = np.clip(np.sin(2 * np.pi * 0.05 * at / RATE_HZ) + 0.3, 0, None)
    return _loud(sound[: len(at)], -22) * swell.astype(np.float32)


def keyboard(at: npt.NDArray[np.int64], chance: Chance) -> Block:
    """Somebody types beside the microphone: eight strokes a second, in runs."""
    sound = _loud(_pink(len(at), chance), -62).astype(np.float64)
    place = 0
    while (place := place + int(chance.exponential(RATE_HZ / 8)) + 600) < len(at) - 2000:
        if chance.random() < 0.03:
            place += RATE_HZ
            continue
        for delay, loudness in ((0, 0.25), (int(chance.integers(900, 1500)), 0.12)):
            length = int(chance.integers(60, 240))
            click = chance.standard_normal(length) * np.exp(-np.arange(length) / (length / 5))
            body = np.sin(2 * np.pi * chance.uniform(180, 900) * np.arange(length) / RATE_HZ)
            end = min(len(at), place + delay + length)
            stroke = (click + 0.5 * body) * loudness * chance.uniform(0.3, 1)
            sound[min(end, place + delay) : end] += stroke[: max(0, end - place - delay)]
    return sound.astype(np.float32)


KINDS: dict[str, Callable[[npt.NDArray[np.int64], Chance], Block]] = {
    "silence": silence,
    "pink_noise": pink_noise,
    "hum": hum,
    "tones": tones,
    "slow_music": slow_music,
    "fast_music": fast_music,
    "plucked_music": plucked_music,
    "applause": applause,
    "keyboard": keyboard,
}

_SCALE = (0, 2, 4, 7, 9, 12, 14, 16)


def _music(
    count: int, chance: Chance, *, beat_s: float, drums: float, partials: int, attack_s: float, bent: float = 0.0
) -> Block:
    sound = np.zeros(count + 4 * RATE_HZ)
    beat, step, root = round(beat_s * RATE_HZ), 3, 196.0
    for index, begin in enumerate(range(0, count, beat)):
        if index % 4 == 0:
            root = 98.0 * 2 ** (chance.choice([0, 5, 7, 9]) / 12)
            for interval in (0, 4, 7):
                _add(sound, begin, _note(root * 2 ** (interval / 12), 4 * beat, partials, attack_s), 0.12)
        step = int(np.clip(step + chance.integers(-2, 3), 0, len(_SCALE) - 1))
        pitch = 294.0 * 2 ** (_SCALE[step] / 12)
        _add(sound, begin, _note(pitch, round(beat * 1.3), partials, attack_s, bent), 0.25)
        if drums and chance.random() < drums:
            hit = chance.standard_normal(2400) * np.exp(-np.arange(2400) / 400)
            _add(sound, begin, hit, 0.08)
    return _loud(sound[:count], -24)


def _note(pitch: float, count: int, partials: int, attack_s: float, bent: float = 0.0) -> npt.NDArray[np.float64]:
    seconds = np.arange(count) / RATE_HZ
    phase = 2 * np.pi * pitch * (seconds + bent * np.sin(2 * np.pi * 5 * seconds) / (10 * np.pi))
    wave = sum(np.sin(n * phase) / n**1.3 for n in range(1, partials) if n * pitch < RATE_HZ / 2)
    shape = np.minimum(1, seconds / attack_s) * np.exp(-2.5 * seconds / (count / RATE_HZ))
    return np.asarray(wave * shape)


def _add(sound: npt.NDArray[np.float64], begin: int, part: npt.NDArray[np.float64], loudness: float) -> None:
    end = min(len(sound), begin + len(part))
    sound[begin:end] += part[: end - begin] * loudness


def _pink(count: int, chance: Chance) -> npt.NDArray[np.float64]:
    spectrum = np.fft.rfft(chance.standard_normal(count))
    return np.fft.irfft(spectrum / np.sqrt(np.maximum(np.fft.rfftfreq(count, 1 / RATE_HZ), 20)), count)


def _loud(wave: npt.NDArray[np.float64], dbfs: float) -> Block:
    return (wave / max(float(np.std(wave)), 1e-9) * 10 ** (dbfs / 20)).astype(np.float32)
