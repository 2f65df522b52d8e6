"""What the process that reads files is asked, and what it answers: msgpack, each message behind its length."""

import os
from pathlib import Path
from typing import Any, Literal

import msgspec

from models.refusal import Refusal
from search import errors
from search.extract.reading import Extracted

LENGTH_BYTES = 4
SECONDS, MEMORY_MB = 60, 1536


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """Read a file, or list an archive. `path` is the file's in the system's bytes, `shown` its name for people;
    `way` leads to a file within an archive."""

    want: Literal["text", "members"]
    path: bytes
    shown: str
    way: tuple[int, ...] = ()


class Refused(msgspec.Struct, frozen=True):
    """A refusal on its way to the other process: the name of its class and its facts."""

    name: str
    facts: dict[str, Any]

    @classmethod
    def of(cls, refusal: Refusal) -> "Refused":
        """A refusal as plain values."""
        facts = {name: fact if isinstance(fact, int) else str(fact) for name, fact in refusal.facts.items()}
        return cls(type(refusal).__name__, facts)

    def refusal(self) -> Refusal:
        """The refusal itself."""
        found = getattr(errors, self.name)
        assert issubclass(found, errors.SearchError)
        made: Refusal = found(**self.facts)
        return made


class Listed(msgspec.Struct, frozen=True):
    """A file in an archive."""

    way: tuple[int, ...]
    name: str
    sha256: str = ""
    refused: Refused | None = None


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """One of the three. `last`: the process ends after it."""

    text: Extracted | None = None
    members: tuple[Listed, ...] | None = None
    refused: Refused | None = None
    last: bool = False


def packed(message: Order | Answer) -> bytes:
    """A message with its length before it."""
    body = msgspec.msgpack.encode(message)
    return len(body).to_bytes(LENGTH_BYTES, "big") + body


def path_of(order: Order) -> Path:
    """The file that an order speaks of."""
    return Path(os.fsdecode(order.path))
