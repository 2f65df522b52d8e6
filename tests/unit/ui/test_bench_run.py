"""One run over recordings and systems; here the systems are scripted, and one of them fails."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import pytest

from meeting.domain.agenda import Agenda
from ui.bench.asr import live, offline, peers
from ui.bench.asr.live import Manner
from ui.bench.asr.offline import PLAIN, Transcribed
from ui.bench.asr.played import Played
from ui.bench.asr.recordings import Line, Recording
from ui.bench.asr.run import Order, run
from ui.bench.asr.screen import Piece, Update
from ui.bench.asr.table import table
from ui.bench.errors import SystemFailed

RECORDING = Recording(
    name="会议",
    samples=np.full(16_000 * 3, 0.1, np.float32),
    lines=(Line(0, 2000, "没有意见。", "沈毅"),),
    agenda_path=Path("agenda.yaml"),
    agenda=Agenda(title="会", date="2026-11-24"),
)


@pytest.fixture
def sizes(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The sizes of the sound files that were played."""
    found = list[int]()

    def play(sound: Path, agenda: Path, manner: Manner, home: Path) -> Played:
        found.append(sound.stat().st_size)
        piece = Piece(id="s0", start_ms=0, end_ms=1900, text="没有意见。", final=True)
        return Played(system=live.SYSTEM, updates=(Update(at_ms=2500, pieces=(piece,)),))

    def plain(sound: Path, manner: Manner) -> Transcribed:
        found.append(sound.stat().st_size)
        return Transcribed(system=PLAIN, text="没有一见", cpu_s=1)

    def fail(peer: peers.Peer, sound: Path, manner: Manner) -> Played:
        raise SystemFailed(system=peer.name, why="no model")

    monkeypatch.setattr(live, "play", play)
    monkeypatch.setattr(offline, "plain", plain)
    monkeypatch.setattr(peers, "play", fail)
    yield found


def test_a_failing_system_costs_no_others_figures(sizes: list[int], tmp_path: Path):
    (tmp_path / "drive_peer.py").touch()
    (tmp_path / "setup_peer.sh").write_text("echo python", encoding="utf-8")
    told = list[str]()
    manner = Manner(model="whisper-base", model_path=tmp_path)
    order = Order(recordings=(RECORDING,), manner=manner, conditions=("clean", "aircon"), peers=tmp_path)
    report = run(order, told.append)
    assert [(line.condition, line.system, line.cer) for line in report.lines] == [
        ("clean", "meeting", 0),
        ("clean", PLAIN, 0.25),
        ("aircon", "meeting", 0),
        ("aircon", PLAIN, 0.25),
    ]
    assert [(one.condition, "no model" in one.sentence) for one in report.failures] == [("clean", True)]
    assert any(line.startswith("- **会议, clean: ") for line in table(report))
    assert sizes == [44 + 2 * 16_000 * 3] * 4
    assert told[0] == "peer" and "会议 · aircon · meeting · 3 s" in told


def test_only_worse_rooms_hear_less_and_what_was_played_is_refined_at_once(
    sizes: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    homes = list[Path]()

    def refine(home: Path) -> Transcribed:
        homes.append(home)
        return Transcribed(system=offline.REFINE, text="没有意见", cpu_s=1)

    monkeypatch.setattr(offline, "refine", refine)
    part = msgspec.structs.replace(RECORDING, samples=RECORDING.samples[: 16_000 * 2], part_s=2.0)
    manner = Manner(model="whisper-base", model_path=tmp_path)
    order = Order(
        recordings=(RECORDING,), shorter=(part,), manner=manner, conditions=("clean", "room"), refine=True
    )
    report = run(order, lambda line: None)
    assert [(line.condition, line.system, line.audio_ms, line.part_s) for line in report.lines] == [
        ("clean", "meeting", 3000, None),
        ("clean", offline.REFINE, 3000, None),
        ("clean", PLAIN, 3000, None),
        ("room", "meeting", 2000, 2.0),
        ("room", offline.REFINE, 2000, 2.0),
        ("room", PLAIN, 2000, 2.0),
    ]
    assert len(set(homes)) == 2 and {home.name for home in homes} == {"home"}
    refined = [one for one in report.demands if offline.REFINE in one.what]
    assert [(one.value, one.met, one.goal) for one in refined] == [(0, True, False), (0, True, True)]


def test_a_peer_that_cannot_be_set_up_is_left_out(sizes: list[int], tmp_path: Path):
    (tmp_path / "drive_peer.py").touch()
    (tmp_path / "setup_peer.sh").write_text("echo 'no disk left' >&2; exit 1", encoding="utf-8")
    manner = Manner(model="whisper-base", model_path=tmp_path)
    report = run(Order(recordings=(RECORDING,), manner=manner, peers=tmp_path), lambda line: None)
    assert [line.system for line in report.lines] == ["meeting", PLAIN]
    assert ["no disk left" in one.sentence for one in report.failures] == [True]
