"""Other systems under measurement: the way they are driven, and how their messages are read."""

import importlib
import json
import sys
import time
from pathlib import Path
from types import ModuleType

import pytest

from ui.bench.asr import peers
from ui.bench.asr.live import Manner
from ui.bench.asr.screen import Piece, Update, shown_at_last
from ui.bench.errors import PeersMissing, SystemFailed

DRIVERS = Path(__file__).parents[2] / "bench" / "peers"

DRIVER = """
import json, subprocess, sys
sound, model, out, language = sys.argv[1:]
assert (sound, model, language) == ("/sound.wav", "/model", "zh")
server = subprocess.Popen([sys.executable, "-c", "import time\\nwhile time.process_time() < 1: pass\\ninput()"],
    stdin=subprocess.PIPE)
print("a line of its own", flush=True)
print("playing", server.pid, flush=True)
server.communicate(b"\\n")
piece = {"id": "1", "start_ms": 0, "end_ms": 900, "text": "同意。", "final": True}
with open(out, "w", encoding="utf-8") as file:
    json.dump({"system": "Peer 1", "updates": [{"at_ms": 1200, "pieces": [piece]}]}, file)
"""


def folder_with(folder: Path, driver: str, setup: str) -> Path:
    (folder / "drive_peer.py").write_text(driver, encoding="utf-8")
    (folder / "setup_peer.sh").write_text(setup, encoding="utf-8")
    return folder


def play(folder: Path):
    manner = Manner(model="whisper-base", model_path=Path("/model"))
    return peers.play(peers.Peer(folder, "peer", sys.executable), Path("/sound.wav"), manner)


def test_a_peer_is_driven_and_its_server_metered(tmp_path: Path):
    folder = folder_with(tmp_path, DRIVER, "echo installing; echo /its/python")
    assert peers.names(folder) == ["peer"]
    assert peers.prepare(folder, "peer").interpreter == "/its/python"
    played = play(folder)
    assert played.system == "Peer 1"
    assert played.updates == (
        Update(at_ms=1200, pieces=(Piece(id="1", start_ms=0, end_ms=900, text="同意。", final=True),)),
    )
    assert 0.5 < played.cpu_s < 2
    assert played.peak_bytes > 10**6


def test_a_folder_without_drivers_is_refused(tmp_path: Path):
    with pytest.raises(PeersMissing):
        peers.names(tmp_path)
    (tmp_path / "drive_peer.py").touch()
    with pytest.raises(PeersMissing):
        peers.names(tmp_path)


def test_a_peer_that_fails_passes_on_its_last_word(tmp_path: Path):
    folder = folder_with(tmp_path, "raise SystemExit('no model here')", "echo 'no disk left' >&2; exit 1")
    with pytest.raises(SystemFailed, match="no disk left"):
        peers.prepare(folder, "peer")
    began = time.monotonic()
    with pytest.raises(SystemFailed, match="no model here"):
        play(folder)
    assert time.monotonic() - began < 60


@pytest.mark.parametrize("name", ["whisper_live", "whisperlivekit"])
def test_the_drivers_there_are_have_their_setup(name: str):
    assert name in peers.names(DRIVERS)


@pytest.fixture
def driver(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(str(DRIVERS))

    def load(name: str) -> ModuleType:
        return importlib.import_module(name)

    yield load
    for name in ("playing", "drive_whisper_live", "drive_whisperlivekit"):
        sys.modules.pop(name, None)


def read(reader, messages) -> list[Update]:
    import msgspec

    found = [{"at_ms": round(at_s * 1000), "pieces": reader.read(message, at_s)} for at_s, message in messages]
    return [msgspec.json.decode(json.dumps(one), type=Update) for one in found]


def test_whisper_live_keeps_completed_segments_and_replaces_the_open_one(driver):
    def segment(start, end, text, completed):
        return {"start": start, "end": end, "text": text, "completed": completed}

    messages = [
        (1.0, {"message": "SERVER_READY"}),
        (2.0, {"segments": [segment("0.000", "1.500", "同治", False)]}),
        (3.0, {"segments": [segment("0.000", "2.100", "同志们", True), segment("2.100", "2.900", "现", False)]}),
        (4.0, {"segments": [segment("0.000", "2.100", "同志们", True), segment("2.100", "3.5", "现在", True)]}),
        (5.0, {"segments": [segment("2.100", "3.5", "现在", True)]}),
    ]
    updates = read(driver("drive_whisper_live").Reader(), messages)
    assert [len(update.pieces) for update in updates] == [0, 1, 2, 2, 0]
    assert [shown_at_last(updates[: end + 1]) for end in range(1, 5)] == [
        "同治",
        "同志们现",
        "同志们现在",
        "同志们现在",
    ]
    assert updates[3].pieces[0] == Piece(id="2.100", start_ms=2100, end_ms=3500, text="现在", final=True)


def test_whisperlivekit_takes_what_a_line_gains_as_final(driver):
    def message(text, end, buffer, behind=0.0):
        line = {"speaker": 1, "text": text, "start": "0:00:00.50", "end": end}
        return {"lines": [line], "buffer_transcription": buffer, "remaining_time_transcription": behind}

    messages = [
        (0.1, {"type": "config"}),
        (2.0, message("", "0:00:00.50", "同志", 0.5)),
        (3.0, message("同志们", "0:00:02.00", "现在", 0.6)),
        (3.1, message("同志们", "0:00:02.00", "现在", 0.7)),
        (4.0, message("同志们现在开会", "0:00:03.40", "")),
        (5.0, message("同志们，现在开会", "0:00:03.40", "")),
    ]
    updates = read(driver("drive_whisperlivekit").Reader(), messages)
    assert updates[1].pieces == (Piece(id="buffer", start_ms=0, end_ms=1500, text="同志"),)
    assert updates[2].pieces[0] == Piece(id="f1", start_ms=500, end_ms=2000, text="同志们", final=True)
    assert updates[3].pieces == ()
    assert updates[4].pieces[0] == Piece(id="f2", start_ms=2000, end_ms=3400, text="现在开会", final=True)
    assert shown_at_last(updates[:5]) == "同志们现在开会"
    assert shown_at_last(updates) == "同志们，现在开会"
