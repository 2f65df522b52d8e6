"""A passage opened where it stands: in its minutes, in the record of its meeting, in its agenda."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from meeting.errors import MeetingUnknown
from meeting.memory.errors import PassageUnknown
from meeting.memory.facts import Decided, Known, Origin
from meeting.memory.sight import MaySee, everything
from search.documents import Document, Passage

if TYPE_CHECKING:
    from meeting.records import Records

MOST_AROUND = 50


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """A passage of an opened document; `here` is the one that was asked for."""

    id: str
    text: str
    item: int | None = None
    item_title: str = ""
    speaker: str | None = None
    start_ms: int | None = None
    end_ms: int | None = None
    here: bool = False


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of a document round a passage. `before` and `after`: there is more on that side."""

    document_id: str
    kind: str
    title: str
    date: str
    body: str
    outcome: str
    meeting_id: str | None
    path: str | None
    before: bool
    after: bool
    passages: tuple[Placed, ...]


def opened(
    records: "Records", document_id: str, passage_id: str, around: int, may_see: MaySee = everything
) -> Opened:
    """The passage with `around` others before and behind it; a decision or a task is opened at its sentence.

    Raises: PassageUnknown; a StoreError.
    """
    decision = None
    if document_id.startswith(("decision:", "task:")):
        decision = next((one for one in _results(records.memory.known()) if one.id == document_id), None)
        if decision is None or not may_see(decision.source):
            raise PassageUnknown(document=document_id)
        source = decision.source
        document_id, passage_id = f"record:{source.meeting_id}", source.passage_id
        if source.meeting_id is None:
            document_id = source.document_id
    document = _visible(_document(records, document_id), may_see)
    if document is None:
        if decision is None:
            raise PassageUnknown(document=document_id)
        # Who may not read what was said sees the decision alone.
        document, passage_id = _alone(decision), "1"
    at, first, last = _stretch(document.passages, passage_id, min(max(around, 0), MOST_AROUND))
    return Opened(
        document_id=document.id,
        kind=document.kind,
        title=document.title,
        date=document.date,
        body=document.body,
        outcome=decision.outcome if decision else "",
        meeting_id=document.meeting_id,
        path=document.source,
        before=first > 0,
        after=last < len(document.passages),
        passages=tuple(_placed(document.passages[place], place == at) for place in range(first, last)),
    )


def _results(known: Known) -> Iterator[Decided]:
    """What was decided, and what was given to do where no decision says so, as the index names it."""
    yield from known.decisions
    for one in known.tasks:
        if not one.decision_id and one.task.source.meeting_id:
            source = one.task.source
            yield Decided(
                id=f"task:{source.meeting_id}:{one.task.id}", text=one.task.text, outcome="", source=source
            )


def _visible(document: Document | None, may_see: MaySee) -> Document | None:
    """A document with those of its passages that the asker may see; None where nothing is left."""
    if document is None or may_see is everything:
        return document
    origin = _origin(document)
    shown = tuple(one for one in document.passages if may_see(replace(origin, item=one.item)))
    if document.passages and not shown:
        return None
    return (
        replace(document, passages=shown)
        if may_see(replace(origin, item=shown[0].item if shown else None))
        else None
    )


def _document(records: "Records", document_id: str) -> Document | None:
    """What the records have of a document, its passages with it."""
    kind, _, key = document_id.partition(":")
    if kind == "file":
        return records.archive.by_id(document_id)
    if kind not in ("record", "agenda") or not key:
        return None
    try:
        meeting = records.meetings.named(key)
    except MeetingUnknown:
        return None
    return records.library.document_of(meeting, kind)


def _alone(decision: Decided) -> Document:
    source = decision.source
    passage = Passage(id="1", text=decision.text, item=source.item, item_title=source.item_title)
    return Document(
        id=decision.id,
        kind="decision",
        title=source.title,
        date=source.date,
        meeting_id=source.meeting_id,
        body=source.body,
        source=source.path,
        passages=(passage,),
    )


def _stretch(passages: Sequence[Passage], passage_id: str, around: int) -> tuple[int, int, int]:
    """The place of the passage (-1 for none), the first to show, and the one behind the last."""
    at = next((place for place, one in enumerate(passages) if one.id == passage_id), -1)
    middle = max(at, 0)
    return at, max(middle - around, 0), min(middle + around + 1, len(passages))


def _placed(passage: Passage, here: bool) -> Placed:
    return Placed(
        id=passage.id,
        text=passage.text,
        item=passage.item,
        item_title=passage.item_title,
        speaker=passage.speaker,
        start_ms=passage.start_ms,
        end_ms=passage.end_ms,
        here=here,
    )


def _origin(document: Document) -> Origin:
    return Origin(
        kind=document.kind,
        document_id=document.id,
        title=document.title,
        date=document.date,
        meeting_id=document.meeting_id,
        body=document.body,
        classification=document.classification,
    )
