"""The recognizer's process: `python -m asr.worker`.

Standard input: lines of `asr.orders`, the first a `start`; when it closes, the process ends. Standard output: lines of
`asr.results`. Killed at any time, the next one is started at the last committed `Final.next_sample`.
"""

import contextlib
import os
import queue
import sys
import threading
import traceback

import msgspec

from asr.errors import AsrError, RecognizerError
from asr.hearing import Closed, Done, Hearing
from asr.orders import Order, Start
from asr.results import Failed, Result


def _failed(error: Exception) -> Failed:
    if not isinstance(error, AsrError):
        error = RecognizerError(reason=f"{type(error).__name__}: {error}")
    return Failed(
        code=error.code,
        message=str(error),
        template=error.template,
        facts={name: str(value) for name, value in error.facts.items()},
        exit_code=error.exit_code,
    )


def _read_orders(inbox: "queue.Queue[Order | Closed | Done]") -> None:
    decoder = msgspec.json.Decoder(Order)
    try:
        for line in sys.stdin.buffer:
            inbox.put(decoder.decode(line))
    finally:
        # Whoever sends what is no order is not the service; going on unsteered would help nobody.
        inbox.put(Closed())


def main() -> int:
    """The process; returns its exit status."""
    results = os.fdopen(os.dup(1), "wb")
    # A library that prints must not break the lines of results.
    os.dup2(2, 1)
    encode = msgspec.json.Encoder().encode

    def send(result: Result) -> None:
        results.write(encode(result) + b"\n")
        results.flush()

    line = sys.stdin.buffer.readline()
    if not line:
        return 0
    try:
        start = msgspec.json.decode(line, type=Start)
        inbox: queue.Queue[Order | Closed | Done] = queue.Queue()
        hearing = Hearing(start, inbox, send)
        threading.Thread(target=_read_orders, args=(inbox,), daemon=True).start()
        hearing.run()
    except BrokenPipeError:
        return 0
    except Exception as error:
        traceback.print_exc()
        with contextlib.suppress(BrokenPipeError):
            send(_failed(error))
        return 3
    return 0


if __name__ == "__main__":
    status = main()
    sys.stderr.flush()
    # A decode that is under way has nobody left to read it; waiting for its thread would only hold up the end.
    os._exit(status)
