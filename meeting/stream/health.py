"""Whether the service lives and can do its work; said to anybody, so without a name, a path or a secret."""

import asyncio
import time

import msgspec

from meeting.stream.host import Host
from models.refusal import Refusal

ANSWER_WITHIN_S = 2.0
FRESH_S = 10.0


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """`ready`: every part answers that the meeting of the moment needs; without a meeting only the store is needed."""

    live: bool = True
    ready: bool
    store: bool
    recorder: bool
    recognizer: bool


async def look(host: Host) -> Health:
    """Asks the store now, and takes recorder and recognizer from their newest status, which must be fresh."""
    store = await _store(host)
    status, age = host.hub.status, time.monotonic() - host.hub.status_at
    running = status is not None and status.state not in ("idle", "ended")
    fresh = status is not None and age < FRESH_S
    recorder = not running or (fresh and status is not None and status.state not in ("no_device", "disk_full"))
    recognizer = not running or (fresh and status is not None and status.recognizer == "ready")
    return Health(ready=store and recorder and recognizer, store=store, recorder=recorder, recognizer=recognizer)


async def _store(host: Host) -> bool:
    try:
        async with asyncio.timeout(ANSWER_WITHIN_S):
            await host.look_at_store()
    except (Refusal, TimeoutError):
        return False
    return True
