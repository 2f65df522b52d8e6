"""The drift of a device's clock is measured over what was heard, not over what was missed or set."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr.drift import Drift

BLOCK = 1_600


def heard(drift: Drift, blocks: int, ppm: float, start: int = 0, at_ns: int = 10**18) -> tuple[int, int]:
    """Feeds blocks of a device that is `ppm` faster than the clock; where and when the next would begin."""
    for number in range(blocks):
        drift.heard(start + number * BLOCK, BLOCK, at_ns + round(number * 100_000_000 / (1 + ppm / 1e6)))
    return start + blocks * BLOCK, at_ns + round(blocks * 100_000_000 / (1 + ppm / 1e6))


@given(ppm=st.floats(-300, 300))
def test_drift_is_how_much_faster_the_device_counts(ppm):
    drift = Drift()
    heard(drift, 700, ppm)
    assert drift.ppm == pytest.approx(ppm, abs=0.2)


def test_nothing_is_said_of_less_than_a_minute():
    drift = Drift()
    assert drift.ppm is None
    heard(drift, 500, 100)
    assert drift.ppm is None


@given(missed=st.integers(1, 10**7), set_by_ns=st.integers(60_000_000, 10**16))
def test_gaps_and_a_clock_that_was_set_are_no_drift(missed, set_by_ns):
    drift = Drift()
    sample, at_ns = heard(drift, 700, 50)
    sample, at_ns = heard(drift, 700, 50, sample, at_ns + set_by_ns)
    heard(drift, 700, 50, sample + missed, at_ns + missed * 62_500)
    assert drift.ppm == pytest.approx(50, abs=0.5)
