"""One command given to the running service, its answer brought back as a result or a refusal."""

from collections.abc import Callable

from meeting.errors import NoService
from meeting.home import Home
from meeting.stream.client import connect
from meeting.stream.messages import ClientCommand, Welcome


async def give(home: Home, make: Callable[[str], ClientCommand]) -> object:
    """Sends the command that `make(id)` builds and returns its result. Raises NoService, and its refusal."""
    address = home.address()
    async with connect(address.ws_url, address.token, partials=False) as stream:
        async for message in stream:
            if isinstance(message, Welcome):
                return await stream.command(make(stream.new_id()))
            break
    raise NoService(home=home.folder)
