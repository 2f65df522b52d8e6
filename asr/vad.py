"""How likely each stretch of sound is speech: Silero VAD, fed as the sound arrives.

faster-whisper ships the network but zeroes its state on every call; here state and context are carried on.
"""

from importlib.resources import as_file, files
from typing import Any

import numpy as np
import numpy.typing as npt

FRAME_SAMPLES = 512
"""One decision: 32 ms at 16 kHz."""

BLOCK_FRAMES = 4
BLOCK_SAMPLES = FRAME_SAMPLES * BLOCK_FRAMES
"""Frames are always run in blocks of this size, counted from the last reset: a matrix product rounds differently
for another number of rows, and a cut must not depend on how the sound happened to arrive."""

_CONTEXT_SAMPLES = 64


class SileroVad:
    """Speech probabilities, a pure function of the sound since the last `reset`."""

    def __init__(self) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.inter_op_num_threads = 1
        options.intra_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 4
        with as_file(files("faster_whisper") / "assets" / "silero_vad_v6.onnx") as path:
            self._session: Any = onnxruntime.InferenceSession(
                str(path), providers=["CPUExecutionProvider"], sess_options=options
            )
        self.reset()

    def reset(self) -> None:
        """Forgets everything heard."""
        self._h = np.zeros((1, 1, 128), np.float32)
        self._c = np.zeros((1, 1, 128), np.float32)
        self._context = np.zeros(_CONTEXT_SAMPLES, np.float32)

    def block(self, samples: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """`BLOCK_SAMPLES` samples in -1..1 at 16 kHz; returns `BLOCK_FRAMES` probabilities."""
        frames = samples.reshape(BLOCK_FRAMES, FRAME_SAMPLES)
        tails = frames[:, -_CONTEXT_SAMPLES:]
        contexts = np.vstack((self._context[np.newaxis], tails[:-1]))
        self._context = tails[-1].copy()
        feed = {"input": np.hstack((contexts, frames)), "h": self._h, "c": self._c}
        probabilities, self._h, self._c = self._session.run(None, feed)
        return np.asarray(probabilities, np.float32).reshape(BLOCK_FRAMES)
