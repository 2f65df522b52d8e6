"""The recorder's own judgement: orders it cannot read, signals that are none."""

import subprocess
import sys
import time

import numpy as np
import pytest

from asr.journal import JournalReader
from asr.recorder_watches import Orders, SignalWatch
from asr.recording import Recording
from tests.sound_card import sweep, write_wav


def test_orders_that_cannot_be_understood_mean_pause(tmp_path):
    orders = Orders(tmp_path)
    assert orders.read().wanted == "record"
    (tmp_path / "control.json").write_bytes(b'{"wanted":"rec')
    assert orders.read().wanted == "pause" and orders.damaged
    Recording(tmp_path).order("record", "王芳")
    assert orders.read().wanted == "record" and not orders.damaged


def test_ten_seconds_of_zeros_or_clipping_are_warned_of_until_they_end():
    watch = SignalWatch()
    for kind, code in ((0, "silent_input"), (-32_768, "clipping")):
        for _ in range(99):
            watch.hear(np.full(1_600, kind, np.int16))
        assert watch.warnings == ()
        watch.hear(np.full(1_600, kind, np.int16))
        assert watch.warnings == (code,)
        watch.hear(np.full(1_600, 5, np.int16))
        assert watch.warnings == ()


@pytest.mark.parametrize("pace", [1, 4])
def test_sound_of_a_file_is_dated_from_when_it_began_to_play(tmp_path, pace):
    began_ns = time.time_ns()
    recording = Recording.launch(
        tmp_path / "录音", source=str(write_wav(tmp_path / "a.wav", sweep(1.0))), pace=str(pace)
    )
    reader, ahead_ns = JournalReader(recording.folder), list[float]()
    while recording.alive():
        if heard := reader.end_sample:
            ahead_ns.append(reader.started_at_ns + heard * 62_500 / pace - time.time_ns())
        time.sleep(0.002)
    assert reader.end_sample == 16_000 and began_ns < reader.started_at_ns
    assert max(ahead_ns) < 10_000_000, "nothing is recorded before it was spoken"


def test_recorder_loads_no_model_and_no_decoder_until_a_file_needs_it():
    script = "import sys, asr.recorder; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    ).stdout.split()
    heavy = {"av", "sounddevice", "soxr", "ctranslate2", "faster_whisper", "onnxruntime", "psutil"}
    assert not heavy & set(loaded)
