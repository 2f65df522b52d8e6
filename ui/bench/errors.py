"""What a benchmark refuses; no meeting of the user's is ever touched by one."""

from models.refusal import N_, Refusal


class BenchError(Refusal):
    """The root of the tree."""

    exit_code = 2


class RecordingIncomplete(BenchError):
    """A folder in which a part of a recording to measure with is missing."""

    code = "recording_incomplete"
    template = N_("{folder} is not a recording to measure with: it has no {part}. Nothing was measured.")


class ScriptUnusable(BenchError):
    """A script that cannot be read, or in which nobody says anything."""

    code = "script_unusable"
    template = N_("The script {file} does not say who spoke when: {why}. Nothing was measured.")


class RecordingTooShort(BenchError):
    """No utterance ends in the part that was asked for."""

    code = "recording_too_short"
    template = N_("Nobody finishes a sentence in the first {seconds} s of {folder}. Ask for more seconds of it.")


class PeersMissing(BenchError):
    """The folder has no programs that drive other systems."""

    code = "peers_missing"
    template = N_("{folder} has no programs to drive other systems (drive_NAME.py with setup_NAME.sh).")


class ArchiveIncomplete(BenchError):
    """A folder of files to measure a search with in which a list is missing or unreadable."""

    code = "archive_incomplete"
    template = N_("{folder} is not an archive to measure a search with: its {part} is missing or cannot be read.")


class FilesLimited(BenchError):
    """More clients than this user may have open files."""

    code = "files_limited"
    template = N_(
        "{clients} clients need {files} open files in one process, and this user may have {most}. Raise the limit "
        "(ulimit -Hn), or measure fewer clients."
    )


class SystemFailed(BenchError):
    """One of the programs under measurement ended with an error; the others are measured all the same."""

    code = "system_failed"
    template = N_("{system} did not finish: {why}.")
    exit_code = 1
