"""What was before an item (前情): decisions on its matter, what is owed, its documents, earlier meetings. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import cache
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
from meeting.memory.force import Standing
from meeting.memory.likeness import core, same_matter, similar

MOST_DECISIONS, MOST_ACTIONS, MOST_EARLIER, MOST_PAPERS = 12, 20, 6, 10
Why = Literal["matter", "title"]
Reason = Callable[[str, str], Why | None]
"""Why something of a matter and a title is related to the item that is asked about."""


def background_of(subject: Subject, known: Known, today: str) -> Background:
    """The background of an item as of `today` (ISO 8601), out of what the asker may see."""
    reason = _reason(subject)
    related = _related(subject, known.decisions, reason)
    decisions = [one for one, _ in related]
    owing = _tasks_of(decisions, known.tasks)
    standing = Standing(decisions, today)
    precedents = [_precedent(one, why, standing, owing[one.id], today) for one, why in related]
    precedents.sort(key=lambda one: one.source.date, reverse=True)
    precedents.sort(key=lambda one: (STATES.index(one.state), one.why != "matter"))
    return Background(
        meeting_id=subject.meeting_id,
        item_id=subject.item_id,
        number=subject.number,
        title=subject.title,
        matter=subject.matter,
        decisions=tuple(precedents[:MOST_DECISIONS]),
        actions=tuple(_owed(subject, known, owing, reason, today)[:MOST_ACTIONS]),
        documents=_papers(subject, known)[:MOST_PAPERS],
        earlier=_earlier(subject, known, {one.source.owner for one in decisions}, reason),
    )


def _reason(subject: Subject) -> Reason:
    @cache
    def why(matter: str, title: str) -> Why | None:
        if same_matter(subject.matter, matter, title):
            return "matter"
        # One on another matter, by its own word, is not the same for all that it sounds like it.
        if matter and subject.matter:
            return None
        return "title" if similar(subject.title, title) or similar(subject.matter, title) else None

    return why


def _related(subject: Subject, decisions: Iterable[Decided], reason: Reason) -> list[tuple[Decided, Why]]:
    found = []
    for one in decisions:
        why = reason(one.matter, one.title)
        earlier = one.source.meeting_id != subject.meeting_id and (not one.date or one.date <= subject.date)
        if why is not None and earlier:
            found.append((one, why))
    return found


def _precedent(one: Decided, why: Why, standing: Standing, tasks: Iterable[KnownTask], today: str) -> Precedent:
    state, changed_by, until = standing.of(one)
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
        tasks=tuple(as_of(task.task, today) for task in tasks),
    )


def _tasks_of(decisions: Iterable[Decided], tasks: Iterable[KnownTask]) -> dict[str, list[KnownTask]]:
    """The tasks of each decision, by its id: they say so, or both are of the same item of the same document."""
    at_item = defaultdict[tuple[str, int], list[str]](list)
    found: dict[str, list[KnownTask]] = {}
    for one in decisions:
        found[one.id] = []
        if one.source.item is not None:
            at_item[one.source.owner, one.source.item].append(one.id)
    for task in tasks:
        source = task.task.source
        if task.decision_id:
            belongs: Sequence[str] = (task.decision_id,)
        else:
            belongs = at_item.get((source.owner, source.item), ()) if source.item is not None else ()
        for decision in belongs:
            if decision in found:
                found[decision].append(task)
    return found


def as_of(task: Task, today: str) -> Task:
    """A task with whether it is overdue today; one of which nobody knows whether it was done never is."""
    return msgspec.structs.replace(task, overdue=task.state == "open" and bool(task.due) and task.due < today)


def _owed(
    subject: Subject, known: Known, owing: dict[str, list[KnownTask]], reason: Reason, today: str
) -> list[Task]:
    """What is not known to be done on the matter: overdue first, then by day."""
    owed = []
    decided = {id(task) for tasks in owing.values() for task in tasks}
    for one in known.tasks:
        source = one.task.source
        # What this very meeting gives people to do is no background.
        if one.task.state == "done" or source.meeting_id == subject.meeting_id:
            continue
        if id(one) in decided or reason(one.matter, source.item_title or one.task.text) is not None:
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


def _earlier(subject: Subject, known: Known, decided: set[str], reason: Reason) -> tuple[Origin, ...]:
    """Meetings that had the matter and of which no decision is told."""
    found = {
        one.source.owner: one.source
        for one in known.raised
        if one.source.meeting_id != subject.meeting_id
        and one.source.owner not in decided
        and one.source.date <= subject.date
        and reason(one.matter, one.source.item_title) is not None
    }
    newest = sorted(found.values(), key=lambda source: source.date, reverse=True)
    return tuple(newest[:MOST_EARLIER])
