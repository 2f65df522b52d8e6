"""What was before an item (前情): what is in force, what is owed, and where the matter was raised."""

from collections.abc import Iterator

from textual.content import Content

from meeting.memory.facts import Background, Origin, Precedent, Task
from ui.console.wrapping import clean
from ui.locale import _

SHOWN_CHARS = 90
Part = tuple[str, str]


def _short(text: str) -> str:
    told = clean(text)
    return told if len(told) <= SHOWN_CHARS else told[:SHOWN_CHARS] + "…"


def _origin(source: Origin) -> str:
    return " · ".join(filter(None, (source.date, clean(source.title))))


def standing(one: Precedent) -> Part:
    """How an earlier decision stands today, and the style of it."""
    if one.changed_by is not None and one.state == "superseded":
        return _("{how} by {source}").format(
            how=clean(one.changed_by.how).removesuffix("为"), source=_origin(one.changed_by.source)
        ), ("$text-warning")
    if one.changed_by is not None:
        return _("perhaps changed by {source}").format(source=_origin(one.changed_by.source)), "$text-warning"
    if one.state == "lapsed":
        return _("was for a time, until {day}").format(day=one.until), "$text-warning"
    return _("in force"), "$text-success"


def task_line(task: Task) -> Part:
    """Who owes what and by when; what old minutes only name is never called overdue."""
    who = clean(task.owner or task.lead)
    told = " · ".join(filter(None, (who, task.due, _("done") if task.state == "done" else "")))
    line = f"□{_short(task.text)}" + (f"（{told}）" if told else "")
    return (line + " " + _("overdue"), "bold $text-error") if task.overdue else (line, "")


def _decided(one: Precedent) -> Iterator[Part]:
    similar = _("similar title") if one.why == "title" else ""
    word, style = standing(one)
    yield " · ".join(filter(None, (_origin(one.source), clean(one.outcome), similar))), "$quiet"
    yield word, style
    yield _short(one.text), ""
    for task in one.tasks:
        yield task_line(task)


def told(found: Background) -> Iterator[Part]:
    """Line by line, with its style; the newest decision in force first."""
    for one in found.decisions:
        yield from _decided(one)
    with_decisions = {task.id for one in found.decisions for task in one.tasks}
    for task in found.actions:
        if task.id not in with_decisions:
            yield task_line(task)
    for paper in found.documents:
        if paper.source is not None:
            yield "▤" + clean(paper.title), ""
    for source in found.earlier:
        yield _("raised: {source}").format(source=_origin(source)), "$quiet"


def recalled(found: Background) -> Content:
    """All of it, under its heading; empty when nothing was before."""
    lines = [Content.styled(line, style) if style else Content(line) for line, style in told(found)]
    if not lines:
        return Content()
    return Content("\n").join([Content.styled(_("Earlier on this matter"), "bold $text-secondary"), *lines])


def large(found: Background) -> Iterator[Content]:
    """For the room's screen: a line for each earlier decision, said whether it still stands, then the papers."""
    for one in found.decisions:
        word, style = standing(one)
        told = " ".join(filter(None, (one.source.date, clean(one.outcome), clean(one.text))))
        yield Content.assemble(told, "  ", (word, style))
    for paper in found.documents:
        yield Content("▤" + clean(paper.title))
