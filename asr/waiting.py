"""How a spare recorder waits: with all that it needs loaded, and no device open."""

import os
import sys
from contextlib import suppress
from pathlib import Path

import msgspec

from asr.errors import LibraryMissing
from asr.footprint import give_back
from asr.recording_process import LOG_NAME


def wait_as_spare() -> list[str] | None:
    """Loads what a recorder needs and waits; the arguments it is given, or None when nobody is there any more."""
    _load()
    give_back()
    line = sys.stdin.buffer.readline()
    if not line.endswith(b"\n"):
        return None
    arguments = msgspec.json.decode(line, type=list[str])
    log = Path(arguments[arguments.index("--journal") + 1]) / LOG_NAME
    fd = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    void = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((void, 0), (fd, 1), (fd, 2)):
        os.dup2(source, target)
    os.close(fd)
    os.close(void)
    return arguments


def _load() -> None:
    import soxr  # noqa: F401 # loaded now, so that it need not be when time counts

    from asr.devices import portaudio
    from asr.sound_key import key_file

    with suppress(LibraryMissing):
        portaudio()
    if key_file() is not None:
        import cryptography.hazmat.primitives.ciphers.aead  # noqa: F401 # as above
