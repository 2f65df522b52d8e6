"""Lost sound is told apart from late sound."""

from asr.continuity import NS, Continuity

RATE = 16_000
FRAMES = 800
STEP_NS = FRAMES * NS // RATE


def deliver(continuity: Continuity, deliveries: list[tuple[int, bool]]) -> list[tuple[int, str]]:
    """Feeds (time in ns, overflow) deliveries of 50 ms each; gives the holes."""
    return [hole for at, overflow in deliveries if (hole := continuity.delivered(FRAMES, at, overflow))]


def steady(start_ns: int, count: int, step_ns: int = STEP_NS) -> list[tuple[int, bool]]:
    return [(start_ns + number * step_ns, False) for number in range(count)]


def test_steady_sound_has_no_hole():
    assert deliver(Continuity(RATE), steady(0, 2_000)) == []


def test_late_sound_that_is_caught_up_is_no_hole():
    stalled = [(at if not 2 * NS < at < 5 * NS else 5 * NS, overflow) for at, overflow in steady(0, 400)]
    assert deliver(Continuity(RATE), stalled) == []


def test_lost_sound_is_one_hole_of_its_length():
    deliveries = steady(0, 100) + steady(100 * STEP_NS + 3 * NS, 100)
    ((length, reason),) = deliver(Continuity(RATE), deliveries)
    assert abs(length - 3 * NS) < NS // 100
    assert reason == "interrupted"


def test_short_loss_counts_when_the_device_says_it_overflowed():
    later = steady(100 * STEP_NS + NS // 10, 100)
    later[0] = (later[0][0], True)
    ((length, reason),) = deliver(Continuity(RATE), steady(0, 100) + later)
    assert abs(length - NS // 10) < NS // 100
    assert reason == "overflow"


def test_clocks_that_drift_apart_are_no_hole():
    assert deliver(Continuity(RATE), steady(0, 20_000, int(STEP_NS * 1.0002))) == []
    assert deliver(Continuity(RATE), steady(0, 20_000, int(STEP_NS * 0.9998))) == []


def test_time_of_the_next_frame_is_freed_of_jitter():
    continuity = Continuity(RATE)
    deliver(continuity, [(at + (at // STEP_NS % 3) * NS // 50, overflow) for at, overflow in steady(STEP_NS, 200)])
    assert abs(continuity.time_of_next_frame() - 200 * STEP_NS) < NS // 200
