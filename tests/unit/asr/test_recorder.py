"""The recorder's own judgement: orders it cannot read, signals that are none."""

import subprocess
import sys

import numpy as np

from asr.recorder import Orders, SignalWatch
from asr.recording import Recording


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


def test_recorder_loads_no_model_and_no_decoder_until_a_file_needs_it():
    script = "import sys, asr.recorder; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    ).stdout.split()
    heavy = {"av", "sounddevice", "soxr", "ctranslate2", "faster_whisper", "onnxruntime", "psutil"}
    assert not heavy & set(loaded)
