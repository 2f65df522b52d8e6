"""The one port: websocket stream and health, on Starlette."""

import asyncio
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from meeting.stream.connection import Connection
from meeting.stream.host import Host
from meeting.stream.protocol import CLOSE_REFUSED


def make_app(host: Host) -> Starlette:
    """The web application around a service."""

    unfinished: set[asyncio.Task[None]] = set()

    async def stream(socket: WebSocket) -> None:
        origin = socket.headers.get("origin")
        if origin is not None and urlsplit(origin).netloc != socket.headers.get("host"):
            # Another site's page, open in a browser on this machine, has no business here.
            await socket.close(CLOSE_REFUSED)
            return
        await socket.accept()
        await Connection(host, socket, unfinished).serve()

    async def health(request: Request) -> Response:
        return JSONResponse({"live": True, "ready": True})

    return Starlette(routes=[WebSocketRoute("/stream", stream), Route("/healthz", health)])
