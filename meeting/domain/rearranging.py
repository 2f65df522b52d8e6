"""What a secretary changes in the agenda while the meeting is held: items put off, withdrawn, put in, put in order."""

from collections.abc import Iterable, Sequence

import msgspec

from meeting.domain.agenda import Agenda, AgendaItem, ItemKind, Recording
from meeting.domain.events import AgendaChanged, Event, ItemEntry, ItemState
from meeting.domain.state import AgendaState, item_id_of, move
from meeting.errors import AgendaOrderUnfit, ItemClosed

_OVER: tuple[ItemState, ...] = ("completed", "withdrawn", "deferred")


def taken_off(state: AgendaState, number: int, wanted: ItemState, by: str) -> list[Event]:
    """The events that put an item off (`deferred`) or take it back (`withdrawn`), with what is left of its sub-items.

    Where it was the current one the following item begins at once; after the last one none is current, or the item
    that it was a part of.
    Raises ItemUnknown, ItemClosed.
    """
    item = state.numbered(number)
    if item.state in _OVER:
        raise ItemClosed(number=number, state=item.state, wanted=wanted)
    below = [one for one in _family(state.items, item)[1:] if one.state not in _OVER]
    gone = [*reversed(below), item]
    events: list[Event] = [move(one, wanted, by) for one in gone]
    ids = {one.item_id for one in gone}
    if state.current not in ids:
        return events
    # Where the current item stood in the agenda is where the following one is looked for.
    after = copied(state)
    for event in events:
        after.apply(event)
    after.ongoing = state.current
    following = after.following()
    if following is not None:
        return [*events, *after.go_to(following.number, by)]
    # With the last of its parts gone, it is the item itself that is spoken about again.
    above = next((one for one in state.items if one.number == item.parent and one.state == "ongoing"), None)
    return events if above is None else [*events, move(above, "ongoing", by)]


def restored(state: AgendaState, number: int, by: str) -> list[Event]:
    """The events that bring back an item that was put off or withdrawn. Raises ItemUnknown, ItemClosed."""
    item = state.numbered(number)
    if item.state not in ("withdrawn", "deferred"):
        raise ItemClosed(number=number, state=item.state, wanted="scheduled")
    return [move(item, "scheduled", by)]


def inserted(state: AgendaState, entry: ItemEntry, after: int | None, by: str) -> AgendaChanged:
    """The agenda with one more item: behind item `after` and its sub-items, else the current one, else at the end.

    Raises ItemUnknown.
    """
    place = state.numbered(after) if after is not None else state.find(state.current)
    items = list(state.items)
    if place is None:
        return AgendaChanged(items=(*items, entry), by=by)
    at = items.index(_family(state.items, place)[-1]) + 1
    entry = msgspec.structs.replace(entry, parent=place.parent)
    return AgendaChanged(items=(*items[:at], entry, *items[at:]), by=by)


def late_item(state: AgendaState, agenda: Agenda, title: str, **more: object) -> ItemEntry:
    """A 临时议题 with a number of its own; what the agenda says of all items holds for it too."""
    number = state.highest + 1
    plain = ItemEntry(
        item_id=item_id_of(number),
        number=number,
        title=title,
        state="scheduled",
        late=True,
        classification=agenda.classification,
        recording=agenda.recording,
    )
    return msgspec.structs.replace(plain, **more)


def reordered(state: AgendaState, order: Sequence[str], by: str) -> AgendaChanged:
    """The items in another order; numbers stay with their items. Raises AgendaOrderUnfit."""
    known = {item.item_id: item for item in state.items}
    if len(order) != len(known) or set(order) != set(known):
        raise AgendaOrderUnfit(known=", ".join(known))
    items = tuple(known[one] for one in order)
    for item in items:
        family, at = _family(items, item), items.index(item)
        if list(items[at : at + len(family)]) != family:
            raise AgendaOrderUnfit(known=", ".join(known))
    return AgendaChanged(items=items, by=by)


def _family(items: Sequence[ItemEntry], item: ItemEntry) -> list[ItemEntry]:
    """An item and all that are parts of it, in the order of the agenda, itself first."""
    numbers, found = {item.number}, [item]
    while True:
        more = [one for one in items if one.parent in numbers and one.number not in numbers]
        if not more:
            return [item, *(one for one in items if one in found[1:])]
        numbers |= {one.number for one in more}
        found += more


def copied(state: AgendaState) -> AgendaState:
    """A state of its own, as this one stands."""
    copy = AgendaState(state.items)
    copy.phase, copy.ongoing, copy.highest = state.phase, state.ongoing, state.highest
    return copy


def agenda_now(agenda: Agenda, entries: Iterable[ItemEntry]) -> Agenda:
    """The agenda as the items stand: in their order, with those that were put in; as it was, where none are known."""
    known = {item_id_of(item.number): item for item in agenda.items}
    items = tuple(known.get(entry.item_id) or _as_item(entry) for entry in entries)
    return msgspec.structs.replace(agenda, items=items) if items else agenda


def _as_item(entry: ItemEntry) -> AgendaItem:
    kind: ItemKind = msgspec.convert(entry.kind, ItemKind)
    recording = msgspec.convert(entry.recording or None, Recording | None)
    return AgendaItem(
        number=entry.number,
        title=entry.title,
        kind=kind,
        parent=entry.parent,
        presenting_units=entry.presenting_units,
        presenter=entry.presenter,
        minutes_planned=entry.minutes_planned,
        matter=entry.matter,
        recording=recording,
        major=entry.major,
    )
