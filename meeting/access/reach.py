"""What a search of a token's bearer may find; of each meeting it is reckoned anew only when its log has grown."""

from typing import TYPE_CHECKING

import msgspec

from meeting.access.gate import Gate
from meeting.access.grant import Audience, Grant
from meeting.access.view import View
from meeting.domain.events import Decision, ItemEntry
from meeting.domain.state import AgendaState
from search.documents import Within

if TYPE_CHECKING:
    from meeting.records import Records
    from meeting.store.meetings import Meeting

OUTSIDE = -1
"""Stands for the number of an item where something lies outside the items."""
_Sight = tuple[str, int | None]


class Hidden(msgspec.Struct, frozen=True):
    """What of one meeting is hidden, as it was at `seq`: its items by number, its decisions by their ids."""

    seq: int
    numbers: tuple[int, ...] = ()
    decisions: tuple[str, ...] = ()


class Reach:
    """Safe for several threads: what two reckon at once is the same. Every method may raise a StoreError."""

    def __init__(self, records: "Records") -> None:
        self._records = records
        self._meetings: dict[str, Meeting] = {}
        self._hidden: dict[tuple[str, _Sight], Hidden] = {}
        self._grades: tuple[object, list[tuple[str, str]]] = (None, [])

    def within(self, grant: Grant, running: str | None) -> Within | None:
        """What a search may find; None for everything. `running` is the meeting that is being held."""
        if View(Gate((), None, False), grant).wide:
            return None
        seqs = self._records.meetings.seqs()
        meetings = self._known(seqs)
        opened: dict[str, Meeting] = {}
        for key in seqs:
            meeting = meetings.get(key)
            # Speech outside the items has no number, so another meeting is left out as a whole.
            elsewhere = grant.item is not None and key != (grant.meeting or running)
            if meeting is not None and not elsewhere and grant.cleared(meeting.agenda.classification):
                opened[key] = meeting
        hidden = self._hidden_of(opened, seqs, grant)
        items = [(key, number) for key, one in hidden.items() for number in one.numbers]
        documents = [one for found in hidden.values() for one in found.decisions]
        owners = [key for key in seqs if key not in opened]
        owners += [one for one, grade in self._archive_grades() if not grant.cleared(grade)]
        if grant.role == "archivist" and running:
            documents.append(f"record:{running}")
        return Within(
            bodies=(grant.body,) if grant.body is not None else (),
            owners=(grant.meeting,) if grant.meeting is not None else (),
            hidden=tuple(owners),
            items=tuple(items),
            documents=tuple(documents),
            kinds=("record",) if grant.role in ("display", "participant") else (),
            spared=(running,) if running is not None and self._shares(grant, running) else (),
        )

    def sees_all(self, grant: Grant, meeting: "Meeting") -> bool:
        """Whether no item of a meeting is hidden from the bearer, nor what lies outside them."""
        view = View(Gate(entries := self._entries(meeting), None, False), grant)
        return grant.item is None and all(view.shows_item(one.item_id) for one in entries)

    def _known(self, seqs: dict[str, int]) -> dict[str, "Meeting"]:
        # An agenda stays as it was stored: what changes in a meeting stands in its log.
        if not seqs.keys() <= self._meetings.keys():
            self._meetings = {one.id: one for one in self._records.meetings.all()}
        return self._meetings

    def _hidden_of(self, meetings: dict[str, "Meeting"], seqs: dict[str, int], grant: Grant) -> dict[str, Hidden]:
        sight = (grant.clearance, grant.item)
        known = {key: self._hidden.get((key, sight)) for key in meetings}
        fresh = {key: one for key, one in known.items() if one is not None and one.seq == seqs[key]}
        found = self._reckoned({key: one for key, one in meetings.items() if key not in fresh}, seqs, grant)
        self._hidden |= {(key, sight): one for key, one in found.items()}
        return fresh | found

    def _reckoned(self, meetings: dict[str, "Meeting"], seqs: dict[str, int], grant: Grant) -> dict[str, Hidden]:
        """All at once: the records are asked once for the items, and once for the decisions where one is hidden."""
        entries = self._records.facts.entries(meetings.keys())
        above = dict[str, list[ItemEntry]]()
        for key, meeting in meetings.items():
            shown = entries.get(key) or AgendaState.from_agenda(meeting.agenda).items
            view = View(Gate(shown, None, False), grant)
            above[key] = [one for one in shown if not view.shows_said(one.item_id)]
        outside = grant.item is not None
        decided = self._records.facts.standing([key for key, one in above.items() if one or outside])
        return {key: _hidden(key, seqs[key], above[key], outside, decided.get(key, [])) for key in meetings}

    def _entries(self, meeting: "Meeting") -> tuple[ItemEntry, ...]:
        # Only an agenda that was changed while the meeting was held has items that the file does not know.
        return self._records.log(meeting.id).items() or AgendaState.from_agenda(meeting.agenda).items

    def _archive_grades(self) -> list[tuple[str, str]]:
        state = self._records.archive.state()
        if self._grades[0] != state:
            self._grades = state, self._records.archive.grades()
        return self._grades[1]

    def _shares(self, grant: Grant, running: str) -> bool:
        if grant.role not in ("display", "participant"):
            return False
        audience: Audience = "display" if grant.role == "display" else "participants"
        standing = {one.audience: one.transcript for one in self._records.log(running).sharing()}
        return standing.get(audience, False)


def _hidden(key: str, seq: int, above: list[ItemEntry], outside: bool, decided: list[Decision]) -> Hidden:
    """What of a meeting is hidden where the items `above` are, and with `outside` what belongs to none."""
    numbers = [one.number for one in above] + ([OUTSIDE] if outside else [])
    items: set[str | None] = {one.item_id for one in above} | ({None} if outside else set())
    hidden = [one for one in decided if items & set(one.item_ids or (None,))]
    return Hidden(seq, tuple(numbers), tuple(f"decision:{key}:{one.decision_id}" for one in hidden))
