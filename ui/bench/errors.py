"""What a benchmark refuses; no meeting of the user's is ever touched by one."""

from models.refusal import N_, Refusal


class BenchError(Refusal):
    """The root of the tree."""


class RecordingIncomplete(BenchError):
    """A folder that is not a recording with its script and agenda."""

    code = "recording_incomplete"
    template = N_("{folder} is not a recording to measure with: {why}. Nothing was measured.")
    exit_code = 2


class SystemFailed(BenchError):
    """One of the programs under measurement ended with an error."""

    code = "bench_failed"
    template = N_("{system} did not finish the recording: {why}. What was measured before is not written.")


class PeersMissing(BenchError):
    """The folder has no programs that drive other systems."""

    code = "peers_missing"
    template = N_("{folder} has no programs to drive other systems (drive_NAME.py with setup_NAME.sh).")
    exit_code = 2
