"""How much one address may do on the port."""

import msgspec


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Loopback is this machine's own programs: a thousand of them are no attack.

    `strangers` are connections that have shown no good token; those of all networks together are at most
    `strangers_in_all`, so that this machine's own always find room. `connections` counts websockets with and without:
    a whole room of phones may come from one address.
    `burst` messages at once, `messages_per_s` in the long run, of each connection.
    """

    strangers: int = 32
    strangers_in_all: int = 256
    loopback_strangers: int = 4_096
    connections: int = 256
    loopback_connections: int = 4_096
    burst: int = 200
    messages_per_s: float = 50.0
    loopback_messages_per_s: float = 5_000.0
