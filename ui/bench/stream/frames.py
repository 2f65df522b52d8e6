"""The least of a websocket client: a handshake, masked frames out, whole messages in. Light, so that many fit."""

import base64
import os
import struct
from collections.abc import Iterator

TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA


def handshake(host: str) -> bytes:
    """The request that opens `/stream`."""
    key = base64.b64encode(os.urandom(16)).decode()
    return (
        f"GET /stream HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
    ).encode()


def masked(opcode: int, body: bytes, fin: bool = True) -> bytes:
    """One frame of a client."""
    first = (0x80 if fin else 0) | opcode
    size = len(body)
    if size < 126:
        head = struct.pack("!BB", first, 0x80 | size)
    elif size < 65536:
        head = struct.pack("!BBH", first, 0x80 | 126, size)
    else:
        head = struct.pack("!BBQ", first, 0x80 | 127, size)
    mask = os.urandom(4)
    key = int.from_bytes((mask * (size // 4 + 1))[:size])
    return head + mask + (int.from_bytes(body) ^ key).to_bytes(size)


class Frames:
    """Takes bytes as they come and gives the frames that are whole."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def feed(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """(opcode, body) of each frame; a server's are never masked, and ours never in parts."""
        self._bytes += data
        while (found := self._next()) is not None:
            yield found

    def _next(self) -> tuple[int, bytes] | None:
        held = self._bytes
        if len(held) < 2:
            return None
        size, begin = held[1] & 0x7F, 2
        if size >= 126:
            begin = 4 if size == 126 else 10
            if len(held) < begin:
                return None
            size = int.from_bytes(held[2:begin])
        if len(held) < begin + size:
            return None
        opcode, body = held[0] & 0x0F, bytes(held[begin : begin + size])
        del held[: begin + size]
        return opcode, body
