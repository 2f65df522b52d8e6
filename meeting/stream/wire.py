"""One websocket connection with its transport in reach: writes that wait for nobody, and a cut that really cuts.

uvicorn's own class lets `send` and even `close` wait on a full buffer: who does not read could never be closed.
"""

import asyncio
import socket
from asyncio import BaseTransport, TimerHandle, Transport
from collections.abc import Callable
from typing import TYPE_CHECKING

from starlette.websockets import WebSocketDisconnect
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import State

if TYPE_CHECKING:
    from uvicorn._types import ASGISendEvent

SCOPE = "meeting.wire"
SEND_BUFFER_BYTES = 64 * 1024
HIGH_WATER_BYTES = 64 * 1024
MOST_BUFFERED_BYTES = 4 * HIGH_WATER_BYTES
"""Beyond it only what a client provokes itself is written, pongs: who asks for them has to read them."""
STALLED_AFTER_S = 15.0
CUT_AFTER_S = 3.0
CLOSE_STOPPING = 1001
CLOSE_NOT_TEXT = 1007


def text_frame(body: bytes) -> bytes:
    """A whole text message as bytes for any number of clients: frames of a server are not masked."""
    return Frame(Opcode.TEXT, body).serialize(mask=False)


def _is_text(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


class Wire(WebSocketsSansIOProtocol):
    """What uvicorn makes of a websocket; the application finds it in the scope's extensions under `SCOPE`."""

    transport: Transport
    _stalled: TimerHandle | None = None
    _cutting: TimerHandle | None = None
    _deaf = False

    def connection_made(self, transport: BaseTransport) -> None:
        super().connection_made(transport)
        self.on_ready: Callable[[], None] = lambda: None
        self.transport.set_write_buffer_limits(HIGH_WATER_BYTES)
        own = transport.get_extra_info("socket")
        if own is not None:
            own.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)

    # What the application does.

    @property
    def ready(self) -> bool:
        """Whether what is written now leaves at once."""
        return self.writable.is_set() and self.open

    @property
    def open(self) -> bool:
        """Whether the client is there, and no goodbye was said."""
        closing = self.disconnected or self.close_sent or self.transport.is_closing()
        return not closing and self.conn.state is State.OPEN

    def put(self, frames: bytes) -> None:
        """Writes whole frames; to a client that has gone, nothing."""
        if self.open:
            self.transport.write(frames)

    async def drained(self) -> None:
        """Waits until there is room. Raises WebSocketDisconnect when the client has gone."""
        await self.writable.wait()
        if not self.open:
            raise WebSocketDisconnect(1006)

    def part(self, code: int, reason: str = "") -> None:
        """Says goodbye behind what is written already; who takes no more of it is cut."""
        if self.open:
            self.conn.send_close(code, reason)
            self.transport.write(b"".join(self.conn.data_to_send()))
            self.close_sent = True
            self.stop_keepalive()
            self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
            if self.read_paused:
                self.read_paused = False
                self.transport.resume_reading()
            self._see_off()

    def cut(self) -> None:
        """Drops the connection with what still waits for it."""
        self.transport.abort()

    # What the transport and the client do.

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if self.handshake_initiated and not self.close_sent:
            self.scope["extensions"][SCOPE] = {"wire": self}

    async def send(self, message: "ASGISendEvent") -> None:
        await super().send(message)
        if message["type"] == "websocket.http.response.body" and self.close_sent:
            # A refusal is an answer too: uvicorn would write of each that there was none.
            self.handshake_complete = True

    def send_receive_event_to_app(self) -> None:
        """Text that is none ends the connection; uvicorn would write a stack into the log for each."""
        if self.curr_msg_data_type == "text" and not self.close_sent:
            self.frames = [b"".join(self.frames)]
            if not _is_text(self.frames[0]):
                self.frames = []
                self.conn.send_close(CLOSE_NOT_TEXT)
                self.handle_parser_exception()
                return
        super().send_receive_event_to_app()

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._stalled is None:
            self._watch()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._unwatch()
        self.on_ready()

    def connection_lost(self, exc: Exception | None) -> None:
        self._unwatch()
        if self._cutting is not None:
            self._cutting.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._deaf or self.transport.is_closing():
            return
        super().data_received(data)
        self._leave_no_remains()

    def handle_parser_exception(self) -> None:
        """The rest of a message that is refused is still read, and thrown away.

        A socket closed over unread bytes is reset, and with it the close code would be lost on its way.
        """
        assert self.conn.close_sent is not None
        self._deaf = self.close_sent = True
        self.stop_keepalive()
        gone = {
            "type": "websocket.disconnect",
            "code": self.conn.close_sent.code,
            "reason": self.conn.close_sent.reason,
        }
        self.queue.put_nowait(gone)  # type: ignore[arg-type] # as uvicorn's own
        self.transport.write(b"".join(self.conn.data_to_send()))
        if self.transport.can_write_eof():
            self.transport.write_eof()
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()
        self.close_timer = self.loop.call_later(CUT_AFTER_S, self.cut)

    def handle_ping(self) -> None:
        if self.transport.get_write_buffer_size() > MOST_BUFFERED_BYTES:
            self.cut()
            return
        super().handle_ping()

    def keepalive_timeout(self) -> None:
        super().keepalive_timeout()
        self._leave_no_remains()

    def on_task_complete(self, task: "asyncio.Task[None]") -> None:
        super().on_task_complete(task)
        self._leave_no_remains()

    def shutdown(self) -> None:
        if self.handshake_complete and not self.close_sent:
            self.part(CLOSE_STOPPING)
        else:
            super().shutdown()
            self._leave_no_remains()

    def _watch(self) -> None:
        full = self.transport.get_write_buffer_size()
        self._stalled = self.loop.call_later(STALLED_AFTER_S, self._look, full)

    def _look(self, full: int) -> None:
        """Who has not taken one byte of a full buffer in all this time does not read."""
        if self.transport.get_write_buffer_size() >= full:
            self.cut()
        else:
            self._watch()

    def _see_off(self, before: int | None = None) -> None:
        """A slow client takes what waits for it, and the goodbye behind it, as long as it goes on taking."""
        waiting = self.transport.get_write_buffer_size()
        if before is not None and waiting >= before:
            self.cut()
        else:
            after_s = STALLED_AFTER_S if waiting else CUT_AFTER_S
            self.close_timer = self.loop.call_later(after_s, self._see_off, waiting)

    def _unwatch(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None

    def _leave_no_remains(self) -> None:
        """A transport that closes waits for its buffer to be read: not for ever."""
        if self.transport.is_closing() and self._cutting is None and not self.disconnected:
            self._cutting = self.loop.call_later(CUT_AFTER_S, self.cut)
