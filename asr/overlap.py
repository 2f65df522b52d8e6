"""Whether several people speak at the same time, told from the sound alone.

A voice is a comb of harmonics. In each frame the strongest comb is found, its teeth are taken out, and the rest is
searched for a second one, as Klapuri does it ("Multiple fundamental frequency estimation by summing harmonic
amplitudes", 2006), cut down to two voices. One frame proves nothing: echo leaves a second pitch as well. A line through
ten sums over the utterance decides, fitted and measured by `tests/bench/overlap_speech.py`; it costs a few milliseconds
for each second of sound.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

RATE_HZ = 16_000
_FRAME = 1024
_HOP = 512
_FFT = 4096
_BIN_HZ = RATE_HZ / _FFT
_TOP_HZ = 2600.0
_BINS = int(_TOP_HZ / _BIN_HZ)
_FLOOR_BINS = int(500 / _BIN_HZ)
_PITCHES_HZ = 75.0 * 2 ** (np.arange(84) / 36)
_HARMONICS = 10
_TOOTH_HZ = 34.0
"""Half of the width of a harmonic as this window draws it."""
_LOUD_DB = 15.0
_STEADY_OCTAVES = 0.06
_SHORTEST_S = 1.0
"""Of a shorter utterance the sums say nothing."""

_CLEAN_DB = 22.0
"""In louder noise nothing is said of voices: the hum of a motor is a second pitch that lasts as well."""

WEIGHTS = np.array([-1.384, -8.63, -8.68, 19.205, 11.627, 57.694, 8.394, 0.896, -0.245, -2.8])
BIAS = -8.983


@dataclass(frozen=True)
class _Pitches:
    """For each frame: the two pitches (Hz), the second's strength beside the first's, and the first's (any unit).

    `one` and `two`: the share of what stands out of the spectrum that lies under the first comb, and under both.
    """

    first: Floats
    second: Floats
    ratio: Floats
    strength: Floats
    one: Floats
    two: Floats


def several_speak(samples: Floats) -> bool:
    """Whether more than one person speaks in most of an utterance (16 kHz mono in -1..1)."""
    if len(samples) < _SHORTEST_S * RATE_HZ or _above_noise_db(samples) < _CLEAN_DB:
        return False
    return several_score(samples) > 0.0


def _above_noise_db(samples: Floats) -> float:
    """How far the voice rises above what is heard between the words: an utterance begins and ends with a pause."""
    level_db = 20 * np.log10(np.sqrt(np.mean(_frames(samples) ** 2, axis=1)) + 1e-5)
    return float(np.percentile(level_db, 95) - np.percentile(level_db, 5))


def several_score(samples: Floats) -> float:
    """Above 0 for several voices; in rooms of all kinds one utterance in a hundred of a single speaker is, too."""
    return float(sums(samples) @ WEIGHTS + BIAS)


def sums(samples: Floats) -> npt.NDArray[np.float64]:
    """Ten numbers about an utterance: the second pitch's strength, how long both last, how much they explain, how the
    first one wanders, and how even the loudness is."""
    frames = _frames(samples)
    level_db = 20 * np.log10(np.sqrt(np.mean(frames**2, axis=1)) + 1e-5)
    loud = level_db > np.percentile(level_db, 95) - _LOUD_DB
    pitches = _two_pitches(_standing_out(frames))
    voiced = loud & (pitches.strength >= np.percentile(pitches.strength[loud], 40))
    pairs = loud[1:] & loud[:-1]
    first_moves, second_moves = (np.abs(np.diff(np.log2(one))) for one in (pitches.first, pitches.second))
    steady = pairs & (second_moves < _STEADY_OCTAVES)
    lasting = np.minimum(pitches.ratio[1:], pitches.ratio[:-1])
    both = steady & (first_moves < _STEADY_OCTAVES)
    count = max(1, int(pairs.sum()))
    octaves = np.log2(pitches.first[voiced])
    return np.array(
        [
            pitches.ratio[voiced].mean(),
            (steady & (lasting > 0.2)).sum() / count,
            (steady & (lasting > 0.45)).sum() / count,
            (both & (lasting > 0.3)).sum() / count,
            pitches.one[voiced].mean(),
            (pitches.two - pitches.one)[voiced].mean(),
            octaves.std(),
            (pairs & (first_moves > 0.2)).sum() / count,
            np.percentile(level_db, 95) - np.percentile(level_db, 50),
            np.abs(np.diff(level_db))[pairs].mean() if pairs.any() else 0.0,
        ]
    )


def _frames(samples: Floats) -> Floats:
    count = 1 + max(0, len(samples) - _FRAME) // _HOP
    padded = np.zeros((count - 1) * _HOP + _FRAME, np.float32)
    padded[: min(len(samples), len(padded))] = samples[: len(padded)]
    windows = np.lib.stride_tricks.sliding_window_view(padded, _FRAME)[::_HOP]
    return windows * np.hanning(_FRAME).astype(np.float32)


def _standing_out(frames: Floats) -> Floats:
    """What rises above its surroundings in each spectrum; roots, so that loud harmonics do not hide the others."""
    heights = np.sqrt(np.abs(np.fft.rfft(frames, _FFT))[:, :_BINS]).astype(np.float32)
    half = _FLOOR_BINS // 2
    added = np.cumsum(np.pad(heights, ((0, 0), (half + 1, half))), axis=1)
    floor = (added[:, 2 * half + 1 :] - added[:, : -2 * half - 1])[:, :_BINS] / (2 * half + 1)
    raised = np.zeros_like(heights)
    raised[:, : floor.shape[1]] = np.maximum(heights[:, : floor.shape[1]] - floor, 0)
    return raised


@cache
def _combs() -> tuple[Floats, npt.NDArray[np.bool_]]:
    """For each pitch, the weights that sum up its harmonics, and the bins that its harmonics cover."""
    weights = np.zeros((len(_PITCHES_HZ), _BINS), np.float32)
    teeth = np.zeros((len(_PITCHES_HZ), _BINS), bool)
    heights = np.arange(_BINS) * _BIN_HZ
    for row, pitch in enumerate(_PITCHES_HZ):
        for harmonic in range(1, _HARMONICS + 1):
            if harmonic * pitch > _TOP_HZ - 50:
                break
            teeth[row] |= np.abs(heights - harmonic * pitch) < _TOOTH_HZ
            weights[row, round(harmonic * pitch / _BIN_HZ)] += 0.9 ** (harmonic - 1)
        weights[row] /= weights[row].sum()
        # Between the harmonics of a real pitch there is nothing: else every pitch had its half beside it.
        for gap in range(_HARMONICS):
            place = round((gap + 0.5) * pitch / _BIN_HZ)
            if place < _BINS:
                weights[row, place] -= 0.075 * 0.9**gap
    return weights, teeth


@cache
def _related() -> npt.NDArray[np.bool_]:
    """Which pitches share so many harmonics that the second may be a rest of the first."""
    semitones = 12 * np.log2(_PITCHES_HZ[None, :] / _PITCHES_HZ[:, None])
    shares = 12 * np.log2(np.array([1, 2, 3, 4, 1 / 2, 1 / 3, 1 / 4, 3 / 2, 2 / 3, 3 / 4, 4 / 3]))
    related: npt.NDArray[np.bool_] = (np.abs(semitones[:, :, None] - shares) < 0.8).any(axis=2)
    return related


def _two_pitches(raised: Floats) -> _Pitches:
    weights, teeth = _combs()
    rows = np.arange(len(raised))
    salience = raised @ weights.T
    first = salience.argmax(axis=1)
    left = np.where(_related()[first], -1.0, (raised * ~teeth[first]) @ weights.T)
    second = left.argmax(axis=1)
    strength = salience[rows, first]
    whole = raised.sum(axis=1) + 1e-6
    pitches = _PITCHES_HZ.astype(np.float32)
    return _Pitches(
        first=pitches[first],
        second=pitches[second],
        ratio=left[rows, second] / np.maximum(strength, 1e-6),
        strength=strength,
        one=(raised * teeth[first]).sum(axis=1) / whole,
        two=(raised * (teeth[first] | teeth[second])).sum(axis=1) / whole,
    )
