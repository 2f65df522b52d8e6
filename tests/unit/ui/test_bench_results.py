"""The figures, their ratios, and the table that the documents show."""

import time
from pathlib import Path

import msgspec
import numpy as np
import pytest

from meeting.domain.agenda import Agenda, Attendee, Unit
from ui.bench.asr.demands import demands
from ui.bench.asr.offline import PLAIN, TRANSCRIBE, Transcribed
from ui.bench.asr.played import Played
from ui.bench.asr.recordings import Line, Recording
from ui.bench.asr.results import Recall, measure, ratios
from ui.bench.asr.run import Report
from ui.bench.asr.screen import Piece, Update
from ui.bench.asr.table import BEGIN, END, table
from ui.bench.documents import put
from ui.bench.machine import Machine, Others

RECORDING = Recording(
    name="会议",
    samples=np.zeros(16_000 * 10, np.float32),
    lines=(Line(0, 4000, "请周敏同志汇报。", "李建国"), Line(5000, 9000, "资产处没有意见。", "周敏")),
    agenda_path=Path("agenda.yaml"),
    agenda=Agenda(
        title="会",
        date="2026-11-24",
        attendees=(Attendee(name="周敏"),),
        units=(Unit(name="资产管理处", short="资产处"),),
    ),
)


def played(system: str, final_after_ms: int, first: str = "请周敏同志汇报") -> Played:
    def final(id: str, start: int, end: int, text: str) -> Update:
        return Update(
            at_ms=end + final_after_ms,
            pieces=(Piece(id=id, start_ms=start, end_ms=end, text=text, final=True),),
        )

    partial = Update(at_ms=2500, pieces=(Piece(id="s0", start_ms=0, end_ms=2000, text="请周末"),))
    finals = (final("s0", 0, 4000, first), final("s1", 5000, 9000, "资产处没有意见"))
    return Played(system=system, updates=(partial, *finals), cpu_s=5.0, peak_bytes=10**9, lag_max_ms=800)


def lines():
    return [
        measure(RECORDING, "clean", played("meeting", 1000)),
        measure(RECORDING, "clean", played("WhisperLive 0.10.0", 4000, first="请周末同志回报")),
        measure(RECORDING, "clean", Transcribed(system=PLAIN, text="請週名同志回報资产处没有意见", cpu_s=2.0)),
        measure(
            RECORDING, "clean", Transcribed(system=TRANSCRIBE, text="请周敏同志汇报资产处没有一见", cpu_s=3.0)
        ),
    ]


def report() -> Report:
    found = lines()
    machine = Machine(
        processor="Any Processor",
        cores=2,
        memory_gb=24,
        system="Linux 6",
        python="3.11.7",
        version="0.1.0",
        date="2026-11-24",
    )
    compared = ratios(found)
    return Report(
        machine=machine,
        model="whisper-base",
        pace=1,
        lines=tuple(found),
        ratios=tuple(compared),
        demands=demands(found, compared),
    )


def test_figures_of_what_was_played():
    ours = lines()[0]
    assert ours.cer == 0
    assert ours.terms == Recall(2, 2)
    assert ours.terms_by_kind["people"] == ours.terms_by_kind["short_names"] == Recall(1, 1)
    assert ours.terms_by_kind["units"] == Recall(0, 0)
    assert ours.cpu == pytest.approx(0.5)
    assert ours.partial_age and ours.partial_age.p50 == 500
    assert ours.final and (ours.final.p50, ours.final.missing) == (1000, 0)
    assert ours.flicker == pytest.approx(1 / 15)


def test_text_made_at_leisure_has_no_delay():
    plain = lines()[2]
    assert plain.final is plain.shown is plain.partial_age is plain.flicker is plain.lag_max_ms is None
    assert plain.cer == pytest.approx(2 / 14)
    assert plain.terms == Recall(1, 2)


def test_ratios_compare_live_with_live_and_text_with_plain():
    found = {(one.system, one.against): one for one in ratios(lines())}
    assert set(found) == {
        ("meeting", "WhisperLive 0.10.0"),
        ("meeting", PLAIN),
        (TRANSCRIBE, PLAIN),
    }
    live = found["meeting", "WhisperLive 0.10.0"]
    assert (live.cer, live.cpu, live.final_p95) == (0, 1, 0.25)
    assert found["meeting", PLAIN].cpu is None
    assert found[TRANSCRIBE, PLAIN].cer == pytest.approx(0.5)


def test_other_sound_is_not_compared():
    ours, _, plain, _ = lines()
    noisy = measure(RECORDING, "aircon", Transcribed(system=PLAIN, text="", cpu_s=1))
    assert [one.condition for one in ratios([ours, noisy])] == []
    assert len(ratios([ours, noisy, plain])) == 1


def test_table_names_the_machine_and_holds_every_line():
    shown = table(report())
    assert "Any Processor, 2 cores, 24 GB, Linux 6, Python 3.11.7" in shown[1]
    rows = [line for line in shown if line.startswith("| 会议 | clean")]
    assert len(rows) == 4
    assert {line.count("|") for line in shown if line.startswith("|")} == {13, 5}
    assert "1.00 / 1.00 / 1.00" in rows[0]
    assert "2/2 (people 1/1, short_names 1/1)" in rows[0]


def test_table_answers_what_is_demanded():
    shown = table(report())
    assert "| 会议 | final after the end p95 ≤ 2.5 s | 1 s | yes |" in shown
    assert f"| 会议 | agenda terms right ≥ 0.9 | 1 (2/2, {PLAIN} 1/2) | yes |" in shown
    assert f"| 会议 | CER of {TRANSCRIBE} against {PLAIN} ≤ 0.65 × (goal beyond) | 0.5 × | yes |" in shown
    assert "| 会议 | cores against WhisperLive 0.10.0 ≤ 0.5 × | 1 × | **no** |" in shown
    alone = lines()[:1]
    shown = table(msgspec.structs.replace(report(), lines=tuple(alone), ratios=(), demands=demands(alone, [])))
    assert "| 会议 | CER against other systems < 1 × | not measured | – |" in shown


def test_a_part_of_a_recording_is_named():
    part = msgspec.structs.replace(RECORDING, part_s=9.5)
    line = measure(part, "room", played("meeting", 1000))
    assert "| room, first 9.5 s |" in table(msgspec.structs.replace(report(), lines=(line,)))[5]


def test_a_busy_machine_is_said_in_the_table():
    calm = report()
    first = msgspec.structs.replace(calm.lines[0], other_cores=1.24)
    busy = msgspec.structs.replace(calm, lines=(first, *calm.lines[1:]))
    assert not any("not a fair measurement" in line for line in table(calm))
    assert any("up to 1.2 cores" in line and "not a fair measurement" in line for line in table(busy))


def test_work_of_others_is_seen_and_what_is_measured_is_not():
    others = Others()
    began = time.process_time()
    while time.process_time() - began < 0.6:
        pass
    seen = others.cores(0.0)
    assert seen > 0.1
    assert others.cores(0.6) < seen
    assert others.cores(1e6) == 0


def test_writing_replaces_the_old_table_and_nothing_else(tmp_path: Path):
    path = tmp_path / "benchmarks.md"
    put(path, BEGIN, END, table(report()))
    first = path.read_text(encoding="utf-8")
    assert first.startswith("# Benchmarks\n\n")
    path.write_text(first.replace("0.50", "9.99") + "\n## Search\n\n〇 words\n", encoding="utf-8")
    put(path, BEGIN, END, table(report()))
    second = path.read_text(encoding="utf-8")
    assert second.startswith(first.rstrip("\n"))
    assert second.endswith("## Search\n\n〇 words\n")
    put(path, BEGIN, END, table(report()))
    assert path.read_text(encoding="utf-8") == second
