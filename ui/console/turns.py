"""Which item the meeting is at, which before that, and how long it has been at each. Pure; times are media time."""

import msgspec

from meeting.domain.events import ItemEntry, ItemMoved, ItemState, PhaseName, Segment
from ui.console.rows import Row


class Turns:
    """The items and their turns. `now_ms` is the newest moment that anything is known about."""

    def __init__(self) -> None:
        self.items: tuple[ItemEntry, ...] = ()
        self.phase: PhaseName = "opening"
        self.last: str | None = None
        """The item that was current last; the same as `current` while there is one."""
        self.before: str | None = None
        """The item that was current before that one."""
        self._open: str | None = None
        self._spent_ms: dict[str, int] = {}
        self._since_ms = 0

    @property
    def current(self) -> str | None:
        """The item under discussion; in a recess there is none, and after it the same again."""
        return None if self.phase == "recess" else self._open

    def item(self, item_id: str | None) -> ItemEntry | None:
        """The entry with this id."""
        return next((entry for entry in self.items if entry.item_id == item_id), None)

    def spent_ms(self, item_id: str, now_ms: int) -> int:
        """How long the meeting has been at this item, all its turns together; a recess is no part of any."""
        spent = self._spent_ms.get(item_id, 0)
        return spent + max(0, now_ms - self._since_ms) if item_id == self.current else spent

    def welcome(self, items: tuple[ItemEntry, ...], current: str | None, now_ms: int) -> None:
        """What a welcome says: where no item is current and one is still open, the meeting is in a recess."""
        self.items = items
        is_open = next((one.item_id for one in items if one.state == "ongoing" and not one.together_with), None)
        if current is None and is_open is not None:
            self._go_to(is_open, now_ms)
            self.enter("recess", now_ms)
        else:
            if current is not None:
                self.enter("items", now_ms)
            self._go_to(current, now_ms)

    def moved(self, event: ItemMoved, now_ms: int) -> None:
        """An item changed its state."""
        self.items = tuple(_with_state(entry, event) for entry in self.items)
        at_ms = now_ms if event.media_ms is None else event.media_ms
        if event.state == "ongoing" and event.together_with is None:
            self.enter("items", at_ms)
            self._go_to(event.item_id, at_ms)
        elif event.item_id == self._open:
            self._go_to(None, at_ms)

    def enter(self, phase: PhaseName, at_ms: int) -> None:
        """The meeting as a whole goes on to another phase."""
        if phase == "recess" and self.phase != "recess":
            self._close_turn(at_ms)
        elif phase != "recess" and self.phase == "recess":
            self._since_ms = at_ms
        self.phase = phase

    def _go_to(self, item_id: str | None, at_ms: int) -> None:
        if item_id == self._open:
            return
        self._close_turn(at_ms)
        self._open = item_id
        if item_id is not None and item_id != self.last:
            self.before, self.last = self.last, item_id

    def spend_by(self, rows: list[Row], now_ms: int) -> None:
        """A snapshot tells no switches: an item's turn lasts from its first sentence to the next turn's."""
        self._spent_ms = {}
        turn_id, since_ms = None, 0
        for row in rows:
            if isinstance(row, Segment) and row.item_id != turn_id:
                self._spend(turn_id, row.start_ms - since_ms)
                turn_id, since_ms = row.item_id, row.start_ms
        if turn_id is not None and turn_id != self.current:
            newest_ms = max((row.end_ms for row in rows if isinstance(row, Segment)), default=0)
            self._spend(turn_id, newest_ms - since_ms)
            since_ms = now_ms
        self._since_ms = since_ms

    def _close_turn(self, at_ms: int) -> None:
        self._spend(self.current, at_ms - self._since_ms)
        self._since_ms = at_ms

    def _spend(self, item_id: str | None, time_ms: int) -> None:
        if item_id is not None:
            self._spent_ms[item_id] = self._spent_ms.get(item_id, 0) + max(0, time_ms)


def _with_state(entry: ItemEntry, moved: ItemMoved) -> ItemEntry:
    state: ItemState = entry.state
    if entry.item_id == moved.item_id:
        state = moved.state
    elif moved.state == "ongoing" and state == "ongoing" and not _together(entry, moved):
        state = "completed"
    other = moved.together_with if entry.item_id == moved.item_id else entry.together_with
    if (state, other) == (entry.state, entry.together_with):
        return entry
    return msgspec.structs.replace(entry, state=state, together_with=other)


def _together(entry: ItemEntry, moved: ItemMoved) -> bool:
    """Whether the two are taken together (合并审议), or one is what the other begins."""
    return entry.together_with == moved.item_id or moved.together_with is not None
