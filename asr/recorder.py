"""The recorder: a small process that alone owns the microphone and appends to the journal.

`python -m asr.recorder --journal DIR --source mic|FILE` outlives whoever started it. It does what `control.json` says
(record, pause, stop; keep the sound or withhold it from the disk), tells in `recorder.json` how it fares, and ends by
itself only when the recording is over.
`--spare` instead waits on its standard input, with the device closed, for the line that gives it the other arguments:
it then takes the place of a recorder that died, and ends when its input does.
SIGTERM makes it go with everything written and the recording left open, so that another recorder can go on with it;
closing a terminal or pressing Ctrl-C beside it means nothing to it.
"""

import argparse
import os
import signal
import sys
import traceback
from pathlib import Path

import msgspec

from asr.capture import Recorder
from asr.errors import AsrError, JournalTaken, RecorderFailed
from asr.journal import JournalWriter
from asr.liveness import mark_of
from asr.recorder_watches import Orders
from asr.recording_files import RecorderState, write_state
from asr.sources import FileSource, MicrophoneSource, Source, parse_pace
from asr.waiting import wait_as_spare


def _arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m asr.recorder")
    parser.add_argument("--journal", type=Path, required=True)
    parser.add_argument("--source", required=True, help="mic, or a sound file")
    parser.add_argument("--device")
    parser.add_argument("--pace", default="realtime")
    parser.add_argument("--leave", type=int, default=0, help="bytes of the disk's room left to others")
    parser.add_argument("--mode", choices=("keep", "transcribe_only"), default="keep")
    return parser.parse_args(argv)


def _record(args: argparse.Namespace, state: RecorderState) -> None:
    try:
        with JournalWriter(args.journal) as writer:
            if writer.sealed:
                write_state(
                    args.journal, msgspec.structs.replace(state, state="sealed", samples=writer.end_sample)
                )
                return
            write_state(args.journal, state)
            writer.prepare_key()
            orders = Orders(args.journal)
            if orders.read().mode(state.mode) == "transcribe_only":
                writer.prepare_memory()
            recorder = Recorder(writer, _source(args, writer), orders, state)
            signal.signal(signal.SIGTERM, recorder.leave)
            recorder.run()
    except JournalTaken:
        raise  # the state file is the other recorder's
    except AsrError as error:
        _tell_failure(args.journal, state, error)
        raise
    except Exception as error:
        _tell_failure(args.journal, state, RecorderFailed(path=str(args.journal), reason=repr(error)))
        raise


def _source(args: argparse.Namespace, writer: JournalWriter) -> Source:
    if args.source == "mic":
        return MicrophoneSource(args.device)
    return FileSource(Path(args.source), parse_pace(args.pace), writer.source_end)


def _tell_failure(folder: Path, state: RecorderState, error: AsrError) -> None:
    write_state(
        folder, msgspec.structs.replace(state, state="failed", error_code=error.code, error_facts=error.facts)
    )


def main(argv: list[str]) -> int:
    """The process: returns its exit code."""
    for name in (signal.SIGHUP, signal.SIGINT):
        signal.signal(name, signal.SIG_IGN)
    if argv == ["--spare"]:
        given = wait_as_spare()
        if given is None:
            return 0
        argv = given
    args = _arguments(argv)
    mark = mark_of(os.getpid())
    state = RecorderState(
        pid=os.getpid(),
        started=mark.started if mark else 0,
        state="starting",
        source=args.source,
        device=args.device,
        mode=args.mode,
        pace=args.pace,
        leave_bytes=args.leave,
    )
    try:
        _record(args, state)
    except AsrError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except Exception:
        traceback.print_exc()
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
