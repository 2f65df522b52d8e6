"""At the service's door: what a token opens, which meetings, and what a search of its bearer may find."""

import hmac
from typing import TYPE_CHECKING

from meeting.access.grant import OWNER, Grant
from meeting.access.openings import opened_record
from meeting.access.permissions import opens
from meeting.access.reach import Reach
from meeting.errors import MeetingUnknown, NotAllowed
from meeting.stream.messages import ClientCommand, Reception, Start
from search.documents import Within

if TYPE_CHECKING:
    from meeting.memory.opening import Opened
    from meeting.records import Records
    from meeting.store.meetings import Meeting


class Door:
    """Every method may raise a StoreError."""

    def __init__(self, records: "Records", own_token: str) -> None:
        self._records = records
        self._own = own_token.encode()
        self._reach = Reach(records)

    def authenticate(self, token: str) -> Grant | None:
        """What a token opens, None for a wrong one. The one of `service.json` is its user's own: the secretary's."""
        if hmac.compare_digest(token.encode("utf-8", "surrogatepass"), self._own):
            return OWNER
        return self._records.tokens.grant_of(token)

    def find(self, grant: Grant, name: str) -> "Meeting":
        """The meeting of an id, of which the machine's own user may leave the end away.

        Others would learn from the beginning of one which there are. Raises MeetingUnknown, MeetingAmbiguous.
        """
        meetings = self._records.meetings
        return meetings.named(name) if grant.token else meetings.get(name)

    def check(self, grant: Grant, meeting: "Meeting", running: bool) -> None:
        """Refuses a meeting that the grant does not open, as if it did not exist. Raises MeetingUnknown."""
        if not self.opens(grant, meeting, running):
            raise MeetingUnknown(meeting=meeting.id)

    def opens(self, grant: Grant, meeting: "Meeting", running: bool) -> bool:
        """Whether the grant opens the meeting."""
        agenda = meeting.agenda
        return opens(grant, meeting.id, agenda.body, agenda.classification, running)

    def check_steering(self, grant: Grant, command: ClientCommand, running: "Meeting | None") -> None:
        """Refuses a command that concerns another meeting than the grant, or one that its bearer sees only in part.

        A refusal for a stale revision shows the newer text, a trial of a replacement shows what it would change.
        Raises MeetingUnknown, NotAllowed.
        """
        meeting = running
        if isinstance(command, Start):
            self.check(grant, meeting := self.find(grant, command.meeting), running=True)
            # A file is one of this machine: only its own user may name it.
            if command.source != "mic" and grant.token:
                raise NotAllowed(role=grant.role, command="start")
        elif meeting is None or isinstance(command, Reception):
            return
        if not self.opens(grant, meeting, running=True) or not self._reach.sees_all(grant, meeting):
            raise NotAllowed(role=grant.role, command=command.__struct_config__.tag)

    def opened(self, grant: Grant, meeting_id: str) -> None:
        """Writes down that the bearer opens the record of a meeting, or an imported file."""
        self._records.openings.note(grant.who, meeting_id, "record")

    def opening(self, grant: Grant, name: str) -> None:
        """The same for a record that is written out or verified. Raises MeetingUnknown, MeetingAmbiguous."""
        self.opened(grant, self._records.meetings.get(name).id)

    def opened_passage(self, grant: Grant, found: "Opened") -> None:
        """The same for a passage that is opened where it stands."""
        if (opened := opened_record(found)) is not None:
            self.opened(grant, opened)

    def within(self, grant: Grant, running: str | None) -> Within | None:
        """What a search may find; None for everything. `running` is the meeting that is being held."""
        return self._reach.within(grant, running)
