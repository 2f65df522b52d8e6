"""Sound to utterances: reads samples by position, asks the VAD, and moves the segmenter on from cut to cut."""

from collections.abc import Callable, Iterator
from typing import Protocol

import numpy as np
import numpy.typing as npt

from asr.segmenter import Begun, Ended, Event, Options, Quiet, Segmenter
from asr.vad import BLOCK_SAMPLES, FRAME_SAMPLES

Read = Callable[[int, int], npt.NDArray[np.int16]]
"""(start, count) → that many samples."""


_READ_BLOCKS = 16


class Vad(Protocol):
    """`asr.vad.SileroVad`, or anything that gives a probability for each frame of a block."""

    def reset(self) -> None: ...

    def block(self, samples: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]: ...


def to_float(samples: npt.NDArray[np.int16]) -> npt.NDArray[np.float32]:
    """Samples as numbers in -1..1."""
    return samples.astype(np.float32) / 32768.0


class Listener:
    """Hears sound from `begin` on. `listen` may be called with any amounts; the events are the same."""

    def __init__(self, vad: Vad, read: Read, begin: int, options: Options | None = None) -> None:
        self._vad = vad
        self._read = read
        self._options = options
        self._next = begin
        self.cuts = 0
        self._restart(begin)

    @property
    def position(self) -> int:
        """Every sample before this one has been looked at."""
        return self._next

    def listen(self, available: int) -> Iterator[Event]:
        """Hears all whole blocks before sample `available`."""
        while (blocks := min((available - self._next) // BLOCK_SAMPLES, _READ_BLOCKS)) > 0:
            stretch = to_float(self._read(self._next, blocks * BLOCK_SAMPLES))
            for block in stretch.reshape(blocks, BLOCK_SAMPLES):
                cuts = self.cuts
                yield from self._block(block, BLOCK_SAMPLES)
                if self.cuts != cuts:
                    break  # what follows the cut is heard anew

    def finish(self, end: int) -> Iterator[Event]:
        """The sound ends at `end`: hears what is left and completes what is under way."""
        yield from self.listen(end)
        while (rest := end - self._next) > 0:
            padded = np.zeros(max(rest, BLOCK_SAMPLES), np.float32)
            padded[:rest] = to_float(self._read(self._next, rest))
            yield from self._block(padded[:BLOCK_SAMPLES], min(rest, BLOCK_SAMPLES))
        begun = self._begun
        last = self.segmenter.finish(end)
        if last is not None:
            if not begun:
                yield Begun(start=last.start)
            yield last
            self._restart(end)

    def _block(self, samples: npt.NDArray[np.float32], real: int) -> Iterator[Event]:
        """A block, of which `real` samples are sound and the rest is padding."""
        probabilities = self._vad.block(samples)
        frames = samples.reshape(-1, FRAME_SAMPLES)
        levels = 10 * np.log10(np.square(frames).mean(axis=1) + 1e-10)
        self._next += real
        for index in range(-(-real // FRAME_SAMPLES)):
            event = self.segmenter.push(float(probabilities[index]), float(levels[index]))
            match event:
                case None:
                    continue
                case Begun():
                    self._begun = True
                    yield event
                case Ended(cut=cut) | Quiet(cut=cut):
                    yield event
                    self._restart(cut)
                    return

    def _restart(self, cut: int) -> None:
        self._vad.reset()
        self.segmenter = Segmenter(cut, self._options)
        self._begun = False
        self._next = cut
        self.cuts += 1
