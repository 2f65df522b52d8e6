"""Sealed sound is the recorded sound, sample by sample and instant by instant, and every change of it is told."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import msgspec
import numpy as np
import pytest

from asr import sealing
from asr.errors import JournalDamaged, JournalSealed, NotSealable
from asr.journal import JournalReader, JournalWriter
from asr.journal_memory import memory_folder
from asr.journal_records import NS_PER_SAMPLE, PART_BYTES, RECORD_BYTES, RECORD_SAMPLES
from asr.programs import command_of, environment_of
from asr.sealing import check, manifest_of, seal, waits_for_sealing

START_NS = 1_795_000_000_000_000_000
rng = np.random.default_rng(5)


def noise(samples: int) -> np.ndarray:
    return rng.integers(-3_000, 3_000, samples).astype(np.int16)


@pytest.fixture
def folder(tmp_path):
    """A finished recording of five parts, with gaps, a set clock and a device that runs slow."""
    folder = tmp_path / "录音"
    with JournalWriter(folder, part_samples=16_000) as writer:
        wall_ns = START_NS
        for number in range(40):
            if number == 12:
                writer.gap(50_000, "涉密·暂停", wall_ns)
                wall_ns += 50_000 * NS_PER_SAMPLE
            if number == 25:
                wall_ns += 3_600_000_000_000
                writer.gap(0, "clock_jump", wall_ns)
            writer.append(noise(RECORD_SAMPLES), wall_ns)
            wall_ns += RECORD_SAMPLES * NS_PER_SAMPLE + 20_000
        writer.append(noise(700), wall_ns)
        writer.seal("stopped")
    return folder


def told(folder: Path) -> tuple:
    """All that a reader can know of a journal."""
    reader = JournalReader(folder)
    places = range(0, reader.end_sample + 2_000, 777)
    return (
        reader.read(0, 10**7).tobytes(),
        reader.gaps(),
        [gap for gap in reader.gaps(30_000)],
        reader.end_sample,
        reader.started_at_ns,
        reader.sealed,
        [round(reader.wall_time(place) / 1e6) for place in places if place < reader.end_sample],
    )


def almost(before: tuple, after: tuple) -> bool:
    """Equal, with times of day to the millisecond."""
    late = [abs(one - other) for one, other in zip(before[-1], after[-1], strict=True)]
    return before[:-1] == after[:-1] and max(late) <= 1


def test_sealed_sound_reads_like_the_recorded_and_takes_its_place(folder):
    before = told(folder)
    assert waits_for_sealing(folder)
    manifest = seal(folder)
    assert manifest.complete and not waits_for_sealing(folder)
    assert not list(folder.glob("*.smj")) and len(list(folder.glob("*.flac"))) == len(manifest.parts) == 5
    assert almost(before, told(folder))
    assert check(folder) == [] and manifest_of(folder) == manifest


def test_any_piece_of_sealed_sound_is_read_at_its_place(folder):
    sound = JournalReader(folder).read(0, 10**7)
    seal(folder)
    reader = JournalReader(folder)
    for start in rng.integers(0, len(sound), 40):
        count = int(rng.integers(1, 40_000))
        assert np.array_equal(reader.read(int(start), count), sound[start : start + count])


def test_drift_of_the_device_is_kept(tmp_path):
    with JournalWriter(tmp_path) as writer:
        for number in range(900):
            writer.append(np.ones(RECORD_SAMPLES, np.int16), START_NS + number * (100_000_000 + 3_000))
        writer.seal("stopped")
    # 30 millionths longer for the same samples: the device is slow.
    assert seal(tmp_path).drift_ppm == pytest.approx(-30, abs=0.5)
    assert JournalReader(tmp_path).drift_ppm == pytest.approx(-30, abs=0.5)


def test_off_span_holds_no_sound_and_says_so(folder):
    (gap,) = [gap for gap in JournalReader(folder).gaps() if gap.samples]
    for _ in range(2):
        assert not sealing.has_sound(folder, gap.start_sample, gap.start_sample + gap.samples)
        assert sealing.has_sound(folder, gap.start_sample - 1, gap.start_sample)
        assert sealing.has_sound(folder, gap.start_sample + gap.samples, gap.start_sample + gap.samples + 1)
        seal(folder)


def test_sealing_can_be_broken_off_at_any_write_and_done_again(folder, monkeypatch):
    before = told(folder)
    calls = {"left": 0}

    def dying(real):
        def call(*arguments, **named):
            if calls["left"] == 0:
                raise KeyboardInterrupt
            calls["left"] -= 1
            return real(*arguments, **named)

        return call

    for name in ("rename", "fsync", "open"):
        monkeypatch.setattr(os, name, dying(getattr(os, name)))
    monkeypatch.setattr(Path, "unlink", dying(Path.unlink))
    for steps in range(2, 400):
        calls["left"] = steps
        try:
            seal(folder)
        except KeyboardInterrupt:
            calls["left"] = -1
            assert told(folder)[:-1] == before[:-1]
            assert check(folder) == []
        else:
            break
    calls["left"] = -1
    assert manifest_of(folder).complete and almost(before, told(folder))


def test_recording_that_goes_on_is_not_sealed(tmp_path):
    with JournalWriter(tmp_path) as writer:
        writer.append(noise(100))
        with pytest.raises(NotSealable, match="not finished"):
            seal(tmp_path)
    with pytest.raises(NotSealable):
        seal(tmp_path / "never")


def test_flac_that_reads_differently_costs_no_sound(folder, monkeypatch):
    before = told(folder)
    encode = sealing.flac.encode
    monkeypatch.setattr(sealing.flac, "encode", lambda sound: encode(sound ^ 1))
    with pytest.raises(NotSealable, match="reads differently"):
        seal(folder)
    assert told(folder) == before and len(list(folder.glob("*.smj"))) == 5
    monkeypatch.undo()
    assert seal(folder).complete and almost(before, told(folder))


def test_file_damaged_while_its_recorded_sound_is_still_there_is_made_again(folder, monkeypatch):
    before = told(folder)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            seal(folder)
    (made,) = folder.glob("*.flac")
    made.write_bytes(made.read_bytes()[:-100])
    assert seal(folder).complete and almost(before, told(folder))


def test_every_change_behind_its_back_is_told(folder):
    manifest = seal(folder)
    part = manifest.parts[2]
    path, whole = folder / part.file, (folder / part.file).read_bytes()
    path.write_bytes(whole[:-50] + bytes(50))
    assert [(fault.file, fault.reason, fault.first_sample) for fault in check(folder)] == [
        (part.file, "changed", part.first_sample)
    ]
    path.unlink()
    assert [fault.reason for fault in check(folder)] == ["missing"]
    with pytest.raises(JournalDamaged, match=part.file):
        JournalReader(folder).read(part.first_sample, 100)
    path.write_bytes(whole)
    (folder / "part-00000000099999.flac").write_bytes(whole)
    assert [fault.reason for fault in check(folder)] == ["unexpected"]
    (folder / "part-00000000099999.flac").unlink()
    shifted = msgspec.structs.replace(part.spans[0], wall_ns=part.spans[0].wall_ns + 60_000_000_000)
    forged = msgspec.structs.replace(part, spans=(shifted, *part.spans[1:]))
    parts = (*manifest.parts[:2], forged, *manifest.parts[3:])
    (folder / "sealed.json").write_bytes(msgspec.json.encode(msgspec.structs.replace(manifest, parts=parts)))
    assert [(fault.file, fault.reason) for fault in check(folder)] == [(part.file, "chain_broken")]
    (folder / "sealed.json").write_bytes(b"{")
    assert [fault.reason for fault in check(folder)] == ["unreadable"]


def test_damaged_record_is_told_and_stays_a_gap_when_sealed(folder):
    path = sorted(folder.glob("*.smj"))[1]
    with path.open("r+b") as file:
        file.seek(PART_BYTES + 2 * RECORD_BYTES + 100)
        file.write(b"\xff" * 40)
    assert [(fault.file, fault.reason) for fault in check(folder)] == [(path.name, "damaged")]
    before = told(folder)
    assert "damaged" in [gap.reason for gap in before[1]]
    seal(folder)
    assert almost(before, told(folder))


def test_writer_finds_a_sealed_journal_finished(folder):
    end = JournalReader(folder).end_sample
    seal(folder)
    with JournalWriter(folder) as writer:
        assert writer.sealed and writer.end_sample == end
        with pytest.raises(JournalSealed):
            writer.withhold_from(0)
        writer.erase_withheld()


def test_program_seals_beside_everything_else(folder, tmp_path):
    command, environment = [*command_of("asr.sealing"), str(folder)], environment_of(OMP_NUM_THREADS="1")
    assert subprocess.run(command, env=environment, capture_output=True).returncode == 0
    assert manifest_of(folder).complete
    again = subprocess.run([*command[:-1], str(tmp_path)], env=environment, capture_output=True, text=True)
    assert again.returncode == 1 and len(again.stderr.strip().splitlines()) == 1


def test_reader_of_recorded_sound_loads_no_decoder():
    script = "import sys, asr.journal, asr.sealing; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert not {"av", "cryptography"} & set(loaded.split())


def test_sound_read_in_small_pieces_is_decoded_once(tmp_path, monkeypatch):
    with JournalWriter(tmp_path, part_samples=40 * 16_000) as writer:
        writer.append(noise(100 * 16_000))
        writer.seal("stopped")
    seal(tmp_path)
    decoded = []
    decode = sealing.flac.decode
    monkeypatch.setattr(
        sealing.flac, "decode", lambda data, place, count: decoded.append(place) or decode(data, place, count)
    )
    reader = JournalReader(tmp_path)
    for at in range(0, reader.end_sample, 8_000):
        reader.read(at, 8_000)
    assert len(decoded) == 3


def test_sound_that_may_not_be_kept_is_waited_for_and_leaves_its_time_alone(tmp_path):
    folder = tmp_path / "录音"
    with JournalWriter(folder, part_samples=16_000) as writer:
        try:
            writer.append(noise(16_000), START_NS)
            writer.append(noise(40_000), withheld=True)
            writer.seal("stopped")
            with pytest.raises(NotSealable, match="may not be kept"):
                seal(folder)
        finally:
            writer.erase_withheld()
    before = told(folder)
    manifest = seal(folder)
    assert almost(before, told(folder)) and before[1] == []
    assert [part.file != "" for part in manifest.parts] == [True, False, False, False]
    assert not sealing.has_sound(folder, 16_000, 56_000) and check(folder) == []


def test_sound_that_was_lost_from_memory_is_told_after_sealing_as_before(tmp_path):
    folder = tmp_path / "录音"
    with JournalWriter(folder) as writer:
        writer.append(noise(16_000), START_NS, withheld=True)
        writer.erase_before(16_000)
        writer.append(noise(32_000), withheld=True)
    shutil.rmtree(memory_folder(folder))
    with JournalWriter(folder) as writer:
        writer.append(noise(16_000), withheld=True)
        writer.seal("stopped")
        writer.erase_withheld()
    before = told(folder)
    assert [(gap.start_sample, gap.samples, gap.reason) for gap in before[1]] == [(16_000, 32_000, "lost")]
    seal(folder)
    assert almost(before, told(folder))
