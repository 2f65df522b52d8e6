"""The recorder's process as it is started: what it inherits, and the last that it wrote."""

import os
import sys
from pathlib import Path

from asr.programs import command_of, environment_of
from models.refusal import N_

LOG_NAME = "recorder.log"


def spawn(arguments: list[str], folder: Path) -> int:
    """A recorder of its own session, that says what is wrong in the log beside the sound; its pid. Raises OSError."""
    # The recorder resamples a few samples at a time: a pool of threads would only take memory and time to start.
    environment = environment_of(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1")
    log = str(folder / LOG_NAME)
    return os.posix_spawn(
        sys.executable,
        [*command_of("asr.recorder"), *arguments],
        environment,
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
        setsid=True,
    )


def last_words(folder: Path) -> str:
    """What the recorder wrote into its log last."""
    lines = (folder / LOG_NAME).read_text("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else N_("it does not say why")
