"""Connections before anything was said on them: how many an address may hold open, and how long it may say nothing.

They are counted where they are accepted, so that an address holds no more of them with half a TLS handshake, or with
no byte at all, than with whole requests. Who has shown a good token is a stranger no longer.
"""

import asyncio
import contextlib
import socket

from starlette.types import Scope

from meeting.stream.addresses import counted_as, is_loopback
from meeting.stream.limits import Limits

HEAD_WITHIN_S = 10.0
"""So long the whole of a request's head may take, with the TLS handshake before it."""

Ends = tuple[object, ...]


class Arrivals:
    """The connections of strangers. Lives on the event loop, as the listeners do that ask it."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._strangers: dict[Guest, str] = {}
        self._silent: dict[Guest, asyncio.TimerHandle] = {}
        self._by_address: dict[str, int] = {}
        self._by_ends: dict[Ends, Guest] = {}

    def __len__(self) -> int:
        return len(self._strangers)

    def admit(self, address: str) -> bool:
        """Whether one more connection from there may come in."""
        open_ = self._by_address.get(counted_as(address), 0)
        if is_loopback(address):
            return open_ < self._limits.loopback_strangers
        abroad = sum(number for one, number in self._by_address.items() if not is_loopback(one))
        return open_ < self._limits.strangers and abroad < self._limits.strangers_in_all

    def came(self, guest: "Guest") -> None:
        """A connection was let in: it is cut unless a request comes of it in time."""
        counted = self._strangers[guest] = counted_as(guest.address)
        self._by_address[counted] = self._by_address.get(counted, 0) + 1
        # Of one that was reset and is not closed yet, a new one may have the same ends: they are the newer's.
        self._by_ends[guest.ends] = guest
        self._silent[guest] = asyncio.get_running_loop().call_later(HEAD_WITHIN_S, guest.cut)

    def asked(self, scope: Scope) -> None:
        """A whole request has come of it."""
        if (guest := self._by_ends.get(_ends(scope))) is not None:
            self._heard(guest)

    def known(self, scope: Scope) -> None:
        """A good token has come of it."""
        if (guest := self._by_ends.get(_ends(scope))) is not None:
            self._forget(guest)

    def gone(self, guest: "Guest") -> None:
        """It was closed."""
        self._forget(guest)
        if self._by_ends.get(guest.ends) is guest:
            del self._by_ends[guest.ends]

    def _forget(self, guest: "Guest") -> None:
        self._heard(guest)
        counted = self._strangers.pop(guest, None)
        if counted is not None:
            self._by_address[counted] -= 1
            if not self._by_address[counted]:
                del self._by_address[counted]

    def _heard(self, guest: "Guest") -> None:
        timer = self._silent.pop(guest, None)
        if timer is not None:
            timer.cancel()


class Guest(socket.socket):
    """A connection that was accepted; its arrivals hear when it closes."""

    arrivals: Arrivals
    address: str
    ends: Ends

    def close(self) -> None:
        """Closes the connection."""
        self.arrivals.gone(self)
        super().close()

    def cut(self) -> None:
        """Ends the connection in whatever state it is: what is behind it finds the end of file."""
        with contextlib.suppress(OSError):
            self.shutdown(socket.SHUT_RDWR)


class Listener(socket.socket):
    """A listening socket of the network, or of this machine's own, that knows how many strangers there are."""

    arrivals: Arrivals

    def accept(self) -> tuple[socket.socket, tuple[object, ...]]:
        """The next connection. Raises ConnectionAbortedError for one too many, which has been closed.

        The event loop takes that for a client that went away before it was accepted.
        """
        accepted, peer = super().accept()
        address = str(peer[0])
        if not self.arrivals.admit(address):
            accepted.close()
            raise ConnectionAbortedError
        guest = Guest(self.family, self.type, self.proto, fileno=accepted.detach())
        guest.arrivals, guest.address = self.arrivals, address
        guest.ends = (*peer[:2], *guest.getsockname()[:2])
        self.arrivals.came(guest)
        return guest, peer


def _ends(scope: Scope) -> Ends:
    """Both ends of a connection, by which a request is found again among those that were accepted."""
    return (*(scope.get("client") or ()), *(scope.get("server") or ()))
