"""Clients that are nothing but a socket, and what they hear."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as open_socket
from websockets.exceptions import ConnectionClosed

from meeting.service import Service
from meeting.stream.client import Received


def port_of(service: Service) -> int:
    """Where it listens."""
    return int(service.home.address().ws_url.split(":")[2].split("/")[0])


EPHEMERAL = ("welcome", "status", "partial", "ok", "error", "snapshot")


@asynccontextmanager
async def raw(service: Service, within_s: float = 120, **hello: Any) -> AsyncIterator[ClientConnection]:
    """A client that is nothing but a socket which has said hello."""
    address = service.home.address()
    options: dict[str, Any] = {"proxy": None, "compression": None, "max_queue": None, "close_timeout": 1}
    async with asyncio.timeout(within_s), open_socket(address.ws_url, **options) as socket:
        await socket.send(json.dumps({"type": "hello", "token": address.token, **hello}))
        yield socket


async def events(socket: ClientConnection, until_seq: int) -> list[bytes]:
    """The stored events that come, up to one."""
    found: list[bytes] = []
    while not found or json.loads(found[-1])["seq"] < until_seq:
        line = (await socket.recv()).encode()
        if json.loads(line)["type"] not in EPHEMERAL:
            found.append(line)
    return found


async def first(socket: ClientConnection, kind: str) -> dict[str, Any]:
    while True:
        message: dict[str, Any] = json.loads(await socket.recv())
        if message["type"] == kind:
            return message


async def closing(socket: ClientConnection) -> tuple[int | None, list[dict[str, Any]]]:
    """The close code, and what came before it."""
    heard = []
    with contextlib.suppress(ConnectionClosed):
        while True:
            heard.append(json.loads(await socket.recv()))
    return socket.close_code, heard


def seqs(bodies: list[bytes]) -> list[int]:
    return [json.loads(body)["seq"] for body in bodies]


async def until(stream: AsyncIterator[Received], kind: type) -> Any:
    async with asyncio.timeout(60):
        async for message in stream:
            if isinstance(message, kind):
                return message
    raise AssertionError("the stream ended")
