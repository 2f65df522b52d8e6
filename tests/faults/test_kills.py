"""kill -9 of any process at any moment, a service that stands still: the record is that of an undisturbed meeting."""

import os
import signal
import time

import numpy as np
import pytest
import soundfile

from asr.recording import Recording
from tests.faults.figures import Figure, keep, rounded
from tests.faults.held import Held, Record, Watcher, kill_at_random, recoveries, until
from tests.faults.often import KILLS, KILLS_A_MEETING
from ui.bench.scoring import error_rate

pytestmark = [pytest.mark.model, pytest.mark.usefixtures("model_path")]
SECONDS = 8.0
# Counted from when the service answers, at which the sound has begun already.
LAST_KILL_S = 5.5


def assert_same(record: Record, whole: Record, sound: np.ndarray) -> float:
    """Sample for sample and cut for cut what it would have been; returns how far the text is from it."""
    cer = error_rate(whole.text, record.text)
    print(f"error rate {cer:.3f}\n{whole.text}\n{record.text}")
    assert np.array_equal(record.sound, sound) and record.gaps == []
    assert record.ids == whole.ids
    return cer


@pytest.mark.parametrize("kills", KILLS)
@pytest.mark.parametrize("victim", ["service", "recorder", "recognizer"])
def test_killed_process_costs_no_sound_no_event_and_no_text(
    victim, kills, clip, undisturbed, new_cli, chance
) -> None:
    whole, (sound, _) = undisturbed(SECONDS), soundfile.read(clip(SECONDS), dtype="int16")
    for _ in range(kills // KILLS_A_MEETING):
        held = Held(new_cli(), clip(SECONDS))
        recorder = held.pid_of("recorder")
        with Watcher(held) as watcher:
            made = kill_at_random(held, victim, KILLS_A_MEETING, LAST_KILL_S, chance)
            held.await_end()
        record = held.record()
        cer = error_rate(whole.text, record.text)
        keep(
            Figure(
                fault=f"kill -9 of the {victim}, sound from a file",
                times=len(made.at),
                lost_s=((len(sound) - len(record.sound)) / 16_000,) * len(made.at),
                sound_s=rounded(recoveries(watcher, made, "recorded")),
                text_s=rounded(recoveries(watcher, made, "recognized")),
                cer=(round(cer, 4),),
            )
        )
        held.assert_whole(*made.committed)
        assert assert_same(record, whole, sound) <= 0.01
        if victim != "recorder":
            assert Recording(held.journal).state().pid == recorder
        held.close()


@pytest.mark.parametrize("seconds", [6, pytest.param(20, marks=pytest.mark.soak)])
def test_service_that_stands_still_costs_no_sound_and_its_text_catches_up(
    seconds, clip, undisturbed, new_cli
) -> None:
    whole, (sound, _) = undisturbed(SECONDS), soundfile.read(clip(SECONDS), dtype="int16")
    held = Held(new_cli(), clip(SECONDS))
    until(lambda: held.recorded() > 16_000)
    committed = held.links()
    os.kill(held.service.pid, signal.SIGSTOP)
    try:
        began, before = time.monotonic(), held.recorded()
        until(lambda: held.recorded() > before + 16_000 * min(seconds, 4) or held.recorded() == len(sound))
        time.sleep(max(0.0, began + seconds - time.monotonic()))
    finally:
        os.kill(held.service.pid, signal.SIGCONT)
    went_on, late = time.monotonic(), held.recorded()
    while held.recognized() < late - 32_000 and not held.ended():
        time.sleep(0.02)
    caught_up = time.monotonic() - went_on
    held.await_end()
    record = held.record()
    keep(
        Figure(
            fault=f"service stopped (SIGSTOP) for {seconds} s",
            lost_s=((len(sound) - len(record.sound)) / 16_000,),
            text_s=rounded([caught_up]),
            cer=(round(error_rate(whole.text, record.text), 4),),
        )
    )
    held.assert_whole(committed)
    assert assert_same(record, whole, sound) <= 0.01
    held.close()
