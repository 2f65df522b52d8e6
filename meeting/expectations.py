"""What a meeting expects to hear, as recognition takes it: its people, units and terms, and the item of the moment."""

import msgspec

from asr.results import Change, Mark
from asr.text.lexicon import Expected, Lexicon, Person, Situation
from asr.text.numerals import reading
from asr.text.writing import Words
from meeting.domain.agenda import Agenda, AgendaItem
from meeting.domain.events import Changed, Doubt

AWAY = ("excused", "absent")


class More(msgspec.Struct, frozen=True, kw_only=True):
    """What a meeting expects beyond its agenda: words, names, and who is in the room other than planned."""

    words: tuple[Expected, ...] = ()
    people: tuple[str, ...] = ()
    present: dict[str, bool] = {}


def words_of(agenda: Agenda, current: int | None = None, figures: bool = True, more: More | None = None) -> Words:
    """The agenda's words, with what belongs to the item numbered `current` and to the one that may be called next."""
    return Words(lexicon=lexicon_of(agenda, more), situation=situation_of(agenda, current), figures=figures)


def changes_of(changes: tuple[Change, ...]) -> tuple[Changed, ...]:
    """What recognition corrected, as a segment keeps it."""
    return tuple(Changed(before=one.before, after=one.after, reason=one.reason) for one in changes)


def doubts_of(marks: tuple[Mark, ...]) -> tuple[Doubt, ...]:
    """What recognition could not decide, as a segment keeps it."""
    return tuple(Doubt(offset=one.offset, length=one.length, candidates=one.candidates) for one in marks)


def lexicon_of(agenda: Agenda, more: More | None = None) -> Lexicon:
    """People and words of the whole agenda, and what is expected beyond it."""
    more = more or More()
    shorts = {unit.name: unit.short for unit in agenda.units}
    words = [
        *(Expected(text=unit, kind="unit") for unit in _units(agenda)),
        *(Expected(text=short, kind="unit_short") for short in shorts.values() if short),
        *(Expected(text=term) for term in agenda.glossary),
        *(Expected(text=item.matter) for item in agenda.items if item.matter),
        *(Expected(text=item.title, kind="title") for item in agenda.items),
    ]
    return Lexicon(
        people=tuple(_all_people(agenda, shorts, more)), words=tuple(dict.fromkeys([*words, *more.words]))
    )


def situation_of(agenda: Agenda, current: int | None) -> Situation:
    """Who presents now or, once their item is announced, next, and what is talked about. The speaker is not known."""
    numbers = [item.number for item in agenda.items]
    here = [item for item in agenda.items if item.number == current]
    after = numbers[numbers.index(current) + 1 :] if current in numbers else numbers
    following = [item for item in agenda.items if item.number in after[:1]]
    return Situation(
        presenters=_presenters(here),
        current=frozenset(word for item in here for word in _item_words(item)),
        coming=_presenters(following),
        announced=frozenset(word for item in following for word in _announcements(item)),
    )


def _presenters(items: list[AgendaItem]) -> frozenset[str]:
    return frozenset(item.presenter for item in items if item.presenter)


def _announcements(item: AgendaItem) -> list[str]:
    """What a chair may say to open an item: its title, what it is about, its number."""
    numbers = (str(item.number), reading(item.number))
    called = [
        f"第{number}{word}" for number in numbers for word in ("个议题", "项议题", "项议程", "个议程", "个事项")
    ]
    return [word for word in (item.title, item.matter, *called) if word]


def _item_words(item: AgendaItem) -> list[str]:
    return [word for word in (item.title, item.matter, *item.presenting_units) if word]


def _units(agenda: Agenda) -> list[str]:
    named = [
        *(unit.name for unit in agenda.units),
        *(unit for item in agenda.items for unit in item.presenting_units),
        *(attendee.unit for attendee in agenda.attendees),
    ]
    return list(dict.fromkeys(unit for unit in named if unit))


def _all_people(agenda: Agenda, shorts: dict[str, str], more: More) -> list[Person]:
    """A name that only a word list has is nobody who is known to be in the room."""
    listed = _people(agenda, shorts)
    names = {person.name for person in listed}
    added = [Person(name=name, present=False) for name in (*more.people, *more.present) if name not in names]
    return [
        msgspec.structs.replace(person, present=more.present.get(person.name, person.present))
        for person in [*listed, *dict.fromkeys(added)]
    ]


def _people(agenda: Agenda, shorts: dict[str, str]) -> list[Person]:
    found: dict[str, Person] = {}
    for one in agenda.attendees:
        found[one.name] = Person(
            name=one.name,
            units=_spoken(one.unit, shorts),
            titles=(one.title,) if one.title else (),
            present=one.role not in AWAY,
        )
    for someone in (agenda.chair, agenda.recorder):
        if someone and someone.name not in found:
            titles = (someone.title,) if someone.title else ()
            found[someone.name] = Person(name=someone.name, units=_spoken(someone.unit, shorts), titles=titles)
    for item in agenda.items:
        if item.presenter and item.presenter not in found:
            units = tuple(word for unit in item.presenting_units for word in _spoken(unit, shorts))
            found[item.presenter] = Person(name=item.presenter, units=units)
    return list(found.values())


def _spoken(unit: str, shorts: dict[str, str]) -> tuple[str, ...]:
    return tuple(word for word in (unit, shorts.get(unit, "")) if word)
