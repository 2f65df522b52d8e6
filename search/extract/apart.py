"""Reads files in a process of its own, within limits of time and memory."""

import os
import selectors
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType

import msgspec

from models.refusal import Refusal
from search.errors import FileTooDemanding, FileTruncated, FileUnreadable
from search.extract.orders import LENGTH_BYTES, MEMORY_MB, SECONDS, Answer, Listed, Order, packed
from search.extract.reading import Extracted

_PIECE = 1 << 16
# What ends by itself has ended by then; what still computes is over its time.
_PATIENCE_SECONDS = 0.5
_ENDED_BY_LIMITS = (-signal.SIGKILL, -signal.SIGXCPU)
_ROOT = str(Path(__file__).parents[2])


class ApartReader:
    """Use as a context manager. The process is started with the first file, and anew after one that it died of."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "ApartReader":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def extract(self, path: Path, shown: str, way: tuple[int, ...] = ()) -> Extracted:
        """The text of a file, or of the one at the end of `way` in an archive. Raises: an ExtractError."""
        answer = self._ask(Order(want="text", path=os.fsencode(path), shown=shown, way=way))
        if answer.text is None:
            raise FileTruncated(path=shown)
        return answer.text

    def members(self, path: Path, shown: str) -> tuple[tuple[Listed, Refusal | None], ...]:
        """The files in an archive, each with what forbids to read it. Raises: an ExtractError."""
        answer = self._ask(Order(want="members", path=os.fsencode(path), shown=shown))
        return tuple((one, one.refused.refusal() if one.refused else None) for one in answer.members or ())

    def _ask(self, order: Order) -> Answer:
        try:
            process = self._started()
            assert process.stdin is not None and process.stdout is not None
            process.stdin.write(packed(order))
            body = _received(process.stdout.fileno(), time.monotonic() + self._seconds)
        except OSError as error:
            self._end()
            raise FileUnreadable(path=order.shown, reason=error.strerror or str(error)) from error
        if body is None:
            raise self._died(order.shown)
        answer = msgspec.msgpack.decode(body, type=Answer)
        if answer.last:
            self._end()
        if answer.refused is not None:
            raise answer.refused.refusal()
        return answer

    def _started(self) -> "subprocess.Popen[bytes]":
        if self._process is not None and self._process.poll() is not None:
            self._end()
        if self._process is None:
            # -P: the folder that somebody works in may hold files named like modules.
            command = [sys.executable, "-P", "-m", "search.extract.worker"]
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
                env={**os.environ, "PYTHONPATH": _searched_for_packages()},
                # Ctrl-C is for the program, which ends this process by closing its input.
                start_new_session=True,
            )
        return self._process

    def _died(self, shown: str) -> Refusal:
        """The reason why no answer came: the limits, or a crash within a library."""
        try:
            code = self._process.wait(_PATIENCE_SECONDS) if self._process else None
        except subprocess.TimeoutExpired:
            code = None
        if code is None or code in _ENDED_BY_LIMITS:
            error: Refusal = FileTooDemanding(path=shown, seconds=int(self._seconds), limit_mb=MEMORY_MB)
        else:
            error = FileTruncated(path=shown)
        self._end()
        return error

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        with process:
            pass


def _searched_for_packages() -> str:
    """Where the process finds this package also when it is not installed."""
    return os.pathsep.join(filter(None, [os.environ.get("PYTHONPATH", ""), _ROOT]))


def _received(pipe: int, until: float) -> bytes | None:
    """One message, or None when the time is over or the other side has ended."""
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        received, wanted = bytearray(), LENGTH_BYTES
        while len(received) < wanted:
            left = until - time.monotonic()
            if left <= 0 or not selector.select(left):
                return None
            piece = os.read(pipe, min(_PIECE, wanted - len(received)))
            if not piece:
                return None
            received += piece
            if wanted == LENGTH_BYTES == len(received):
                wanted += int.from_bytes(received, "big")
        return bytes(received[LENGTH_BYTES:])
