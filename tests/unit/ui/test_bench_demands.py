"""Each demanded number is said to be met, not met, or not measured, and at its very limit it is met."""

import msgspec
import pytest

from ui.bench.asr.delays import Spread
from ui.bench.asr.demands import demands
from ui.bench.asr.offline import PLAIN, REFINE, TRANSCRIBE
from ui.bench.asr.results import Figures, Recall, ratios
from ui.bench.demand import Demand

PEER = "WhisperLive 0.10.0"


def waits(p50: int, p95: int, missing: int = 0) -> Spread:
    return Spread(p50=p50, p95=p95, max=p95 + 1, count=40, missing=missing)


def figures(system: str, cer: float, cpu: float = 0.9, **more: object) -> Figures:
    line = Figures(
        recording="会议",
        condition="clean",
        system=system,
        audio_ms=60_000,
        cer=cer,
        terms=Recall(9, 10),
        terms_by_kind={},
        cpu=cpu,
    )
    return msgspec.structs.replace(line, **more)


OURS = figures(
    "meeting",
    0.095,
    peak_bytes=1_200_000_000,
    partial_age=waits(1000, 2000),
    shown=waits(1001, 1999),
    final=waits(1500, 2500),
)
PLAIN_LINE = figures(PLAIN, 0.1, terms=Recall(5, 10))


def met(*lines: Figures) -> dict[str, bool | None]:
    return {one.what + " goal" * one.goal: one.met for one in demands(lines, ratios(lines))}


def test_every_number_that_is_demanded_is_answered() -> None:
    peer = figures(PEER, 0.1, cpu=1.8, final=waits(3000, 7500))
    answers = met(OURS, figures(REFINE, 0.08), peer, PLAIN_LINE)
    assert answers == {
        "partial age p50": True,
        "partial age p95": True,
        "voice until shown p50": False,
        "voice until shown p95": True,
        "final after the end p95": True,
        "utterances without a final": True,
        "cores": True,
        "memory": True,
        "agenda terms right": True,
        f"CER of meeting against {PLAIN}": True,
        f"CER of {REFINE} against {PLAIN}": True,
        f"CER of {REFINE} against {PLAIN} goal": False,
        f"cores against {PEER}": True,
        f"final p95 against {PEER}": True,
        f"CER against {PEER}": True,
    }


@pytest.mark.parametrize(
    ("worse", "what"),
    [
        ({"final": waits(1500, 2501)}, "final after the end p95"),
        ({"final": waits(1500, 2500, missing=1)}, "utterances without a final"),
        ({"cpu": 0.91}, "cores"),
        ({"peak_bytes": 1_200_000_001}, "memory"),
        ({"terms": Recall(89, 100)}, "agenda terms right"),
        ({"cer": 0.096}, f"CER of meeting against {PLAIN}"),
        ({"partial_age": waits(900, 2001)}, "partial age p95"),
    ],
)
def test_what_is_worse_than_demanded_is_not_met(worse: dict[str, object], what: str) -> None:
    assert met(OURS, PLAIN_LINE)[what] is True
    assert met(msgspec.structs.replace(OURS, **worse), PLAIN_LINE)[what] is False


def test_as_many_errors_as_another_system_are_not_fewer() -> None:
    assert met(OURS, figures(PEER, 0.095))[f"CER against {PEER}"] is False


def test_what_was_not_measured_is_neither() -> None:
    answers = met(OURS, PLAIN_LINE)
    assert [what for what, answer in answers.items() if answer is None] == [
        f"CER of {REFINE} against {PLAIN}",
        f"CER of {REFINE} against {PLAIN} goal",
        "cores against other systems",
        "final p95 against other systems",
        "CER against other systems",
    ]
    assert met(OURS, PLAIN_LINE, figures(TRANSCRIBE, 0.09))[f"CER of {TRANSCRIBE} against {PLAIN}"] is False


def test_the_plain_figure_stands_beside_the_terms() -> None:
    (terms,) = (one for one in demands([OURS, PLAIN_LINE], []) if one.what == "agenda terms right")
    assert isinstance(terms, Demand) and terms.beside == f"9/10, {PLAIN} 5/10" and terms.recording == "会议"


def test_nothing_is_demanded_of_a_worse_room() -> None:
    assert demands([msgspec.structs.replace(OURS, condition="room")], []) == ()
