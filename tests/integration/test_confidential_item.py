"""A meeting that keeps its sound, with one item that allows none: the whole text, and not a sample of that item."""

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from asr.journal import JournalReader
from asr.journal_memory import memory_folder
from meeting.domain.events import Custody, ItemMoved, Segment
from meeting.home import Home
from meeting.records import Records
from models.errors import ModelsError
from models.store import ModelStore

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "ui" / "demo"
FROM, TO = 31 * 16_000, 69 * 16_000
"""From the last words on the first item into the third, in samples of the demo."""


@pytest.mark.model
def test_item_that_may_not_be_kept_leaves_its_text_and_no_sound(tmp_path):
    try:
        ModelStore().find("whisper-base")
    except ModelsError as error:
        pytest.skip(str(error))
    agenda = (DEMO / "agenda.yaml").read_text("utf-8")
    agenda = agenda.replace("  - number: 2\n", "  - number: 2\n    recording: transcribe_only\n")
    (tmp_path / "议程.yaml").write_text(agenda, "utf-8")
    sound, rate = soundfile.read(DEMO / "meeting.flac", dtype="int16", start=FROM, stop=TO)
    soundfile.write(tmp_path / "会议.wav", sound, rate)
    source = ["--source", "会议.wav", "--pace", "3"]
    subprocess.run(
        [sys.executable, "-m", "ui.cli", "run", "议程.yaml", *source, "--follow-chair", "--no-console"],
        cwd=tmp_path,
        env=os.environ | {"MEETING_HOME": str(tmp_path / "home"), "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "2"},
        check=True,
        timeout=240,
        stdin=subprocess.DEVNULL,
        capture_output=True,
    )
    home = Home(tmp_path / "home")
    records = Records(home)
    until = time.monotonic() + 60
    while not records.meetings.all()[0].sound_chain:  # its final form holds no more than what was recorded
        assert time.monotonic() < until
        time.sleep(0.1)
    (meeting,) = records.meetings.all()
    events = [event for event in records.log(meeting.id).all()]
    records.close()
    second = next(e for e in events if isinstance(e, ItemMoved) and e.number == 2 and e.state == "ongoing")
    third = next(e for e in events if isinstance(e, ItemMoved) and e.number == 3 and e.state == "ongoing")
    said = [e for e in events if isinstance(e, Segment) and e.item_id == second.item_id]
    assert len("".join(e.text for e in said)) > 60
    assert "transcribe_only" in [e.recording for e in events if isinstance(e, Custody)]

    folder = home.journal(meeting.id)
    reader = JournalReader(folder)
    assert reader.sealed and reader.gaps() == [] and not memory_folder(folder).exists()
    begins, ends = second.media_ms * 16, third.media_ms * 16
    kept = reader.read(0, reader.end_sample)
    assert np.array_equal(kept[:begins][:-1_600], sound[:begins][:-1_600])
    assert not kept[begins:ends].any()
    left = b"".join(path.read_bytes() for path in home.folder.rglob("*") if path.is_file())
    loud = [at for at in range(begins, ends - 64, 64) if np.abs(sound[at : at + 32].astype(int)).max() > 500]
    assert len(loud) > 100 and not any(sound[at : at + 32].tobytes() in left for at in loud)
