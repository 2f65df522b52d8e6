"""A recording to measure with: its sound, its script of who said what when, and its agenda."""

import wave
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt

from meeting.domain.agenda import Agenda
from models.refusal import N_
from ui.bench.asr.delays import Span
from ui.bench.errors import RecordingIncomplete, RecordingTooShort, ScriptUnusable

RATE_HZ = 16_000
Samples = npt.NDArray[np.float32]
_AFTER_LAST_MS = 1000


class Line(msgspec.Struct, frozen=True):
    """One utterance of the script."""

    t_start_ms: int
    t_end_ms: int
    text: str
    speaker: str = ""


class Recording(msgspec.Struct, frozen=True, kw_only=True):
    """Sound (16 kHz mono in -1..1), what is said in it, and the agenda file that a user would give with it.

    `part_s`: it is only so much of the beginning.
    """

    name: str
    samples: Samples
    lines: tuple[Line, ...]
    agenda_path: Path
    agenda: Agenda
    part_s: float | None = None

    @property
    def duration_ms(self) -> int:
        return len(self.samples) * 1000 // RATE_HZ

    @property
    def spoken(self) -> list[Span]:
        return [Span(line.t_start_ms, line.t_end_ms) for line in self.lines]

    @property
    def text(self) -> str:
        return "".join(line.text for line in self.lines)


def load(folder: Path, seconds: float | None = None) -> Recording:
    """Reads meeting.flac, script.jsonl and agenda.yaml of a folder, whole or its first seconds.

    Raises BenchError, AgendaError, AudioError.
    """
    from asr.audio import decode
    from meeting.agenda import read_agenda

    sound, script, agenda_path = (folder / name for name in ("meeting.flac", "script.jsonl", "agenda.yaml"))
    for path in (sound, script, agenda_path):
        if not path.is_file():
            raise RecordingIncomplete(folder=folder, part=path.name)
    lines = _read_script(script)
    blocks = [block.astype(np.float32) / 32768 for block in decode(sound)]
    samples: Samples = np.concatenate(blocks)
    whole = Recording(
        name=folder.absolute().name,
        samples=samples,
        lines=lines,
        agenda_path=agenda_path,
        agenda=read_agenda(agenda_path),
    )
    return whole if seconds is None else beginning(whole, seconds)


def beginning(recording: Recording, seconds: float) -> Recording:
    """The first seconds, up to the last utterance that ends in them. Raises RecordingTooShort."""
    lines = tuple(line for line in recording.lines if line.t_end_ms <= seconds * 1000)
    if not lines:
        raise RecordingTooShort(folder=recording.agenda_path.parent, seconds=f"{seconds:g}")
    if len(lines) == len(recording.lines):
        return recording
    samples = recording.samples[: (lines[-1].t_end_ms + _AFTER_LAST_MS) * RATE_HZ // 1000]
    return msgspec.structs.replace(
        recording, samples=samples, lines=lines, part_s=round(len(samples) / RATE_HZ, 1)
    )


def _read_script(path: Path) -> tuple[Line, ...]:
    try:
        lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        found = tuple(msgspec.json.decode(line, type=Line) for line in lines)
    except (OSError, UnicodeDecodeError, msgspec.DecodeError) as error:
        raise ScriptUnusable(file=path, why=str(error)) from error
    if not found:
        raise ScriptUnusable(file=path, why=N_("it is empty"))
    return found


def write_wav(path: Path, samples: Samples) -> Path:
    """Writes sound as 16-bit mono WAV, which every system under measurement reads; louder than full scale is cut."""
    limited = np.clip(np.round(samples * 32767), -32768, 32767).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(limited.tobytes())
    return path
