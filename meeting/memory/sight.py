"""What an asker may see of the memory: facts, and answers made of them, by where they come from. Pure."""

from collections.abc import Callable
from typing import TypeVar

from msgspec.structs import replace

from meeting.memory.facts import Background, Changed, Known, KnownTask, Origin, Precedent, Task
from search.documents import Within

MaySee = Callable[[Origin], bool]


AnyBackground = TypeVar("AnyBackground", bound=Background)


def everything(origin: Origin) -> bool:
    """Nothing is withheld: the office's own secretary asks."""
    return True


def sight_of(within: Within | None) -> MaySee:
    """What a search may find, as a look at origins; None is everything."""
    if within is None:
        return everything

    def may_see(origin: Origin) -> bool:
        owner = origin.owner
        return not (
            (within.bodies and origin.body not in within.bodies)
            or (within.owners and owner not in within.owners)
            or owner in within.hidden
            or (owner, -1 if origin.item is None else origin.item) in within.items
            or origin.document_id in within.documents
            or (origin.kind in within.kinds and owner not in within.spared)
        )

    return may_see


def known_to(known: Known, may_see: MaySee) -> Known:
    """The facts whose origin may be seen."""
    if may_see is everything:
        return known
    return Known(
        decisions=tuple(one for one in known.decisions if may_see(one.source)),
        tasks=tuple(one for one in known.tasks if may_see(one.task.source) and _follows(one, may_see)),
        raised=tuple(one for one in known.raised if may_see(one.source)),
        papers=tuple(one for one in known.papers if may_see(one)),
    )


def _follows(one: KnownTask, may_see: MaySee) -> bool:
    """Whether the decision that a task follows from may be seen as well."""
    return not one.decision_id or may_see(replace(one.task.source, document_id=one.decision_id))


def background_for(background: AnyBackground, may_see: MaySee) -> AnyBackground:
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
