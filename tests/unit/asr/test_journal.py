"""What the journal promises: nothing before a torn tail is lost, and offsets are exact, whatever happens in between."""

import errno
import fcntl
import os
import tempfile
import time
from pathlib import Path
from threading import Thread, Timer

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from asr.errors import DiskFailing, DiskFull, JournalDamaged, JournalSealed, JournalTaken
from asr.journal import Gap, JournalReader, JournalWriter, level_dbfs
from asr.journal_records import NS_PER_SAMPLE, PART_BYTES, RECORD_BYTES, RECORD_SAMPLES

START_NS = 1_795_000_000_000_000_000
rng = np.random.default_rng(7)


def noise(samples: int) -> np.ndarray:
    return rng.integers(-3000, 3000, samples).astype(np.int16)


def parts(folder: Path) -> list[Path]:
    return sorted(folder.glob("part-*.smj"))


def test_sound_is_read_back_by_offset_across_parts(tmp_path):
    sound = noise(10_000)
    with JournalWriter(tmp_path, part_samples=3_200) as writer:
        writer.append(sound, START_NS)
    reader = JournalReader(tmp_path)
    assert len(parts(tmp_path)) == 4
    assert reader.end_sample == 10_000
    assert np.array_equal(reader.read(0, 10_000), sound)
    assert np.array_equal(reader.read(1_599, 3_300), sound[1_599:4_899])
    assert np.array_equal(reader.read(9_999, 500), sound[9_999:])
    assert len(reader.read(10_000, 10)) == 0


def test_empty_folder_reads_as_nothing_yet(tmp_path):
    reader = JournalReader(tmp_path)
    assert (reader.end_sample, reader.started_at_ns, reader.sealed, reader.level_dbfs()) == (0, None, False, None)
    assert reader.gaps() == [] and len(reader.read(0, 10)) == 0


def test_gap_takes_its_true_length_and_keeps_its_reason(tmp_path):
    with JournalWriter(tmp_path) as writer:
        writer.append(noise(1_600), START_NS)
        writer.gap(48_000, "涉密·暂停")
        writer.append(noise(800))
        writer.gap(0, "clock_jump")
    reader = JournalReader(tmp_path)
    assert reader.end_sample == 50_400
    assert not reader.read(1_600, 48_000).any()
    assert reader.gaps() == [
        Gap(1_600, 48_000, "涉密·暂停", START_NS + 1_600 * NS_PER_SAMPLE),
        Gap(50_400, 0, "clock_jump", START_NS + 50_400 * NS_PER_SAMPLE),
    ]
    assert [gap.reason for gap in reader.gaps(after=1_601)] == ["clock_jump"]


def test_time_of_day_of_a_sample_follows_the_clock_of_its_record(tmp_path):
    with JournalWriter(tmp_path) as writer:
        writer.append(noise(1_600), START_NS)
        writer.append(noise(1_600), START_NS + 3_600_000_000_000)
    reader = JournalReader(tmp_path)
    assert reader.started_at_ns == START_NS
    assert reader.wall_time(800) == START_NS + 800 * NS_PER_SAMPLE
    assert reader.wall_time(1_600) == START_NS + 3_600_000_000_000
    assert reader.wall_time(4_800) == START_NS + 3_600_000_000_000 + 3_200 * NS_PER_SAMPLE


def test_second_writer_is_refused_and_named(tmp_path):
    with JournalWriter(tmp_path), pytest.raises(JournalTaken) as refused:
        JournalWriter(tmp_path)
    assert refused.value.facts["pid"] == os.getpid()
    JournalWriter(tmp_path).close()


def test_a_writer_that_is_dead_but_not_quite_gone_is_waited_for(tmp_path):
    with (tmp_path / "recorder.lock").open("w") as held:
        # Dead by its mark, while a last thread of it still holds the file.
        held.write(f"{os.getpid()} 1\n")
        held.flush()
        fcntl.flock(held, fcntl.LOCK_EX)
        gone = Timer(0.1, lambda: fcntl.flock(held, fcntl.LOCK_UN))
        gone.start()
        JournalWriter(tmp_path).close()
        gone.join()


def test_sealed_journal_takes_nothing_more_even_when_opened_again(tmp_path):
    with JournalWriter(tmp_path) as writer:
        writer.append(noise(100))
        writer.seal("stopped")
        with pytest.raises(JournalSealed):
            writer.append(noise(100))
    assert JournalReader(tmp_path).sealed
    with JournalWriter(tmp_path) as writer:
        assert writer.sealed and writer.end_sample == 100
        with pytest.raises(JournalSealed):
            writer.gap(10, "paused")


def test_tail_torn_at_every_byte_of_the_last_two_records_costs_no_more_than_was_torn(tmp_path):
    sound = noise(4 * RECORD_SAMPLES)
    with JournalWriter(tmp_path) as writer:
        writer.append(sound[: 3 * RECORD_SAMPLES])
        writer.append(sound[3 * RECORD_SAMPLES :])
    (part,) = parts(tmp_path)
    size = part.stat().st_size
    reader = JournalReader(tmp_path)
    for cut in range(2 * RECORD_BYTES + 1):
        os.truncate(part, size - cut)
        whole = (4 - -(-cut // RECORD_BYTES)) * RECORD_SAMPLES
        assert reader.end_sample == whole, cut
        if cut % 97 == 0 or cut % RECORD_BYTES in (0, 1, 71, 72, 73, RECORD_BYTES - 1):
            assert np.array_equal(reader.read(0, 99_999), sound[:whole])
            assert reader.gaps() == []


def test_tail_that_holds_rubbish_is_cut(tmp_path):
    sound = noise(3 * RECORD_SAMPLES)
    with JournalWriter(tmp_path) as writer:
        writer.append(sound)
    (part,) = parts(tmp_path)
    whole = part.read_bytes()
    for at in (*range(len(whole) - RECORD_BYTES, len(whole), 101), len(whole) - 1):
        # A crash may leave the length of a record without its bytes.
        part.write_bytes(whole[:at] + bytes(len(whole) - at))
        with JournalWriter(tmp_path) as writer:
            assert writer.end_sample == 2 * RECORD_SAMPLES or whole[at:] == bytes(len(whole) - at)
        assert np.array_equal(JournalReader(tmp_path).read(0, 3_200), sound[:3_200])


@pytest.mark.parametrize("cut", [1, 40, 71, 72, 73, 1_700, RECORD_BYTES - 1, RECORD_BYTES, RECORD_BYTES + 1])
def test_torn_tail_is_unseen_by_readers_and_cut_by_the_next_writer(tmp_path, cut):
    sound = noise(4 * RECORD_SAMPLES)
    with JournalWriter(tmp_path) as writer:
        writer.append(sound)
    (part,) = parts(tmp_path)
    os.truncate(part, part.stat().st_size - cut)
    whole = (4 - -(-cut // RECORD_BYTES)) * RECORD_SAMPLES
    reader = JournalReader(tmp_path)
    assert reader.end_sample == whole
    with JournalWriter(tmp_path) as writer:
        assert writer.end_sample == whole
        writer.append(sound[:100])
    assert np.array_equal(reader.read(0, 99_999), np.concatenate((sound[:whole], sound[:100])))


def test_damaged_record_in_the_middle_is_silence_and_a_gap_and_costs_no_other(tmp_path):
    sound = noise(5 * RECORD_SAMPLES)
    with JournalWriter(tmp_path) as writer:
        writer.append(sound)
    (part,) = parts(tmp_path)
    with part.open("r+b") as file:
        file.seek(PART_BYTES + 2 * RECORD_BYTES + 8)
        file.write(b"\xff" * 40)
    reader = JournalReader(tmp_path)
    expected = sound.copy()
    expected[2 * RECORD_SAMPLES : 3 * RECORD_SAMPLES] = 0
    assert np.array_equal(reader.read(0, 99_999), expected)
    assert [(gap.start_sample, gap.samples, gap.reason) for gap in reader.gaps()] == [(3_200, 1_600, "damaged")]
    with JournalWriter(tmp_path) as writer:
        assert writer.end_sample == 8_000


def test_part_with_a_foreign_beginning_is_refused_by_name(tmp_path):
    (tmp_path / "part-00000000000000.smj").write_bytes(b"RIFF" + bytes(100))
    with pytest.raises(JournalDamaged, match="part-00000000000000.smj"):
        JournalWriter(tmp_path)
    JournalReader(tmp_path / "empty")


def test_part_that_was_being_made_is_forgotten(tmp_path):
    with JournalWriter(tmp_path) as writer:
        writer.append(noise(1_600))
    (tmp_path / "part-00000000001600.new").write_bytes(b"SMJ")
    with JournalWriter(tmp_path) as writer:
        assert writer.end_sample == 1_600
    assert not list(tmp_path.glob("*.new"))


def test_full_disk_leaves_the_journal_as_it_was_and_goes_on_when_there_is_room(tmp_path, monkeypatch):
    sound = noise(3 * RECORD_SAMPLES)
    pwrite = os.pwrite

    def half_then_full(fd: int, data: bytes, offset: int) -> int:
        if len(data) < RECORD_BYTES:
            raise OSError(errno.ENOSPC, "No space left on device")
        return pwrite(fd, data[: len(data) // 2], offset)

    with JournalWriter(tmp_path) as writer:
        writer.append(sound[:RECORD_SAMPLES])
        with monkeypatch.context() as full:
            full.setattr(os, "pwrite", half_then_full)
            with pytest.raises(DiskFull):
                writer.append(sound[RECORD_SAMPLES : 2 * RECORD_SAMPLES])
        assert writer.end_sample == RECORD_SAMPLES
        writer.append(sound[RECORD_SAMPLES:])
    assert np.array_equal(JournalReader(tmp_path).read(0, 99_999), sound)


@pytest.mark.parametrize("call", ["pwrite", "fdatasync"])
@pytest.mark.parametrize("synced", [0, 2, 3])
def test_file_that_failed_once_is_left_and_what_it_did_not_confirm_is_written_anew(
    tmp_path, monkeypatch, call, synced
):
    sound = noise(5 * RECORD_SAMPLES)

    def fail(*_: object) -> int:
        raise OSError(errno.EIO, "Input/output error")

    with JournalWriter(tmp_path) as writer:
        writer.append(sound[: synced * RECORD_SAMPLES], START_NS)
        writer.sync()
        writer.append(sound[synced * RECORD_SAMPLES : 4 * RECORD_SAMPLES])
        with monkeypatch.context() as failing:
            failing.setattr(os, call, fail)
            with pytest.raises(DiskFailing):
                writer.sync() if call == "fdatasync" else writer.append(sound[4 * RECORD_SAMPLES :])
        old = parts(tmp_path)[0]
        # The system may have forgotten what it could not write: nothing of it counts any more.
        if synced:
            os.truncate(old, PART_BYTES + synced * RECORD_BYTES)
        writer.append(sound[4 * RECORD_SAMPLES :])
    reader = JournalReader(tmp_path)
    assert np.array_equal(reader.read(0, 99_999), sound)
    assert [(gap.start_sample, gap.samples, gap.reason) for gap in reader.gaps()] == [(6_400, 0, "disk_failing")]
    with JournalWriter(tmp_path) as writer:
        assert writer.end_sample == 8_000


def test_place_in_the_source_is_known_after_a_file_failed(tmp_path, monkeypatch):
    with JournalWriter(tmp_path) as writer:
        writer.append(noise(RECORD_SAMPLES), source_end=77_000)
        writer.sync()
        with monkeypatch.context() as failing:
            failing.setattr(os, "fdatasync", lambda _: (_ for _ in ()).throw(OSError(errno.EIO, "error")))
            with pytest.raises(DiskFailing):
                writer.sync()
        writer.sync()
    with JournalWriter(tmp_path) as writer:
        assert (writer.source_end, writer.end_sample) == (77_000, RECORD_SAMPLES)


def test_sound_written_to_both_the_failed_file_and_the_new_one_counts_once(tmp_path, monkeypatch):
    sound = noise(4 * RECORD_SAMPLES)
    with JournalWriter(tmp_path) as writer:
        writer.append(sound[:RECORD_SAMPLES])
        writer.sync()
        writer.append(sound[RECORD_SAMPLES : 2 * RECORD_SAMPLES])
        writer.gap(1_600, "paused")
        with monkeypatch.context() as failing:
            failing.setattr(os, "fdatasync", lambda _: (_ for _ in ()).throw(OSError(errno.EIO, "error")))
            with pytest.raises(DiskFailing):
                writer.sync()
        writer.append(sound[2 * RECORD_SAMPLES :])
    reader = JournalReader(tmp_path)
    assert [gap.reason for gap in reader.gaps() if gap.samples] == ["paused"]
    assert reader.end_sample == 5 * RECORD_SAMPLES
    assert np.array_equal(reader.read(4_800, 9_999), sound[3_200:])


def test_sound_taken_off_the_disk_does_not_come_back_with_a_file_that_failed(tmp_path, monkeypatch):
    sound = rng.integers(1, 3_000, 3 * RECORD_SAMPLES).astype(np.int16)
    folder = tmp_path / "录音"
    with JournalWriter(folder) as writer:
        try:
            writer.append(sound)
            writer.withhold_from(RECORD_SAMPLES)
            with monkeypatch.context() as failing:
                failing.setattr(os, "fdatasync", lambda _: (_ for _ in ()).throw(OSError(errno.EIO, "error")))
                with pytest.raises(DiskFailing):
                    writer.sync()
            writer.sync()
            on_disk = b"".join(path.read_bytes() for path in parts(folder))
            assert sound[:800].tobytes() in on_disk and sound[RECORD_SAMPLES:][:800].tobytes() not in on_disk
            assert np.array_equal(JournalReader(folder).read(0, 99_999), sound)
        finally:
            writer.erase_withheld()


def test_level_is_relative_to_full_scale():
    assert level_dbfs(np.full(1_600, -32_768, np.int16)) == 0.0
    assert level_dbfs(np.full(1_600, 328, np.int16)) == pytest.approx(-40, abs=0.05)
    assert level_dbfs(np.zeros(1_600, np.int16)) is None


def test_reading_the_newest_block_of_a_long_meeting_takes_no_time(tmp_path):
    with JournalWriter(tmp_path, part_samples=600 * 16_000) as writer:
        writer.append(np.ones(1_200 * 16_000, np.int16))
    reader = JournalReader(tmp_path)
    took = list[float]()
    for _ in range(20):
        began = time.perf_counter()
        assert reader.read(reader.end_sample - 1_600, 1_600).all()
        took.append(time.perf_counter() - began)
    assert min(took) < 0.02


def test_reader_beside_a_running_writer_never_sees_half_a_record(tmp_path):
    sound = noise(300 * RECORD_SAMPLES)

    def write() -> None:
        with JournalWriter(tmp_path, part_samples=40 * RECORD_SAMPLES) as writer:
            for at in range(0, len(sound), RECORD_SAMPLES):
                writer.append(sound[at : at + RECORD_SAMPLES])

    thread = Thread(target=write)
    thread.start()
    reader, seen = JournalReader(tmp_path), 0
    while seen < len(sound):
        end = reader.end_sample
        assert end >= seen
        assert np.array_equal(reader.read(seen, end - seen), sound[seen:end])
        seen = end
    thread.join()
    assert reader.gaps() == []


steps = st.lists(
    st.one_of(
        st.tuples(st.just("append"), st.integers(1, 4_000)),
        st.tuples(st.just("gap"), st.integers(0, 20_000)),
        st.tuples(st.just("crash"), st.integers(0, 2 * RECORD_BYTES)),
        st.tuples(st.just("reopen"), st.just(0)),
    ),
    max_size=12,
)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(steps=steps, part_samples=st.sampled_from([1_600, 5_000, 10**9]))
def test_any_history_of_writes_and_crashes_loses_only_the_torn_tail(steps, part_samples):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        writer = JournalWriter(folder, part_samples)
        records: list[np.ndarray] = []  # one for each record written, as it must be read back
        for step, amount in steps:
            if step == "append":
                sound = noise(amount)
                writer.append(sound)
                records += [sound[at : at + RECORD_SAMPLES] for at in range(0, amount, RECORD_SAMPLES)]
            elif step == "gap":
                writer.gap(amount, "paused")
                records.append(np.zeros(amount, np.int16))
            else:
                writer.close()
                if step == "crash" and parts(folder):
                    size = parts(folder)[-1].stat().st_size
                    cut = min(amount, size - PART_BYTES)
                    os.truncate(parts(folder)[-1], size - cut)
                    lost = -(-cut // RECORD_BYTES)
                    records = records[: len(records) - lost]
                writer = JournalWriter(folder, part_samples)
            expected = np.concatenate([np.empty(0, np.int16), *records])
            reader = JournalReader(folder)
            assert writer.end_sample == reader.end_sample == len(expected)
            assert np.array_equal(reader.read(0, len(expected) + 9), expected)
            middle = len(expected) // 3
            assert np.array_equal(reader.read(middle, 2_345), expected[middle : middle + 2_345])
        writer.close()
