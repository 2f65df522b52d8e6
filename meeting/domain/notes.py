"""Remarks and marks as they stand: the newest of each, without those that were taken away."""

from collections.abc import Iterable

from meeting.domain.events import Note


def note_id_of(note: Note) -> str:
    """What a note is called; those of records that knew no ids go by their place in the log."""
    return note.note_id or f"n{note.seq}"


def standing_notes(notes: Iterable[Note]) -> tuple[Note, ...]:
    """The notes that stand, in the order in which they were made."""
    newest = dict[str, Note]()
    for note in notes:
        known = newest.get(note_id_of(note))
        if known is None or note.rev >= known.rev:
            newest[note_id_of(note)] = note
    return tuple(note for note in newest.values() if note.text or note.mark)
