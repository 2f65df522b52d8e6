"""Sound files as 16 kHz mono int16, decoded as a stream: whatever FFmpeg reads, never whole in memory."""

import os
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from asr.errors import SoundEmpty, SoundUnreadable
from asr.journal import Samples
from asr.journal_records import RATE_HZ, RECORD_SAMPLES
from models.refusal import N_

if TYPE_CHECKING:
    from av.container import InputContainer

# Containers round their duration, and codecs pad the end: less missing than this is not a cut.
_ROUNDING_MS = 500

DAMAGED = N_("it is damaged or not a sound file")


class SoundFile:
    """One sound file, looked into at once and decoded on demand.

    `duration_ms` is what the file claims, or the true length where it claims nothing. `truncated` is known after
    `blocks` has run out: the file ended before its claim, or parts of it could not be decoded. What can be decoded of
    a damaged file is given; only one with nothing decodable is refused.

    Raises SoundUnreadable (missing, a folder, no sound in it, nothing decodable) and SoundEmpty.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        _check_file(self.path)
        self.truncated = False
        with self._opened() as (container, stream):
            claimed_ms = max(_claimed_ms(container, stream), _wav_claim_ms(self.path))
            self.duration_ms = claimed_ms or _measured_ms(container, stream)
        if not any(len(block) for block in self._decoded()):
            if self.truncated:
                raise SoundUnreadable(path=str(self.path), reason=DAMAGED)
            raise SoundEmpty(path=str(self.path))

    def blocks(self, from_sample: int = 0) -> Iterator[Samples]:
        """Blocks of 100 ms (the last may be shorter) from a sample of the decoded sound on."""
        pending = np.empty(0, np.int16)
        seen = 0
        for decoded in self._decoded():
            skip = min(len(decoded), max(0, from_sample - seen))
            seen += len(decoded)
            pending = np.concatenate((pending, decoded[skip:]))
            while len(pending) >= RECORD_SAMPLES:
                yield pending[:RECORD_SAMPLES]
                pending = pending[RECORD_SAMPLES:]
        if len(pending):
            yield pending
        if seen * 1000 // RATE_HZ < self.duration_ms - _ROUNDING_MS:
            self.truncated = True

    def _decoded(self) -> Iterator[Samples]:
        import av

        resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE_HZ)
        with self._opened() as (container, stream):
            for packet in self._packets(container, stream):
                try:
                    frames = packet.decode()
                except av.FFmpegError:
                    self.truncated = True  # a damaged packet; the sound around it is still worth having
                    continue
                for frame in frames:
                    for mono in resampler.resample(frame):
                        yield mono.to_ndarray()[0]
            for mono in resampler.resample(None):
                yield mono.to_ndarray()[0]

    def _packets(self, container: "InputContainer", stream: Any) -> Iterator[Any]:
        import av

        packets = container.demux(stream)
        while True:
            try:
                yield next(packets)
            except StopIteration:
                return
            except av.FFmpegError:
                self.truncated = True
                return

    @contextmanager
    def _opened(self) -> Iterator[tuple["InputContainer", Any]]:
        import av

        # "file:" because FFmpeg takes what stands before a colon in a name (09:00会议.wav) for a protocol.
        url = f"file:{self.path.absolute()}"
        try:
            with av.open(url, metadata_errors="replace") as container:
                if not container.streams.audio:
                    raise SoundUnreadable(path=str(self.path), reason=N_("there is no sound in it"))
                yield container, container.streams.audio[0]
        except av.FFmpegError as error:
            raise SoundUnreadable(path=str(self.path), reason=DAMAGED) from error


def decode(path: Path | str) -> Iterator[Samples]:
    """A file's sound in blocks of 100 ms (the last may be shorter), int16 mono at 16 kHz; raises as `SoundFile`."""
    return SoundFile(path).blocks()


def probe(path: Path | str) -> int:
    """A file's length in ms; raises as `SoundFile`."""
    return SoundFile(path).duration_ms


def _check_file(path: Path) -> None:
    reason = None
    if path.is_dir():
        reason = N_("it is a folder")
    elif not path.exists():
        reason = N_("there is no such file")
    elif not path.is_file():
        reason = N_("it is not a file")
    elif not os.access(path, os.R_OK):
        reason = N_("you may not read it")
    elif path.stat().st_size == 0:
        raise SoundEmpty(path=str(path))
    if reason:
        raise SoundUnreadable(path=str(path), reason=reason)


def _claimed_ms(container: "InputContainer", stream: Any) -> int:
    if container.duration:
        return container.duration // 1000  # AV_TIME_BASE counts microseconds
    return int(stream.duration * stream.time_base * 1000) if stream.duration else 0


def _wav_claim_ms(path: Path) -> int:
    """What a WAV header says; FFmpeg goes by the size of the file and so cannot tell one that was cut short."""
    try:
        with wave.open(str(path), "rb") as file:
            frames, rate_hz = file.getnframes(), file.getframerate()
            streamed = frames * file.getnchannels() * file.getsampwidth() >= 2**31 - 2**16  # length not known
    except (wave.Error, EOFError):
        return 0
    return 0 if streamed else frames * 1000 // rate_hz


def _measured_ms(container: "InputContainer", stream: Any) -> int:
    """The end of the last packet, for containers that are written as they stream (WebM from a browser, say)."""
    end = 0.0
    for packet in container.demux(stream):
        if packet.pts is not None:
            end = max(end, float((packet.pts + (packet.duration or 0)) * packet.time_base))
    return int(end * 1000)
