"""The same recording with nothing to hurry for: plain faster-whisper as the reference, `meeting refine` of what was
played, and `meeting transcribe`."""

import subprocess
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from ui.bench.asr.live import MEETING, Manner, last_line, own_environment
from ui.bench.asr.meter import Meter
from ui.bench.errors import SystemFailed

PLAIN = "faster-whisper"
REFINE = "meeting refine"
TRANSCRIBE = "meeting transcribe"


class Transcribed(msgspec.Struct, frozen=True, kw_only=True):
    """The text of a whole recording, and what it cost."""

    system: str
    text: str
    cpu_s: float
    peak_bytes: int = 0


class _Spoken(msgspec.Struct):
    text: str


class _Document(msgspec.Struct):
    segments: list[_Spoken]


class _Meeting(msgspec.Struct):
    id: str


class _Listed(msgspec.Struct):
    meetings: list[_Meeting]


def plain(sound: Path, manner: Manner) -> Transcribed:
    """What anybody gets from faster-whisper without us: beam 5, its own voice filter, the language named, no prompt."""
    from faster_whisper import WhisperModel

    before = time.process_time()
    model = WhisperModel(str(manner.model_path), device="cpu", compute_type="int8", local_files_only=True)
    language = None if manner.language == "auto" else manner.language
    segments, _ = model.transcribe(str(sound), language=language, beam_size=5, vad_filter=True)
    text = "".join(segment.text for segment in segments)
    return Transcribed(system=PLAIN, text=text, cpu_s=time.process_time() - before)


def refine(home: Path) -> Transcribed:
    """`meeting refine` of the one meeting that was played in a home, and the record as it then is.

    Raises SystemFailed.
    """
    listed, _ = _given(REFINE, "list", "--json", "--home", str(home))
    (meeting,) = msgspec.json.decode(listed, type=_Listed).meetings
    _, meter = _given(REFINE, "refine", meeting.id, "--json", "--home", str(home))
    shown, _ = _given(REFINE, "show", meeting.id, "--json", "--home", str(home))
    return _transcribed(REFINE, shown, meter)


def transcribe(sound: Path, agenda: Path, manner: Manner) -> Transcribed:
    """`meeting transcribe` with the agenda, as a user gives it. Raises SystemFailed."""
    how = ("--agenda", str(agenda), "--json", "--model", manner.model, "--language", manner.language)
    return _transcribed(TRANSCRIBE, *_given(TRANSCRIBE, "transcribe", str(sound), *how))


def _transcribed(system: str, output: bytes, meter: Meter) -> Transcribed:
    spoken = msgspec.json.decode(output, type=_Document).segments
    text = "".join(segment.text for segment in spoken)
    return Transcribed(system=system, text=text, cpu_s=meter.cpu_s, peak_bytes=meter.peak_bytes)


def _given(system: str, *arguments: str) -> tuple[bytes, Meter]:
    """What a command printed, and what it cost. Raises SystemFailed."""
    with TemporaryDirectory(prefix="meeting-bench-") as folder:
        output, log = Path(folder) / "output", Path(folder) / "log"
        with output.open("wb") as out, log.open("wb") as errors:
            child = subprocess.Popen(
                [*MEETING, *arguments], stdin=subprocess.DEVNULL, stdout=out, stderr=errors, env=own_environment()
            )
        try:
            with Meter(child.pid) as meter:
                child.wait()
        finally:
            if child.poll() is None:
                child.terminate()
                child.wait()
        if child.returncode:
            raise SystemFailed(system=system, why=last_line(log) or str(child.returncode))
        return output.read_bytes(), meter
