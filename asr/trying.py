"""A microphone tried before a meeting: `python -m asr.trying [--device NAME]`. Nothing of it reaches a disk.

Standard output: lines of `Tried`, the first all devices there are, then the level ten times a second. A line
`{"seconds", "model", "language"}` on standard input asks for a sentence: what is said from then on is recognized in
memory and told. The process ends when its input closes; what cannot be done ends it with a `Failed`.
"""

import argparse
import os
import queue
import sys
import threading
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from asr.devices import Device, list_devices
from asr.errors import AsrError
from asr.journal import Samples, level_dbfs
from asr.journal_records import RATE_HZ
from asr.sources import Block, MicrophoneSource

LONGEST_S = 15.0


class Devices(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="devices"):
    """The microphones of this machine."""

    devices: tuple[Device, ...]


class Level(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="level"):
    """RMS level of the newest 100 ms in dBFS, null for digital silence; `device` is the one that is open."""

    device: str
    level_dbfs: float | None


class Sentence(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="sentence"):
    """What was understood of the test sentence, and the level of the whole of it."""

    text: str
    level_dbfs: float | None


class Failed(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="failed"):
    """Why nothing can be heard: an error of `asr.errors` by its code."""

    code: str
    template: str
    facts: dict[str, str]
    exit_code: int


Tried = Devices | Level | Sentence | Failed


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """Listen for `seconds`, then recognize it with the model in the folder `model`."""

    seconds: float
    model: str
    language: str = "zh"


class Trial:
    """Reads a microphone and tells of it; at most one sentence is collected at a time."""

    def __init__(self, source: MicrophoneSource) -> None:
        self._source = source
        self._asked: queue.SimpleQueue[Ask] = queue.SimpleQueue()
        self._ask: Ask | None = None
        self._heard: list[Samples] = []
        self._recognizer: Any = None

    def ask(self, ask: Ask) -> None:
        """From another thread: a sentence is about to be said."""
        self._asked.put(ask)

    def run(self) -> None:
        """Until the process ends. Raises AsrError."""
        self._source.open()
        while True:
            block = self._source.read(1.0)
            if isinstance(block, Block):
                _tell(Level(device=self._source.opened_name or "", level_dbfs=level_dbfs(block.samples)))
                self._collect(block.samples)

    def _collect(self, samples: Samples) -> None:
        if self._ask is None:
            if self._asked.empty():
                return
            self._ask, self._heard = self._asked.get(), []
        self._heard.append(samples)
        if sum(map(len, self._heard)) >= min(self._ask.seconds, LONGEST_S) * RATE_HZ:
            ask, self._ask = self._ask, None
            _tell(self._recognized(ask, np.concatenate(self._heard)))
            self._heard = []

    def _recognized(self, ask: Ask, sound: Samples) -> Sentence:
        from asr.recognizer import FasterWhisperRecognizer
        from asr.transcribe import transcribe_blocks

        if self._recognizer is None:
            self._recognizer = FasterWhisperRecognizer(Path(ask.model))
        transcript = transcribe_blocks([sound], self._recognizer, language=ask.language)
        return Sentence(text="".join(final.text for final in transcript.segments), level_dbfs=level_dbfs(sound))


def _tell(message: Tried) -> None:
    try:
        sys.stdout.buffer.write(msgspec.json.encode(message) + b"\n")
        sys.stdout.buffer.flush()
    except OSError:
        os._exit(0)


def _follow(trial: Trial) -> None:
    for line in sys.stdin.buffer:
        trial.ask(msgspec.json.decode(line, type=Ask))
    # Whoever listened has gone: the device is let go of with the process, at once.
    os._exit(0)


def main(argv: list[str]) -> int:
    """The process; its exit code."""
    parser = argparse.ArgumentParser(prog="python -m asr.trying")
    parser.add_argument("--device")
    args = parser.parse_args(argv)
    trial = Trial(MicrophoneSource(args.device))
    threading.Thread(target=_follow, args=(trial,), daemon=True).start()
    try:
        _tell(Devices(devices=tuple(list_devices())))
        trial.run()
    except AsrError as error:
        facts = {name: str(value) for name, value in error.facts.items()}
        _tell(Failed(code=error.code, template=error.template, facts=facts, exit_code=error.exit_code))
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
