"""HTTP on the port: a connection that brings no whole request in time is dropped (half open, or one byte a second)."""

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol

from meeting.stream import arrivals


class Requests(H11Protocol):
    """uvicorn's protocol with a limit on how long a request's head may take."""

    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn narrows it
        super().connection_made(transport)
        self._late = self.loop.call_later(arrivals.HEAD_WITHIN_S, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        self._rest()
        super().connection_lost(exc)

    def handle_websocket_upgrade(self, event: object) -> None:
        """The connection is the websocket's from here on."""
        self._rest()
        super().handle_websocket_upgrade(event)  # type: ignore[arg-type] # h11's request, whose library is uvicorn's

    def _look(self) -> None:
        answering = self.cycle is not None and not self.cycle.response_complete
        if answering or self.timeout_keep_alive_task is not None:
            self._late = self.loop.call_later(arrivals.HEAD_WITHIN_S, self._look)
        else:
            self.transport.abort()

    def _rest(self) -> None:
        if self._late is not None:
            self._late.cancel()
