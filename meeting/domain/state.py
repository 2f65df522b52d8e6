"""Where a meeting stands in its agenda: items with named states, one current item, and the checked moves between.

A verb only says which events would have to be stored; nothing changes until they are applied.
"""

import msgspec

from meeting.domain.agenda import Agenda, AgendaItem
from meeting.domain.events import AgendaChanged, Event, ItemEntry, ItemMoved, ItemState, Phase, PhaseName
from meeting.errors import ItemClosed, ItemUnknown, NoMoreItems

MOVES: dict[ItemState, tuple[ItemState, ...]] = {
    "draft": ("scheduled", "withdrawn"),
    "scheduled": ("next", "ongoing", "withdrawn", "deferred"),
    "next": ("scheduled", "ongoing", "withdrawn", "deferred"),
    "ongoing": ("completed", "withdrawn", "deferred"),
    "completed": ("ongoing",),
    "withdrawn": ("scheduled",),
    "deferred": ("scheduled", "ongoing"),
}


class AgendaState:
    """The items as they stand. `current` is the id of the item under discussion, None outside the items.

    `ongoing` is the item that a recess interrupted, or the current one. `highest` is the highest number that an item
    has, or had: none is ever given twice.
    """

    def __init__(self, items: tuple[ItemEntry, ...]) -> None:
        self.items = items
        self.phase: PhaseName = "opening"
        self.ongoing: str | None = None
        self.seq = 0
        self.highest = max((item.number for item in items), default=0)

    @classmethod
    def from_agenda(cls, agenda: Agenda) -> "AgendaState":
        """The state before the meeting: every item scheduled, in the order of the numbers, sub-items below theirs."""
        numbers = {item.number: item for item in agenda.items}
        ordered = sorted(agenda.items, key=lambda item: _place(item, numbers))
        return cls(tuple(_entry(item, agenda) for item in ordered))

    @property
    def current(self) -> str | None:
        """The id of the item that is spoken about now."""
        return self.ongoing if self.phase == "items" else None

    def find(self, item_id: str | None) -> ItemEntry | None:
        """The item with this id."""
        return next((item for item in self.items if item.item_id == item_id), None)

    def numbered(self, number: int) -> ItemEntry:
        """The item with this number.

        Raises:
            ItemUnknown: the agenda has none.
        """
        for item in self.items:
            if item.number == number:
                return item
        raise ItemUnknown(number=number, known=", ".join(str(item.number) for item in self.items) or "—")

    def following(self) -> ItemEntry | None:
        """The item that `next` would go to."""
        ids = [item.item_id for item in self.items]
        start = ids.index(self.ongoing) + 1 if self.ongoing in ids else 0
        return next((item for item in self.items[start:] if item.state in ("scheduled", "next")), None)

    def next(self, by: str) -> list[Event]:
        """The events that complete the current item and begin the following one; after the last, that close the items.

        Raises:
            NoMoreItems: the items are closed already, or there are none.
        """
        following = self.following() if self.phase != "closed" else None
        if following is not None:
            return self.go_to(following.number, by)
        if self.phase == "closed" or not self.items:
            raise NoMoreItems()
        return self.close_items(by)

    def go_to(self, number: int, by: str, together: tuple[int, ...] = ()) -> list[Event]:
        """The events that make item `number` the current one; none when it is already. A completed item reopens.

        Those of `together` are under discussion beside it (合并审议), and end with it; what is said is filed under
        `number`.

        Raises:
            ItemUnknown: the agenda has none.
            ItemClosed: one of the items was withdrawn, or is a draft.
        """
        target = self.numbered(number)
        above = self._above(target)
        # What it is a part of is under discussion with it anyway.
        asked = [self.numbered(one) for one in dict.fromkeys(together) if one != number]
        beside = [one for one in asked if one not in above]
        if target.item_id == self.current and {one.item_id for one in beside} <= self._beside(target):
            return []
        kept = {target.item_id, *(item.item_id for item in (*above, *beside))}
        events: list[Event] = [] if self.phase == "items" else [Phase(phase="items", by=by)]
        events += self._complete(by, kept)
        events += [self._move(item, "ongoing", by) for item in above if item.state in ("scheduled", "next")]
        events += [self._move(item, "ongoing", by, target.item_id) for item in beside]
        # The one that is current comes last.
        return [*events, self._move(target, "ongoing", by)]

    def _beside(self, item: ItemEntry) -> set[str]:
        """The items that are under discussion together with this one."""
        return {one.item_id for one in self.items if one.state == "ongoing" and one.together_with == item.item_id}

    def close_items(self, by: str) -> list[Event]:
        """The events that end the discussion of items; none when it has ended."""
        return [] if self.phase == "closed" else [*self._complete(by, set()), Phase(phase="closed", by=by)]

    def take_recess(self, by: str) -> list[Event]:
        """The events of a break: no item is current, but the one under discussion stays open."""
        return [] if self.phase in ("recess", "closed") else [Phase(phase="recess", by=by)]

    def apply(self, event: Event) -> None:
        """Takes in a stored event. One that was taken in before (by its `seq`) changes nothing."""
        if 0 < event.seq <= self.seq:
            return
        self.seq = max(self.seq, event.seq)
        if isinstance(event, Phase):
            self.phase = event.phase
        elif isinstance(event, AgendaChanged):
            self.items = event.items
            self.highest = max(self.highest, *(item.number for item in event.items), 0)
        elif isinstance(event, ItemMoved):
            self._apply_move(event)

    def _apply_move(self, event: ItemMoved) -> None:
        self.items = tuple(moved(item, event) if item.item_id == event.item_id else item for item in self.items)
        if event.state == "ongoing" and event.together_with is not None:
            return
        if event.state == "ongoing":
            self.ongoing, self.phase = event.item_id, "items"
        elif self.ongoing == event.item_id:
            self.ongoing = None

    def _complete(self, by: str, kept: set[str]) -> list[Event]:
        # Innermost first: a sub-item ends before the item that it belongs to.
        open_items = [
            item for item in reversed(self.items) if item.state == "ongoing" and item.item_id not in kept
        ]
        return [self._move(item, "completed", by) for item in open_items]

    def _move(self, item: ItemEntry, state: ItemState, by: str, beside: str | None = None) -> ItemMoved:
        return move(item, state, by, beside)

    def _above(self, item: ItemEntry) -> list[ItemEntry]:
        """The items that this one is a part of, outermost first."""
        found: list[ItemEntry] = []
        parents = {entry.number: entry for entry in self.items}
        above = parents.get(item.parent) if item.parent is not None else None
        while above is not None and above not in found:
            found.insert(0, above)
            above = parents.get(above.parent) if above.parent is not None else None
        return found


def move(item: ItemEntry, state: ItemState, by: str, together_with: str | None = None) -> ItemMoved:
    """The event that brings an item into a state. Raises ItemClosed where no way leads there."""
    if state not in MOVES[item.state] and item.state != state:
        raise ItemClosed(number=item.number, state=item.state, wanted=state)
    return ItemMoved(item_id=item.item_id, number=item.number, state=state, by=by, together_with=together_with)


def moved(item: ItemEntry, event: ItemMoved) -> ItemEntry:
    """The item after the event. What it was taken together with stays known when it is over."""
    beside = event.together_with if event.state == "ongoing" else item.together_with
    return msgspec.structs.replace(item, state=event.state, together_with=beside)


def item_id_of(number: int) -> str:
    """The id of the item that had this number when the agenda was read; it stays when items are renumbered."""
    return f"i{number}"


def _place(item: AgendaItem, numbers: dict[int, AgendaItem]) -> tuple[int, ...]:
    place = [item.number]
    above = numbers.get(item.parent) if item.parent is not None else None
    while above is not None and above.number not in place:
        place.insert(0, above.number)
        above = numbers.get(above.parent) if above.parent is not None else None
    return tuple(place)


def _entry(item: AgendaItem, agenda: Agenda) -> ItemEntry:
    return ItemEntry(
        item_id=item_id_of(item.number),
        number=item.number,
        title=item.title,
        state="scheduled",
        parent=item.parent,
        kind=item.kind,
        presenting_units=item.presenting_units,
        presenter=item.presenter,
        minutes_planned=item.minutes_planned,
        matter=item.matter,
        classification=item.classification or agenda.classification,
        recording=item.recording or agenda.recording,
        major=item.major,
        documents=tuple(document.title for document in item.documents),
    )
