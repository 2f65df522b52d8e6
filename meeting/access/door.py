"""At the service's door: what a token opens, which meetings, and what a search of its bearer may find."""

import hmac
from typing import TYPE_CHECKING

from meeting.access.gate import Gate
from meeting.access.grant import OWNER, Audience, Grant
from meeting.access.permissions import opens
from meeting.access.view import View
from meeting.domain.events import ItemEntry
from meeting.domain.state import AgendaState
from meeting.errors import MeetingUnknown, NotAllowed
from meeting.stream.messages import ClientCommand, Start
from search.documents import Within

if TYPE_CHECKING:
    from meeting.records import Records
    from meeting.store.meetings import Meeting


class Door:
    """Every method may raise a StoreError."""

    def __init__(self, records: "Records", own_token: str) -> None:
        self._records = records
        self._own = own_token.encode()

    def authenticate(self, token: str) -> Grant | None:
        """What a token opens, None for a wrong one. The one of `service.json` is its user's own: the secretary's."""
        if hmac.compare_digest(token.encode("utf-8", "surrogatepass"), self._own):
            return OWNER
        return self._records.tokens.grant_of(token)

    def check(self, grant: Grant, meeting: "Meeting", running: bool) -> None:
        """Refuses a meeting that the grant does not open, as if it did not exist. Raises MeetingUnknown."""
        if not self.opens(grant, meeting, running):
            raise MeetingUnknown(meeting=meeting.id)

    def opens(self, grant: Grant, meeting: "Meeting", running: bool) -> bool:
        """Whether the grant opens the meeting."""
        agenda = meeting.agenda
        return opens(grant, meeting.id, agenda.body, agenda.classification, running)

    def check_steering(self, grant: Grant, command: ClientCommand, running: "Meeting | None") -> None:
        """Refuses a command that concerns another meeting than the grant. Raises MeetingUnknown, NotAllowed."""
        if isinstance(command, Start):
            self.check(grant, self._records.meetings.get(command.meeting), running=True)
        elif running is not None and not self.opens(grant, running, running=True):
            raise NotAllowed(role=grant.role, command=command.__struct_config__.tag)

    def opened(self, grant: Grant, meeting_id: str) -> None:
        """Writes down that the bearer opens the record of a meeting."""
        self._records.openings.note(grant.who, meeting_id, "record")

    def opened_passage(self, grant: Grant, document_id: str) -> None:
        """The same for a passage of a record that is opened where it stands."""
        if document_id.startswith("record:"):
            self.opened(grant, document_id.removeprefix("record:"))

    def within(self, grant: Grant, running: str | None) -> Within | None:
        """What a search may find; None for everything. `running` is the meeting that is being held."""
        if View(Gate((), None, False), grant).full and grant.meeting is None and grant.body is None:
            return None
        meetings = self._records.meetings.all()
        hidden, items, documents = [], [], []
        for meeting in meetings:
            if not grant.cleared(meeting.agenda.classification):
                hidden.append(meeting.id)
                continue
            entries = self._entries(meeting)
            above = [one for one in entries if not _shown(grant, one, entries)]
            items += [(meeting.id, one.number) for one in above]
            if above:
                documents += self._decisions_on(meeting.id, {one.item_id for one in above})
        hidden += [one for one, grade in self._records.archive.grades() if not grant.cleared(grade)]
        if grant.item is not None:
            # Speech outside the items has no number, so a whole meeting cannot be told apart by items alone.
            hidden += [one.id for one in meetings if one.id != (grant.meeting or running)]
        shared = self._shares(grant, running)
        return Within(
            bodies=(grant.body,) if grant.body is not None else (),
            owners=(grant.meeting,) if grant.meeting is not None else (),
            hidden=tuple(hidden),
            items=tuple(items),
            documents=(
                *documents,
                *((f"record:{running}",) if grant.role == "archivist" and running else ()),
            ),
            kinds=("record",) if grant.role in ("display", "participant") else (),
            spared=(running,) if shared and running is not None else (),
        )

    def _entries(self, meeting: "Meeting") -> tuple[ItemEntry, ...]:
        planned = AgendaState.from_agenda(meeting.agenda).items
        # Only an agenda that was changed while the meeting was held has items that the file does not know.
        return self._records.log(meeting.id).items() or planned

    def _decisions_on(self, meeting_id: str, items: set[str]) -> list[str]:
        decided = self._records.log(meeting_id).state().decisions
        return [f"decision:{meeting_id}:{one.decision_id}" for one in decided if items & set(one.item_ids)]

    def _shares(self, grant: Grant, running: str | None) -> bool:
        if running is None or grant.role not in ("display", "participant"):
            return False
        audience: Audience = "display" if grant.role == "display" else "participants"
        standing = {one.audience: one.transcript for one in self._records.log(running).sharing()}
        return standing.get(audience, False)


def _shown(grant: Grant, entry: ItemEntry, entries: tuple[ItemEntry, ...]) -> bool:
    gate = Gate(entries, None, False)
    return View(gate, grant).shows_item(entry.item_id)
