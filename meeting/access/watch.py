"""Shows out whose token is over, to the moment, or was taken back, within half a second. Waits for nothing else."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from typing import Protocol

from meeting.access.tokens import Tokens
from models.refusal import Refusal

log = logging.getLogger(__name__)

EVERY_S = 0.5


class Client(Protocol):
    """One connection: `token` is the id of its token, empty for the machine's own user."""

    token: str

    def dismiss(self) -> None:
        """Ends the connection at once; nothing that waits for it is sent."""
        ...


class TokenWatch:
    """Lives on the service's event loop. `clients` gives those that are there."""

    def __init__(self, tokens: Tokens, clients: Callable[[], Iterable[Client]]) -> None:
        self._tokens = tokens
        self._clients = clients
        self._standing: dict[str, str | None] = {}
        self._blind = False

    async def run(self) -> None:
        """Looks again and again, until it is cancelled."""
        while True:
            wait_s = EVERY_S
            try:
                wait_s = await self.look()
            except Exception:
                # A mistake of ours must not leave the door open for the rest of the meeting.
                log.exception("tokens could not be looked through")
            await asyncio.sleep(wait_s)

    async def look(self) -> float:
        """Ends the clients whose token opens nothing any more; says how many seconds the next look may wait."""
        here = [one for one in self._clients() if one.token]
        if not here:
            return EVERY_S
        await self._read()
        left_s = {key: self._tokens.left_s(until) for key, until in self._standing.items()}
        for one in here:
            # What was taken back meanwhile nobody can say while the records do not answer; what is over, they can.
            if left_s.get(one.token, EVERY_S if self._blind else 0.0) <= 0:
                one.dismiss()
        return min([EVERY_S, *(one for one in left_s.values() if one > 0)])

    async def _read(self) -> None:
        try:
            self._standing = await asyncio.to_thread(self._tokens.standing)
        except Refusal as error:
            if not self._blind:
                log.warning("tokens cannot be read: %s", error.code)
            self._blind = True
        else:
            self._blind = False
