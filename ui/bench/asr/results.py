"""The figures of one system on one recording, and how two of them compare."""

from collections.abc import Sequence

import msgspec

from ui.bench.asr.delays import Spread, final_waits, partial_ages, spread, voice_until_shown
from ui.bench.asr.flicker import flicker
from ui.bench.asr.live import SYSTEM
from ui.bench.asr.offline import PLAIN, REFINE, TRANSCRIBE, Transcribed
from ui.bench.asr.played import Played
from ui.bench.asr.recordings import Recording
from ui.bench.asr.screen import shown_at_last
from ui.bench.asr.words import words_by_kind
from ui.bench.scoring import error_rate, term_recall

OURS = (SYSTEM, REFINE, TRANSCRIBE)


class Recall(msgspec.Struct, frozen=True, array_like=True):
    """How often words were written right, of how often they were spoken."""

    right: int
    spoken: int


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the table; what a system does not have is null. Waits in ms, `cpu` in cores (s per s of sound).

    `part_s`: only so much of the recording's beginning was heard. `other_cores` were taken by other programs
    meanwhile: near 0 on a machine that is fit to measure on.
    """

    recording: str
    condition: str
    system: str
    audio_ms: int
    part_s: float | None = None
    cer: float
    terms: Recall
    terms_by_kind: dict[str, Recall]
    cpu: float
    peak_bytes: int = 0
    partial_age: Spread | None = None
    shown: Spread | None = None
    final: Spread | None = None
    flicker: float | None = None
    lag_max_ms: int | None = None
    other_cores: float = 0.0
    text: str = ""


class Ratio(msgspec.Struct, frozen=True, kw_only=True):
    """What one of our figures is, divided by another system's: below 1 is better than theirs."""

    recording: str
    condition: str
    system: str
    against: str
    cer: float | None = None
    cpu: float | None = None
    final_p95: float | None = None


def measure(
    recording: Recording, condition: str, result: Played | Transcribed, other_cores: float = 0.0
) -> Figures:
    """The figures of what a system made of a recording."""
    text = shown_at_last(result.updates) if isinstance(result, Played) else result.text
    kinds = words_by_kind(recording.agenda)
    figures = Figures(
        recording=recording.name,
        condition=condition,
        system=result.system,
        audio_ms=recording.duration_ms,
        part_s=recording.part_s,
        cer=error_rate(recording.text, text),
        terms=Recall(*term_recall([word for words in kinds.values() for word in words], recording.text, text)),
        terms_by_kind={kind: Recall(*term_recall(words, recording.text, text)) for kind, words in kinds.items()},
        cpu=result.cpu_s * 1000 / recording.duration_ms,
        peak_bytes=result.peak_bytes,
        other_cores=other_cores,
        text=text,
    )
    if isinstance(result, Transcribed):
        return figures
    return msgspec.structs.replace(
        figures,
        partial_age=spread(partial_ages(result.updates)),
        shown=spread(*voice_until_shown(result.updates, recording.spoken)),
        final=spread(*final_waits(result.updates, recording.spoken)),
        flicker=flicker(result.updates),
        lag_max_ms=result.lag_max_ms,
    )


def ratios(lines: Sequence[Figures]) -> list[Ratio]:
    """Ours against each other system on the same sound; text made at leisure only by its errors."""
    found = []
    for ours in (line for line in lines if line.system in OURS):
        for other in lines:
            same = (other.recording, other.condition) == (ours.recording, ours.condition)
            if not same or other.system in OURS:
                continue
            if other.system == PLAIN:
                found.append(_ratio(ours, other, live=False))
            elif ours.system == SYSTEM:
                found.append(_ratio(ours, other, live=True))
    return found


def _ratio(ours: Figures, other: Figures, live: bool) -> Ratio:
    final = None
    if live and ours.final and other.final:
        final = _share(ours.final.p95, other.final.p95)
    return Ratio(
        recording=ours.recording,
        condition=ours.condition,
        system=ours.system,
        against=other.system,
        cer=_share(ours.cer, other.cer),
        cpu=_share(ours.cpu, other.cpu) if live else None,
        final_p95=final,
    )


def _share(ours: float, theirs: float) -> float | None:
    return ours / theirs if theirs > 0 else None
