"""Where sound comes from: a microphone or a file, both as blocks of 100 ms and the holes between them."""

import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple, Protocol

import numpy as np

from asr.audio import SoundFile
from asr.continuity import NS, Continuity
from asr.devices import find_device, list_devices, portaudio, rescan
from asr.errors import DeviceGone
from asr.journal import Samples
from asr.journal_records import RATE_HZ, RECORD_SAMPLES

# What is kept in memory while the disk does not take it; later sound is then a hole.
_QUEUE_SECONDS = 60
# A working device delivers twenty times a second.
_DEAD_AFTER_S = 2.0
# A machine that has just started a device is late with its first deliveries: they are dated by the ones after them.
_SETTLED_AFTER_S = 0.3


class Block(NamedTuple):
    """Sound: int16 mono at 16 kHz, `boot_ns` the time of its first sample (ns since boot; None for a file),
    `source_end` the samples of the file used up at its end (0 for a microphone)."""

    samples: Samples
    boot_ns: int | None
    source_end: int


class Hole(NamedTuple):
    """Sound that was lost: its length in samples and why."""

    samples: int
    reason: str


class Ended(NamedTuple):
    """A file is done; `truncated`: it was cut short or damaged."""

    truncated: bool


class Source(Protocol):
    """Something that is opened, gives sound, and holds none once it is closed."""

    live: bool
    opened_name: str | None

    def open(self) -> None:
        """Begins, or goes on after `close`. Raises AudioError."""

    def read(self, timeout: float) -> Block | Hole | Ended | None:
        """The next that is there within `timeout` seconds, else None. Raises DeviceGone."""

    def finish(self) -> list[Block]:
        """Closes and gives what was heard up to now."""

    def close(self) -> None:
        """Closes and drops what was not read yet."""


def boot_ns() -> int:
    """Nanoseconds since boot, sleep included: no setting of the clock moves it."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME)


class MicrophoneSource:
    """An input device at its own rate, mixed to mono and resampled; `name` None is the default device."""

    live = True

    def __init__(self, name: str | None = None) -> None:
        self.name = name
        self.opened_name: str | None = None
        self._queue: SimpleQueue[tuple[bytes, int, bool]] = SimpleQueue()
        self._ready: deque[Block | Hole] = deque()
        self._tail = np.empty(0, np.int16)
        self._stream: Any = None
        self._resampler: Any = None
        self._lost = False
        self._stale = False

    def open(self) -> None:
        """Raises NoMicrophone, DeviceGone, LibraryMissing."""
        if self._stale:
            rescan()
        # What PortAudio knows of the devices holds until one fails.
        self._stale = True
        sounddevice = portaudio()
        device = find_device(self.name)
        self._channels = min(2, device.channels)
        self._rate_hz = device.rate_hz
        self._continuity = Continuity(self._rate_hz)
        self._resampler = _resampler(self._rate_hz)
        self._in_resampler = 0.0
        self._next_boot_ns = 0
        self._unsettled = round(_SETTLED_AFTER_S * self._rate_hz)
        self._lost = False
        self._opened_ns = boot_ns()
        try:
            self._stream = sounddevice.RawInputStream(
                device=device.index,
                samplerate=self._rate_hz,
                channels=self._channels,
                dtype="int16",
                blocksize=self._rate_hz // 20,
                callback=self._enqueue,
                finished_callback=self._mark_lost,
            )
            self._stream.start()
        except sounddevice.PortAudioError as error:
            self.close()
            present = ", ".join(device.name for device in list_devices())
            raise DeviceGone(name=device.name, present=present) from error
        self._stale = False
        self.opened_name = device.name
        self._waited_s = 0.0

    def read(self, timeout: float) -> Block | Hole | None:
        """Raises DeviceGone when the device has stopped delivering."""
        until = time.monotonic() + timeout
        while not self._ready:
            try:
                self._take(*self._queue.get(timeout=max(0.0, until - time.monotonic())))
            except Empty:
                # Counted in waits, not by the clock: a machine that slept must not take the device for dead.
                self._waited_s += timeout
                if self._lost or self._waited_s > _DEAD_AFTER_S:
                    self._stale = True
                    raise DeviceGone(name=self.opened_name or "", present="") from None
                return None
        return self._ready.popleft()

    def finish(self) -> list[Block]:
        """Stops listening and gives all that was heard before."""
        if self._stream is None:
            return []
        self._lost = True
        self._stream.stop(ignore_errors=True)
        while not self._queue.empty():
            self._take(*self._queue.get())
        if self._resampler is not None:
            self._tail = np.concatenate(
                (self._tail, self._resampler.resample_chunk(np.empty(0, np.int16), last=True))
            )
        self._cut(RECORD_SAMPLES)
        self._cut(1)
        heard = [ready for ready in self._ready if isinstance(ready, Block)]
        self.close()
        return heard

    def close(self) -> None:
        """The device is free again, and no sound that was not read is left in memory."""
        stream, self._stream = self._stream, None
        if stream is not None:
            self._lost = True
            stream.abort(ignore_errors=True)
            stream.close(ignore_errors=True)
        self._queue = SimpleQueue()
        self._ready.clear()
        self._tail = np.empty(0, np.int16)
        self._resampler = None

    def _enqueue(self, data: Any, frames: int, when: Any, status: Any) -> None:
        # PortAudio's thread: no work here, and a full queue is told by the frames that do not arrive.
        if self._queue.qsize() < _QUEUE_SECONDS * 20:
            self._queue.put((bytes(data), boot_ns(), bool(status.input_overflow)))

    def _mark_lost(self) -> None:
        self._lost = True

    def _take(self, data: bytes, at_ns: int, overflow: bool) -> None:
        self._waited_s = 0.0
        frames = np.frombuffer(data, np.int16).reshape(-1, self._channels)
        begins_ns = self._continuity.time_of_next_frame()
        hole = self._continuity.delivered(len(frames), at_ns, overflow)
        if not self._next_boot_ns:
            begins_ns = at_ns - len(frames) * NS // self._rate_hz
        mono = frames[:, 0] if self._channels == 1 else frames.mean(axis=1).astype(np.int16)
        # The samples that wait, here and in the resampler, were spoken just before the ones that came now.
        waiting = len(self._tail) + self._in_resampler
        self._next_boot_ns = begins_ns - round(waiting * NS / RATE_HZ)
        if self._resampler is not None:
            self._in_resampler += len(mono) * RATE_HZ / self._rate_hz
            mono = self._resampler.resample_chunk(mono)
            self._in_resampler -= len(mono)
        self._tail = np.concatenate((self._tail, mono))
        self._unsettled -= len(frames)
        if self._unsettled <= 0 or hole:
            self._cut(RECORD_SAMPLES)
        if hole:
            self._ready.append(Hole(hole[0] * RATE_HZ // NS, hole[1]))

    def _cut(self, least: int) -> None:
        """Blocks off the tail, as long as it holds `least` samples."""
        while len(self._tail) >= least:
            # A sound server may begin with more than was spoken since; nothing is dated to when the device was closed.
            at_ns = max(self._next_boot_ns, self._opened_ns)
            self._ready.append(Block(self._tail[:RECORD_SAMPLES], at_ns, 0))
            self._tail = self._tail[RECORD_SAMPLES:]
            self._next_boot_ns += RECORD_SAMPLES * NS // RATE_HZ


class FileSource:
    """A sound file played at `pace` times real time (None: as fast as it is read), from one of its samples on."""

    live = False
    opened_name: str | None = None

    def __init__(self, path: Path, pace: float | None = 1.0, from_sample: int = 0) -> None:
        self._file = SoundFile(path)
        self._pace = pace
        self._position = from_sample
        self._blocks: Iterator[Samples] = self._file.blocks(from_sample)
        self._next: Samples | None = next(self._blocks, None)
        self._due = 0.0

    def open(self) -> None:
        """Playing goes on where it stopped."""
        self._due = time.monotonic()
        self._schedule()

    def read(self, timeout: float) -> Block | Ended | None:
        """A block is due when its last sample has been spoken."""
        if self._next is None:
            return Ended(self._file.truncated)
        wait = self._due - time.monotonic()
        if wait > 0:
            time.sleep(min(wait, timeout))
            if wait > timeout:
                return None
        self._position += len(self._next)
        block = Block(self._next, None, self._position)
        self._next = next(self._blocks, None)
        self._schedule()
        return block

    def finish(self) -> list[Block]:
        """A file that is stopped early has said all it should."""
        return []

    def close(self) -> None:
        """The position is kept."""

    def _schedule(self) -> None:
        if self._pace is not None and self._next is not None:
            self._due += len(self._next) / RATE_HZ / self._pace


def parse_pace(text: str) -> float | None:
    """`realtime`, `fast` (None) or N times real time; raises ValueError."""
    if text == "fast":
        return None
    pace = 1.0 if text == "realtime" else float(text)
    if not 0 < pace < 1000:
        raise ValueError(text)
    return pace


def _resampler(rate_hz: int) -> Any:
    if rate_hz == RATE_HZ:
        return None
    import soxr

    return soxr.ResampleStream(rate_hz, RATE_HZ, 1, dtype="int16")
