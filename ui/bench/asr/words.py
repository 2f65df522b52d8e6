"""The agenda's words by kind, to be looked for in the text."""

from meeting.domain.agenda import Agenda


def words_by_kind(agenda: Agenda) -> dict[str, tuple[str, ...]]:
    """People, units, the units' short names, and the glossary; each word once, empty ones left out."""
    heading = [person.name for person in (agenda.chair, agenda.recorder) if person]
    found = {
        "people": [
            *heading,
            *(attendee.name for attendee in agenda.attendees),
            *(item.presenter for item in agenda.items),
        ],
        "units": [
            *(unit.name for unit in agenda.units),
            *(attendee.unit for attendee in agenda.attendees),
            *(unit for item in agenda.items for unit in item.presenting_units),
        ],
        "short_names": [unit.short for unit in agenda.units],
        "glossary": [*agenda.glossary],
    }
    return {kind: tuple(word for word in dict.fromkeys(words) if word) for kind, words in found.items()}
