"""Where a person was in the console: kept in the home, so that they come back to it from another terminal."""

import msgspec

from meeting.home import Home
from ui.console.kept import Keeper

NAME = "place"


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """`row` and `offset` are the row of the record at the top of the view and how far into it (None: the newest);
    `segment` is the selected one. `speaker`: who is taken for the speaker, from `speaker_since_ms` on, while `item`
    lasts."""

    meeting: str = ""
    theme: str = ""
    screen: str = "meeting"
    query: str = ""
    following: bool = True
    row: tuple[int, int, int, str] | None = None
    offset: int = 0
    segment: str | None = None
    speaker: str | None = None
    speaker_since_ms: int = 0
    item: str | None = None

    def on(self, screen: str, query: str) -> "Place":
        """The same place with another screen over it."""
        return msgspec.structs.replace(self, screen=screen, query=query)


class Resting:
    """Without a home nothing is kept. A file that cannot be read or written costs the place, nothing else."""

    def __init__(self, home: Home | None) -> None:
        self._keeper = Keeper(home)
        self.place = self._keeper.read(NAME, Place) or Place()

    def keep(self, place: Place) -> None:
        """Writes the place down, when it is another."""
        if place != self.place:
            self.place = place
            self._keeper.keep(NAME, place)
