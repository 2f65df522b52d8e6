"""Sound that is encrypted where it lies: nothing of it on the disk, all of it there for whoever has the key."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from asr import sound_key
from asr.errors import DiskFull, JournalDamaged, KeyRefused, SoundLocked
from asr.journal import JournalReader, JournalWriter
from asr.journal_parts import opened, record_offset
from asr.journal_records import HEADER_BYTES, RECORD_BYTES, RECORD_SAMPLES, pack_record
from asr.sealing import check, manifest_of, seal
from asr.sound_key import KEY_VARIABLE, add_key

pytest.importorskip("cryptography", reason="sound is encrypted by cryptography, which is not installed")
rng = np.random.default_rng(9)


def noise(samples: int) -> np.ndarray:
    return rng.integers(1, 3_000, samples).astype(np.int16)


@pytest.fixture
def key(tmp_path, monkeypatch):
    key = tmp_path / "钥匙"
    add_key(key)
    monkeypatch.setenv(KEY_VARIABLE, str(key))
    return key


def found_in(folder: Path, sound: np.ndarray) -> bool:
    left = b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())
    return any(sound[at : at + 20].tobytes() in left for at in range(0, len(sound) - 20, 160))


def recorded(folder: Path, records: int = 8, end: bool = True) -> np.ndarray:
    sound = noise(records * RECORD_SAMPLES)
    with JournalWriter(folder, part_samples=4 * RECORD_SAMPLES) as writer:
        writer.append(sound)
        writer.gap(16_000, "涉密·暂停")
        if end:
            writer.seal("stopped")
    return np.concatenate((sound, np.zeros(16_000, np.int16)))


def test_encrypted_sound_is_read_with_the_key_and_lies_nowhere_without(key, tmp_path):
    folder = tmp_path / "录音"
    sound = recorded(folder)
    assert np.array_equal(JournalReader(folder).read(0, 10**6), sound)
    assert np.array_equal(JournalReader(folder).read(2_222, 5_000), sound[2_222:7_222])
    assert not found_in(folder, sound[:-16_000])
    seal(folder)
    assert manifest_of(folder).parts[0].file.endswith(".flac.enc")
    assert np.array_equal(JournalReader(folder).read(0, 10**6), sound)
    assert np.array_equal(JournalReader(folder).read(2_222, 5_000), sound[2_222:7_222])
    assert not any(path.read_bytes()[:4] == b"fLaC" for path in folder.iterdir()) and check(folder) == []


def test_without_the_key_all_but_the_sound_is_known(key, tmp_path, monkeypatch):
    folder = tmp_path / "录音"
    recorded(folder, end=False)
    monkeypatch.delenv(KEY_VARIABLE)
    reader = JournalReader(folder)
    assert reader.end_sample == 8 * RECORD_SAMPLES + 16_000
    assert [gap.reason for gap in reader.gaps()] == ["涉密·暂停"]
    with pytest.raises(SoundLocked, match=KEY_VARIABLE) as refused:
        reader.read(0, 100)
    assert refused.value.exit_code == 3
    with JournalWriter(folder) as writer:
        with pytest.raises(SoundLocked):
            writer.append(noise(100))
        # Whoever stops a meeting needs no key.
        writer.seal("stopped")
    with pytest.raises(SoundLocked):
        seal(folder)
    monkeypatch.setenv(KEY_VARIABLE, str(key))
    seal(folder)
    monkeypatch.delenv(KEY_VARIABLE)
    with pytest.raises(SoundLocked):
        JournalReader(folder).read(0, 100)


@pytest.mark.parametrize("cut", [*range(1, RECORD_BYTES + 60, 331), RECORD_BYTES - 1, RECORD_BYTES])
def test_torn_tail_is_cut_and_recording_goes_on_with_a_cipher_of_its_own(key, tmp_path, cut):
    folder = tmp_path / "录音"
    sound = noise(3 * RECORD_SAMPLES)
    with JournalWriter(folder) as writer:
        writer.append(sound)
    (part,) = folder.glob("part-*")
    os.truncate(part, part.stat().st_size - cut)
    whole = (3 - -(-cut // RECORD_BYTES)) * RECORD_SAMPLES
    with JournalWriter(folder) as writer:
        assert writer.end_sample == whole
        writer.append(sound[whole:])
    assert np.array_equal(JournalReader(folder).read(0, 10**6), sound)
    assert len(list(folder.glob("part-*"))) == 2


def test_no_two_records_share_a_nonce_even_at_the_same_place(key, tmp_path, monkeypatch):
    written: list[bytes] = []
    pwrite = os.pwrite

    def keep(fd: int, data: bytes, offset: int) -> int:
        written.append(bytes(data))
        if len(written) % 3 == 0:
            raise OSError(28, "No space left on device")
        return pwrite(fd, data, offset)

    sound = noise(RECORD_SAMPLES)
    with JournalWriter(tmp_path / "录音") as writer:
        writer.append(sound)
        monkeypatch.setattr(os, "pwrite", keep)
        for _ in range(30):
            try:
                writer.append(sound)
            except DiskFull:
                continue
    nonces = [data[40:52] for data in written if len(data) == RECORD_BYTES]
    assert len(nonces) == 30 and len(set(nonces)) == 30
    bodies = {data[HEADER_BYTES:] for data in written}
    assert len(bodies) == 30, "the same sound never looks the same"


def test_record_moved_to_another_place_is_silence(key, tmp_path):
    folder = tmp_path / "录音"
    sound = noise(3 * RECORD_SAMPLES)
    with JournalWriter(folder) as writer:
        writer.append(sound)
    (path,) = folder.glob("part-*")
    with opened(path, os.O_RDWR) as part:
        first, second = part.record(0), part.record(1)
        forged = second._replace(payload=first.payload, secret=first.secret)
        os.pwrite(part.fd, pack_record(forged), record_offset(1))
    read = JournalReader(folder).read(0, 10**6)
    assert np.array_equal(read[:RECORD_SAMPLES], sound[:RECORD_SAMPLES])
    assert not read[RECORD_SAMPLES : 2 * RECORD_SAMPLES].any()


def test_sealed_file_that_was_changed_is_refused(key, tmp_path):
    folder = tmp_path / "录音"
    recorded(folder)
    part = seal(folder).parts[0]
    path = folder / part.file
    path.write_bytes(path.read_bytes()[:-1] + b"\0")
    with pytest.raises(JournalDamaged, match=part.file):
        JournalReader(folder).read(0, 100)
    assert [fault.reason for fault in check(folder)] == ["changed"]


def test_sound_of_an_older_key_is_read_after_a_new_one_was_added(key, tmp_path):
    old, new = tmp_path / "旧", tmp_path / "新"
    sounds = [recorded(old)]
    add_key(key)
    sounds.append(recorded(new))
    lines = key.read_text("ascii").splitlines()
    assert len(lines) == 2 and key.stat().st_mode & 0o777 == 0o600
    for folder, sound in zip((old, new), sounds, strict=True):
        assert np.array_equal(JournalReader(folder).read(0, 10**6), sound)
    key.write_text(lines[0] + "\n", "ascii")
    with pytest.raises(SoundLocked):
        JournalReader(old).read(0, 100)
    assert np.array_equal(JournalReader(new).read(0, 10**6), sounds[1])


def test_recording_begun_in_the_clear_goes_on_encrypted_once_a_key_is_named(tmp_path, monkeypatch):
    folder, key = tmp_path / "录音", tmp_path / "钥匙"
    open_sound, secret = noise(RECORD_SAMPLES), noise(RECORD_SAMPLES)
    with JournalWriter(folder) as writer:
        writer.append(open_sound)
    add_key(key)
    monkeypatch.setenv(KEY_VARIABLE, str(key))
    with JournalWriter(folder) as writer:
        writer.append(secret)
    assert np.array_equal(JournalReader(folder).read(0, 9_999), np.concatenate((open_sound, secret)))
    assert found_in(folder, open_sound) and not found_in(folder, secret)


@pytest.mark.parametrize("content", ["", "smart-meeting-sound-key-1 c2hvcnQ=\n", "钥匙\n", "other AAAA\n", None])
def test_key_file_that_is_none_is_refused_and_nothing_is_written(tmp_path, monkeypatch, content):
    key = tmp_path / "钥匙"
    if content is not None:
        key.write_text(content, "utf-8")
        key.chmod(0o600)
    monkeypatch.setenv(KEY_VARIABLE, str(key))
    with JournalWriter(tmp_path / "录音") as writer, pytest.raises(KeyRefused, match="钥匙"):
        writer.append(noise(100))
    assert not list((tmp_path / "录音").glob("part-*"))


def test_key_file_open_to_others_is_refused(key):
    key.chmod(0o640)
    with pytest.raises(KeyRefused, match="somebody else"):
        sound_key.read_keys(key)


def test_program_makes_a_key_file_for_its_owner_alone(tmp_path):
    key = tmp_path / "钥匙"
    for count in (1, 2):
        made = subprocess.run([sys.executable, "-m", "asr.sound_key", str(key)], capture_output=True)
        assert (made.returncode, made.stdout) == (0, b"")
        assert len(sound_key.read_keys(key)) == count
    assert key.stat().st_mode & 0o777 == 0o600
    assert subprocess.run([sys.executable, "-m", "asr.sound_key"], capture_output=True).returncode == 2
