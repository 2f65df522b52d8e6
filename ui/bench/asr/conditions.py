"""Worse rooms, made from a clean recording: the same sound every time, since the chance in it is seeded."""

from collections.abc import Callable, Sequence

import msgspec
import numpy as np

from ui.bench.asr.recordings import RATE_HZ, Line, Recording, Samples

SEED = 20_180_312
ECHO_RT60_S = 0.6
ECHO_DIRECT_DB = 3.0
DISTANCE_DB = -20.0
DISTANCE_CORNER_HZ = 3500.0
DISTANCE_FLOOR_DBFS = -60.0
AIRCON_SNR_DB = 10.0
OVERLAP_SHARE = 0.1
OVERLAP_DB = -6.0
_OVERLAP_MS = (1000, 3000)


def in_condition(recording: Recording, condition: str) -> Recording:
    """The recording as it would sound in one of `CONDITIONS`; what is said in it stays its script."""
    samples = CONDITIONS[condition](recording, np.random.default_rng(SEED))
    return msgspec.structs.replace(recording, samples=samples.astype(np.float32))


def room(recording: Recording, chance: np.random.Generator) -> Samples:
    """A bare meeting room: noise that falls by 60 dB in 0.6 s, 3 dB below the direct sound in all."""
    count = round(ECHO_RT60_S * RATE_HZ)
    tail = chance.standard_normal(count) * 10 ** (-3 * np.arange(count) / count)
    tail[0] = 0
    tail *= 10 ** (-ECHO_DIRECT_DB / 20) / np.sqrt(np.sum(tail**2))
    tail[0] = 1
    echoed = _convolved(recording.samples, tail)
    return (echoed * (_level(recording.samples) / max(_level(echoed), 1e-9))).astype(np.float32)


def distance(recording: Recording, chance: np.random.Generator) -> Samples:
    """Far from the microphone: 20 dB quieter, dull above 3.5 kHz, and the microphone's own noise at -60 dBFS."""
    heights = np.fft.rfftfreq(len(recording.samples), 1 / RATE_HZ)
    dull = 1 / np.sqrt(1 + (heights / DISTANCE_CORNER_HZ) ** 4)
    far = np.fft.irfft(np.fft.rfft(recording.samples) * dull, len(recording.samples)) * 10 ** (DISTANCE_DB / 20)
    noise = chance.standard_normal(len(far)) * 10 ** (DISTANCE_FLOOR_DBFS / 20)
    return (far + noise).astype(np.float32)


def aircon(recording: Recording, chance: np.random.Generator) -> Samples:
    """Air conditioning 10 dB below the speech: pink noise, and the hum of a motor at 50 Hz and its harmonics."""
    count = len(recording.samples)
    spectrum = np.fft.rfft(chance.standard_normal(count))
    heights = np.fft.rfftfreq(count, 1 / RATE_HZ)
    pink = np.fft.irfft(spectrum / np.sqrt(np.maximum(heights, 20)), count)
    seconds = np.arange(count) / RATE_HZ
    hum = np.zeros(count)
    for harmonic in (1, 2, 3, 4):
        hum += np.sin(2 * np.pi * (50 * harmonic * seconds + chance.uniform())) / harmonic
    noise = pink / np.std(pink) + 0.5 * hum / np.std(hum)
    wanted = _speech_level(recording) * 10 ** (-AIRCON_SNR_DB / 20)
    noise *= wanted / np.std(noise)
    return recording.samples + noise.astype(np.float32)


def overlap(recording: Recording, chance: np.random.Generator) -> Samples:
    """Others talk into a tenth of the speech: 1 to 3 s of another speaker, 6 dB quieter, mixed into utterances."""
    mixed = recording.samples.copy()
    left_ms = round(OVERLAP_SHARE * sum(_length_ms(line) for line in recording.lines))
    for place in _repeated(chance, len(recording.lines)):
        line = recording.lines[place]
        others = _others(recording.lines, line)
        if left_ms <= 0 or not others:
            continue
        other = others[chance.integers(len(others))]
        length_ms = min(int(chance.integers(*_OVERLAP_MS)), _length_ms(other), _length_ms(line), left_ms)
        at_ms = line.t_start_ms + int(chance.integers(0, max(1, _length_ms(line) - length_ms)))
        _mix(mixed, recording.samples, at_ms, other.t_start_ms, length_ms)
        left_ms -= length_ms
    return mixed


def clean(recording: Recording, chance: np.random.Generator) -> Samples:
    """As it was recorded."""
    return recording.samples


CONDITIONS: dict[str, Callable[[Recording, np.random.Generator], Samples]] = {
    "clean": clean,
    "room": room,
    "distance": distance,
    "aircon": aircon,
    "overlap": overlap,
}


def _repeated(chance: np.random.Generator, count: int, rounds: int = 4) -> list[int]:
    return [int(place) for _ in range(rounds) for place in chance.permutation(count)]


def _others(lines: Sequence[Line], line: Line) -> list[Line]:
    return [one for one in lines if one.speaker != line.speaker and _length_ms(one) >= _OVERLAP_MS[0]]


def _mix(mixed: Samples, source: Samples, at_ms: int, from_ms: int, length_ms: int) -> None:
    per_ms = RATE_HZ // 1000
    voice = source[from_ms * per_ms : (from_ms + length_ms) * per_ms]
    place = slice(at_ms * per_ms, at_ms * per_ms + len(voice))
    room_left = len(mixed[place])
    mixed[place] += voice[:room_left] * np.float32(10 ** (OVERLAP_DB / 20))


def _convolved(samples: Samples, response: np.typing.NDArray[np.float64]) -> Samples:
    size = len(samples) + len(response) - 1
    size = 1 << (size - 1).bit_length()
    product = np.fft.rfft(samples, size) * np.fft.rfft(response, size)
    return np.fft.irfft(product, size)[: len(samples)].astype(np.float32)


def _level(samples: Samples) -> float:
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64))))


def _speech_level(recording: Recording) -> float:
    per_ms = RATE_HZ // 1000
    spoken = [recording.samples[line.t_start_ms * per_ms : line.t_end_ms * per_ms] for line in recording.lines]
    return _level(np.concatenate(spoken))


def _length_ms(line: Line) -> int:
    return line.t_end_ms - line.t_start_ms
