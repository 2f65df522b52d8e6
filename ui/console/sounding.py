"""The process that plays samples from stdin on one sink: `python -m ui.console.sounding SINK RATE_HZ`.

It speaks libpulse itself, since no player asks for what counts in a meeting room: a stream that may not be moved
(PA_STREAM_DONT_MOVE). When its sink is pulled out, a sound server takes any other stream to the room's loudspeakers;
this one it ends. PipeWire keeps to the same. Exit codes: 0 played to its end, 1 the sink is not there or no longer.
"""

import ctypes
import sys
from typing import Any

READY, FAILED = 4, (5, 6)
STREAM_READY, STREAM_FAILED = 2, (3, 4)
NO_AUTOSPAWN, DONT_MOVE = 0x1, 0x200
S16LE = 3
UNKNOWN_SIZE = ctypes.c_size_t(-1).value


class _Spec(ctypes.Structure):
    _fields_ = (("format", ctypes.c_int), ("rate", ctypes.c_uint32), ("channels", ctypes.c_uint8))


def _library() -> Any:
    pulse = ctypes.CDLL("libpulse.so.0")
    pointer, size = ctypes.c_void_p, ctypes.c_size_t
    for name, result, given in (
        ("pa_mainloop_new", pointer, []),
        ("pa_mainloop_get_api", pointer, [pointer]),
        ("pa_mainloop_iterate", ctypes.c_int, [pointer, ctypes.c_int, pointer]),
        ("pa_context_new", pointer, [pointer, ctypes.c_char_p]),
        ("pa_context_connect", ctypes.c_int, [pointer, ctypes.c_char_p, ctypes.c_int, pointer]),
        ("pa_context_get_state", ctypes.c_int, [pointer]),
        ("pa_stream_new", pointer, [pointer, ctypes.c_char_p, pointer, pointer]),
        (
            "pa_stream_connect_playback",
            ctypes.c_int,
            [pointer, ctypes.c_char_p, pointer, ctypes.c_int, pointer, pointer],
        ),
        ("pa_stream_get_state", ctypes.c_int, [pointer]),
        ("pa_stream_writable_size", size, [pointer]),
        (
            "pa_stream_write",
            ctypes.c_int,
            [pointer, ctypes.c_char_p, size, pointer, ctypes.c_int64, ctypes.c_int],
        ),
        ("pa_stream_drain", pointer, [pointer, pointer, pointer]),
        ("pa_operation_get_state", ctypes.c_int, [pointer]),
    ):
        function = getattr(pulse, name)
        function.restype, function.argtypes = result, given
    return pulse


class _Gone(Exception):
    """The sink, or the sound server, is not there or no longer."""


class _Playing:
    """One stream on one sink. The server and the process end together, so nothing is given back."""

    def __init__(self, sink: str, rate_hz: int) -> None:
        self._pulse = _library()
        self._loop = self._pulse.pa_mainloop_new()
        self._context = self._pulse.pa_context_new(self._pulse.pa_mainloop_get_api(self._loop), b"smart-meeting")
        self._pulse.pa_context_connect(self._context, None, NO_AUTOSPAWN, None)
        while (state := self._pulse.pa_context_get_state(self._context)) != READY:
            self._turn(state in FAILED)
        spec = _Spec(S16LE, rate_hz, 1)
        self._stream = self._pulse.pa_stream_new(self._context, b"listening", ctypes.byref(spec), None)
        self._pulse.pa_stream_connect_playback(self._stream, sink.encode(), None, DONT_MOVE, None, None)
        while (state := self._pulse.pa_stream_get_state(self._stream)) != STREAM_READY:
            self._turn(state in STREAM_FAILED)

    def _turn(self, failed: bool) -> None:
        if failed or self._pulse.pa_mainloop_iterate(self._loop, 1, None) < 0:
            raise _Gone

    def _go_on(self) -> None:
        self._turn(self._pulse.pa_stream_get_state(self._stream) in STREAM_FAILED)

    def play(self, sound: bytes) -> None:
        """Plays all of it, to the last sample."""
        begin = 0
        while begin < len(sound):
            room = self._pulse.pa_stream_writable_size(self._stream)
            piece = sound[begin : begin + (0 if room == UNKNOWN_SIZE else room // 2 * 2)]
            if piece:
                self._pulse.pa_stream_write(self._stream, piece, len(piece), None, 0, 0)
                begin += len(piece)
            else:
                self._go_on()
        drained = self._pulse.pa_stream_drain(self._stream, None, None)
        while drained and self._pulse.pa_operation_get_state(drained) == 0:
            self._go_on()


def main() -> int:
    """Plays what stdin holds; gives the exit code."""
    sink, rate_hz = sys.argv[1], int(sys.argv[2])
    try:
        _Playing(sink, rate_hz).play(sys.stdin.buffer.read())
    except (_Gone, OSError):
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
