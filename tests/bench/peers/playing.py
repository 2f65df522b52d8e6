"""What the drivers share: a recording sent in real time over a websocket, and what comes back as updates.

Runs in a peer's own environment, so it takes nothing from the product; `Played` and `Update` of `ui.bench.asr` are
the form of what `write` leaves.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

RATE_HZ = 16_000
BLOCK = 1600
STARTS_WITHIN_S = 180
PATIENCE = 2.0


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def read_pcm(path: str) -> bytes:
    """The samples of a 16 kHz mono WAV, 16-bit."""
    with wave.open(path, "rb") as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (RATE_HZ, 1, 2)
        return file.readframes(file.getnframes())


def start(arguments: list[str]) -> "subprocess.Popen[bytes]":
    """Starts a server with this interpreter, without any network beyond this machine.

    From now on a SIGTERM to the driver is an exception, so that the server is ended too.
    """
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": str(min(os.cpu_count() or 1, 4))}
    return subprocess.Popen(
        [sys.executable, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, env=environment
    )


def connected(server: "subprocess.Popen[bytes]", url: str) -> ClientConnection:
    """An open socket to the server as soon as it listens."""
    deadline = time.monotonic() + STARTS_WITHIN_S
    while True:
        try:
            return connect(url, max_size=2**26, open_timeout=60)
        except OSError:
            if server.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.5)


class Player:
    """Sends a recording at the pace of its voice, and keeps what `read` makes of each answer.

    `read` is given a message and its arrival in s since the first sample, and returns the pieces that it changes, or
    None when the server says that nothing more will come.
    """

    def __init__(
        self,
        ws: ClientConnection,
        server: "subprocess.Popen[bytes]",
        read: Callable[[Any, float], list[Any] | None],
    ) -> None:
        self._ws, self._server, self._read = ws, server, read
        self._began = self._newest = time.monotonic()
        self._listening = threading.Thread(target=self._listen, daemon=True)
        self.updates: list[dict[str, Any]] = []

    def play(self, pcm: bytes, encode: Callable[[bytes], bytes] = bytes) -> None:
        """Sends each block when its last sample has been spoken, as a microphone gives it."""
        print("playing", self._server.pid, flush=True)
        self._began = time.monotonic()
        self._listening.start()
        for place in range(0, len(pcm), 2 * BLOCK):
            block = pcm[place : place + 2 * BLOCK]
            due = self._began + (place + len(block)) / 2 / RATE_HZ
            time.sleep(max(0.0, due - time.monotonic()))
            self._ws.send(encode(block))

    def say(self, last_word: bytes) -> None:
        """Tells the server that the sound is over, in its own way."""
        self._ws.send(last_word)

    def wait(self, quiet_s: float) -> None:
        """Returns when nothing new has come for so long, or nothing more will come, or after twice the time that the
        recording took: who is later than that is as good as lost in a meeting."""
        self._newest = over = time.monotonic()
        patience_s = PATIENCE * (over - self._began)
        while self._listening.is_alive():
            now = time.monotonic()
            if now - self._newest >= quiet_s or now - over >= patience_s:
                return
            time.sleep(0.1)

    def _listen(self) -> None:
        try:
            for raw in self._ws:
                now = time.monotonic()
                pieces = self._read(json.loads(raw), now - self._began)
                if pieces is None:
                    return
                if pieces:
                    self._newest = now
                    self.updates.append({"at_ms": round((now - self._began) * 1000), "pieces": pieces})
        except ConnectionClosed:
            pass


def piece(id: str, start_s: float, end_s: float, text: str, final: bool) -> dict[str, Any]:
    """A stretch of text and the sound it stands for."""
    start_ms, end_ms = round(start_s * 1000), round(end_s * 1000)
    return {"id": id, "start_ms": start_ms, "end_ms": end_ms, "text": text, "final": final}


def write(path: str, system: str, updates: list[dict[str, Any]]) -> None:
    """Leaves a `Played`."""
    document = {"system": system, "updates": updates}
    Path(path).write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")


def stop(server: "subprocess.Popen[bytes]") -> None:
    """Ends the server, by force if it does not go."""
    server.terminate()
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
