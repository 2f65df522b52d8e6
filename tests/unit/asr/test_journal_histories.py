"""Any history of a journal, in the clear or encrypted, on a disk that fails now and then, keeps the promises."""

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from asr.errors import NotWritten
from asr.journal import JournalReader, JournalWriter
from asr.journal_memory import memory_folder
from asr.journal_records import NS_PER_SAMPLE, PART_BYTES, RECORD_BYTES, RECORD_SAMPLES
from asr.sealing import check, seal
from asr.sound_key import KEY_VARIABLE, add_key

START_NS = 1_795_000_000_000_000_000
rng = np.random.default_rng(13)

steps = st.lists(
    st.one_of(
        st.tuples(st.just("append"), st.integers(1, 4_000)),
        st.tuples(st.just("gap"), st.integers(0, 20_000)),
        st.tuples(st.just("sync"), st.just(0)),
        st.tuples(st.just("fail_write"), st.integers(0, RECORD_BYTES - 1)),
        st.tuples(st.just("fail_sync"), st.just(0)),
        st.tuples(st.just("crash"), st.integers(0, 2 * RECORD_BYTES)),
        st.tuples(st.just("lose_power"), st.just(0)),
    ),
    max_size=12,
)


class Told:
    """What was given to the journal: (sound or the zeros of a gap) one after the other, and how much is confirmed."""

    def __init__(self) -> None:
        self.given: list[np.ndarray] = []
        self.confirmed = 0

    @property
    def whole(self) -> np.ndarray:
        return np.concatenate([np.empty(0, np.int16), *self.given])

    def add(self, sound: np.ndarray) -> None:
        self.given += [sound[at : at + RECORD_SAMPLES] for at in range(0, len(sound), RECORD_SAMPLES)]

    def cut_to(self, end: int) -> None:
        kept, at = [], 0
        for sound in self.given:
            at += len(sound)
            if at <= end:
                kept.append(sound)
        self.given = kept


@contextmanager
def failing(call: str, written: int = 0) -> Iterator[None]:
    """The disk answers with an error; of a write, `written` bytes get there."""
    pwrite = os.pwrite

    def refuse(fd: int, data: bytes = b"", offset: int = 0) -> int:
        if call == "pwrite" and written and len(data) >= written:
            pwrite(fd, data[:written], offset)
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with patch.object(os, call, refuse):
        yield


def newest(folder: Path) -> Path | None:
    return max(folder.glob("part-*.smj"), default=None)


def run(folder: Path, history: list[tuple[str, int]], part_samples: int) -> Told:
    told = Told()
    writer = JournalWriter(folder, part_samples)
    try:
        for step, amount in history:
            if step == "append":
                sound = rng.integers(1, 3_000, amount).astype(np.int16)
                writer.append(sound, START_NS + writer.end_sample * NS_PER_SAMPLE)
                told.add(sound)
            elif step == "gap":
                writer.gap(amount, "涉密·暂停")
                told.given.append(np.zeros(amount, np.int16))
            elif step == "sync":
                writer.sync()
                told.confirmed = writer.end_sample
            elif step == "fail_write":
                with failing("pwrite", amount), pytest.raises(NotWritten):
                    writer.append(np.ones(100, np.int16))
            elif step == "fail_sync":
                if newest(folder) is not None:
                    with failing("fdatasync"), pytest.raises(NotWritten):
                        writer.sync()
            else:
                writer.close()
                told.cut_to(after_crash(folder, step, amount, told))
                told.confirmed = min(told.confirmed, len(told.whole))
                writer = JournalWriter(folder, part_samples)
            agree(folder, writer, told)
        writer.seal("stopped")
        return told
    finally:
        writer.close()


def after_crash(folder: Path, step: str, amount: int, told: Told) -> int:
    """Tears the newest part; where its good records end now."""
    path = newest(folder)
    if path is not None:
        size = path.stat().st_size
        if step == "crash":
            os.truncate(path, size - min(amount, size - PART_BYTES))
        else:
            # The length is there, the last record's bytes are not.
            whole = PART_BYTES + max(0, (size - PART_BYTES) // RECORD_BYTES - 1) * RECORD_BYTES
            os.truncate(path, whole)
            os.truncate(path, size)
    return JournalReader(folder).end_sample


def agree(folder: Path, writer: JournalWriter, told: Told) -> None:
    reader, expected = JournalReader(folder), told.whole
    assert writer.end_sample == reader.end_sample == len(expected) >= told.confirmed
    assert np.array_equal(reader.read(0, len(expected) + 9), expected)
    third = len(expected) // 3
    assert np.array_equal(reader.read(third, 2_345), expected[third : third + 2_345])
    assert {gap.reason for gap in reader.gaps() if gap.samples} <= {"涉密·暂停"}


@pytest.mark.parametrize("encrypted", [False, True])
@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
@given(history=steps, part_samples=st.sampled_from([1_600, 5_000, 10**9]))
def test_any_history_is_read_back_and_sealed_without_losing_a_sample(
    history, part_samples, encrypted, monkeypatch
):
    if encrypted:
        pytest.importorskip("cryptography", reason="sound is encrypted by cryptography, which is not installed")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "录音"
        monkeypatch.delenv(KEY_VARIABLE, raising=False)
        if encrypted:
            add_key(Path(name) / "钥匙")
            monkeypatch.setenv(KEY_VARIABLE, str(Path(name) / "钥匙"))
        try:
            told = run(folder, history, part_samples)
            before = JournalReader(folder).gaps()
            assert seal(folder).complete and check(folder) == []
            reader = JournalReader(folder)
            assert np.array_equal(reader.read(0, reader.end_sample + 9), told.whole)
            assert reader.gaps() == before and reader.sealed
        finally:
            shutil.rmtree(memory_folder(folder), ignore_errors=True)
