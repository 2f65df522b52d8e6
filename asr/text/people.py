"""Whether a stretch of text is somebody's name, and whose: by the words around it, never by sound alone.

Names of the roster that sound alike are told apart by unit and title, then by who presents, is present, or speaks;
where these do not leave exactly one, the text stays as it was heard. So it does where somebody of elsewhere is named.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from asr.text.lexicon import Person, Situation
from asr.text.neighbourhood import Around, ends_in_body

_ENOUGH = 2.0
_LONGEST_COMMON = 3
"""Names of more characters are hardly borne by two."""
_OUT_OF_PLACE = 1.5
_APART, _SHORT_APART = 2.0, 1.5
"""More distance in sound than this is another name, one of three syllables or of two."""


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """A stretch that sounds like a name.

    `sense`: it is made of ordinary words; `cuts`: how many words it cuts; `runs_on`: a lone character follows it.
    """

    text: str
    around: Around
    sense: bool
    cuts: int
    runs_on: bool = False


@dataclass(frozen=True)
class Verdict:
    """Whose name it is, and why; or, without a name, between whom sound cannot decide."""

    name: str
    reason: str
    candidates: tuple[str, ...] = ()


def judge(stretch: Stretch, people: Sequence[tuple[Person, float]], situation: Situation) -> Verdict | None:
    """Decides on a stretch that sounds like these people's names, given with their distance in sound.

    None: leave it alone and say nothing.
    """
    if _goes_on(stretch):
        return None
    exact = next((person for person, _ in people if person.name == stretch.text), None)
    likely = [person for person, apart in people if _is_name(stretch, person, apart, situation)]
    names = tuple(sorted({person.name for person, _ in people}))
    if len(names) == 1:
        return None if exact or not likely else _for_one(likely[0], stretch, situation)
    if not likely and (exact is None or stretch.sense):
        return None
    undecided = Verdict("", "", names)
    by_words = [person for person, _ in people if _identified(person, stretch.around)]
    if by_words:
        return _chosen(by_words, _by(stretch.around)) or undecided
    if stretch.around.unit or stretch.around.unlisted or stretch.around.title:
        return undecided
    fitting, reason = _fitting([person for person, _ in people], stretch.around, situation)
    if exact:
        return None if {person.name for person in fitting} == {exact.name} else undecided
    return _chosen(fitting, reason) or undecided


def _goes_on(stretch: Stretch) -> bool:
    """Whether it is but the beginning of a longer name: of 张伟民 the first two."""
    around = stretch.around
    if around.comrade or around.title_after:
        return False
    return around.called_later or (stretch.runs_on and not around.speaks)


def _by(around: Around) -> str:
    return "name_unit" if around.unit or around.unlisted else "name_title"


def _chosen(people: list[Person], reason: str) -> Verdict | None:
    names = {person.name for person in people}
    return Verdict(names.pop(), reason) if len(names) == 1 else None


def _for_one(person: Person, stretch: Stretch, situation: Situation) -> Verdict | None:
    around = stretch.around
    if situation.speaker == person.name and around.comrade:
        return None  # nobody calls themselves 同志: another of that name is meant
    if _identified(person, around):
        return Verdict(person.name, _by(around))
    if _presents(person, around, situation):
        return Verdict(person.name, "name_presenter")
    if not _elsewhere(person, around) and _is_meant(person, stretch, situation):
        return Verdict(person.name, "name_sound")
    return Verdict("", "", (person.name,))


def _is_meant(person: Person, stretch: Stretch, situation: Situation) -> bool:
    """Whether the words say that it is somebody of this meeting; a name of four is hardly another's."""
    around = stretch.around
    of_self = around.of_self and situation.speaker == person.name
    return bool(around.comrade) or around.turns_to or of_self or len(stretch.text) > _LONGEST_COMMON


def _elsewhere(person: Person, around: Around) -> bool:
    """Whether a body or a role is said that is not this person's."""
    return bool(around.unlisted) and not _of_unit(person, around)


def _presents(person: Person, around: Around, situation: Situation) -> bool:
    """Whether somebody is asked to report, and this person is to; whoever makes a speech may be anybody."""
    asked = around.asked and around.reports
    return asked and person.name in situation.presenters and not _elsewhere(person, around)


def _identified(person: Person, around: Around) -> bool:
    """Whether a unit or a title is said, and what is said of them is this person's."""
    unit, title = _of_unit(person, around), has_title(person, around.title)
    disowned = (around.unit and not unit) or (around.title and person.titles and not title)
    return (unit or title) and not disowned and not _elsewhere(person, around)


def _of_unit(person: Person, around: Around) -> bool:
    """Whether the unit said is the person's, be it by a short name that nobody listed: 公车处, 公务用车管理处."""
    if not around.unlisted:
        return around.unit in person.units
    if around.unit:
        return False  # the unit of that name in another office
    said = around.unlisted
    shorts = [said[at:] for at in range(max(0, len(said) - 2)) if not ends_in_body(said[:at])]
    return any(_shortens(short, unit) for short in shorts for unit in person.units)


def _shortens(short: str, unit: str) -> bool:
    rest = iter(unit)
    return short[:1] == unit[:1] and all(char in rest for char in short)


def has_title(person: Person, title: str) -> bool:
    """Whether one may be called so: a 副局长 is called 局长, never the other way round."""
    return any(own == title or own == "副" + title for own in person.titles)


def _is_name(stretch: Stretch, person: Person, apart: float, situation: Situation) -> bool:
    around, short = stretch.around, len(stretch.text) < 3
    if apart > (_SHORT_APART if short else _APART):
        return False
    own_words = around.of_self and situation.speaker == person.name
    if around.of_self and situation.speaker and not own_words:
        return False
    presents, identified = _presents(person, around, situation), _identified(person, around)
    if apart >= 1 and not identified and not (presents and around.turns_to):
        return False
    cues = around.comrade + around.asked + around.speaks + around.beside + presents + 2 * own_words
    if short and not cues and stretch.text[0] != person.name[0] and not _elsewhere(person, around):
        return False
    if around.title and person.titles:
        cues += 3 if has_title(person, around.title) else 2 if _elsewhere(person, around) else -3
    if (around.unit or around.unlisted) and person.units:
        cues += 2 if _of_unit(person, around) else -4 * (not around.unlisted)
    nonsense = (
        around.comrade >= 2
        or (around.comrade > 0 and identified)
        or (bool(around.title) and (identified or _elsewhere(person, around)))
    )
    against = _OUT_OF_PLACE * (stretch.sense and not nonsense) + _OUT_OF_PLACE * stretch.cuts
    base = 0 if short else 2
    return base + cues - apart - against >= _ENOUGH


def _fitting(people: list[Person], around: Around, situation: Situation) -> tuple[list[Person], str]:
    """Those of whom the moment allows to speak, where unit and title say nothing."""
    if around.of_self:
        return [person for person in people if person.name == situation.speaker], "name_speaker"
    if around.away:
        return [person for person in people if not person.present], "name_present"
    if not around.turns_to or around.unlisted:
        return [], ""
    others = [person for person in people if person.name != situation.speaker and person.present]
    presenting = [person for person in others if _presents(person, around, situation)]
    return (presenting, "name_presenter") if presenting else (others, "name_present")
