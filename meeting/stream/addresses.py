"""Whence a connection comes, and who is counted as one. Pure."""

import ipaddress

from starlette.types import Scope

UNIX = "unix"


def address_of(scope: Scope) -> str:
    """Whence a connection comes: an IP address, or `unix`; empty for one of a network that is gone already."""
    client, server = scope.get("client"), scope.get("server")
    if client and client[0]:
        return str(client[0])
    return "" if server and server[1] is not None else UNIX


def is_loopback(address: str) -> bool:
    """Whether only a program of this machine can come from an address: a Unix socket, all of 127.0.0.0/8, ::1.

    No system lets such a sender in from a network. What comes to a shared address from this machine itself bears
    that address, and is nobody special.
    """
    try:
        return address == UNIX or _ip(address).is_loopback
    except ValueError:
        return False


def counted_as(address: str) -> str:
    """Who is counted as one: of IPv6, whoever has one address has the whole /64."""
    try:
        found = _ip(address)
    except ValueError:
        return address
    if found.version == 4 or found.is_loopback:
        return str(found)
    return str(ipaddress.ip_network((int(found) >> 64 << 64, 64)))


def _ip(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    found = ipaddress.ip_address(address.split("%")[0])
    return found.ipv4_mapped or found if isinstance(found, ipaddress.IPv6Address) else found
