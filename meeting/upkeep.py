"""What a service looks after beside its meeting: the index, sound of ended meetings, and room on the disk."""

import asyncio
import logging
import time

from meeting.errors import StateError
from meeting.records import Records
from meeting.sealing import Sealer, wants_seal
from search.errors import SearchError

log = logging.getLogger(__name__)

RESERVE_EVERY_S = 60.0


class Upkeep:
    """Lives on the service's event loop; nothing here is waited for by a meeting."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._sealer = Sealer(records)
        self._reserve_at = 0.0

    async def look_back(self) -> None:
        """What earlier services have left: an index that is not whole, sound that is not in its final form."""
        try:
            # What searches need is loaded there too: the port does not wait for it.
            await asyncio.to_thread(lambda: self._records.library.tend_behind())
            await asyncio.to_thread(self._sealer.look)
        except (SearchError, StateError) as error:
            log.warning("%s", error)

    async def step(self) -> None:
        """Does what is due; call it now and then."""
        self._sealer.step()
        if time.monotonic() >= self._reserve_at:
            self._reserve_at = time.monotonic() + RESERVE_EVERY_S
            await asyncio.to_thread(self._records.home.reserve.keep)

    async def meeting_ended(self, meeting_id: str) -> None:
        """Its sound is brought into its final form, also when this service ends."""
        try:
            meeting = await asyncio.to_thread(self._records.meetings.get, meeting_id)
        except StateError as error:
            log.warning("%s", error)
            return
        if await asyncio.to_thread(wants_seal, self._records.home, meeting):
            self._sealer.start(meeting_id)

    def close(self) -> None:
        """Only while a service runs is there anything to be kept room for."""
        self._records.library.close()
        self._records.home.reserve.give_up()
