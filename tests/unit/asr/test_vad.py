import numpy as np
import pytest

from asr.vad import BLOCK_FRAMES, BLOCK_SAMPLES, SileroVad


def buzz(seconds: float, seed: int = 1) -> np.ndarray:
    """A voice-like pulse train with noise: enough for the network's state to move."""
    at = np.arange(round(seconds * 16_000) // BLOCK_SAMPLES * BLOCK_SAMPLES) / 16_000
    sound = sum(np.sin(2 * np.pi * 140 * k * at) / k for k in range(1, 20))
    swell = 0.5 + 0.5 * np.sin(2 * np.pi * 4 * at)
    noise = np.random.default_rng(seed).normal(0, 0.02, at.size)
    return (0.1 * sound * swell + noise).astype(np.float32)


def run(vad: SileroVad, sound: np.ndarray) -> np.ndarray:
    return np.concatenate([vad.block(block) for block in sound.reshape(-1, BLOCK_SAMPLES)])


@pytest.fixture(scope="module")
def vad() -> SileroVad:
    return SileroVad()


def test_each_frame_has_a_probability(vad: SileroVad) -> None:
    vad.reset()
    probabilities = run(vad, buzz(1.0))
    assert len(probabilities) == BLOCK_FRAMES * len(buzz(1.0)) // BLOCK_SAMPLES
    assert ((probabilities >= 0) & (probabilities <= 1)).all()


def test_silence_is_not_speech(vad: SileroVad) -> None:
    vad.reset()
    assert run(vad, np.zeros(BLOCK_SAMPLES * 20, np.float32)).max() < 0.2


def test_state_and_context_go_on_from_block_to_block(vad: SileroVad) -> None:
    sound = buzz(2.0)
    vad.reset()
    whole = run(vad, sound)
    vad.reset()
    fresh = run(vad, sound[-BLOCK_SAMPLES:])
    assert not np.allclose(whole[-BLOCK_FRAMES:], fresh, atol=1e-3)


def test_after_a_reset_nothing_of_before_remains(vad: SileroVad) -> None:
    sound = buzz(1.0)
    vad.reset()
    first = run(vad, sound)
    run(vad, buzz(1.0, seed=2))
    vad.reset()
    assert (run(vad, sound) == first).all()
