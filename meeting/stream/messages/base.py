"""What every message of the wire has in common."""

from typing import Annotated

import msgspec

MOST = 2**53 - 1
"""The greatest whole number that every reader of JSON takes as it is, JavaScript too."""
Whole = Annotated[int, msgspec.Meta(ge=-MOST, le=MOST)]
"""A whole number that a client gives: a larger one is refused, and reaches no record."""


class Message(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """One JSON object on the wire, told apart by `type`; unknown keys are ignored, so that the wire can grow."""


class Command(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """What a client asks for; `id` comes back in the answer and makes a repeated command harmless.

    `who` is the name of the person who asks, where it is known: events name them instead of their role, and each
    undoes their own.
    """

    id: str
    who: str = ""
