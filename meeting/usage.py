"""What would be left hanging if an item, or a passage, went away again. Pure."""

from collections.abc import Sequence

from meeting.dividing import Standing
from meeting.domain.events import Attendance, Event, ItemEntry, Segment
from meeting.domain.notes import note_id_of
from meeting.errors import ChangedSince, ItemInUse


def check_unused(item: ItemEntry, ongoing: str | None, since: Sequence[Event]) -> None:
    """An item that was put in may go only as long as nothing stands under it. `since`: all that came after it.

    Raises ItemInUse.
    """
    standing, name = _standing(since), item.item_id
    counts = {
        "passages": sum(one.item_id == name for one in standing.segments.values()),
        "decisions": sum(name in one.item_ids for one in standing.decisions.values()),
        "actions": sum(one.item_id == name for one in standing.actions.values()),
        "notes": sum(one.item_id == name for one in standing.notes.values()),
        "people": len({one.person for one in since if isinstance(one, Attendance) and one.item_id == name}),
    }
    begun = name == ongoing or item.state not in ("scheduled", "next")
    if begun or any(counts.values()):
        raise ItemInUse(number=item.number, title=item.title, state=item.state, **counts)


def check_named_nowhere(made: Segment, done: Sequence[Event], since: Sequence[Event]) -> None:
    """A passage that a batch (`done`) has made may go only where nothing else names it. Raises ChangedSince."""
    standing, name = _standing(since), made.segment_id
    own = _standing(done)
    for key, decision in standing.decisions.items():
        if name in decision.evidence and key not in own.decisions:
            raise ChangedSince(what=key, text=decision.resolution_text or decision.outcome)
    for key, action in standing.actions.items():
        if name in action.evidence and key not in own.actions:
            raise ChangedSince(what=key, text=action.text)
    for note in standing.notes.values():
        if note.segment_id == name and note_id_of(note) not in own.notes:
            raise ChangedSince(what=note_id_of(note), text=note.text or note.mark)


def _standing(events: Sequence[Event]) -> Standing:
    standing = Standing()
    for event in events:
        standing.take(event)
    return standing
