"""Results by meeting and item, and which of several hits of one meeting are told first. Pure."""

from collections.abc import Sequence
from typing import TypeVar

from search.documents import Group, GroupItem, Hit

T = TypeVar("T")
_PARTS = ("decision:", "task:")


def grouped(hits: Sequence[Hit]) -> tuple[Group, ...]:
    """The hits by meeting or file, in the order of the best hit of each, and by item within."""
    found: dict[str, list[int]] = {}
    for place, hit in enumerate(hits):
        found.setdefault(hit.meeting_id or hit.source or hit.id, []).append(place)
    return tuple(_group(hits, places) for places in found.values())


def _group(hits: Sequence[Hit], places: Sequence[int]) -> Group:
    items: dict[tuple[int, str], list[int]] = {}
    for place in places:
        hit = hits[place]
        items.setdefault((hit.item if hit.item is not None else 1_000_000, hit.item_title), []).append(place)
    first = hits[places[0]]
    return Group(
        title=first.title,
        date=first.date,
        meeting_id=first.meeting_id,
        source=first.source,
        items=tuple(
            GroupItem(item=hits[of[0]].item, item_title=hits[of[0]].item_title, hits=tuple(of))
            for _, of in sorted(items.items())
        ),
    )


def repeated_last(ranked: Sequence[tuple[str, T]]) -> list[T]:
    """What is told already is told again last: a decision behind other documents where its minutes, or another
    decision of them, stand before it; and minutes where a decision of theirs does. By ids of documents, in order.
    """
    told: set[str] = set()
    first, again = list[T](), list[T]()
    for id_, one in ranked:
        place = _place_of(id_)
        (again if place in told else first).append(one)
        if not id_.startswith("agenda:"):
            told.add(place)
    return [*first, *again]


def _place_of(id_: str) -> str:
    """What a document is of: its minutes, its record."""
    for part in _PARTS:
        if id_.startswith(part):
            return id_.removeprefix(part).rpartition(":")[0]
    return id_.removeprefix("record:")
