"""What an asker may see of the memory: facts, and answers made of them, by where they come from. Pure."""

from collections.abc import Callable

from msgspec.structs import replace

from meeting.memory.facts import Background, Changed, Known, Origin, Precedent, Task

MaySee = Callable[[Origin], bool]


def everything(origin: Origin) -> bool:
    """Nothing is withheld: the office's own secretary asks."""
    return True


def known_to(known: Known, may_see: MaySee) -> Known:
    """The facts whose origin may be seen."""
    if may_see is everything:
        return known
    return Known(
        decisions=tuple(one for one in known.decisions if may_see(one.source)),
        tasks=tuple(one for one in known.tasks if may_see(one.task.source)),
        raised=tuple(one for one in known.raised if may_see(one.source)),
        papers=tuple(one for one in known.papers if may_see(one)),
    )


def background_for(background: Background, may_see: MaySee) -> Background:
    """What is left of a background for somebody who may see less than whom it was made for."""
    return replace(
        background,
        decisions=tuple(_precedent(one, may_see) for one in background.decisions if may_see(one.source)),
        actions=_tasks(background.actions, may_see),
        documents=tuple(one for one in background.documents if one.source is None or may_see(one.source)),
        earlier=tuple(one for one in background.earlier if may_see(one)),
    )


def _precedent(one: Precedent, may_see: MaySee) -> Precedent:
    return replace(one, tasks=_tasks(one.tasks, may_see), changed_by=_changed(one.changed_by, may_see))


def _tasks(tasks: tuple[Task, ...], may_see: MaySee) -> tuple[Task, ...]:
    return tuple(one for one in tasks if may_see(one.source))


def _changed(changed: Changed | None, may_see: MaySee) -> Changed | None:
    return changed if changed is not None and may_see(changed.source) else None
