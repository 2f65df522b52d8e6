"""Decisions and what follows from them, made, amended and taken back. Pure."""

from collections.abc import Callable
from datetime import date
from uuid import uuid4

import msgspec

from meeting.dividing import Standing
from meeting.domain.agenda import Agenda
from meeting.domain.events import Action, Decision, ItemEntry, Position, Segment
from meeting.domain.proposal import OUTCOMES
from meeting.errors import BadCommand, DecisionUnfit, DecisionUnknown, RevisionOld, SegmentUnknown
from meeting.names import name_of
from meeting.stream.messages import Assign, Decide


def outcomes_of(agenda: Agenda) -> tuple[str, ...]:
    """What the body of this agenda may come to."""
    return agenda.outcomes or OUTCOMES


def decided(
    command: Decide,
    find: Callable[[str], Segment | None],
    standing: Standing,
    by: str,
    outcomes: tuple[str, ...] = OUTCOMES,
) -> Decision:
    """The decision of a command; one that is amended keeps its id. Raises a CommandError."""
    known = standing.decisions.get(command.decision_id or "")
    _check_known(command.decision_id, known, command.rev, known.resolution_text or known.outcome if known else "")
    if command.withdraw and known is None:
        raise DecisionUnknown(id=command.decision_id or "—")
    positions = tuple(msgspec.structs.replace(one, person=name_of(one.person)) for one in command.positions)
    _check_fit(command, known, positions, outcomes)
    _check_evidence(find, command.segments)
    return Decision(
        decision_id=command.decision_id or f"d{uuid4().hex[:12]}",
        rev=known.rev + 1 if known else 1,
        item_ids=tuple(dict.fromkeys(command.item_ids)),
        outcome=command.outcome.strip(),
        resolution_text=command.text,
        evidence=command.segments,
        positions=positions,
        withdrawn=command.withdraw,
        by=by,
    )


def assigned(command: Assign, find: Callable[[str], Segment | None], standing: Standing, by: str) -> Action:
    """What somebody has to do; an action that is amended keeps its id. Raises a CommandError."""
    known = standing.actions.get(command.action_id or "")
    _check_known(command.action_id, known, command.rev, known.text if known else "")
    if command.withdraw and known is None:
        raise DecisionUnknown(id=command.action_id or "—")
    if command.decision_id is not None and command.decision_id not in standing.decisions and not command.withdraw:
        raise DecisionUnknown(id=command.decision_id)
    _check_task(command)
    _check_evidence(find, command.segments)
    return Action(
        action_id=command.action_id or f"a{uuid4().hex[:12]}",
        rev=known.rev + 1 if known else 1,
        text=command.text,
        item_id=command.item_id,
        decision_id=command.decision_id,
        lead_unit=command.lead_unit,
        supporting_units=command.supporting_units,
        owner=command.owner,
        due_date=command.due_date,
        evidence=command.segments,
        state="withdrawn" if command.withdraw else "open",
        by=by,
    )


def warnings_of(decision: Decision, items: tuple[ItemEntry, ...], chair: str) -> tuple[str, ...]:
    """`chair_first`: on a major item (三重一大) the chair, who is to speak last, spoke before others did."""
    major = any(item.major for item in items if item.item_id in decision.item_ids)
    spoken = [one.person for one in decision.positions if not one.written and one.position != "未表态"]
    return ("chair_first",) if major and chair in spoken[:-1] else ()


def _check_fit(
    command: Decide, known: Decision | None, positions: tuple[Position, ...], outcomes: tuple[str, ...]
) -> None:
    people = {one.person for one in positions}
    # What stands already is let stand, also where the list has become another.
    allowed = {*outcomes, known.outcome} if known else set(outcomes)
    if not command.item_ids or command.outcome.strip() not in allowed or len(people) < len(positions):
        raise DecisionUnfit(outcomes="、".join(outcomes))


def _check_task(command: Assign) -> None:
    if not command.text.strip() and not command.withdraw:
        raise BadCommand(why="an action says what is to be done")
    try:
        date.fromisoformat(command.due_date or "2000-01-01")
    except ValueError as error:
        raise BadCommand(why=f"due_date {command.due_date} is no day as 2026-03-09") from error


def _check_known(given: str | None, known: Decision | Action | None, rev: int | None, text: str) -> None:
    if given is not None and known is None:
        raise DecisionUnknown(id=given)
    if known is not None and rev is not None and rev != known.rev:
        raise RevisionOld(segment=given, rev=known.rev, text=text)


def _check_evidence(find: Callable[[str], Segment | None], segments: tuple[str, ...]) -> None:
    for one in segments:
        if find(one) is None:
            raise SegmentUnknown(segment=one)
