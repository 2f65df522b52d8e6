"""Stands before the application: who may speak to the port at all, how often, and what a browser is told of it.

Pages of other sites, names that were bound to this address by a stranger, and guessers of tokens are turned away before
anything else is done for them. No path reaches a file: the routes are fixed, and ids are looked up in the records.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from meeting.stream.addresses import UNIX, address_of, counted_as, is_loopback
from meeting.stream.arrivals import Arrivals
from meeting.stream.limits import Limits
from meeting.stream.penalties import Penalties

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; connect-src 'self'; "
    "font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = (
    (b"content-security-policy", CSP.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
LONGEST_PATH = 2_000
LONGEST_ANSWER_S = 5.0
DENIAL = "websocket.http.response"
JUDGE = "meeting.judge"
"""Under this name of the scope's extensions an application finds whom to tell of a good or a wrong token."""

Judge = Callable[[bool], Awaitable[None]]


class Guard:
    """ASGI middleware. `names` are the host names and addresses under which the service is meant to be reached."""

    def __init__(
        self,
        app: ASGIApp,
        names: Collection[str] = (),
        limits: Limits | None = None,
        penalties: Penalties | None = None,
        clock: Callable[[], float] = time.monotonic,
        arrivals: Arrivals | None = None,
    ) -> None:
        self._app = app
        self._arrivals = Arrivals(limits) if arrivals is None else arrivals
        self._names = frozenset(LOOPBACK_NAMES | {name.lower() for name in names})
        self._limits = limits or Limits()
        self._penalties = Penalties(clock) if penalties is None else penalties
        self._clock = clock
        self._open: dict[str, int] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        self._arrivals.asked(scope)
        address = address_of(scope)
        refusal = self._refusal(scope, address)
        if refusal is not None:
            await _refuse(scope, receive, send, refusal)
        elif scope["type"] == "websocket":
            await self._connection(scope, receive, send, address)
        else:
            await self._app(scope, receive, _with_headers(send))

    def _refusal(self, scope: Scope, address: str) -> int | None:
        """The HTTP status of a refusal, None for a visitor who may come in."""
        headers = Headers(scope=scope)
        # Over a Unix socket no browser comes, and no name was looked up.
        if address != UNIX and not is_named(host_name(headers.get("host", "")), self._names):
            return 421
        origin = headers.get("origin")
        if origin is not None and not same_site(origin, headers.get("host", "")):
            return 403
        if len(scope.get("path", "")) > LONGEST_PATH or b"token" in scope.get("query_string", b"").lower():
            # A token in a query would stand in logs and in what the browser tells the next site.
            return 400
        if scope.get("path") == "/metrics" and not is_loopback(address):
            return 404
        if scope["type"] == "websocket":
            if self._open.get(counted_as(address), 0) >= self._most(address):
                return 429
            if self._penalties.wait_s(counted_as(address)) and not is_loopback(address):
                return 429
        elif scope["method"] not in ("GET", "HEAD"):
            return 405
        return None

    def _most(self, address: str) -> int:
        return self._limits.loopback_connections if is_loopback(address) else self._limits.connections

    async def _connection(self, scope: Scope, receive: Receive, send: Send, address: str) -> None:
        host = counted_as(address)
        self._open[host] = self._open.get(host, 0) + 1
        try:
            extensions = {**(scope.get("extensions") or {}), JUDGE: self._judge_of(host, scope)}
            await self._app({**scope, "extensions": extensions}, self._paced(receive, address), send)
        finally:
            self._open[host] -= 1
            if not self._open[host]:
                del self._open[host]

    def _paced(self, receive: Receive, address: str) -> Receive:
        """What is sent faster than allowed waits: it is read later, and the sender's own buffers fill."""
        loopback = is_loopback(address)
        rate = self._limits.loopback_messages_per_s if loopback else self._limits.messages_per_s
        left, last = float(self._limits.burst), self._clock()

        async def paced() -> Message:
            nonlocal left, last
            message = await receive()
            now = self._clock()
            left, last = min(float(self._limits.burst), left + (now - last) * rate) - 1.0, now
            if left < 0 and message["type"] == "websocket.receive":
                await asyncio.sleep(-left / rate)
            return message

        return paced

    def _judge_of(self, address: str, scope: Scope) -> Judge:
        async def judge(good: bool) -> None:
            if good:
                self._arrivals.known(scope)
                self._penalties.forgive(address)
                return
            self._penalties.add(address)
            # This machine's own programs share one address: a wrong one among them must not lock the others out.
            await asyncio.sleep(min(self._penalties.wait_s(address), LONGEST_ANSWER_S))

        return judge


def host_name(host: str) -> str:
    """The name of a Host header, without its port; empty for what is none."""
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""


def is_named(host: str, names: Collection[str]) -> bool:
    """Whether a host is among the names; one that begins with `*.` is of any single word in the star's place."""
    if "*" in host:
        return False
    first, _, rest = host.partition(".")
    return host in names or (bool(first) and f"*.{rest}" in names)


def same_site(origin: str, host: str) -> bool:
    """Whether a page of `origin` came from the server that it speaks to as `host`."""
    try:
        parts = urlsplit(origin)
        return parts.scheme in ("http", "https") and parts.netloc.lower() == host.lower() != ""
    except ValueError:
        return False


def _with_headers(send: Send) -> Send:
    async def wrapped(message: Message) -> None:
        if message["type"] == "http.response.start":
            given = {name.lower() for name, _ in message.get("headers", ())}
            added = [pair for pair in HEADERS if pair[0] not in given]
            message = {**message, "headers": [*message.get("headers", ()), *added]}
        await send(message)

    return wrapped


async def _refuse(scope: Scope, receive: Receive, send: Send, status: int) -> None:
    kind = "http.response"
    if scope["type"] == "websocket":
        await receive()
        if DENIAL not in (scope.get("extensions") or {}):
            await send({"type": "websocket.close", "code": 1008})
            return
        kind = DENIAL
    headers = [(b"content-length", b"0"), (b"cache-control", b"no-store"), *HEADERS]
    await send({"type": f"{kind}.start", "status": status, "headers": headers})
    await send({"type": f"{kind}.body", "body": b""})
