"""Measures recordings one after the other, in each condition and with each system, never two at a time."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from ui.bench.asr import live, offline, peers
from ui.bench.asr.conditions import in_condition
from ui.bench.asr.demands import CONDITION, demands
from ui.bench.asr.live import Manner
from ui.bench.asr.offline import Transcribed
from ui.bench.asr.peers import Peer
from ui.bench.asr.played import Played
from ui.bench.asr.recordings import Recording, beginning, load, write_wav
from ui.bench.asr.results import Figures, Ratio, measure, ratios
from ui.bench.demand import Demand
from ui.bench.errors import SystemFailed
from ui.bench.machine import Machine, Others, look
from ui.locale import explain

Tell = Callable[[str], None]


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be measured.

    `peers` is the folder of the programs that drive other systems; these hear the first condition only, since each
    takes as long as the recording. `shorter`: the same recordings as the conditions other than clean hear them.
    """

    recordings: tuple[Recording, ...]
    shorter: tuple[Recording, ...] = ()
    manner: Manner
    conditions: tuple[str, ...] = ("clean",)
    refine: bool = False
    transcribe: bool = False
    peers: Path | None = None


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """A system that could not be measured, and the sentence that says why."""

    recording: str
    condition: str
    sentence: str


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """All of one run."""

    machine: Machine
    model: str
    pace: float
    lines: tuple[Figures, ...]
    ratios: tuple[Ratio, ...]
    demands: tuple[Demand, ...] = ()
    failures: tuple[Failure, ...] = ()


def run(order: Order, tell: Tell) -> Report:
    """Measures all that is ordered; `tell` hears what is being played. One system that fails costs no other's figures.

    Raises PeersMissing.
    """
    failures = list[Failure]()
    ready = _prepared(order.peers, tell, failures) if order.peers else []
    lines = list[Figures]()
    for whole, shorter in zip(order.recordings, order.shorter or order.recordings, strict=True):
        for condition in order.conditions:
            recording = whole if condition == CONDITION else shorter
            changed = in_condition(recording, condition)
            compared = ready if condition == order.conditions[0] else []
            with TemporaryDirectory(prefix="meeting-bench-") as folder:
                sound = write_wav(Path(folder) / "meeting.wav", changed.samples)
                for system, work in _work(order, changed, sound, compared):
                    tell(f"{recording.name} · {condition} · {system} · {changed.duration_ms // 1000} s")
                    others = Others()
                    try:
                        result = work()
                    except SystemFailed as error:
                        failures.append(_failure(recording.name, condition, error))
                        continue
                    lines.append(measure(changed, condition, result, others.cores(result.cpu_s)))
    compared_with = ratios(lines)
    return Report(
        machine=look(),
        model=order.manner.model,
        pace=order.manner.pace,
        lines=tuple(lines),
        ratios=tuple(compared_with),
        demands=demands(lines, compared_with),
        failures=tuple(failures),
    )


def _failure(recording: str, condition: str, error: SystemFailed) -> Failure:
    return Failure(recording=recording, condition=condition, sentence=explain(error))


def _prepared(folder: Path, tell: Tell, failures: list[Failure]) -> list[Peer]:
    """The peers that can be driven; installing is done before anything is measured."""
    ready = list[Peer]()
    for name in peers.names(folder):
        tell(name)
        try:
            ready.append(peers.prepare(folder, name))
        except SystemFailed as error:
            failures.append(_failure("", "", error))
    return ready


def _work(
    order: Order, recording: Recording, sound: Path, compared: Sequence[Peer]
) -> Iterator[tuple[str, Callable[[], Played | Transcribed]]]:
    manner, agenda, home = order.manner, recording.agenda_path, sound.with_name("home")
    yield live.SYSTEM, lambda: live.play(sound, agenda, manner, home)
    if order.refine:
        yield offline.REFINE, lambda: offline.refine(home)
    for peer in compared:
        yield peer.name, partial(peers.play, peer, sound, manner)
    yield offline.PLAIN, lambda: offline.plain(sound, manner)
    if order.transcribe:
        yield offline.TRANSCRIBE, lambda: offline.transcribe(sound, agenda, manner)


def load_all(folders: Sequence[Path], seconds: float | None) -> tuple[Recording, ...]:
    """The recordings of the folders. Raises BenchError, AgendaError, AudioError."""
    return tuple(load(folder, seconds) for folder in folders)


def shortened(recordings: Sequence[Recording], seconds: float | None) -> tuple[Recording, ...]:
    """The first seconds of each, all of them where none are named. Raises RecordingTooShort."""
    return tuple(recordings if seconds is None else (beginning(one, seconds) for one in recordings))
