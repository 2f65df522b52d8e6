"""The words that will probably be spoken, which help recognition to write them right."""

from collections.abc import Iterator

from meeting.domain.agenda import Agenda, AgendaItem


def agenda_terms(agenda: Agenda, item_number: int | None = None) -> tuple[str, ...]:
    """The names and terms of the agenda, each once, those of the item under discussion first."""
    return tuple(dict.fromkeys(term for term in _terms(agenda, item_number) if term))


def item_terms(agenda: Agenda, item_number: int | None) -> tuple[str, ...]:
    """Who presents an item, on whose behalf, and on which matter: most likely to be said while it is discussed."""
    shorts = {unit.name: unit.short for unit in agenda.units}
    found = (term for item in agenda.items if item.number == item_number for term in _item_terms(item, shorts))
    return tuple(dict.fromkeys(term for term in found if term))


def _terms(agenda: Agenda, item_number: int | None) -> Iterator[str]:
    shorts = {unit.name: unit.short for unit in agenda.units}
    yield from item_terms(agenda, item_number)
    for person in (agenda.chair, *agenda.attendees, agenda.recorder):
        yield person.name if person else ""
    yield from (item.presenter for item in agenda.items)
    yield from shorts.values()
    yield from shorts
    yield from (unit for item in agenda.items for unit in item.presenting_units)
    yield from (attendee.unit for attendee in agenda.attendees)
    yield from agenda.glossary
    yield from (item.matter for item in agenda.items)


def _item_terms(item: AgendaItem, shorts: dict[str, str]) -> Iterator[str]:
    yield item.presenter
    for unit in item.presenting_units:
        yield shorts.get(unit, "")
        yield unit
    yield item.matter
