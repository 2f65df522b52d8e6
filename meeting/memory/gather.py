"""Facts of the records as the memory takes them: from imported minutes, and from the meetings held here. Pure."""

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from meeting.domain.agenda import CLASSIFICATIONS
from meeting.domain.events import Action, Decision, ItemEntry
from meeting.memory.facts import Decided, Known, KnownTask, Origin, Raised, Task
from meeting.memory.likeness import likeness, matter_of
from meeting.store.archive import Archived
from meeting.store.facts import ArchivedFacts, MeetingFacts, Placed
from meeting.store.meetings import Meeting
from search.documents import KINDS, Document, Owed, Passage

Matters = dict[str, str]
"""Titles of items and names of matters, each with its matter."""
_ALIKE = 0.5


def matters_of(meetings: Iterable[Meeting]) -> Matters:
    """What the agendas call their matters."""
    found: Matters = {}
    for meeting in meetings:
        for item in meeting.agenda.items:
            if item.matter:
                found |= {item.title: item.matter, item.matter: item.matter}
    return found


def known_of(archived: Iterable[Known], held: MeetingFacts, meetings: Sequence[Meeting]) -> Known:
    """All facts together."""
    decisions, tasks, raised, papers = list[Decided](), list[KnownTask](), list[Raised](), list[Origin]()
    for document in archived:
        decisions += document.decisions
        tasks += document.tasks
        raised += document.raised
        papers += document.papers
    by_id = {meeting.id: meeting for meeting in meetings}
    entries = inheriting(held.items)
    items = {(key, entry.item_id): entry for key, entry in entries}
    for key, decision in held.decisions:
        decisions += [held_decision(by_id[key], decision, items, held.evidence)]
    for key, action in held.actions:
        tasks += [_held_task(by_id[key], action, items, held.evidence)]
    raised += [one for meeting in meetings for one in _held_items(meeting, entries)]
    return Known(decisions=tuple(decisions), tasks=tuple(tasks), raised=tuple(raised), papers=tuple(papers))


# Imported documents.


def archived_of(document: ArchivedFacts, matters: Matters) -> Known:
    """What one imported document says."""
    return Known(
        decisions=tuple(archived_decisions(document, matters)),
        tasks=tuple(_archived_tasks(document, matters)),
        raised=tuple(_archived_items(document, matters)),
        papers=(_origin(document),),
    )


def archived_decisions(document: ArchivedFacts, matters: Matters) -> Iterator[Decided]:
    """The decisions of imported minutes."""
    for number, one in enumerate(document.decisions, start=1):
        yield Decided(
            id=f"decision:{document.id}:{number}",
            text=one.text,
            outcome=one.outcome,
            source=_origin(document, one.item, one.title, one.text),
            matter=matter_of(one.title or document.title, matters),
        )


def decision_documents(archived: Archived, matters: Matters) -> list[Document]:
    """The decisions of imported minutes as the index takes them, each found by itself."""
    document = msgspec.convert(archived, ArchivedFacts, from_attributes=True)
    found = []
    for one in archived_decisions(document, matters):
        source = one.source
        owing = [task for task in document.tasks if task.item is not None and task.item == source.item]
        units = [unit for task in owing for unit in (task.lead, *task.supporting) if unit]
        owed = tuple(Owed(task.due) for task in owing)
        found.append(_document(one, tuple(dict.fromkeys(units)), owed))
    return found


def _document(one: Decided, units: tuple[str, ...], owed: tuple[Owed, ...]) -> Document:
    source = one.source
    return Document(
        id=one.id,
        kind="decision",
        title=source.title,
        date=one.date,
        meeting_id=source.meeting_id,
        body=source.body,
        units=units,
        matter=one.matter,
        classification=source.classification,
        source=source.path,
        outcome=one.outcome,
        owed=owed,
        passages=(
            Passage(
                # Unique among all that is live, as ids of segments are.
                id=one.id.rpartition(":")[2],
                text=one.text,
                item=source.item,
                item_title=source.item_title,
                start_ms=source.start_ms,
            ),
        ),
    )


def _archived_tasks(document: ArchivedFacts, matters: Matters) -> Iterator[KnownTask]:
    for number, one in enumerate(document.tasks, start=1):
        item = one.item if one.item is not None else _item_like(document, one.text)
        title = next((passage.item_title for passage in document.passages if passage.item == item), "")
        if item is None:
            title = ""
        task = Task(
            id=f"task:{document.id}:{number}",
            text=one.text,
            source=_origin(document, item, title, one.text),
            lead=one.lead,
            supporting=one.supporting,
            due=one.due,
        )
        yield KnownTask(task=task, matter=matter_of(title, matters) if title else "")


def _item_like(document: ArchivedFacts, text: str) -> int | None:
    """The item that a row of a table of tasks is of, where just one is like it."""
    near = {
        passage.item
        for passage in document.passages
        if passage.item is not None and likeness(passage.item_title, text) >= _ALIKE
    }
    return near.pop() if len(near) == 1 else None


def _archived_items(document: ArchivedFacts, matters: Matters) -> Iterator[Raised]:
    told = set()
    for passage in document.passages:
        if passage.item is not None and passage.item not in told and document.kind == "minutes":
            told.add(passage.item)
            source = _origin(document, passage.item, passage.item_title, passage.text)
            yield Raised(source=source, matter=matter_of(passage.item_title, matters))


def _origin(document: ArchivedFacts, item: int | None = None, item_title: str = "", text: str = "") -> Origin:
    return Origin(
        kind=next((kind for kind in KINDS if kind == document.kind), "document"),
        document_id=document.id,
        title=document.title,
        date=document.date,
        passage_id=_passage(document.passages, item, text),
        item=item,
        item_title=item_title,
        path=document.source,
        body=document.body,
        classification=document.classification,
    )


def _passage(passages: Sequence[Placed], item: int | None, text: str) -> str:
    """The passage in which a sentence stands, else the first one of its item."""
    if text and (found := next((one.id for one in passages if text in one.text), "")):
        return found
    return next((one.id for one in passages if item is not None and one.item == item), "")


# Meetings held here.

Items = dict[tuple[str, str], ItemEntry]
Evidence = dict[tuple[str, str], int]


def held_decision(meeting: Meeting, decision: Decision, items: Items, evidence: Evidence) -> Decided:
    """A decision of a meeting held here; on several items taken together it stands under the first."""
    entries = [found for item in decision.item_ids if (found := items.get((meeting.id, item))) is not None]
    entry = entries[0] if entries else None
    text = decision.resolution_text or (f"{entry.title}：{decision.outcome}" if entry else decision.outcome)
    return Decided(
        id=f"decision:{meeting.id}:{decision.decision_id}",
        text=text,
        outcome=decision.outcome,
        source=msgspec.structs.replace(
            _held_origin(meeting, entry, decision.evidence, evidence),
            document_id=f"decision:{meeting.id}:{decision.decision_id}",
            classification=_highest([meeting.agenda.classification, *(one.classification for one in entries)]),
        ),
        matter=entry.matter if entry else "",
    )


def held_documents(
    meeting: Meeting, decisions: Iterable[Decision], entries: Iterable[ItemEntry], actions: Iterable[Action]
) -> list[Document]:
    """The decisions of a meeting as the index takes them."""
    items: Items = {(key, one.item_id): one for key, one in inheriting([(meeting.id, one) for one in entries])}
    given = list(actions)
    found = []
    for one in decisions:
        # What is owed is of the decision that it names, else of the item that it names.
        owing = [
            action
            for action in given
            if action.state != "withdrawn"
            and (
                action.decision_id == one.decision_id
                or (not action.decision_id and action.item_id in one.item_ids)
            )
        ]
        units = [unit for action in owing for unit in (action.lead_unit, *action.supporting_units) if unit]
        decided = held_decision(meeting, one, items, {})
        found.append(_document(decided, tuple(dict.fromkeys(units)), owed_in(owing)))
    return found


def owed_in(actions: Iterable[Action]) -> tuple[Owed, ...]:
    """What actions give to do, as the index takes it; what was withdrawn is owed by nobody."""
    return tuple(
        Owed(action.due_date or "", "done" if action.state == "done" else "open")
        for action in actions
        if action.state != "withdrawn"
    )


def _held_task(meeting: Meeting, action: Action, items: Items, evidence: Evidence) -> KnownTask:
    entry = items.get((meeting.id, action.item_id or ""))
    task = Task(
        id=action.action_id,
        text=action.text,
        source=_held_origin(meeting, entry, action.evidence, evidence),
        lead=action.lead_unit,
        supporting=action.supporting_units,
        owner=action.owner,
        due=action.due_date or "",
        state="done" if action.state == "done" else "open",
    )
    decision = f"decision:{meeting.id}:{action.decision_id}" if action.decision_id else ""
    return KnownTask(task=task, decision_id=decision, matter=entry.matter if entry else "", at=action.at)


def _held_items(meeting: Meeting, items: Iterable[tuple[str, ItemEntry]]) -> Iterator[Raised]:
    """The items that a meeting has come to: not those that still wait, were put off or taken away."""
    for key, entry in items:
        if key == meeting.id and entry.state in ("ongoing", "completed"):
            yield Raised(source=origin_of(meeting, entry), matter=entry.matter)


def origin_of(meeting: Meeting, entry: ItemEntry) -> Origin:
    """The place of an item on its agenda."""
    return msgspec.structs.replace(
        _held_origin(meeting, entry, (), {}),
        kind="agenda",
        document_id=f"agenda:{meeting.id}",
        passage_id=f"{meeting.id}/{entry.number}",
    )


def _held_origin(meeting: Meeting, entry: ItemEntry | None, segments: Sequence[str], evidence: Evidence) -> Origin:
    shown = segments[0] if segments else ""
    agenda = meeting.agenda
    return Origin(
        # What was decided may be known to those who may not read what was said.
        kind="decision",
        document_id=f"record:{meeting.id}",
        title=full_title(meeting),
        date=meeting.date,
        passage_id=shown,
        meeting_id=meeting.id,
        item=entry.number if entry else None,
        item_title=entry.title if entry else "",
        start_ms=evidence.get((meeting.id, shown)),
        body=agenda.body,
        classification=(entry.classification if entry else "") or agenda.classification,
    )


def inheriting(entries: Sequence[tuple[str, ItemEntry]]) -> list[tuple[str, ItemEntry]]:
    """Items, each with its meeting, classified no lower than what they stand under."""
    by_number = {(key, one.number): one for key, one in entries}
    found = []
    for key, entry in entries:
        line = [entry]
        while (above := by_number.get((key, line[-1].parent or 0))) is not None and above not in line:
            line.append(above)
        grade = _highest([one.classification for one in line])
        found.append((key, msgspec.structs.replace(entry, classification=grade)))
    return found


def _highest(classifications: Iterable[str]) -> str:
    known: tuple[str, ...] = CLASSIFICATIONS
    return max(classifications, key=lambda one: known.index(one) if one in known else -1)


def full_title(meeting: Meeting) -> str:
    """A meeting's title with its session, where that is not in it."""
    session = meeting.agenda.session
    return f"{meeting.title}（{session}）" if session and session not in meeting.title else meeting.title
