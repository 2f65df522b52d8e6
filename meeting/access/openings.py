"""Who opened the record of a meeting or its sound, and when.

What cannot be written down is not opened, but for the machine's own user, who reads a record also off a failing disk.
"""

import getpass
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal
from uuid import uuid4

import msgspec
from sqlalchemy import Engine, insert, select

from meeting.store.engine import refusing, writing
from meeting.store.tables import openings

if TYPE_CHECKING:
    from meeting.memory.opening import Opened

What = Literal["record", "sound"]


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """One opening. `meeting` is its id, or that of an imported file; `who` is a role with its token's owner and id, or
    a user of this machine."""

    at: str
    who: str
    meeting: str
    what: What


class Openings:
    """Every method may raise a StoreError."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._name = engine.url.render_as_string()

    def note(self, who: str, meeting: str, what: What) -> None:
        """Writes one down, before it happens."""
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        row = {"id": uuid4().hex, "at": at, "who": who, "meeting_id": meeting, "what": what}
        with refusing(self._name), writing(self._engine) as connection:
            connection.execute(insert(openings), row)

    def of(self, meeting: str | None = None) -> list[Opening]:
        """Those of one meeting, or of all, the oldest first."""
        query = select(openings).order_by(openings.c.at, openings.c.id)
        if meeting is not None:
            query = query.where(openings.c.meeting_id == meeting)
        with refusing(self._name), self._engine.connect() as connection:
            return [
                Opening(at=row.at, who=row.who, meeting=row.meeting_id, what=row.what)
                for row in connection.execute(query)
            ]


def opened_record(found: "Opened") -> str | None:
    """What is written down for a passage that is opened: the meeting or the imported file; None for an agenda or a
    decision, which are no record."""
    kind, _, key = found.document_id.partition(":")
    return key if kind in ("record", "file") else None


def user_of_this_machine() -> str:
    """Whoever runs this program, as the system knows them."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())
