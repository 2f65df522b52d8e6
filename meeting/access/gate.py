"""What of a meeting decides who sees what: its items, where each passage belongs, what is shown to whom. Pure."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from msgspec.structs import replace

from meeting.access.grant import Audience
from meeting.domain.events import (
    Action,
    AgendaChanged,
    Decision,
    End,
    Event,
    ItemEntry,
    ItemMoved,
    Segment,
    Sharing,
)

if TYPE_CHECKING:
    from meeting.store.log import State

Place = tuple[str | None, ...]
"""The items something belongs to; None among them is outside the items."""


class Gate:
    """One per meeting that is served. Fed with each stored event by `take`, before a view is asked about that event."""

    def __init__(self, items: Iterable[ItemEntry], current: str | None, closed: bool) -> None:
        self.items = {entry.item_id: entry for entry in items}
        self.current = current
        self.closed = closed
        self.audiences: set[Audience] = set()
        self.places: dict[str, Place] = {}
        self.hidden_before_ms = 0
        self._newest: Event | None = None
        self._before: Place | None = None
        self._spoken_ms = 0

    @classmethod
    def of(cls, state: "State", items: Iterable[ItemEntry], current: str | None, closed: bool) -> "Gate":
        """The gate of a meeting as its record stands. `items` serve where the record has none yet."""
        gate = cls(state.items or items, current, closed)
        for event in (*state.sharing, *state.segments, *state.decisions, *state.actions):
            gate.take(event)
        if state.segments:
            # What is being said now began after the newest final.
            gate.hidden_before_ms = gate._spoken_ms
        gate._newest = None
        return gate

    def take(self, event: Event) -> bool:
        """Takes in a stored event. True when what clients may see of the past has changed by it."""
        self._newest, self._before = event, None
        match event:
            case Segment():
                self._spoken_ms = max(self._spoken_ms, event.end_ms)
                self._put(event.segment_id, (event.item_id,))
            case Decision():
                self._put(event.decision_id, event.item_ids or (None,))
            case Action():
                self._put(event.action_id, self._place_of_action(event))
            case ItemMoved():
                self._move(event)
            case AgendaChanged():
                return self._rearrange(event)
            case Sharing():
                return self._share(event)
            case End():
                self.closed = True
        return False

    def before(self, event: Event) -> Place | None:
        """Where the thing belonged until this newest event; None when it is new, or the event is an older one."""
        return self._before if event is self._newest else None

    def _put(self, key: str, place: Place) -> None:
        self._before = self.places.get(key)
        self.places[key] = place

    def _place_of_action(self, event: Action) -> Place:
        decided = self.places.get(event.decision_id or "", ())
        return (event.item_id, *decided) if event.item_id or not decided else decided

    def _move(self, event: ItemMoved) -> None:
        if event.item_id in self.items:
            changed = self.items[event.item_id]
            self.items[event.item_id] = _in_state(changed, event)
        if event.state == "ongoing":
            # One that is taken together with another is not the one that words are filed under.
            if event.together_with is None:
                self._current(event.item_id, event.media_ms)
        elif event.item_id == self.current:
            self._current(None, event.media_ms)

    def _current(self, item_id: str | None, media_ms: int | None) -> None:
        self.current = item_id
        # Words of the item before may still come as partials, which do not say where they belong.
        self.hidden_before_ms = self._spoken_ms if media_ms is None else media_ms

    def _rearrange(self, event: AgendaChanged) -> bool:
        grades = {key: (entry.classification, entry.parent) for key, entry in self.items.items()}
        self.items = {entry.item_id: entry for entry in event.items}
        return any(
            grades.get(key, new) != new
            for key, new in ((key, (entry.classification, entry.parent)) for key, entry in self.items.items())
        )

    def _share(self, event: Sharing) -> bool:
        before = set(self.audiences)
        (self.audiences.add if event.transcript else self.audiences.discard)(event.audience)
        return before != self.audiences


def _in_state(entry: ItemEntry, event: ItemMoved) -> ItemEntry:
    beside = event.together_with or entry.together_with
    return replace(entry, state=event.state, together_with=beside)
