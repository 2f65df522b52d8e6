"""What the stream takes for granted of uvicorn's own classes: another version that has it otherwise is noticed here."""

import inspect

import pytest
from uvicorn import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState

from meeting.stream.requests import Requests
from meeting.stream.wire import Wire

ADDED = {"open", "ready", "put", "drained", "part", "cut", "transport"}
"""What `Wire` has of its own. Whatever else it defines must stand in the place of something of uvicorn's."""


async def made() -> WebSocketsSansIOProtocol:
    config = Config(app=lambda scope: None, log_config=None)
    config.load()
    return WebSocketsSansIOProtocol(config, ServerState(), {})


@pytest.mark.parametrize("own", [Wire, Requests])
def test_each_method_stands_in_the_place_of_one_that_is_called(own: type) -> None:
    base = own.__bases__[0]
    for name, method in vars(own).items():
        if name.startswith("_") or name in ADDED:
            continue
        assert hasattr(base, name), f"uvicorn no longer calls {base.__name__}.{name}"
        theirs = inspect.signature(getattr(base, name)).parameters
        assert len(inspect.signature(method).parameters) == len(theirs), name
        source = inspect.getsource(inspect.getmodule(base))  # type: ignore[arg-type] # a class has its module
        # Those of asyncio are called by the event loop, all others by the class itself or its server.
        if name not in ("connection_made", "connection_lost", "data_received", "pause_writing", "resume_writing"):
            assert f"self.{name}" in source or name == "shutdown", f"uvicorn no longer calls {name}"


async def test_what_is_reached_into_is_there() -> None:
    theirs = await made()
    fields = ("writable", "disconnected", "close_sent", "conn", "queue", "read_paused", "close_timer", "loop")
    for name in (*fields, "handshake_complete", "handshake_initiated", "stop_keepalive"):
        assert hasattr(theirs, name), f"uvicorn's websocket class has no {name} any more"
    assert theirs.writable.is_set() and theirs.close_timer is None
    source = inspect.getsource(WebSocketsSansIOProtocol)
    for expected in (
        # Whoever has a close timer is left to it, when the application is done.
        "if self.close_timer is None:\n            self.transport.close()",
        "self.close_timer.cancel()",
        "self.transport.pause_reading()",
        '"extensions": {',
    ):
        assert expected in source, f"uvicorn's websocket class has changed: {expected}"
    fields = ("cycle", "timeout_keep_alive_task")
    http = inspect.getsource(H11Protocol)
    assert all(f"self.{name}" in http for name in fields) and "set_protocol(protocol)" in http
