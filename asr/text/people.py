"""Whether a stretch of text is somebody's name, and whose: by the words around it, never by sound alone.

Names of the roster that sound alike are told apart by unit and title, then by who presents, is present, or speaks;
where these do not leave exactly one, the text stays as it was heard.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from asr.text.lexicon import Person, Situation

_TITLES = (
    "副?(?:局长|处长|厅长|科长|部长|院长|校长|所长|市长|省长|州长|县长|区长|镇长|乡长|馆长|站长|队长|司长|行长|台长|社长|会长)"
    "|副?(?:主任|书记|主席|组长|秘书长|总经理|董事长|经理|总监|巡视员|调研员|检察长|总工程师|总会计师|主编)"
)
_REPORT = (
    "(?:汇报|会报)(?!材料|稿|提纲|会|人|内容|单位|情况)|通报|介绍|说明|宣读|来?讲(?!话稿|究|座)|来?说(?!法|明书)"
    "|来(?:$|，|。)"
)
_SPEECH = f"(?P<report>{_REPORT})|发言|补充|谈|先来|解释|回答"
_RIGHT = re.compile(
    rf"(?:，(?=同志(?!们)))?(?P<title>(?:{_TITLES})(?!办公|会议))?(?P<comrade>同志)?(?P<rest>[，、]?(?:你|您)?(?:先|再|来|也|给大家|代表.{{1,8}}?)?"
    rf"(?:[作做](?:个|了|一个)?)?(?P<speech>{_SPEECH}))?"
)
_RUNS_ON = re.compile(rf".(?:{_TITLES}|同志)")
_UNLISTED = re.compile(rf"(?P<unit>[\u4e00-\u9fff]{{2,6}}(?:处|科|室|中心))的?(?:{_TITLES})?$")
_AWAY = re.compile(
    rf"(?:{_TITLES})?(?:同志)?(?:因[^，。！？]{{1,6}}?|今天|今日|已经?|临时|有事|出差|生病|向会议)*(?:请假|缺席)"
)
_SELF = re.compile(r"(?:^|[，。！？、])(?:大家好|各位领导)?我(?:是|叫)$")
_ENOUGH = 2.0
_OUT_OF_PLACE = 1.5
_APART, _SHORT_APART = 2.0, 1.5
"""More distance in sound than this is another name, one of three syllables or of two."""


@dataclass(frozen=True, kw_only=True)
class Around:
    """What stands beside a stretch: units, titles, 同志 (2 as written, 1.5 by its sound), and the rest.

    `unlisted` is text before it that may end in a unit nobody listed.
    """

    unit: str = ""
    unlisted: str = ""
    title: str = ""
    title_after: bool = False
    called_later: bool = False
    comrade: float = 0.0
    asked: bool = False
    speaks: bool = False
    reports: bool = False
    away: bool = False
    of_self: bool = False
    beside: bool = False

    @property
    def turns_to(self) -> bool:
        """Whether somebody in the room is given, or takes, the word."""
        return (self.asked and self.speaks) or (self.comrade > 0 and self.speaks)


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


class Neighbourhood:
    """Reads what stands around a name, knowing the units and the people of one meeting."""

    def __init__(self, units: Iterable[str], names: Iterable[str]) -> None:
        known = sorted({unit for unit in units if unit}, key=lambda unit: (-len(unit), unit))
        unit = "|".join(map(re.escape, known)) or "(?!)"
        listed = "|".join(map(re.escape, sorted(set(names)))) or "(?!)"
        self._left = re.compile(rf"(?P<ask>请|由|让|欢迎)?(?P<unit>{unit})?的?(?P<title>{_TITLES})?$")
        self._by = re.compile(
            rf"(?:(?<![^，。；、])|(?<=建议|决定|同意|要求))[有游尤油友](?=(?:{unit})(?:[^，。]{{2,4}}同志)?(?:牵头|负责|督办|承办|主办))"
        )
        self._before = re.compile(rf"(?:{listed})(?:同志|{_TITLES})?[、和]$")
        self._after = re.compile(rf"(?:同志|{_TITLES})?[、和](?:{listed})")

    def by_whom(self, text: str) -> Iterator[int]:
        """Where a homophone of 由 stands before the unit that is to do something."""
        return (found.start() for found in self._by.finditer(text))

    def around(self, text: str, start: int, end: int, comrade_by_sound: bool) -> Around:
        """Looks to both sides of [start, end) in code points; punctuation is looked across, never matched."""
        before, after = text[max(0, start - 24) : start], text[end : end + 24]
        left = _groups(self._left.search(before))
        right = _groups(_RIGHT.match(after[2:] if comrade_by_sound else after))
        comrade = 0.0
        if comrade_by_sound:
            comrade = 2.0 if after.startswith("同志") else 1.5
        return Around(
            unit=left.get("unit", ""),
            unlisted="" if "unit" in left else _groups(_UNLISTED.search(before)).get("unit", ""),
            title=right.get("title", "") or left.get("title", ""),
            title_after="title" in right,
            called_later=_RUNS_ON.match(after) is not None,
            comrade=comrade or (2.0 if "comrade" in right else 0.0),
            asked="ask" in left,
            speaks="speech" in right,
            reports="report" in right,
            away=_AWAY.match(after) is not None,
            of_self=_SELF.search(before) is not None,
            beside=self._before.search(before) is not None or self._after.match(after) is not None,
        )


def _groups(found: re.Match[str] | None) -> dict[str, str]:
    return {name: text for name, text in found.groupdict().items() if text} if found else {}


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
        return None if exact or not likely else _for_one(likely[0], stretch.around, situation)
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


def _for_one(person: Person, around: Around, situation: Situation) -> Verdict | None:
    if situation.speaker == person.name and around.comrade:
        return None  # nobody calls themselves 同志: another of that name is meant
    if _identified(person, around):
        return Verdict(person.name, _by(around))
    return Verdict(person.name, "name_presenter" if _presents(person, around, situation) else "name_sound")


def _presents(person: Person, around: Around, situation: Situation) -> bool:
    return person.name in situation.presenters and (around.asked or around.speaks)


def _identified(person: Person, around: Around) -> bool:
    """Whether a unit or a title is said, and what is said of them is this person's."""
    unit, title = _of_unit(person, around), has_title(person, around.title)
    disowned = (around.unit and not unit) or (around.title and person.titles and not title)
    disowned = disowned or (around.unlisted and person.units and not unit)
    return (unit or title) and not disowned


def _of_unit(person: Person, around: Around) -> bool:
    """Whether the unit said is the person's, be it by a short name that nobody listed: 公车处, 公务用车管理处."""
    if around.unit:
        return around.unit in person.units
    said = around.unlisted
    shorts = [said[at:] for at in range(max(0, len(said) - 2))]
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
    if short and not cues and stretch.text[0] != person.name[0]:
        return False
    if around.title and person.titles:
        cues += 3 if has_title(person, around.title) else -3
    if (around.unit or around.unlisted) and person.units:
        cues += 2 if _of_unit(person, around) else -4
    nonsense = around.comrade >= 2 or (around.comrade > 0 and identified) or (bool(around.title) and identified)
    against = _OUT_OF_PLACE * (stretch.sense and not nonsense) + _OUT_OF_PLACE * stretch.cuts
    base = 0 if short else 2
    return base + cues - apart - against >= _ENOUGH


def _fitting(people: list[Person], around: Around, situation: Situation) -> tuple[list[Person], str]:
    """Those of whom the moment allows to speak, where unit and title say nothing."""
    if around.of_self:
        return [person for person in people if person.name == situation.speaker], "name_speaker"
    if around.away:
        return [person for person in people if not person.present], "name_present"
    if not around.turns_to:
        return [], ""
    others = [person for person in people if person.name != situation.speaker and person.present]
    presenting = [person for person in others if person.name in situation.presenters and around.reports]
    return (presenting, "name_presenter") if presenting else (others, "name_present")
