"""Where a service answers: on loopback, on the addresses it is shared at, or on a Unix socket alone."""

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import uvicorn
from starlette.types import ASGIApp

from meeting.access.errors import HeldClosed, NetworkClosed, SocketPathLong
from meeting.access.grade import closed_to_networks, declared_grade
from meeting.errors import PortTaken
from meeting.home import Home
from meeting.stream.arrivals import Arrivals, Listener
from meeting.stream.guard import Guard
from meeting.stream.limits import Limits
from meeting.stream.protocol import MAX_MESSAGE_BYTES
from meeting.stream.requests import Requests
from meeting.stream.tls import Certificate, given_certificate, lan_addresses, own_certificate
from meeting.stream.wire import Wire

LOOPBACK = "127.0.0.1"
FLUSH_S = 5.0
# What the system's own structure for such an address has room for.
LONGEST_SOCKET_PATH = 107


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """How a service is offered on the network: at all of this machine's addresses, or at the one named.

    With neither `certificate` nor `plain` it makes a certificate of its own.
    """

    address: str | None = None
    certificate: Path | None = None
    key: Path | None = None
    plain: bool = False


class Ports:
    """The listening sockets of one service; `held` is the highest classification of what it holds.

    Raises NetworkClosed, HeldClosed, NoNetwork, CertificateUnfit, GradeUnreadable.
    """

    def __init__(
        self, home: Home, share: Share | None = None, limits: Limits | None = None, held: str = ""
    ) -> None:
        grade = declared_grade()
        self.private = closed_to_networks(grade) or closed_to_networks(held)
        if self.private and share is not None:
            if closed_to_networks(grade):
                raise NetworkClosed(grade=grade)
            raise HeldClosed(home=home.folder, classification=held)
        self._home = home
        self._limits = limits
        self.arrivals = Arrivals(limits)
        self._share = share
        self._shared: list[socket.socket] = []
        self.certificate: Certificate | None = None
        self.port = 0
        self.addresses: tuple[str, ...] = ()
        if share is not None:
            self.addresses = (share.address,) if share.address else lan_addresses()
            self.certificate = self._certificate(share)

    def _certificate(self, share: Share) -> Certificate | None:
        if share.plain:
            return None
        if share.certificate is not None:
            return given_certificate(share.certificate, share.key or share.certificate)
        return own_certificate(self._home.folder / "tls", self.addresses)

    def bind(self, port: int) -> socket.socket:
        """The listening socket for this machine's own programs; the shared addresses take the same port.

        0 is any free port, that of the last service if it can be: clients of a service that died look for it where
        it was. Raises PortTaken.
        """
        if self.private:
            return self._bind_unix()
        if port == 0 and (last := self._home.last_port()):
            with contextlib.suppress(PortTaken):
                return self.bind(last)
        own = self._listen(LOOPBACK, port)
        self.port = own.getsockname()[1]
        try:
            for address in self.addresses:
                self._shared.append(self._listen(address, self.port))
        except PortTaken:
            self.close()
            own.close()
            raise
        self._home.keep_port(self.port)
        return own

    def _bind_unix(self) -> socket.socket:
        path = self.socket_path
        if len(os.fsencode(path)) > LONGEST_SOCKET_PATH:
            raise SocketPathLong(path=path)
        # Only a service that is dead can have left it: this one holds the home's lock.
        path.unlink(missing_ok=True)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        before = os.umask(0o177)
        try:
            listener.bind(str(path))
        finally:
            os.umask(before)
        listener.listen(128)
        return listener

    def _listen(self, address: str, port: int) -> socket.socket:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        listener = Listener(family, socket.SOCK_STREAM)
        listener.arrivals = self.arrivals
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((address, port))
            listener.listen(128)
        except OSError as error:
            listener.close()
            raise PortTaken(port=port) from error
        return listener

    @property
    def socket_path(self) -> Path:
        return self._home.run / "service.sock"

    def close(self) -> None:
        """Lets go of the shared addresses."""
        for one in self._shared:
            one.close()
        self._shared.clear()

    @asynccontextmanager
    async def open(self, app: ASGIApp, own: socket.socket) -> AsyncIterator[None]:
        """Answers on every socket until the block ends."""
        names = (*self.addresses, socket.gethostname(), *self._named)
        guarded = Guard(app, names=names, limits=self._limits, arrivals=self.arrivals)
        servers = [(_Server(_config(guarded, None)), [own])]
        if self._shared:
            servers.append((_Server(_config(guarded, self.certificate)), self._shared))
        serving = [asyncio.create_task(server.serve(sockets=sockets)) for server, sockets in servers]
        try:
            while not all(server.started for server, _ in servers) and not any(task.done() for task in serving):
                await asyncio.sleep(0.005)
            yield
        finally:
            for server, _ in servers:
                server.should_exit = True
            await asyncio.gather(*serving)
            if self.private:
                self.socket_path.unlink(missing_ok=True)

    @property
    def url(self) -> str:
        """The address of the page, for this machine's own programs; empty on a Unix socket."""
        return "" if self.private else f"http://{LOOPBACK}:{self.port}/"

    @property
    def ws_url(self) -> str:
        """The address of the stream, for this machine's own programs."""
        return f"ws+unix://{self.socket_path}" if self.private else f"ws://{LOOPBACK}:{self.port}/stream"

    @property
    def shared_urls(self) -> tuple[str, ...]:
        """The addresses of the page for others, those first under which a browser trusts the certificate."""
        scheme = "https" if self.certificate is not None else "http"
        named = (one for one in self._named if not one.startswith("*"))
        return tuple(f"{scheme}://{address}:{self.port}/" for address in (*named, *self.addresses))

    @property
    def _named(self) -> tuple[str, ...]:
        return self.certificate.names if self.certificate is not None else ()


def _config(app: ASGIApp, certificate: Certificate | None) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        ws=Wire,
        http=Requests,
        ws_per_message_deflate=False,
        # Above the protocol's own limit, whose refusal says why; what is larger still is never gathered.
        ws_max_size=4 * MAX_MESSAGE_BYTES,
        log_config=None,
        access_log=False,
        lifespan="off",
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=int(FLUSH_S),
        ssl_certfile=certificate.certificate if certificate else None,
        ssl_keyfile=certificate.key if certificate else None,
    )


class _Server(uvicorn.Server):
    """Leaves signals to the command that runs the service."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
