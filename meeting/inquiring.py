"""What clients ask the room's memory over the wire: searches, backgrounds, histories, passages, completions."""

from meeting.domain.events import ItemEntry
from meeting.errors import MeetingUnknown
from meeting.memory.errors import ItemUnknown, NoItemNow
from meeting.memory.gather import origin_of
from meeting.memory.opening import opened
from meeting.memory.sight import MaySee, everything, sight_of
from meeting.projection import item_entries
from meeting.records import Records
from meeting.store.meetings import Meeting
from meeting.stream.messages import Complete, History, Inquiry, LookBack, OpenPassage, Search
from search.documents import Query, Within

MOST_HITS = 1000
MOST_COMPLETED = 8
_SIGNS = str.maketrans("", "", '"“”「」『』＂')


def query_of(command: Search, within: Within | None = None) -> Query:
    """A search command as the index takes it; facets that were chosen are put behind what was typed."""
    chosen = [
        f'{name}:"{value.translate(_SIGNS)}"'
        for name, value in (("outcome", command.outcome), ("body", command.body), ("year", command.year))
        if value.translate(_SIGNS).strip()
    ]
    return Query(
        text=" ".join([command.query, *chosen]),
        kinds=command.kind,  # type: ignore[arg-type] # an unknown kind finds nothing
        date_from=command.date_from,
        date_to=command.date_to,
        unit=command.unit,
        speaker=command.speaker,
        due_from=command.due_from,
        due_to=command.due_to,
        owed=command.owed,
        limit=min(max(command.limit, 1), MOST_HITS),
        sort=command.sort,
        within=within,
    )


def answer_to(
    command: Inquiry, records: Records, current: tuple[Meeting, ItemEntry | None] | None, within: Within | None
) -> object:
    """The result of an inquiry; slow, so not for an event loop. `current` is the running meeting with its current item.

    Raises: ItemUnknown, NoItemNow, PassageUnknown, MeetingUnknown; a SearchError, a StoreError.
    """
    may_see = sight_of(within)
    match command:
        case LookBack():
            return _background(command, records, current, may_see)
        case History(name=name):
            return records.memory.timeline(name, may_see)
        case OpenPassage(document_id=document_id, passage_id=passage_id, around=around):
            return opened(records, document_id, passage_id, around, may_see)
        case Complete(text=text):
            return {"completions": records.library.complete(text, MOST_COMPLETED, within)}


def _background(
    command: LookBack, records: Records, current: tuple[Meeting, ItemEntry | None] | None, may_see: MaySee
) -> object:
    here = current is not None and command.meeting in (None, current[0].id)
    if here and command.item_id is None:
        assert current is not None
        meeting, entry = current
    else:
        if command.meeting is None and current is None:
            raise NoItemNow()
        try:
            meeting = current[0] if here and current else records.meetings.named(command.meeting or "")
        except MeetingUnknown:
            if may_see is everything:
                raise
            # Said as of an item that may not be seen: a guess at an id must not tell which meetings there are.
            raise _nothing(command) from None
        entries = item_entries(meeting, records.log(meeting.id))
        entry = next((one for one in entries if one.item_id == command.item_id), None)
    if entry is None or not may_see(origin_of(meeting, entry)):
        raise _nothing(command)
    return records.memory.background(meeting, entry, may_see)


def _nothing(command: LookBack) -> ItemUnknown | NoItemNow:
    return NoItemNow() if command.item_id is None else ItemUnknown(item=command.item_id)
