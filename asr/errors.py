"""Everything that can go wrong with sound and its recognition, as a person is told.

AsrError
├── AudioError
│   ├── NoMicrophone         no input device at all, or none can be opened
│   ├── DeviceGone           the device asked for is not there
│   ├── SoundUnreadable      a file that holds no sound that can be decoded
│   ├── SoundEmpty           a sound file of no length
│   └── LibraryMissing       PortAudio is not installed
├── JournalError
│   ├── JournalDamaged       a part file is not what its name says
│   ├── JournalTaken         another recorder writes this journal
│   ├── JournalSealed        the recording is over, nothing may be added
│   ├── NotWritten           sound is held back for now, and written when that can be done again
│   │   ├── DiskFull         no space for sound
│   │   ├── DiskFailing      the disk is read-only or answers with errors
│   │   └── MemoryRefused    sound that may not reach the disk has no safe place in memory
│   ├── KeyRefused           the key file that was named cannot be used
│   ├── SoundLocked          the sound is encrypted and its key is not here
│   ├── NotSealable          the sound cannot be brought into its final form now
│   └── RecorderFailed       the recorder ended before it could record
└── RecognizerError
    ├── LanguageUnknown      the model does not know the language
    └── RecognizerDied       the recognizer's process ended by itself
"""

from typing import ClassVar

from models.refusal import N_, Refusal


class AsrError(Refusal):
    """Root of the errors of sound and its recognition."""

    code: ClassVar[str] = "asr_error"
    template: ClassVar[str] = N_("Sound or recognition failed: {reason}")


class AudioError(AsrError):
    """Sound cannot be had from a device or a file."""

    code = "audio_error"
    template = N_("Sound cannot be read: {reason}")


class NoMicrophone(AudioError):
    """No facts."""

    code = "no_microphone"
    template = N_(
        "No microphone was found, so nothing is being recorded. Plug one in or switch it on, "
        "then look with: meeting devices"
    )
    exit_code = 3


class DeviceGone(AudioError):
    """Facts: `name` (str), `present` (str, the devices that are there, joined by commas)."""

    code = "device_gone"
    template = N_(
        "The microphone “{name}” is not there, so it records nothing. "
        "Plug it in, or choose one of these with --device: {present}"
    )
    exit_code = 3


class SoundUnreadable(AudioError):
    """Facts: `path` (str), `reason` (str)."""

    code = "sound_unreadable"
    template = N_(
        "“{path}” cannot be read as sound ({reason}). Give a sound file, for example WAV, MP3, M4A or FLAC."
    )
    exit_code = 2


class SoundEmpty(AudioError):
    """Facts: `path` (str)."""

    code = "sound_empty"
    template = N_("“{path}” holds no sound at all. Give a recording that is not empty.")
    exit_code = 2


class LibraryMissing(AudioError):
    """Facts: `library` (str), `command` (str, the one command that installs it)."""

    code = "library_missing"
    template = N_("{library} is not installed, so no microphone can be opened. Install it with: {command}")
    exit_code = 3


class JournalError(AsrError):
    """The recorded sound on disk cannot be read or written."""

    code = "journal_error"
    template = N_("The recorded sound in “{path}” cannot be used: {reason}")


class JournalDamaged(JournalError):
    """Facts: `path` (str), `reason` (str)."""

    code = "journal_damaged"
    template = N_(
        "The recorded sound in “{path}” is damaged ({reason}). What was recorded is left as it is; "
        "restore the folder from a back-up or move it away."
    )


class JournalTaken(JournalError):
    """Facts: `path` (str), `pid` (int, 0 when unknown)."""

    code = "journal_taken"
    template = N_(
        "Another recorder (process {pid}) is already recording into “{path}”. Nothing was changed; stop it first."
    )


class JournalSealed(JournalError):
    """Facts: `path` (str)."""

    code = "journal_sealed"
    template = N_("The recording in “{path}” is finished; nothing can be added to it. Start a new meeting.")


class NotWritten(JournalError):
    """Facts: `path` (str), `reason` (str). The recorder goes on trying."""

    code = "not_written"
    template = N_("Sound cannot be written to “{path}” just now: {reason}")


class DiskFull(NotWritten):
    """Facts: `path` (str)."""

    code = "disk_full"
    template = N_(
        "The disk with “{path}” is full, so sound is not being kept. What was recorded is safe; "
        "free some space and recording goes on by itself."
    )


class DiskFailing(NotWritten):
    """Facts: `path` (str), `reason` (str)."""

    code = "disk_failing"
    template = N_(
        "The disk with “{path}” does not take any sound ({reason}), so sound is not being kept. What was recorded "
        "before is left as it is; look after the disk, and recording goes on by itself once it can be written again."
    )


class MemoryRefused(NotWritten):
    """Facts: `path` (str), `reason` (str)."""

    code = "memory_refused"
    template = N_(
        "Sound that may not be kept has no safe place in memory: “{path}” ({reason}). It is not written to the disk "
        "either, so nothing is being recorded. Remove that folder, or ask the administrator for a memory folder "
        "(/dev/shm)."
    )
    exit_code = 3


class KeyRefused(JournalError):
    """Facts: `path` (str, the key file), `reason` (str)."""

    code = "sound_key_refused"
    template = N_(
        "The sound is to be encrypted, but the key file “{path}” cannot be used ({reason}). Nothing is recorded "
        "without it. Put the right file there, or make a new key with: python -m asr.sound_key {path}"
    )
    exit_code = 3


class SoundLocked(JournalError):
    """Facts: `path` (str), `variable` (str, names the key file)."""

    code = "sound_locked"
    template = N_(
        "The sound in “{path}” is encrypted, and its key is not here. It is left as it is; name the file that "
        "holds its key in the variable {variable}."
    )
    exit_code = 3


class NotSealable(JournalError):
    """Facts: `path` (str), `reason` (str)."""

    code = "not_sealable"
    template = N_(
        "The sound in “{path}” was not brought into its final form ({reason}). It is kept as it was recorded, "
        "and sealing can be tried again."
    )


class RecorderFailed(JournalError):
    """Facts: `path` (str), `reason` (str)."""

    code = "recorder_failed"
    template = N_("The recorder could not start in “{path}”: {reason}. Nothing is being recorded.")


class RecognizerError(AsrError):
    """Recognition cannot go on."""

    code = "recognizer_error"
    template = N_("Recognition failed: {reason}. The sound is kept and can be recognized later.")


class LanguageUnknown(RecognizerError):
    """Facts: `language` (str), `known` (str, the codes the model knows, joined by commas)."""

    code = "language_unknown"
    template = N_(
        "The model does not know the language “{language}”. Choose one of these with --language: {known}"
    )
    exit_code = 2


class RecognizerDied(RecognizerError):
    """Facts: `reason` (str, signal or exit status)."""

    code = "recognizer_died"
    template = N_(
        "The recognizer ended unexpectedly ({reason}). Recording goes on and no sound is lost; "
        "it is started again and the text catches up."
    )
