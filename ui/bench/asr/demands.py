"""What the product has to reach on a clean recording, and whether a run reached it."""

from collections.abc import Iterator, Sequence

import msgspec

from ui.bench.asr.live import SYSTEM
from ui.bench.asr.offline import PLAIN, REFINE, TRANSCRIBE
from ui.bench.asr.results import Figures, Ratio
from ui.bench.demand import Demand, demand

CONDITION = "clean"


def demands(lines: Sequence[Figures], ratios: Sequence[Ratio]) -> tuple[Demand, ...]:
    """All that is demanded of each recording that was played clean."""
    found = list[Demand]()
    for ours in lines:
        if ours.system == SYSTEM and ours.condition == CONDITION:
            same = [one for one in lines if (one.recording, one.condition) == (ours.recording, CONDITION)]
            against = [one for one in ratios if (one.recording, one.condition) == (ours.recording, CONDITION)]
            wanted = [*_delays(ours), *_cost(ours), *_terms(ours, same), *_errors(against), *_peers(against)]
            found += [msgspec.structs.replace(one, recording=ours.recording) for one in wanted]
    return tuple(found)


def _delays(ours: Figures) -> Iterator[Demand]:
    for what, waits in (("partial age", ours.partial_age), ("voice until shown", ours.shown)):
        yield demand(f"{what} p50", waits.p50 / 1000 if waits else None, "≤", 1.0, "s")
        yield demand(f"{what} p95", waits.p95 / 1000 if waits else None, "≤", 2.0, "s")
    final = ours.final
    yield demand("final after the end p95", final.p95 / 1000 if final else None, "≤", 2.5, "s")
    yield demand("utterances without a final", final.missing if final else None, "≤", 0)


def _cost(ours: Figures) -> Iterator[Demand]:
    yield demand("cores", ours.cpu, "≤", 0.9)
    yield demand("memory", ours.peak_bytes / 1e9 if ours.peak_bytes else None, "≤", 1.2, "GB")


def _terms(ours: Figures, same: Sequence[Figures]) -> Iterator[Demand]:
    right, spoken = ours.terms.right, ours.terms.spoken
    plain = [f"{line.system} {line.terms.right}/{line.terms.spoken}" for line in same if line.system == PLAIN]
    beside = ", ".join([f"{right}/{spoken}", *plain])
    yield demand("agenda terms right", right / spoken if spoken else None, "≥", 0.9, beside=beside)


def _errors(against: Sequence[Ratio]) -> Iterator[Demand]:
    plain = {one.system: one.cer for one in against if one.against == PLAIN}
    refined = TRANSCRIBE if REFINE not in plain and TRANSCRIBE in plain else REFINE
    for system, limit, goal in ((SYSTEM, 0.95, False), (refined, 0.85, False), (refined, 0.65, True)):
        yield demand(f"CER of {system} against {PLAIN}", plain.get(system), "≤", limit, "×", goal)


def _peers(against: Sequence[Ratio]) -> Iterator[Demand]:
    unmeasured = Ratio(recording="", condition=CONDITION, system=SYSTEM, against="other systems")
    for peer in [one for one in against if one.system == SYSTEM and one.against != PLAIN] or [unmeasured]:
        yield demand(f"cores against {peer.against}", peer.cpu, "≤", 1 / 2, "×")
        yield demand(f"final p95 against {peer.against}", peer.final_p95, "≤", 1 / 3, "×")
        yield demand(f"CER against {peer.against}", peer.cer, "<", 1.0, "×")
