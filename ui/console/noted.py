"""What people have put down beside the words: notes and marks, decisions, actions, and who is there. Pure."""

from meeting.domain.events import Action, Attendance, Decision, Note


class Noted:
    """The newest revision of each, whatever the order in which they come."""

    def __init__(self) -> None:
        self.decisions: dict[str, Decision] = {}
        self.actions: dict[str, Action] = {}
        self.attendance: dict[str, Attendance] = {}
        self.recused: set[tuple[str, str | None]] = set()
        self._notes: dict[str, dict[str, Note]] = {}

    def on(self, target_id: str) -> tuple[Note, ...]:
        """The marks and remarks on a segment or an item."""
        return tuple(self._notes.get(target_id, {}).values())

    def begin_anew(self) -> None:
        """A snapshot follows, which has all but who is there."""
        self.decisions, self.actions, self._notes = {}, {}, {}

    def take_decision(self, fact: Decision) -> None:
        """One worded anew replaces."""
        known = self.decisions.get(fact.decision_id)
        if known is None or known.rev <= fact.rev:
            self.decisions[fact.decision_id] = fact

    def take_action(self, fact: Action) -> None:
        """One worded anew replaces."""
        known = self.actions.get(fact.action_id)
        if known is None or known.rev <= fact.rev:
            self.actions[fact.action_id] = fact

    def take_note(self, note: Note) -> bool:
        """One with neither text nor mark takes the note away; False where an older revision came late."""
        notes = self._notes.setdefault(note.segment_id or note.item_id or "", {})
        name = note.note_id or f"seq{note.seq}"
        if note.note_id and note.note_id in notes and notes[note.note_id].rev > note.rev:
            return False
        # A split or a join files a note anew under other words.
        for others in self._notes.values():
            others.pop(name, None)
        if note.text or note.mark:
            notes[name] = note
        return True

    def take_attendance(self, fact: Attendance) -> None:
        """Being recused is of one item and stands beside being here."""
        if fact.state == "recused":
            self.recused.add((fact.person, fact.item_id))
        else:
            self.attendance[fact.person] = fact
            self.recused.discard((fact.person, fact.item_id))
