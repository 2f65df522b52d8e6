"""Plays a recording to WhisperLive: drive_whisper_live.py SOUND.wav MODEL_FOLDER OUT.json LANGUAGE.

Its segments come again and again until they are `completed`; the last one is still open. WhisperLive rounds the start
of an open segment differently from message to message, so the open one has an id of its own.
"""

import array
import json
import sys
import uuid
from importlib.metadata import version
from typing import Any

from playing import Player, connected, free_port, piece, read_pcm, start, stop, write

SERVER = """
from whisper_live.server import TranscriptionServer
TranscriptionServer().run("127.0.0.1", port={port}, backend="faster_whisper",
    faster_whisper_custom_model_path={model!r}, max_connection_time=36000)
"""


def to_float(pcm: bytes) -> bytes:
    """32-bit floats in -1..1, as its socket wants them."""
    return array.array("f", (sample / 32768 for sample in array.array("h", pcm))).tobytes()


class Changes:
    """Passes on only the pieces that are new or different from what was shown under their id."""

    def __init__(self) -> None:
        self._shown: dict[str, dict[str, Any]] = {}

    def of(self, pieces: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Of all the pieces that a message shows, those that change the screen."""
        new = [piece for piece in pieces if self._shown.get(piece["id"]) != piece]
        self._shown.update({piece["id"]: piece for piece in new})
        return new


class Reader:
    """Its messages as pieces: completed segments stay, the open one is replaced."""

    def __init__(self) -> None:
        self._changes = Changes()
        self._done: set[str] = set()

    def read(self, message: dict[str, Any], at_s: float) -> list[dict[str, Any]]:
        """The pieces that a message changes."""
        if "segments" not in message:
            return []
        shown, is_open = [], False
        for one in message["segments"]:
            begin, end = float(one["start"]), float(one["end"])
            if one.get("completed"):
                if str(one["start"]) not in self._done:
                    self._done.add(str(one["start"]))
                    shown.append(piece(str(one["start"]), begin, end, one["text"], True))
            else:
                is_open = True
                shown.append(piece("open", begin, end, one["text"], False))
        if not is_open:
            shown.append(piece("open", 0, 0, "", False))
        return self._changes.of(shown)


def main() -> None:
    """Starts the server, plays, and leaves what came back."""
    sound, model, out, language = sys.argv[1:]
    port = free_port()
    server = start(["-c", SERVER.format(port=port, model=model)])
    try:
        ws = connected(server, f"ws://127.0.0.1:{port}")
        hello = {"uid": str(uuid.uuid4()), "language": language, "task": "transcribe", "model": "base"}
        hello |= {"use_vad": True, "send_last_n_segments": 10, "no_speech_thresh": 0.45, "clip_audio": False}
        ws.send(json.dumps(hello | {"same_output_threshold": 10}))
        while json.loads(ws.recv()).get("message") != "SERVER_READY":
            pass
        player = Player(ws, server, Reader().read)
        player.play(read_pcm(sound), to_float)
        # Told of the end, it leaves what it has not decoded yet: it is given the time first.
        player.wait(quiet_s=20)
        player.say(b"END_OF_AUDIO")
    finally:
        stop(server)
    write(out, f"WhisperLive {version('whisper-live')}", player.updates)


if __name__ == "__main__":
    main()
