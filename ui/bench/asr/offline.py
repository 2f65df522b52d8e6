"""The same recording with nothing to hurry for: plain faster-whisper as the reference, and `meeting transcribe`."""

import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from ui.bench.asr.live import Manner, last_line
from ui.bench.asr.meter import Meter
from ui.bench.errors import SystemFailed

PLAIN = "faster-whisper"
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


def plain(sound: Path, manner: Manner) -> Transcribed:
    """What anybody gets from faster-whisper without us: beam 5, its own voice filter, the language named, no prompt."""
    from faster_whisper import WhisperModel

    before = time.process_time()
    model = WhisperModel(str(manner.model_path), device="cpu", compute_type="int8", local_files_only=True)
    language = None if manner.language == "auto" else manner.language
    segments, _ = model.transcribe(str(sound), language=language, beam_size=5, vad_filter=True)
    text = "".join(segment.text for segment in segments)
    return Transcribed(system=PLAIN, text=text, cpu_s=time.process_time() - before)


def transcribe(sound: Path, agenda: Path, manner: Manner) -> Transcribed:
    """`meeting transcribe` with the agenda, as a user gives it. Raises SystemFailed."""
    command = [sys.executable, "-P", "-m", "ui.cli", "transcribe", str(sound), "--agenda", str(agenda), "--json"]
    command += ["--model", manner.model, "--language", manner.language]
    with TemporaryDirectory(prefix="meeting-bench-") as folder:
        output, log = Path(folder) / "output", Path(folder) / "log"
        with output.open("wb") as out, log.open("wb") as errors:
            child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=errors)
        try:
            with Meter(child.pid) as meter:
                child.wait()
        finally:
            if child.poll() is None:
                child.terminate()
                child.wait()
        if child.returncode:
            raise SystemFailed(system=TRANSCRIBE, why=last_line(log) or str(child.returncode))
        document = msgspec.json.decode(output.read_bytes(), type=_Document)
    text = "".join(segment.text for segment in document.segments)
    return Transcribed(system=TRANSCRIBE, text=text, cpu_s=meter.cpu_s, peak_bytes=meter.peak_bytes)
