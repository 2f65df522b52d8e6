"""Until when a meeting may be recorded with nobody there: an hour past its planned end, and past the last answer.

Pure: times of day are ns since 1970, UTC.
"""

from collections.abc import Sequence
from datetime import datetime

from meeting.domain.agenda import Agenda
from meeting.domain.events import AgendaChanged, Custody, Event, ItemEntry
from meeting.domain.state import AgendaState

NS = 1_000_000_000
PATIENCE_NS = 3_600 * NS
DEFAULT_MINUTES = 180


class Presence:
    """Feed it every stored event, and say when a person has answered: every command of the secretary is an answer."""

    def __init__(self, agenda: Agenda) -> None:
        self._planned_ns = _planned_ns(AgendaState.from_agenda(agenda).items)
        self._begun_ns: int | None = None
        self._shut_since_ns: int | None = None
        self._shut_ns = 0
        self._answered_ns = 0

    def apply(self, event: Event) -> None:
        """Takes in a stored event."""
        if isinstance(event, AgendaChanged):
            self._planned_ns = _planned_ns(event.items)
        elif isinstance(event, Custody):
            self._take_custody(event)

    def _take_custody(self, event: Custody) -> None:
        at_ns = int(datetime.fromisoformat(event.at).timestamp() * NS)
        if self._begun_ns is None:
            self._begun_ns = at_ns
        if event.recording == "off":
            self._shut_since_ns = self._shut_since_ns or at_ns
        elif self._shut_since_ns is not None:
            self._shut_ns += max(0, at_ns - self._shut_since_ns)
            self._shut_since_ns = None

    def answer(self, now_ns: int) -> None:
        """Somebody is there."""
        self._answered_ns = max(self._answered_ns, now_ns)

    def recall(self, until_ns: int) -> None:
        """Somebody was there, as the recorder was told earlier."""
        self.answer(until_ns - PATIENCE_NS)

    def until_ns(self, now_ns: int) -> int:
        """When the device is to be closed if nobody says more. The planned time counts while it is open."""
        begun_ns = now_ns if self._begun_ns is None else self._begun_ns
        return max(begun_ns + self._planned_ns + self._shut_ns, self._answered_ns) + PATIENCE_NS


def _planned_ns(items: Sequence[ItemEntry]) -> int:
    """The sum of the items' planned minutes; where one has none, three hours at least."""
    minutes = [_minutes_of(item, items) for item in items if item.parent is None]
    known = sum(minutes)
    return 60 * NS * (known if minutes and all(minutes) else max(known, DEFAULT_MINUTES))


def _minutes_of(item: ItemEntry, items: Sequence[ItemEntry]) -> int:
    """An item's own, or else those of the items below it."""
    below = (one for one in items if one.parent == item.number)
    return item.minutes_planned or sum(one.minutes_planned or 0 for one in below)
