"""What a token opens: a role, how far it sees, and the meeting, item or body that it is for."""

from typing import Literal

import msgspec

from meeting.domain.agenda import CLASSIFICATIONS, Classification
from meeting.stream.messages import ClientRole

ROLES: tuple[ClientRole, ...] = ("secretary", "display", "participant", "archivist")
Audience = Literal["display", "participants"]

CLEARANCE: dict[ClientRole, Classification] = {
    "secretary": "绝密",
    "display": "内部",
    "participant": "内部",
    "archivist": "内部",
}
"""How high each role sees when its token does not say otherwise."""


class Grant(msgspec.Struct, frozen=True, kw_only=True):
    """A role with its scope. `meeting`, `item` (its number) and `body` narrow it, None leaves it wide.

    `token` is the id under which the token is listed, empty for the one of `service.json`; `name` is whose it is.
    """

    role: ClientRole
    clearance: Classification
    meeting: str | None = None
    item: int | None = None
    body: str | None = None
    token: str = ""
    name: str = ""

    @property
    def who(self) -> str:
        """Whom a log names: the token's owner and id, or the role."""
        return " ".join(filter(None, (self.role, self.name, self.token)))

    def cleared(self, classification: str) -> bool:
        """Whether what has this classification (empty: 内部) may be seen."""
        return rank(classification) <= rank(self.clearance)


OWNER = Grant(role="secretary", clearance=CLEARANCE["secretary"])
"""Whoever may read the home: its own user, by the token of `service.json`."""


def rank(classification: str) -> int:
    """The place of a classification among all, from 公开 up; an unknown one is the highest."""
    known: tuple[str, ...] = CLASSIFICATIONS
    given = classification or "内部"
    return known.index(given) if given in known else len(known)
