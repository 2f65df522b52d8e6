"""What a client is told when its command is done, drawn from the events that it became: the same each time. Pure."""

from collections.abc import Callable, Sequence

from meeting.deciding import warnings_of
from meeting.domain.events import Action, AgendaChanged, Decision, Event, ItemMoved, Note, Segment, WordNoted
from meeting.domain.notes import note_id_of
from meeting.domain.state import AgendaState
from meeting.stream.messages import Correction, Edit, Join, Redo, Replace, Split, Undo
from meeting.wording import plausible

Stood = Callable[[Segment], Segment | None]
"""The revision of a passage that the given one has replaced."""


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


def answer_of(
    command: Correction, facts: Sequence[Event], agenda: AgendaState, chair: str, stood: Stood
) -> dict[str, object] | None:
    """The result of a command that changed the record, as its type says."""
    match command:
        case Undo():
            return {"undone": _kinds(facts)}
        case Redo():
            return {"redone": _kinds(facts)}
        case Split() | Join():
            made = [
                fact.segment_id for fact in facts if isinstance(fact, Segment) and fact.from_ and fact.rev == 1
            ]
            return {"segment_ids": made}
        case Edit():
            return {"words": _words(facts, stood)}
        case Replace():
            return {"segments": _rows(facts, stood)}
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


def row_of(stood: Segment, rev: int, new: Segment) -> dict[str, object]:
    """A passage in the answer of `replace`."""
    return {"segment_id": stood.segment_id, "rev": rev, "before": stood.text, "after": new.text}


def _kinds(facts: Sequence[Event]) -> list[str]:
    return list(dict.fromkeys(str(fact.__struct_config__.tag) for fact in facts))


def _replaced(facts: Sequence[Event], stood: Stood) -> list[tuple[Segment, Segment]]:
    pairs = [(stood(fact), fact) for fact in facts if isinstance(fact, Segment)]
    return [(before, fact) for before, fact in pairs if before is not None]


def _words(facts: Sequence[Event], stood: Stood) -> list[dict[str, str]]:
    changes = [change for before, new in _replaced(facts, stood) for change in new.changes[len(before.changes) :]]
    return [{"before": word.before, "after": word.after} for word in changes if plausible(word)]


def _rows(facts: Sequence[Event], stood: Stood) -> list[dict[str, object]]:
    return [row_of(before, new.rev, new) for before, new in _replaced(facts, stood)]
