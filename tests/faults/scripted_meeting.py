"""The `meeting` command, the same but for the recognizer's model, which is scripted."""

import sys

import asr.recognition


def command_of(module: str) -> list[str]:
    """The command line of the scripted recognizer."""
    return [sys.executable, "-P", "-m", "tests.faults.scripted_worker"]


if __name__ == "__main__":
    asr.recognition.command_of = command_of

    from ui.cli.__main__ import main

    main()
