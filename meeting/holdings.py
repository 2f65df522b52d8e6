"""What the index holds of a meeting and of an imported file: its documents, made from the records. Pure."""

from collections.abc import Iterable

import msgspec

from asr.text.unclear import unmarked
from meeting.access.grant import rank
from meeting.domain.agenda import Agenda
from meeting.domain.events import Action, ItemEntry, Segment
from meeting.domain.rearranging import agenda_now
from meeting.memory.gather import (
    Matters,
    decision_documents,
    full_title,
    held_documents,
    inheriting,
    origin_of,
    owed_in,
)
from meeting.store.archive import Archived, plain
from meeting.store.log import State
from meeting.store.meetings import Meeting
from search.documents import Document, Passage


def archived_documents(document: Archived, matters: Matters) -> list[Document]:
    """An imported document's decisions, then itself."""
    return [*decision_documents(document, matters), plain(document)]


def record_documents(meeting: Meeting, state: State) -> list[Document]:
    """A meeting's decisions, then its record, as its log has them."""
    by_id = {item.item_id: item for item in state.items}
    passages = tuple(passage_of(segment, by_id) for segment in state.segments if unmarked(segment.text))
    decisions = result_documents(meeting, state)
    # What an item gives to do is its decision's, which those do not find who may not see the item.
    free = [one for one in state.actions if not one.item_id and not one.decision_id]
    head = msgspec.structs.replace(record_head(meeting), owed=owed_in(free))
    return [*decisions, msgspec.structs.replace(head, passages=passages)]


def result_documents(meeting: Meeting, state: State) -> list[Document]:
    """What a meeting has decided and given to do, as its log has it, each found by itself.

    What an item gives to do is its decision's; where there is none on it, it stands alone, and is the item's as a
    decision is.
    """
    decisions = held_documents(meeting, state.decisions, state.items, state.actions)
    entries = {one.item_id: one for _, one in inheriting([(meeting.id, one) for one in state.items])}
    for decision in state.decisions:
        for item in decision.item_ids:
            entries.pop(item, None)
    alone = [one for one in state.actions if not one.decision_id and one.state != "withdrawn"]
    return [*decisions, *(_task(meeting, one, entries[one.item_id]) for one in alone if one.item_id in entries)]


def _task(meeting: Meeting, action: Action, entry: ItemEntry) -> Document:
    source = origin_of(meeting, entry)
    units = [unit for unit in (action.lead_unit, *action.supporting_units) if unit]
    return Document(
        id=f"task:{meeting.id}:{action.action_id}",
        kind="decision",
        title=source.title,
        date=source.date,
        meeting_id=meeting.id,
        body=source.body,
        units=tuple(dict.fromkeys(units)),
        matter=entry.matter,
        classification=source.classification,
        owed=owed_in([action]),
        passages=(Passage(id=action.action_id, text=action.text, item=source.item, item_title=source.item_title),),
    )


def _units(agenda: Agenda) -> tuple[str, ...]:
    """Who presents something. Items above the meeting's own classification do not show in its whole."""
    own = rank(agenda.classification)
    items = [item for item in agenda.items if rank(item.classification or agenda.classification) <= own]
    return tuple(dict.fromkeys(unit for item in items for unit in item.presenting_units))


def record_head(meeting: Meeting) -> Document:
    """A meeting's record without what was said."""
    return Document(
        id=f"record:{meeting.id}",
        kind="record",
        title=full_title(meeting),
        date=meeting.date,
        meeting_id=meeting.id,
        body=meeting.agenda.body,
        units=_units(meeting.agenda),
        classification=meeting.agenda.classification,
    )


def passage_of(segment: Segment, items: dict[str, ItemEntry]) -> Passage:
    """A sentence as it is found; `items` are the meeting's by their id."""
    item = items.get(segment.item_id or "")
    return Passage(
        id=segment.segment_id,
        # The marks are no words that anybody said.
        text=unmarked(segment.text),
        item=item.number if item else None,
        item_title=item.title if item else "",
        speaker=segment.speaker,
        start_ms=segment.start_ms,
        end_ms=segment.end_ms,
    )


def agenda_document(meeting: Meeting, items: Iterable[ItemEntry]) -> Document:
    """The items of a meeting's agenda as they are now."""
    agenda = agenda_now(meeting.agenda, items)
    passages = []
    for item in agenda.items:
        words = [item.title, *item.presenting_units, item.presenter, *(one.title for one in item.documents)]
        passages.append(
            Passage(
                id=f"{meeting.id}/{item.number}",
                text="　".join(word for word in words if word),
                item=item.number,
                item_title=item.title,
            )
        )
    return msgspec.structs.replace(
        record_head(meeting), id=f"agenda:{meeting.id}", kind="agenda", passages=tuple(passages)
    )
