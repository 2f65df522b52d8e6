"""Measures recordings one after the other, in each condition and with each system, never two at a time."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from ui.bench.asr import live, offline, peers
from ui.bench.asr.conditions import in_condition
from ui.bench.asr.live import Manner
from ui.bench.asr.offline import Transcribed
from ui.bench.asr.played import Played
from ui.bench.asr.recordings import Recording, write_wav
from ui.bench.asr.results import Figures, Ratio, measure, ratios
from ui.bench.machine import Machine, Others, look

Tell = Callable[[str], None]


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be measured. `peers` is the folder of the programs that drive other systems."""

    recordings: tuple[Recording, ...]
    manner: Manner
    conditions: tuple[str, ...] = ("clean",)
    transcribe: bool = False
    peers: Path | None = None


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """All of one run."""

    machine: Machine
    model: str
    pace: float
    lines: tuple[Figures, ...]
    ratios: tuple[Ratio, ...]


def run(order: Order, tell: Tell) -> Report:
    """Measures all that is ordered; `tell` hears what is being played. Raises SystemFailed."""
    interpreters = _prepared(order.peers, tell)
    lines = list[Figures]()
    for recording in order.recordings:
        for condition in order.conditions:
            changed = in_condition(recording, condition)
            with TemporaryDirectory(prefix="meeting-bench-") as folder:
                sound = write_wav(Path(folder) / "meeting.wav", changed.samples)
                for system, work in _work(order, changed, sound, interpreters):
                    tell(f"{recording.name} · {condition} · {system} · {changed.duration_ms // 1000} s")
                    others = Others()
                    result = work()
                    lines.append(measure(changed, condition, result, others.cores(result.cpu_s)))
    return Report(
        machine=look(),
        model=order.manner.model,
        pace=order.manner.pace,
        lines=tuple(lines),
        ratios=tuple(ratios(lines)),
    )


def _prepared(folder: Path | None, tell: Tell) -> dict[str, str]:
    """The interpreter of each peer; installing is done before anything is measured."""
    if folder is None:
        return {}
    found = {}
    for name in peers.names(folder):
        tell(name)
        found[name] = peers.prepare(folder, name)
    return found


def _work(
    order: Order, recording: Recording, sound: Path, interpreters: dict[str, str]
) -> Iterator[tuple[str, Callable[[], Played | Transcribed]]]:
    manner, agenda = order.manner, recording.agenda_path
    yield live.SYSTEM, lambda: live.play(sound, agenda, manner)
    for name, interpreter in interpreters.items():
        yield name, _peer(order.peers, name, interpreter, sound, manner)
    yield offline.PLAIN, lambda: offline.plain(sound, manner)
    if order.transcribe:
        yield offline.TRANSCRIBE, lambda: offline.transcribe(sound, agenda, manner)


def _peer(folder: Path | None, name: str, interpreter: str, sound: Path, manner: Manner) -> Callable[[], Played]:
    assert folder is not None  # without a folder there are no peers
    return lambda: peers.play(folder, name, interpreter, sound, manner)


def load_all(folders: Sequence[Path], seconds: float | None) -> tuple[Recording, ...]:
    """The recordings of the folders. Raises RecordingIncomplete, AgendaError, AudioError."""
    from ui.bench.asr.recordings import load

    return tuple(load(folder, seconds) for folder in folders)
