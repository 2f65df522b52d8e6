"""Plays a recording to WhisperLiveKit: drive_whisperlivekit.py SOUND.wav MODEL_FOLDER OUT.json LANGUAGE.

Its default policy (SimulStreaming) needs a PyTorch checkpoint besides; with the model that the others have, its
policy is LocalAgreement on faster-whisper. A line of its grows as text is committed: what is added to it is final,
what stands in its buffer is not.
"""

import sys
from importlib.metadata import version
from typing import Any

from playing import Player, connected, free_port, piece, read_pcm, start, stop, write


def to_seconds(clock: str) -> float:
    """`H:MM:SS.cc` in seconds."""
    seconds = 0.0
    for part in clock.split(":"):
        seconds = seconds * 60 + float(part)
    return seconds


class Reader:
    """Its messages as pieces: each addition to a line, and the buffer behind the last one."""

    def __init__(self) -> None:
        self._lines: dict[str, list[dict[str, Any]]] = {}
        self._count = 0
        self._end_s = 0.0
        self._buffer = ""

    def read(self, message: dict[str, Any], at_s: float) -> list[dict[str, Any]] | None:
        """The pieces that a message changes; None for its last one."""
        if message.get("type") == "ready_to_stop":
            return None
        if "lines" not in message:
            return []
        new = [change for line in message["lines"] if line.get("text") for change in self._added(line)]
        buffer = message.get("buffer_transcription") or ""
        if buffer != self._buffer:
            self._buffer = buffer
            # The buffer has no time of its own; the message says how long ago its last sound was spoken.
            decoded_s = at_s - float(message.get("remaining_time_transcription") or 0)
            new.append(piece("buffer", self._end_s, max(self._end_s, decoded_s), buffer, False))
        return new

    def _added(self, line: dict[str, Any]) -> list[dict[str, Any]]:
        """What a line has more than before; one that was changed in its middle is given anew as a whole."""
        parts = self._lines.setdefault(line["start"], [])
        known = "".join(part["text"] for part in parts)
        if line["text"] == known:
            return []
        gone = []
        if not line["text"].startswith(known):
            gone = [part | {"text": ""} for part in parts]
            parts.clear()
            known = ""
        start_s = parts[-1]["end_ms"] / 1000 if parts else to_seconds(line["start"])
        end_s = max(start_s, to_seconds(line["end"]))
        self._count += 1
        self._end_s = max(self._end_s, end_s)
        parts.append(piece(f"f{self._count}", start_s, end_s, line["text"][len(known) :], True))
        return [*gone, parts[-1]]


def main() -> None:
    """Starts the server, plays, and leaves what came back."""
    sound, model, out, language = sys.argv[1:]
    port = free_port()
    options = ["--model_dir", model, "--backend", "faster-whisper", "--backend-policy", "localagreement"]
    options += ["--language", language, "--pcm-input", "--warmup-file", "", "--host", "127.0.0.1"]
    server = start(["-m", "whisperlivekit.basic_server", *options, "--port", str(port)])
    try:
        ws = connected(server, f"ws://127.0.0.1:{port}/asr")
        ws.recv()
        player = Player(ws, server, Reader().read)
        player.play(read_pcm(sound))
        player.say(b"")
        # It says when it is done; a decode of a long buffer may keep it silent for long.
        player.wait(quiet_s=180)
    finally:
        stop(server)
    write(out, f"WhisperLiveKit {version('whisperlivekit')}", player.updates)


if __name__ == "__main__":
    main()
