"""The one port: websocket stream, health and metrics, on Starlette."""

import asyncio

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from meeting.stream.connection import Connection
from meeting.stream.health import look
from meeting.stream.host import Host
from meeting.stream.metrics import CONTENT_TYPE, exposition


def make_app(host: Host) -> Starlette:
    """The web application around a service."""

    unfinished: set[asyncio.Task[None]] = set()

    async def stream(socket: WebSocket) -> None:
        await socket.accept()
        await Connection(host, socket, unfinished).serve()

    async def health(request: Request) -> Response:
        found = await look(host)
        return Response(
            msgspec.json.encode(found), status_code=200 if found.ready else 503, media_type="application/json"
        )

    async def metrics(request: Request) -> Response:
        return Response(exposition(host.hub), media_type=CONTENT_TYPE)

    return Starlette(
        routes=[WebSocketRoute("/stream", stream), Route("/healthz", health), Route("/metrics", metrics)]
    )
