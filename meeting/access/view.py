"""What one kind of client sees of a meeting: the whole message, a part of it, or nothing. Pure.

Views of the same meeting that are equal show the same, so a message is filtered and encoded once for all of them.
"""

from typing import TypeVar

from msgspec.structs import replace

from meeting.access.gate import Gate, Place
from meeting.access.grant import Grant
from meeting.domain.events import (
    Action,
    AgendaChanged,
    Attendance,
    Decision,
    Event,
    ItemEntry,
    ItemMoved,
    Note,
    Segment,
    SoundDestroyed,
    SoundSealed,
    WordNoted,
)
from meeting.memory.facts import Origin
from meeting.memory.sight import background_for
from meeting.stream.messages import Message, Partial, Recalled, Snapshot, Status, Suggestion, Welcome

M = TypeVar("M", bound=Message | Event)


class View:
    """A grant's look at the meeting of a gate; equal and hashable by what decides it.

    For each stored event: `gate.take(event)`, then `shown(event)` of each view, then the next event. Where `take` was
    true, a view that is not `full` needs a new snapshot after the event. One that is `wide` sees all of every meeting.
    """

    def __init__(self, gate: Gate, grant: Grant) -> None:
        self._gate = gate
        self._grant = grant
        self._key = (id(gate), grant.role, grant.clearance, grant.item, grant.meeting, grant.body)
        self.full = grant.role == "secretary" and grant.item is None and grant.clearance == "绝密"
        self.wide = self.full and grant.meeting is None and grant.body is None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, View) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    def takes_whole(self, message: Message | Event) -> bool:
        """Whether nothing of it can be hidden: not of this meeting, and of the others nothing is said in it."""
        return self.wide or (self.full and not isinstance(message, Recalled | Suggestion))

    def sees(self, message: Message | Event) -> bool:
        """Whether anything of the message is shown."""
        return self.shown(message) is not None

    def shown(self, message: M) -> M | None:
        """The message itself, one in which fields are withheld, or None when it is hidden.

        Something that moves out of sight is shown as removed, with its text withheld.
        """
        if self.takes_whole(message):
            return message
        found: Message | Event | None
        match message:
            case Segment():
                found = self._segment(message)
            case Partial():
                found = message if self._partial(message) else None
            case Decision():
                found = self._decision(message)
            case Action():
                found = self._action(message)
            case ItemMoved():
                found = message if self._item(message.item_id) else None
            case AgendaChanged():
                found = replace(message, items=self._entries(message.items))
            case Attendance():
                found = message if message.item_id is None or self._item(message.item_id) else None
            case Note():
                found = message if self._inner and self._noted(message) else None
            case WordNoted() | SoundDestroyed() | SoundSealed():
                found = message if self._inner else None
            case Status():
                found = message if self._inner else replace(message, device="", disk_free_bytes=None, clients=0)
            case Recalled():
                found = background_for(message, self._origin) if self._item(message.item_id) else None
            case Suggestion():
                heard = self.transcript and self._all(self._place(message.segment_id, (message.item_id,)))
                found = message if heard and self._origin(message.source) else None
            case Welcome():
                found = self._welcome(message)
            case Snapshot():
                found = self._snapshot(message)
            case _:
                found = message
        return found  # type: ignore[return-value] # of the same class as what was given

    def unbroken(self, events: list[Event]) -> bool:
        """Whether who has seen everything before these stored events needs no more of them than `shown` gives.

        Otherwise something may have gone out of sight, or come into it, and a snapshot is needed.
        """
        return self.full or not any(self._breaks(event) for event in events)

    def _origin(self, origin: Origin) -> bool:
        """Whether the place that the room's memory names may be known."""
        of_body = self._grant.body is None or origin.body == self._grant.body
        of_meeting = self._grant.meeting is None or origin.meeting_id == self._grant.meeting
        of_item = self._grant.item is None or origin.item == self._grant.item
        readable = origin.kind != "record" or self._inner
        return of_body and of_meeting and of_item and readable and self._grant.cleared(origin.classification)

    @property
    def transcript(self) -> bool:
        """Whether what was said is shown at all."""
        match self._grant.role:
            case "secretary":
                return True
            case "archivist":
                return self._gate.closed
            case "display":
                return "display" in self._gate.audiences and not self._gate.closed
            case "participant":
                return "participants" in self._gate.audiences and not self._gate.closed

    def shows_said(self, item_id: str) -> bool:
        """Whether what is said of an item is shown: of items taken together it is one for all."""
        return self._all((item_id,))

    def shows_item(self, item_id: str) -> bool:
        """Whether an item of the agenda is shown."""
        return self._item(item_id)

    @property
    def _inner(self) -> bool:
        """The work on the record: remarks, word lists, what the machine is."""
        return self._grant.role in ("secretary", "archivist")

    def _item(self, item_id: str | None) -> bool:
        """Whether an item may be seen; None is what lies outside the items."""
        if item_id is None:
            return self._grant.item is None
        entry = self._gate.items.get(item_id)
        return entry is not None and self._entry(entry)

    def _entry(self, entry: ItemEntry) -> bool:
        entry = self._gate.items.get(entry.item_id, entry)
        line = [entry]
        by_number = {one.number: one for one in self._gate.items.values()}
        while (parent := by_number.get(line[-1].parent or 0)) is not None and parent not in line:
            line.append(parent)
        if not all(self._grant.cleared(one.classification) for one in line):
            return False
        return self._grant.item is None or any(one.number == self._grant.item for one in line)

    def _entries(self, items: tuple[ItemEntry, ...]) -> tuple[ItemEntry, ...]:
        return tuple(entry for entry in items if self._entry(entry))

    def _all(self, place: Place) -> bool:
        """Whether what belongs there may be seen. What is said of items taken together is filed under one of them."""
        items = self._gate.items.values()
        beside = [one.item_id for one in items if one.together_with is not None and one.together_with in place]
        return all(self._item(item_id) for item_id in (*place, *beside))

    def _both(self, key: str, own: Place) -> bool:
        """Whether a thing may be seen where it belongs now and where this revision of it was."""
        return self._all((*self._place(key, own), *own))

    def _place(self, key: str, own: Place) -> Place:
        return self._gate.places.get(key, own)

    def _left(self, event: Event) -> bool:
        """Whether what the newest event speaks of was in sight before it."""
        before = self._gate.before(event)
        return before is not None and self._all(before)

    def _segment(self, event: Segment) -> Segment | None:
        if not self.transcript:
            return None
        if self._both(event.segment_id, (event.item_id,)):
            return event if self._inner else replace(event, raw_text="", changes=())
        if self._left(event):
            before = (self._gate.before(event) or (None,))[0]
            return Segment(
                seq=event.seq,
                at=event.at,
                segment_id=event.segment_id,
                rev=event.rev,
                item_id=before,
                start_ms=event.start_ms,
                end_ms=event.end_ms,
                text="",
                by=event.by,
            )
        return None

    def _partial(self, message: Partial) -> bool:
        gate = self._gate
        return self.transcript and self._all((gate.current,)) and message.start_ms >= gate.hidden_before_ms

    def _decision(self, event: Decision) -> Decision | None:
        if self._both(event.decision_id, event.item_ids or (None,)):
            return replace(event, evidence=self._evidence(event.evidence))
        if self._left(event):
            return replace(
                event, item_ids=(), outcome="", resolution_text="", evidence=(), withdrawn=True, by=event.by
            )
        return None

    def _action(self, event: Action) -> Action | None:
        decided = self._gate.places.get(event.decision_id or "", ())
        own = (event.item_id,) if event.item_id or not decided else ()
        if self._both(event.action_id, (*own, *decided)):
            return replace(event, evidence=self._evidence(event.evidence))
        if self._left(event):
            return Action(
                seq=event.seq,
                at=event.at,
                action_id=event.action_id,
                rev=event.rev,
                text="",
                by=event.by,
                state="withdrawn",
            )
        return None

    def _evidence(self, segments: tuple[str, ...]) -> tuple[str, ...]:
        if not self.transcript:
            return ()
        return tuple(one for one in segments if one in self._gate.places and self._all(self._gate.places[one]))

    def _noted(self, event: Note) -> bool:
        if event.segment_id is not None:
            return self.transcript and self._all(self._gate.places.get(event.segment_id, (event.item_id,)))
        return self._item(event.item_id)

    def _welcome(self, message: Welcome) -> Welcome:
        current = message.current_item if self._item(message.current_item) else None
        items, meeting = self._entries(message.items), message.meeting
        if meeting is not None and (self._grant.role != "secretary" or len(items) < len(message.items)):
            # Names are there to be typed; whoever presents a hidden item is among them.
            meeting = replace(meeting, people=(), roles=())
        return replace(message, meeting=meeting, items=items, current_item=current)

    def _snapshot(self, message: Snapshot) -> Snapshot:
        return replace(
            message,
            segments=tuple(filter(None, map(self._segment, message.segments))),
            decisions=tuple(filter(None, map(self._decision, message.decisions))),
            actions=tuple(filter(None, map(self._action, message.actions))),
            notes=tuple(note for note in message.notes if self._inner and self._noted(note)),
        )

    def _breaks(self, event: Event) -> bool:
        match event:
            case Segment(rev=rev) | Decision(rev=rev) | Action(rev=rev):
                return rev > 1 and not self.sees(event)
            case AgendaChanged():
                return True
            case _:
                return event.__struct_config__.tag == "sharing"
