"""What the projection tables hold when they are true: reckoned from the events alone, without a database."""

from collections.abc import Iterable

import msgspec

from meeting.domain.events import Action, AgendaChanged, Decision, Event, ItemEntry, ItemMoved, Segment
from meeting.domain.state import moved

Rows = dict[str, tuple[int, bytes]]
"""By the thing's id: the seq of the event that it is as of, and its bytes."""


class Projections:
    """The rows of each projection table; feed it the events in the order of their seq."""

    def __init__(self) -> None:
        self.tables: dict[str, Rows] = {"segments": {}, "items": {}, "decisions": {}, "actions": {}}
        self._revisions: dict[tuple[str, str], int] = {}

    def apply(self, event: Event, body: bytes) -> None:
        """Takes in a stored event and its bytes."""
        match event:
            case Segment():
                self._revise("segments", event.segment_id, event.rev, event.seq, body)
            case Decision():
                self._revise("decisions", event.decision_id, event.rev, event.seq, body)
            case Action():
                self._revise("actions", event.action_id, event.rev, event.seq, body)
            case AgendaChanged():
                self.tables["items"] = {
                    entry.item_id: (event.seq, msgspec.json.encode(entry)) for entry in event.items
                }
            case ItemMoved():
                self._move(event)
            case _:
                pass

    def _revise(self, table: str, key: str, revision: int, seq: int, body: bytes) -> None:
        if revision >= self._revisions.get((table, key), revision):
            self._revisions[table, key] = revision
            self.tables[table][key] = (seq, body)

    def _move(self, event: ItemMoved) -> None:
        known = self.tables["items"].get(event.item_id)
        if known is not None:
            entry = moved(msgspec.json.decode(known[1], type=ItemEntry), event)
            self.tables["items"][event.item_id] = (event.seq, msgspec.json.encode(entry))


def first_difference(events: Iterable[tuple[Event, bytes]], stored: dict[str, Rows]) -> tuple[str, str] | None:
    """The first row (table, id) of `stored` that is not what the events add up to; None when all are."""
    true = Projections()
    for event, body in events:
        true.apply(event, body)
    for table, rows in true.tables.items():
        for key in sorted({*rows, *stored[table]}):
            if not _same(table, rows.get(key), stored[table].get(key)):
                return table, key
    return None


def _same(table: str, one: tuple[int, bytes] | None, other: tuple[int, bytes] | None) -> bool:
    if one == other or one is None or other is None or table != "items":
        return one == other
    # An entry is written by us, and a later version writes it with more fields: its meaning is compared.
    entry, known = (msgspec.json.decode(row[1], type=ItemEntry) for row in (one, other))
    return (one[0], entry) == (other[0], known)
