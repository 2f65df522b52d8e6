"""What a client is told when its command is done, drawn from the events that it became: the same each time. Pure."""

from collections.abc import Sequence

from meeting.deciding import warnings_of
from meeting.domain.events import Action, AgendaChanged, Decision, Event, ItemMoved, Note, Segment, WordNoted
from meeting.domain.notes import note_id_of
from meeting.domain.state import AgendaState


def current_of(agenda: AgendaState, facts: Sequence[Event]) -> dict[str, object]:
    """The item that is current after a change of the agenda, and the one that was put in."""
    began = [fact for fact in facts if isinstance(fact, ItemMoved) and fact.state == "ongoing"]
    entry = agenda.find(began[-1].item_id if began else agenda.current)
    answer: dict[str, object] = {"number": entry.number if entry else None, "title": entry.title if entry else ""}
    for fact in facts:
        late = [item for item in fact.items if item.late] if isinstance(fact, AgendaChanged) else []
        if late:
            newest = max(late, key=lambda item: item.number)
            answer |= {"inserted": newest.number, "item_id": newest.item_id}
    return answer


def answer_of(facts: Sequence[Event], agenda: AgendaState, chair: str = "") -> dict[str, object] | None:
    """The result of a command that changed the record."""
    undoes = any(fact.undoes for fact in facts)
    made = [fact.segment_id for fact in facts if isinstance(fact, Segment) and fact.from_ and fact.rev == 1]
    if made and not undoes:
        return {"segment_ids": made}
    match list(facts):
        case [Decision() as decision]:
            warnings = list(warnings_of(decision, agenda.items, chair))
            return {"decision_id": decision.decision_id, "rev": decision.rev, "warnings": warnings}
        case [Action() as action]:
            return {"action_id": action.action_id, "rev": action.rev}
        case [Note() as note]:
            return {"note_id": note_id_of(note), "rev": note.rev}
        case [WordNoted(text=text, kind=kind)]:
            return {"text": text, "kind": kind}
        case _:
            return None
