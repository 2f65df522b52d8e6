"""Connections that show no token, on a real port: no more than allowed of one address, and none that is silent."""

import asyncio
import contextlib
import ssl
import sys
from pathlib import Path

import pytest

from meeting.home import Home
from meeting.ports import Ports, Share
from meeting.stream.limits import Limits
from meeting.stream.server import make_app
from tests.integration.stream_host import serving
from tests.integration.stream_sockets import first, port_of, raw
from ui.bench.stream.frames import handshake

OTHER = "127.0.0.2"
WITHIN_S = 60
linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has all addresses of the loopback network")
Pair = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def knock(port: int, whence: str = "127.0.0.1") -> Pair:
    return await asyncio.open_connection("127.0.0.1", port, local_addr=(whence, 0))


async def answer(pair: Pair, port: int) -> bytes:
    """The status line that a handshake gets, empty where the connection was closed."""
    reader, writer = pair
    with contextlib.suppress(ConnectionError):
        writer.write(handshake(f"127.0.0.1:{port}"))
        async with asyncio.timeout(WITHIN_S):
            return await reader.readline()
    return b""


def leave(pair: Pair) -> None:
    pair[1].transport.abort()


@linux
async def test_one_address_holds_no_more_silent_connections_than_allowed(tmp_path: Path) -> None:
    async with serving(Home(tmp_path / "家").prepare(), limits=Limits(loopback_strangers=3)) as service:
        port = port_of(service)
        silent = [await knock(port) for _ in range(3)]
        async with asyncio.timeout(WITHIN_S):
            while len(service.ports.arrivals) < 3:
                await asyncio.sleep(0.01)
        one_more = await knock(port)
        assert await answer(one_more, port) == b""
        elsewhere = await knock(port, OTHER)
        assert b" 101 " in await answer(elsewhere, port)
        leave(silent.pop())
        async with asyncio.timeout(WITHIN_S):
            while b" 101 " not in await answer(again := await knock(port), port):
                leave(again)
        for pair in (*silent, one_more, elsewhere, again):
            leave(pair)
        async with asyncio.timeout(WITHIN_S):
            while len(service.ports.arrivals):
                await asyncio.sleep(0.01)


async def test_who_has_shown_a_token_is_no_stranger(tmp_path: Path) -> None:
    async with (
        serving(Home(tmp_path / "家").prepare(), limits=Limits(loopback_strangers=1)) as service,
        contextlib.AsyncExitStack() as held,
    ):
        for _ in range(4):
            socket = await held.enter_async_context(raw(service, within_s=WITHIN_S))
            assert (await first(socket, "welcome"))["role"] == "secretary"
        assert len(service.hub) == 4


@linux
async def test_a_connection_without_a_handshake_of_tls_is_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("meeting.stream.arrivals.HEAD_WITHIN_S", 0.3)
    home = Home(tmp_path / "家").prepare()
    async with serving(home) as service:
        shared = Ports(home, Share(address=OTHER))
        async with shared.open(make_app(service), shared.bind(0)):
            reader, writer = await asyncio.open_connection(OTHER, shared.port)
            async with asyncio.timeout(WITHIN_S):
                with contextlib.suppress(ConnectionError):
                    assert await reader.read(1) == b""
            writer.close()
            monkeypatch.setattr("meeting.stream.arrivals.HEAD_WITHIN_S", WITHIN_S)
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            heard = await asyncio.open_connection(OTHER, shared.port, ssl=context)
            heard[1].write(handshake(f"{OTHER}:{shared.port}"))
            async with asyncio.timeout(WITHIN_S):
                assert b" 101 " in await heard[0].readline()
            leave(heard)
        shared.close()
