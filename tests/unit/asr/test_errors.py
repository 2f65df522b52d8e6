"""Each error says in one sentence what happened, what it means for the record, and what to do."""

import pytest

from asr import errors
from asr.errors import AsrError

SENTENCES = [
    (errors.NoMicrophone, {}, 3, "No microphone was found, so nothing is being recorded."),
    (errors.DeviceGone, {"name": "全向麦", "present": "内置"}, 3, "The microphone “全向麦” is not there"),
    (
        errors.SoundUnreadable,
        {"path": "会议.wav", "reason": "it is a folder"},
        2,
        "“会议.wav” cannot be read as sound",
    ),
    (errors.SoundEmpty, {"path": "空.wav"}, 2, "“空.wav” holds no sound at all."),
    (errors.LibraryMissing, {"library": "PortAudio", "command": "apt-get"}, 3, "PortAudio is not installed"),
    (errors.JournalDamaged, {"path": "录音", "reason": "x"}, 1, "The recorded sound in “录音” is damaged (x)."),
    (errors.JournalTaken, {"path": "录音", "pid": 7}, 1, "Another recorder (process 7) is already recording"),
    (errors.JournalSealed, {"path": "录音"}, 1, "The recording in “录音” is finished"),
    (errors.DiskFull, {"path": "录音"}, 1, "The disk with “录音” is full, so sound is not being kept."),
    (
        errors.DiskFailing,
        {"path": "录音", "reason": "Read-only file system"},
        1,
        "The disk with “录音” does not take any sound (Read-only file system)",
    ),
    (
        errors.MemoryRefused,
        {"path": "/dev/shm/x", "reason": "it is open to somebody else"},
        3,
        "Sound that may not be kept has no safe place in memory: “/dev/shm/x” (it is open to somebody else).",
    ),
    (
        errors.KeyRefused,
        {"path": "钥匙", "reason": "it is empty"},
        3,
        "The sound is to be encrypted, but the key file “钥匙” cannot be used (it is empty).",
    ),
    (
        errors.SoundLocked,
        {"path": "录音", "variable": "MEETING_SOUND_KEY_FILE"},
        3,
        "The sound in “录音” is encrypted, and its key is not here.",
    ),
    (
        errors.NotSealable,
        {"path": "录音", "reason": "the recording is not finished"},
        1,
        "The sound in “录音” was not brought into its final form (the recording is not finished).",
    ),
    (errors.RecorderFailed, {"path": "录音", "reason": "x"}, 1, "The recorder could not start in “录音”: x."),
    (
        errors.LanguageUnknown,
        {"language": "xx", "known": "zh, en"},
        2,
        "The model does not know the language “xx”.",
    ),
    (errors.RecognizerDied, {"reason": "signal 9"}, 1, "The recognizer ended unexpectedly (signal 9)."),
]


@pytest.mark.parametrize(
    ("kind", "facts", "exit_code", "beginning"), SENTENCES, ids=lambda value: getattr(value, "code", "")
)
def test_error_is_one_sentence_with_its_facts_and_exit_code(kind, facts, exit_code, beginning):
    error = kind(**facts)
    assert str(error).startswith(beginning)
    assert "\n" not in str(error) and error.exit_code == exit_code


def test_codes_are_told_apart_and_every_error_has_one_root():
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, AsrError)]
    assert len({kind.code for kind in kinds}) == len(kinds)
    told = {kind for kind, *_ in SENTENCES}
    assert {kind for kind in kinds if not kind.__subclasses__()} <= told
