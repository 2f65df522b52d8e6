"""Sound files of every kind are read as a stream, and what is no sound is refused by name."""

import numpy as np
import pytest
import soundfile

from asr.audio import SoundFile, decode, probe
from asr.errors import SoundEmpty, SoundUnreadable
from tests.sound_card import find_in, sweep, write_wav


@pytest.mark.parametrize(
    ("name", "rate_hz", "channels"),
    [("会议.wav", 48_000, 2), ("会议.flac", 44_100, 1), ("会议.ogg", 16_000, 1), ("会议.mp3", 44_100, 1)],
)
def test_recording_of_any_kind_becomes_16_khz_mono(tmp_path, name, rate_hz, channels):
    path = tmp_path / name
    soundfile.write(path, np.repeat(sweep(2.0, rate_hz)[:, None], channels, axis=1), rate_hz)
    blocks = list(decode(path))
    assert {len(block) for block in blocks[:-1]} == {1_600}
    _, like = find_in(np.concatenate((*blocks, np.zeros(1_600, np.int16))), sweep(2.0))
    assert like > 0.97
    assert abs(probe(path) - 2_000) <= 60


def test_name_with_a_colon_is_a_file_not_a_protocol(tmp_path):
    assert probe(write_wav(tmp_path / "09:00 会议.wav", sweep(0.5))) == 500


def test_decoding_from_a_sample_on_gives_the_very_same_sound(tmp_path):
    path = write_wav(tmp_path / "a.wav", sweep(1.5, 44_100), 44_100)
    whole = np.concatenate(list(decode(path)))
    assert np.array_equal(np.concatenate(list(SoundFile(path).blocks(7_777))), whole[7_777:])


def test_file_cut_short_gives_what_is_there_and_says_so(tmp_path):
    path = tmp_path / "cut.flac"
    soundfile.write(path, np.random.default_rng(1).integers(-9000, 9000, 64_000).astype(np.int16), 16_000)
    path.write_bytes(path.read_bytes()[:50_000])
    file = SoundFile(path)
    samples = sum(len(block) for block in file.blocks())
    assert 12_000 < samples < 40_000
    assert file.truncated
    whole = SoundFile(write_wav(tmp_path / "whole.wav", sweep(2.0)))
    assert sum(map(len, whole.blocks())) == 32_000
    assert not whole.truncated


def test_wav_cut_short_gives_what_is_there_and_says_so(tmp_path):
    path = write_wav(tmp_path / "cut.wav", sweep(3.0))
    path.write_bytes(path.read_bytes()[:32_044])
    file = SoundFile(path)
    assert sum(map(len, file.blocks())) == 16_000
    assert file.truncated


@pytest.mark.parametrize("content", [b"", None], ids=["no-bytes", "no-samples"])
def test_file_without_sound_in_it_is_empty(tmp_path, content):
    path = write_wav(tmp_path / "空.wav", np.empty(0, np.int16))
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SoundEmpty, match="空.wav"):
        SoundFile(path)


def test_what_is_no_sound_is_refused_by_name(tmp_path):
    text = tmp_path / "议程.txt"
    text.write_text("审议办公用房清理整改情况\n" * 50, "utf-8")
    picture = tmp_path / "图.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))
    header_only = write_wav(tmp_path / "头.wav", sweep(1.0))
    header_only.write_bytes(header_only.read_bytes()[:20])
    for path in (text, picture, header_only, tmp_path, tmp_path / "没有.wav"):
        with pytest.raises(SoundUnreadable) as refused:
            SoundFile(path)
        assert refused.value.facts["path"] == str(path)
        assert refused.value.exit_code == 2
