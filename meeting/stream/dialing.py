"""Opens the socket of a client: over the network, with a certificate known by its fingerprint, or a Unix socket."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.client import ClientConnection, unix_connect
from websockets.asyncio.client import connect as open_socket

from meeting.access.errors import CertificateUntrusted, FingerprintDiffers
from meeting.stream.tls import fingerprint_of, same_fingerprint

CLOSE_WITHIN_S = 1.0
UNIX = "ws+unix://"


@asynccontextmanager
async def opened(url: str, fingerprint: str | None) -> AsyncIterator[ClientConnection]:
    """The open socket. Nothing was sent yet when FingerprintDiffers or CertificateUntrusted is raised."""
    options: dict[str, Any] = {"max_size": 2**24, "compression": None, "close_timeout": CLOSE_WITHIN_S}
    if url.startswith(UNIX):
        async with unix_connect(url.removeprefix(UNIX), "ws://localhost/stream", **options) as socket:
            yield socket
        return
    if url.startswith("wss:") and fingerprint is not None:
        options["ssl"] = _known_by_fingerprint()
    try:
        dialled = await open_socket(url, proxy=None, **options)
    except ssl.SSLCertVerificationError as error:
        raise CertificateUntrusted(url=url) from error
    async with dialled as socket:
        if fingerprint is not None:
            _check(socket, url, fingerprint)
        yield socket


def _known_by_fingerprint() -> ssl.SSLContext:
    """Asks nobody who has signed: the certificate itself is compared, before the token is sent."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _check(socket: ClientConnection, url: str, fingerprint: str) -> None:
    tls = socket.transport.get_extra_info("ssl_object")
    shown = tls.getpeercert(binary_form=True) if tls is not None else b""
    if not same_fingerprint(fingerprint, fingerprint_of(shown or b"")):
        raise FingerprintDiffers(url=url)
