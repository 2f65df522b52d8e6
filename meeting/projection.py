"""A stored meeting as others want to see it: its head for clients, its items, its record for exports."""

from meeting.deciding import outcomes_of
from meeting.domain.events import ItemEntry
from meeting.domain.record import Record
from meeting.domain.state import AgendaState
from meeting.records import Records
from meeting.store.log import EventLog
from meeting.store.meetings import Meeting
from meeting.stream.messages import MeetingHead


def head_of(meeting: Meeting, audio_started_at: str | None = None, state: str | None = None) -> MeetingHead:
    """A meeting as `welcome` names it; what a running session knows better may be given."""
    agenda = meeting.agenda
    return MeetingHead(
        id=meeting.id,
        title=meeting.title,
        audio_started_at=audio_started_at or meeting.audio_started_at,
        date=meeting.date,
        place=agenda.place,
        chair=agenda.chair.name if agenda.chair else "",
        state=state or meeting.state,
        people=tuple(person.name for person in agenda.attendees),
        outcomes=outcomes_of(agenda),
        roles=tuple(person.role for person in agenda.attendees),
    )


def item_entries(meeting: Meeting, log: EventLog) -> tuple[ItemEntry, ...]:
    """The items as they stand, or as the agenda has them before the meeting."""
    state = AgendaState.from_agenda(meeting.agenda)
    for event in log.all():
        state.apply(event)
    return state.items


def record_of(records: Records, meeting: Meeting) -> Record:
    """The verbatim record, projected from the event log."""
    events = records.log(meeting.id).all()
    return Record.from_events(meeting.agenda, events, meeting.id, meeting.audio_started_at)
