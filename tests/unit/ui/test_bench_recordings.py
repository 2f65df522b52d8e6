"""Recordings to measure with: read whole or in part, and refused with the reason."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

import ui
from meeting.agenda import read_agenda
from ui.bench.asr.recordings import beginning, load, write_wav
from ui.bench.asr.words import words_by_kind
from ui.bench.errors import RecordingIncomplete, RecordingTooShort, ScriptUnusable

DEMO = Path(ui.__file__).parent / "demo"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("meeting.flac", "script.jsonl", "agenda.yaml"):
        shutil.copy(DEMO / name, tmp_path / name)
    return tmp_path


def test_whole_recording_has_its_sound_script_and_agenda(folder: Path):
    recording = load(folder)
    assert recording.name == folder.name
    assert recording.duration_ms >= recording.lines[-1].t_end_ms
    assert recording.text.startswith("同志们，现在开会。")
    assert recording.spoken[0].end_ms == recording.lines[0].t_end_ms
    assert 0.05 < np.abs(recording.samples).max() <= 1


def test_the_first_seconds_end_after_the_last_whole_utterance(folder: Path):
    recording = load(folder, seconds=15)
    assert [line.t_end_ms for line in recording.lines] == [5763, 12675]
    assert recording.duration_ms == 12675 + 1000


def test_the_beginning_of_a_recording_says_that_it_is_one(folder: Path):
    whole = load(folder)
    part = beginning(whole, 15)
    assert (whole.part_s, part.part_s, part.text) == (None, 13.7, load(folder, seconds=15).text)
    assert beginning(whole, 1000) == whole
    with pytest.raises(RecordingTooShort):
        beginning(whole, 5)


@pytest.mark.parametrize("name", ["meeting.flac", "script.jsonl", "agenda.yaml"])
def test_a_missing_part_is_named(folder: Path, name: str):
    (folder / name).unlink()
    with pytest.raises(RecordingIncomplete) as refused:
        load(folder)
    assert name in str(refused.value)
    assert refused.value.exit_code == 2


@pytest.mark.parametrize("script", ["", "\n", "{", json.dumps({"text": "同意"}), '[{"t_start_ms": 1}]'])
def test_a_script_that_is_none_is_refused(folder: Path, script: str):
    (folder / "script.jsonl").write_text(script, encoding="utf-8")
    with pytest.raises(ScriptUnusable, match=r"script\.jsonl"):
        load(folder)


def test_seconds_before_the_first_utterance_ends_are_refused(folder: Path):
    with pytest.raises(RecordingTooShort, match="first 5 s"):
        load(folder, seconds=5)


def test_written_sound_is_read_again_as_it_was(folder: Path):
    from asr.audio import decode

    samples = np.array([0, 0.5, -0.5, 1.5, -1.5, 0.001], np.float32)
    read = np.concatenate(list(decode(write_wav(folder / "会议 1.wav", samples))))
    assert read.tolist() == [0, 16384, -16384, 32767, -32768, 33]


def test_words_of_the_agenda_by_kind():
    words = words_by_kind(read_agenda(DEMO / "agenda.yaml"))
    assert set(words) == {"people", "units", "short_names", "glossary"}
    assert "周敏" in words["people"]
    assert all(len(set(found)) == len(found) and "" not in found for found in words.values())
