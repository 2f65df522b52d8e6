"""The chain of a meeting's events: each holds a hash over the one before, so that a change behind its back shows.

The hash of an event is sha256 over the JSON array `[hash of the event before, meeting id, seq, at]`, a line feed, and
the event's bytes as they went over the wire; before the first event the hash is empty.
"""

import hashlib
from collections.abc import Iterable
from typing import Literal, NamedTuple

import msgspec

FaultKind = Literal["changed", "removed", "added"]


class Link(NamedTuple):
    """A stored event as far as the chain is concerned."""

    seq: int
    at: str
    body: bytes
    hash: str


class Head(NamedTuple):
    """The end of a chain: the seq and hash of its newest event, 0 and empty before the first."""

    seq: int = 0
    hash: str = ""


class ChainFault(NamedTuple):
    """The first place that is not as it was written: `changed` (or put there, or moved there), `removed`, or `added`
    behind the newest event."""

    seq: int
    kind: FaultKind


def chain(before: str, meeting_id: str, seq: int, at: str, body: bytes) -> str:
    """The hash (64 hexadecimal digits) of an event, given the one `before`."""
    head = msgspec.json.encode((before, meeting_id, seq, at))
    return hashlib.sha256(head + b"\n" + body).hexdigest()


def first_fault(meeting_id: str, links: Iterable[Link], newest: Head) -> ChainFault | None:
    """Where the chain of `links` (by seq) breaks first, or does not end at `newest`; None when it is whole."""
    seq, before = 0, ""
    for link in links:
        if link.seq > newest.seq:
            return ChainFault(link.seq, "added")
        if link.seq != seq + 1:
            return ChainFault(seq + 1, "removed")
        seq, before = link.seq, chain(before, meeting_id, link.seq, link.at, link.body)
        if before != link.hash:
            return ChainFault(seq, "changed")
    if seq < newest.seq:
        return ChainFault(seq + 1, "removed")
    # The events agree with each other and not with what the meeting knows: the whole chain was written anew.
    return ChainFault(seq, "changed") if before != newest.hash else None
