"""What the console keeps for a person beyond its own end: what they were typing, and where they listen."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import msgspec

from meeting.domain.events import Position
from meeting.home import Home, write_private

FOLDER = "console"
Kept = TypeVar("Kept", bound=msgspec.Struct)


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A sentence as it was being typed. `rev` and `seen` are the revision that the person began with."""

    meeting: str
    segment_id: str
    rev: int
    seen: str
    text: str


class Filled(msgspec.Struct, frozen=True, kw_only=True):
    """A decision's form as it was filled in. `outcome` is empty for an action without a decision.

    `decision_id` or `action_id` names what is in the record already and is to be worded anew; `rev` is what was seen.
    """

    meeting: str
    item_ids: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    outcome: str = ""
    text: str = ""
    task: str = ""
    owner: str = ""
    due: str = ""
    decision_id: str | None = None
    action_id: str | None = None
    rev: int | None = None


class Stands(msgspec.Struct, frozen=True, kw_only=True):
    """What members have said to the items of a meeting, until a decision takes it along."""

    meeting: str
    given: dict[str, tuple[Position, ...]] = {}


class Listening(msgspec.Struct, frozen=True, kw_only=True):
    """The device on which a person listens, by the name that its sound system has for it."""

    device: str


class Keeper:
    """Small files in the home's `console` folder; without a home nothing is kept. An unreadable one is none.

    `failed` is told when the home can no longer be written, once until it can.
    """

    def __init__(self, home: Home | None, failed: Callable[[], None] | None = None) -> None:
        self._folder: Path | None = home.folder / FOLDER if home else None
        self._failed, self._told = failed, False

    def read(self, name: str, kind: type[Kept]) -> Kept | None:
        """What was kept under `name`."""
        if self._folder is None:
            return None
        try:
            return msgspec.json.decode((self._folder / f"{name}.json").read_bytes(), type=kind)
        except (OSError, msgspec.DecodeError):
            return None

    def keep(self, name: str, value: msgspec.Struct) -> bool:
        """Keeps `value`, at once and whole; False where the home cannot be written."""
        if self._folder is None:
            return False
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_private(self._folder / f"{name}.json", msgspec.json.encode(value))
        except OSError:
            if self._failed is not None and not self._told:
                self._failed()
            self._told = True
            return False
        self._told = False
        return True

    def drop(self, name: str) -> None:
        """What was kept is done with."""
        if self._folder is not None:
            try:
                (self._folder / f"{name}.json").unlink(missing_ok=True)
            except OSError:
                return
