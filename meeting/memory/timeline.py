"""A matter across meetings: first raised, decided, followed up. Pure."""

from collections.abc import Iterable

from meeting.memory.background import as_of
from meeting.memory.facts import Held, Known, Origin, Stage, Timeline
from meeting.memory.force import Standing
from meeting.memory.likeness import likeness, same_matter, similar

MOST_SIMILAR = 5
_ORDER = {"raised": 0, "discussed": 1, "decided": 2, "followed_up": 3}


def timeline_of(name: str, known: Known, today: str) -> Timeline:
    """The history of the matter `name` out of what the asker may see; empty where nothing is on it."""
    stages = sorted(_stages(name, known, today), key=lambda one: (one.source.date, _ORDER[one.step]))
    grouped: dict[tuple[str, str], list[Stage]] = {}
    for stage in _raised_first(stages):
        source = stage.source
        grouped.setdefault((source.date, source.owner), []).append(stage)
    meetings = [
        Held(
            title=steps[0].source.title,
            date=steps[0].source.date,
            meeting_id=steps[0].source.meeting_id,
            steps=tuple(steps),
        )
        for steps in grouped.values()
    ]
    return Timeline(matter=name, meetings=tuple(meetings), similar=_similar(name, known))


def _stages(name: str, known: Known, today: str) -> Iterable[Stage]:
    decisions = [one for one in known.decisions if same_matter(name, one.matter, one.title)]
    decided = {_place(one.source) for one in decisions}
    for item in known.raised:
        if same_matter(name, item.matter, item.source.item_title) and _place(item.source) not in decided:
            yield Stage(step="discussed", text=item.source.item_title, source=item.source)
    standing = Standing(decisions, today)
    for one in decisions:
        state, changed_by, _ = standing.of(one)
        yield Stage(
            step="decided",
            text=one.text,
            outcome=one.outcome,
            state=state,
            changed_by=changed_by,
            source=one.source,
        )
    for known_task in known.tasks:
        task, source = known_task.task, known_task.task.source
        if same_matter(name, known_task.matter, source.item_title or task.text) or _place(source) in decided:
            now = as_of(task, today)
            yield Stage(step="followed_up", text=task.text, state=now.state, task=now, source=source)


def _place(source: Origin) -> tuple[str, int | None]:
    return source.owner, source.item


def _raised_first(stages: list[Stage]) -> Iterable[Stage]:
    """The first thing of all is how the matter was raised, beside what was done of it then."""
    for at, stage in enumerate(stages):
        if at == 0 and stage.step == "discussed":
            yield Stage(step="raised", text=stage.text, source=stage.source)
        elif at == 0:
            yield Stage(step="raised", text=stage.source.item_title or stage.source.title, source=stage.source)
            yield stage
        else:
            yield stage


def _similar(name: str, known: Known) -> tuple[str, ...]:
    """Other matters, and titles of items without one, that may be meant."""
    names = {one.matter or one.source.item_title for one in known.raised}
    names |= {one.matter or one.title for one in known.decisions}
    near = [
        (likeness(name, other), other)
        for other in names
        if other and not same_matter(name, other, other) and similar(name, other)
    ]
    return tuple(other for _, other in sorted(near, key=lambda pair: (-pair[0], pair[1]))[:MOST_SIMILAR])
