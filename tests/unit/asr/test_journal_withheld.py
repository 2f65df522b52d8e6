"""Sound that may not be kept: never on the disk, there for recognition until it is erased, its time exact for ever."""

import errno
import os
import shutil
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from asr import journal_memory
from asr.errors import DiskFailing, MemoryRefused
from asr.journal import Gap, JournalReader, JournalWriter
from asr.journal_memory import memory_folder
from asr.journal_records import NS_PER_SAMPLE, PART_BYTES, RECORD_BYTES, RECORD_SAMPLES

START_NS = 1_795_000_000_000_000_000
rng = np.random.default_rng(11)


def noise(samples: int) -> np.ndarray:
    return rng.integers(1, 3_000, samples).astype(np.int16)


def bytes_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def found_in(folder: Path, sound: np.ndarray) -> bool:
    """Whether any of `sound` lies in a file of the folder, tried at ten places of every record."""
    left = bytes_in(folder)
    return any(sound[at : at + 20].tobytes() in left for at in range(0, len(sound) - 20, 160))


@pytest.fixture
def folder(tmp_path):
    yield tmp_path / "录音"
    shutil.rmtree(memory_folder(tmp_path / "录音"), ignore_errors=True)


def test_withheld_sound_is_read_like_any_other_and_never_on_the_disk(folder):
    open_sound, secret, later = noise(4_000), noise(200_000), noise(4_000)
    with JournalWriter(folder) as writer:
        writer.append(open_sound, START_NS)
        writer.append(secret, withheld=True)
        writer.append(later)
        writer.gap(1_600, "paused")
        reader = JournalReader(folder)
        whole = np.concatenate((open_sound, secret, later, np.zeros(1_600, np.int16)))
        assert np.array_equal(reader.read(0, 10**7), whole)
        assert np.array_equal(reader.read(3_333, 9_999), whole[3_333 : 3_333 + 9_999])
    assert found_in(folder, open_sound) and found_in(folder, later)
    assert not found_in(folder, secret) and found_in(memory_folder(folder), secret)
    assert memory_folder(folder).stat().st_mode & 0o777 == 0o700
    assert [gap.reason for gap in reader.gaps()] == ["paused"] and reader.withheld
    assert reader.wall_time(100_000) == START_NS + 100_000 * NS_PER_SAMPLE


def test_erased_sound_is_nowhere_and_kept_sound_and_time_stay(folder):
    kept, secret = noise(8_000), noise(24_000)
    with JournalWriter(folder) as writer:
        writer.append(kept, START_NS)
        writer.append(secret, withheld=True)
        writer.erase_before(8_000 + 16_000)
        reader = JournalReader(folder)
        assert not found_in(memory_folder(folder), secret[:16_000])
        assert np.array_equal(reader.read(24_000, 8_000), secret[16_000:])
        assert not reader.read(8_000, 16_000).any() and np.array_equal(reader.read(0, 8_000), kept)
        writer.seal("stopped")
    with JournalWriter(folder) as writer:
        writer.erase_withheld()
    assert not memory_folder(folder).exists()
    assert np.array_equal(reader.read(0, 8_000), kept) and not reader.read(8_000, 24_000).any()
    assert reader.sealed and reader.end_sample == 32_000 and reader.gaps() == []


def test_sound_that_a_restart_of_the_machine_took_is_a_gap_for_ever(folder):
    with JournalWriter(folder) as writer:
        writer.append(noise(1_600), START_NS)
        writer.append(noise(32_000), withheld=True)
        writer.erase_before(16_000)
    shutil.rmtree(memory_folder(folder))
    # Records end at 1600, 3200, ... 16000: what was erased on order is not lost.
    lost = [Gap(16_000, 17_600, "lost", START_NS + 16_000 * NS_PER_SAMPLE)]
    reader = JournalReader(folder)
    assert reader.gaps() == lost
    with JournalWriter(folder) as writer:
        assert writer.end_sample == 33_600
        writer.append(noise(8_000), withheld=True)
        assert reader.gaps() == lost
        writer.erase_before(41_600)
    assert reader.gaps() == lost and reader.end_sample == 41_600


def test_sound_known_too_late_to_be_secret_is_moved_off_the_disk(folder):
    kept, secret, later = noise(8_000), noise(16_000), noise(3_200)
    with JournalWriter(folder, part_samples=5_000) as writer:
        writer.append(np.concatenate((kept, secret)), START_NS)
        writer.withhold_from(8_000)
        writer.append(later, withheld=True)
        writer.sync()
        whole = np.concatenate((kept, secret, later))
        assert np.array_equal(JournalReader(folder).read(0, 10**6), whole)
    assert not found_in(folder, secret) and not found_in(folder, later) and found_in(folder, kept)
    assert JournalReader(folder).gaps() == []


@pytest.mark.parametrize("kind", ["symlink", "foreign", "open", "file"])
def test_memory_folder_of_somebody_else_is_refused_and_nothing_is_written(folder, tmp_path, kind):
    place = memory_folder(folder)
    (tmp_path / "trap").mkdir()
    if kind == "symlink":
        place.symlink_to(tmp_path / "trap")
    elif kind == "file":
        place.write_bytes(b"")
    else:
        place.mkdir(mode=0o700)
        if kind == "open":
            place.chmod(0o755)
        elif os.geteuid():
            pytest.skip("only root can make a folder somebody else's")
        else:
            os.chown(place, 65_534, 65_534)
    secret = noise(1_600)
    try:
        with JournalWriter(folder) as writer:
            with pytest.raises(MemoryRefused, match="smart-meeting-"):
                writer.append(secret, withheld=True)
            assert writer.end_sample == 0
            assert not found_in(folder, secret) and list((tmp_path / "trap").iterdir()) == []
    finally:
        place.unlink() if kind in ("symlink", "file") else place.rmdir()


def test_without_a_memory_file_system_nothing_is_written(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(journal_memory, "_MEMORY", tmp_path)
    with JournalWriter(folder) as writer, pytest.raises(MemoryRefused):
        writer.append(noise(1_600), withheld=True)


@pytest.mark.parametrize("number", [errno.EIO, errno.EROFS])
@pytest.mark.parametrize("withheld", [False, True])
def test_failing_disk_is_told_and_what_was_refused_can_be_given_again(folder, monkeypatch, number, withheld):
    sound = noise(3_200)

    def refuse(*_: object) -> int:
        raise OSError(number, os.strerror(number))

    with JournalWriter(folder) as writer:
        writer.append(sound[:1_600], START_NS)
        with monkeypatch.context() as failing:
            failing.setattr(os, "pwrite", refuse)
            with pytest.raises(DiskFailing, match=os.strerror(number)):
                writer.append(sound[1_600:], withheld=withheld)
        assert writer.end_sample == 1_600
        writer.append(sound[1_600:], withheld=withheld)
    assert np.array_equal(JournalReader(folder).read(0, 9_999), sound)
    marks = [(gap.start_sample, gap.samples, gap.reason) for gap in JournalReader(folder).gaps()]
    # Memory that fails is no reason to leave the file.
    assert marks == ([] if withheld else [(1_600, 0, "disk_failing")])


def test_failing_sync_is_told(folder, monkeypatch):
    with JournalWriter(folder) as writer:
        writer.append(noise(100))
        with monkeypatch.context() as failing:
            failing.setattr(
                os, "fdatasync", lambda _: (_ for _ in ()).throw(OSError(errno.EIO, "Input/output error"))
            )
            with pytest.raises(DiskFailing):
                writer.sync()


steps = st.lists(
    st.one_of(
        st.tuples(st.just("keep"), st.integers(1, 4_000)),
        st.tuples(st.just("withhold"), st.integers(1, 4_000)),
        st.tuples(st.just("gap"), st.integers(0, 20_000)),
        st.tuples(st.just("erase"), st.integers(0, 100)),
        st.tuples(st.just("take_back"), st.integers(50, 100)),
        st.tuples(st.just("crash"), st.integers(0, 2 * RECORD_BYTES)),
        st.tuples(st.just("reopen"), st.just(0)),
    ),
    max_size=14,
)


class Told:
    """What the journal must hold: each record's sound, whether it is withheld, whether it is erased."""

    def __init__(self) -> None:
        self.records: list[list] = []

    def add(self, sound: np.ndarray, secret: bool) -> None:
        for at in range(0, len(sound), RECORD_SAMPLES):
            self.records.append([sound[at : at + RECORD_SAMPLES], secret, False])

    @property
    def end(self) -> int:
        return sum(len(sound) for sound, _, _ in self.records)

    def spans(self):
        at = 0
        for record in self.records:
            yield at, at + len(record[0]), record
            at += len(record[0])

    def erase(self, sample: int) -> None:
        for _, end, record in self.spans():
            record[2] |= record[1] and end <= sample

    def take_back(self, sample: int) -> None:
        for _, end, record in self.spans():
            record[1] |= end > sample

    def readable(self) -> np.ndarray:
        return np.concatenate(
            [np.empty(0, np.int16), *(np.zeros_like(s) if gone else s for s, _, gone in self.records)]
        )


@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.too_slow])
@given(steps=steps, part_samples=st.sampled_from([1_600, 5_000, 10**9]))
def test_any_history_of_switches_erasures_and_crashes_keeps_the_promises(steps, part_samples):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        told = Told()
        writer = JournalWriter(folder, part_samples)
        try:
            for step, amount in steps:
                if step in ("keep", "withhold"):
                    sound = noise(amount)
                    writer.append(sound, withheld=step == "withhold")
                    told.add(sound, step == "withhold")
                elif step == "gap":
                    writer.gap(amount, "paused")
                    told.records.append([np.zeros(amount, np.int16), False, False])
                elif step == "erase":
                    writer.erase_before(told.end * amount // 100)
                    told.erase(told.end * amount // 100)
                elif step == "take_back":
                    writer.withhold_from(told.end * amount // 100)
                    told.take_back(told.end * amount // 100)
                else:
                    writer.close()
                    if step == "crash":
                        tear(folder, amount, told)
                    writer = JournalWriter(folder, part_samples)
                check(folder, writer, told)
            writer.erase_withheld()
            assert not memory_folder(folder).exists()
        finally:
            writer.close()
            shutil.rmtree(memory_folder(folder), ignore_errors=True)


def tear(folder: Path, amount: int, told: Told) -> None:
    parts = sorted(folder.glob("part-*.smj"))
    if parts:
        size = parts[-1].stat().st_size
        cut = min(amount, size - PART_BYTES)
        os.truncate(parts[-1], size - cut)
        told.records = told.records[: len(told.records) - -(-cut // RECORD_BYTES)]


def check(folder: Path, writer: JournalWriter, told: Told) -> None:
    reader, expected = JournalReader(folder), told.readable()
    assert writer.end_sample == reader.end_sample == len(expected)
    assert np.array_equal(reader.read(0, len(expected) + 9), expected)
    third = len(expected) // 3
    assert np.array_equal(reader.read(third, 2_345), expected[third : third + 2_345])
    assert all(gap.reason == "paused" for gap in reader.gaps())
    disk, memory = bytes_in(folder), bytes_in(memory_folder(folder))
    for sound, secret, gone in told.records:
        if len(sound) >= 8 and sound.any():
            piece = sound[:64].tobytes()
            assert (piece in disk) == (not secret)
            assert not (gone and piece in memory)
