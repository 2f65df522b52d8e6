"""What a person changes in the record while it is written: each command becomes events that name who did it."""

from collections.abc import Callable, Iterable
from uuid import uuid4

import msgspec

from meeting.deciding import assigned, decided
from meeting.dividing import Standing, divided, joined, paired
from meeting.domain.events import Attendance, Changed, Event, Note, Segment, WordNoted
from meeting.domain.proposal import OUTCOMES
from meeting.domain.state import AgendaState
from meeting.domain.words import CHARS_AT_LEAST, CHARS_AT_MOST, fit_word
from meeting.errors import (
    BadCommand,
    DecisionUnknown,
    ItemUnknown,
    NotAvailable,
    RevisionOld,
    SegmentUnknown,
    WordUnfit,
)
from meeting.names import name_of
from meeting.stream.messages import (
    Assign,
    Attend,
    Correction,
    Decide,
    Edit,
    Join,
    Move,
    NoteDown,
    Replace,
    Speaker,
    Split,
    Word,
)
from meeting.wording import BY_HAND, LEAST, MOST, differences, fits, kind_of, replaced, worth_learning

Find = Callable[[str], Segment | None]
"""The newest revision of a segment by its id."""


def corrected(
    command: Correction,
    find: Find,
    agenda: AgendaState,
    by: str,
    standing: Standing | None = None,
    outcomes: tuple[str, ...] = OUTCOMES,
) -> list[Event]:
    """The events of a command. Raises a CommandError.

    `Replace` needs the `segment_ids` that it is about; what `looks_around` needs the whole record as it stands.
    `outcomes` are what a decision may come to.
    """
    standing = standing or Standing()
    match command:
        case Split():
            return divided(command, standing, by)
        case Join():
            return joined(command, standing, by)
        case Edit():
            return _edited(command, _found(find, command.segment_id), by)
        case Replace():
            return _replaced(checked(command), find, by)
        case Word():
            return [_noted(command, by)]
        case Move():
            _check_items(agenda, command.item_id)
            return [_again(one, by, item_id=command.item_id) for one in _all_found(command, find)]
        case Speaker():
            person = name_of(command.person) if command.person is not None else None
            return [_again(one, by, speaker=person) for one in _all_found(command, find)]
        case NoteDown():
            _check_items(agenda, command.item_id)
            if command.segment_id is not None:
                _found(find, command.segment_id)
            return [_remark(command, standing, by)]
        case Attend():
            _check_items(agenda, command.item_id)
            person = name_of(command.person)
            return [Attendance(person=person, state=command.state, item_id=command.item_id, by=by)]
        case Decide():
            _check_items(agenda, *command.item_ids)
            return [decided(command, find, standing, by, outcomes)]
        case Assign():
            _check_items(agenda, command.item_id)
            return [assigned(command, find, standing, by)]
        case _:
            raise NotAvailable(command=command.__struct_config__.tag)


def _edited(command: Edit, seen: Segment, by: str) -> list[Event]:
    if command.rev != seen.rev:
        raise RevisionOld(segment=seen.segment_id, rev=seen.rev, text=seen.text)
    text = command.text.strip()
    changed = differences(seen.text, text) if text else ()
    segment = _again(seen, by, text=text, source="human", marks=(), changes=(*seen.changes, *changed))
    return [segment, *_learnt(changed, by)]


def _learnt(changed: Iterable[Changed], by: str) -> list[Event]:
    """What a person puts right will be said again."""
    words = dict.fromkeys(change.after for change in changed if worth_learning(change))
    return [WordNoted(text=word, kind=kind_of(word), by=by, learnt=True) for word in words]


def _replaced(command: Replace, find: Find, by: str) -> list[Event]:
    """The segments as they stand at this moment: what a person has worded meanwhile is let alone."""
    facts = list[Event]()
    for segment_id in command.segment_ids:
        segment = find(segment_id)
        new = replaced(segment, command.before, command.after) if segment and is_replaceable(segment) else None
        if new is not None:
            facts.append(_again(new, by))
    change = Changed(before=command.before, after=command.after, reason=BY_HAND)
    return [*facts, *_learnt([change], by)] if facts else []


def is_replaceable(segment: Segment) -> bool:
    """Whether no person has worded it."""
    return segment.source != "human" and bool(segment.text)


def checked(command: Replace) -> Replace:
    """The command with words that can be found and put down. Raises WordUnfit."""
    for word in (command.before, command.after):
        if not fits(word):
            raise WordUnfit(word=word, least=LEAST, most=MOST)
    return command


def _noted(command: Word, by: str) -> WordNoted:
    word = fit_word(command.text)
    if word is None:
        raise WordUnfit(word=command.text, least=CHARS_AT_LEAST, most=CHARS_AT_MOST)
    return WordNoted(text=word, kind=command.kind or kind_of(word), by=by, removed=command.remove)


def _again(seen: Segment, by: str, **new: object) -> Segment:
    return msgspec.structs.replace(
        seen, seq=0, at="", batch="", undoes="", command="", rev=seen.rev + 1, by=by, **new
    )


def _remark(command: NoteDown, standing: Standing, by: str) -> Note:
    name, rev = f"n{uuid4().hex[:12]}", 0
    if command.note_id is None and not command.text.strip() and not command.mark.strip():
        raise BadCommand(why="a note has a text or a mark")
    if command.note_id is not None:
        known = standing.notes.get(command.note_id)
        if known is None:
            raise DecisionUnknown(id=command.note_id)
        if command.rev is not None and command.rev != known.rev:
            raise RevisionOld(segment=command.note_id, rev=known.rev, text=known.text or known.mark)
        name, rev = command.note_id, known.rev
    return Note(
        note_id=name,
        rev=rev + 1,
        text=command.text,
        mark=command.mark,
        segment_id=command.segment_id,
        item_id=command.item_id,
        by=by,
    )


def looks_around(command: Correction) -> bool:
    """Whether a command asks for more of the record than the passages that it names."""
    match command:
        case Split() | Join():
            return True
        case Assign():
            return command.action_id is not None or command.decision_id is not None
        case Decide(decision_id=known) | NoteDown(note_id=known):
            return known is not None
        case _:
            return False


def _all_found(command: Move | Speaker, find: Find) -> list[Segment]:
    found = {one: _found(find, one) for one in command.segment_ids}
    for segment_id, rev in paired(command.segment_ids, command.revs):
        segment = found[segment_id]
        if segment.rev != rev:
            raise RevisionOld(segment=segment_id, rev=segment.rev, text=segment.text)
    return list(found.values())


def _found(find: Find, segment_id: str) -> Segment:
    segment = find(segment_id)
    if segment is None:
        raise SegmentUnknown(segment=segment_id)
    return segment


def _check_items(agenda: AgendaState, *item_ids: str | None) -> None:
    for item_id in item_ids:
        if item_id is not None and agenda.find(item_id) is None:
            raise ItemUnknown(number=item_id, known=", ".join(item.item_id for item in agenda.items))
