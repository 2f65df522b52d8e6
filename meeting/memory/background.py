"""What was before an item (前情): decisions on its matter, what is owed, its documents, earlier meetings. Pure."""

from collections.abc import Iterable
from typing import Literal

import msgspec

from meeting.memory.facts import (
    STATES,
    Background,
    Decided,
    Known,
    KnownTask,
    Origin,
    Paper,
    Precedent,
    Subject,
    Task,
)
from meeting.memory.force import standing
from meeting.memory.likeness import core, same_matter, similar

MOST_DECISIONS, MOST_ACTIONS, MOST_EARLIER, MOST_PAPERS = 12, 20, 6, 10
Why = Literal["matter", "title"]


def background_of(subject: Subject, known: Known, today: str) -> Background:
    """The background of an item as of `today` (ISO 8601), out of what the asker may see."""
    related = _related(subject, known.decisions)
    precedents = [
        _precedent(one, why, [other for other, _ in related], known.tasks, today) for one, why in related
    ]
    precedents.sort(key=lambda one: one.source.date, reverse=True)
    precedents.sort(key=lambda one: (STATES.index(one.state), one.why != "matter"))
    return Background(
        meeting_id=subject.meeting_id,
        item_id=subject.item_id,
        number=subject.number,
        title=subject.title,
        matter=subject.matter,
        decisions=tuple(precedents[:MOST_DECISIONS]),
        actions=tuple(_owed(subject, known, [one for one, _ in related], today)[:MOST_ACTIONS]),
        documents=_papers(subject, known)[:MOST_PAPERS],
        earlier=_earlier(subject, known, {one.source.owner for one, _ in related}),
    )


def _why(subject: Subject, matter: str, title: str) -> Why | None:
    if same_matter(subject.matter, matter, title):
        return "matter"
    # One on another matter, by its own word, is not the same for all that it sounds like it.
    if matter and subject.matter:
        return None
    return "title" if similar(subject.title, title) or similar(subject.matter, title) else None


def _related(subject: Subject, decisions: Iterable[Decided]) -> list[tuple[Decided, Why]]:
    found = []
    for one in decisions:
        why = _why(subject, one.matter, one.title)
        earlier = one.source.meeting_id != subject.meeting_id and (not one.date or one.date <= subject.date)
        if why is not None and earlier:
            found.append((one, why))
    return found


def _precedent(one: Decided, why: Why, others: list[Decided], tasks: Iterable[KnownTask], today: str) -> Precedent:
    state, changed_by, until = standing(one, others, today)
    return Precedent(
        id=one.id,
        text=one.text,
        outcome=one.outcome,
        state=state,
        why=why,
        source=one.source,
        matter=one.matter,
        changed_by=changed_by,
        until=until,
        tasks=tuple(as_of(task.task, today) for task in tasks if belongs(task, one)),
    )


def belongs(task: KnownTask, decision: Decided) -> bool:
    """Whether a task is of a decision: it says so, or both are of the same item of the same document."""
    if task.decision_id:
        return task.decision_id == decision.id
    ours, theirs = task.task.source, decision.source
    same_item = ours.item is not None and ours.item == theirs.item
    return ours.owner == theirs.owner and same_item


def as_of(task: Task, today: str) -> Task:
    """A task with whether it is overdue today; one of which nobody knows whether it was done never is."""
    return msgspec.structs.replace(task, overdue=task.state == "open" and bool(task.due) and task.due < today)


def _owed(subject: Subject, known: Known, decisions: list[Decided], today: str) -> list[Task]:
    """What is not known to be done on the matter: overdue first, then by day."""
    owed = []
    for one in known.tasks:
        source = one.task.source
        # What this very meeting gives people to do is no background.
        if one.task.state == "done" or source.meeting_id == subject.meeting_id:
            continue
        ours = _why(subject, one.matter, source.item_title or one.task.text) is not None
        if ours or any(belongs(one, decision) for decision in decisions):
            owed.append(as_of(one.task, today))
    return sorted(owed, key=lambda task: (not task.overdue, task.state != "open", task.due or "9999", task.id))


def _papers(subject: Subject, known: Known) -> tuple[Paper, ...]:
    """The item's own documents, then archived ones that carry its matter in their title."""
    found = [_with_source(paper, known) for paper in subject.papers]
    told = {paper.source.document_id for paper in found if paper.source}
    for origin in known.papers:
        named = same_matter(subject.matter, "", origin.title) or similar(subject.title, origin.title)
        if named and origin.document_id not in told and origin.kind == "document":
            found.append(Paper(title=origin.title, path=origin.path or "", source=origin))
    return tuple(found)


def _with_source(paper: Paper, known: Known) -> Paper:
    for origin in known.papers:
        if core(origin.title) == core(paper.title):
            return msgspec.structs.replace(paper, source=origin)
    return paper


def _earlier(subject: Subject, known: Known, decided: set[str]) -> tuple[Origin, ...]:
    """Meetings that had the matter and of which no decision is told."""
    found = {
        one.source.owner: one.source
        for one in known.raised
        if one.source.meeting_id != subject.meeting_id
        and one.source.owner not in decided
        and one.source.date <= subject.date
        and _why(subject, one.matter, one.source.item_title) is not None
    }
    newest = sorted(found.values(), key=lambda source: source.date, reverse=True)
    return tuple(newest[:MOST_EARLIER])
