"""What one meeting listens for: its agenda, its body's word list, what was added or seen meanwhile, what documents say.

A projection of the stored events and of two lists that are given to it; it does no input or output.
"""

from collections.abc import Iterable

import msgspec

from asr.text.lexicon import Expected, Kind
from asr.text.sound import name_readings, near_key
from asr.text.writing import Words
from meeting.domain.agenda import Agenda
from meeting.domain.events import AgendaChanged, Attendance, AttendanceState, Event, WordNoted
from meeting.domain.rearranging import agenda_now
from meeting.domain.state import item_id_of
from meeting.domain.terms import agenda_terms, item_terms
from meeting.domain.words import WordKind
from meeting.expectations import More, words_of
from meeting.wording import kind_of

NEWEST_FIRST = 4
"""So many of the words that a person added last stand in the prompt before the rest of the agenda."""
STRENGTH_LEARNT = 0.9
HEARD_WITH = (AgendaChanged, WordNoted, Attendance)
"""The events that say what else is listened for, from their place in the sound on."""


class Mined(msgspec.Struct, frozen=True, kw_only=True):
    """What documents and past minutes speak of; `of_item`: the likeliest words of each item, by its number."""

    words: tuple[Expected, ...] = ()
    of_item: dict[int, tuple[str, ...]] = {}


class _Listed(msgspec.Struct, frozen=True):
    kind: WordKind
    learnt: bool


class Vocabulary:
    """Feed it every stored event; `terms` is the decoder's prompt, `words` what is put right by its sound."""

    def __init__(self, agenda: Agenda) -> None:
        self._agenda = agenda
        self._listed: dict[str, _Listed] = {}
        self._facts: list[tuple[int, Event]] = []
        self._mined, self._mined_from_ms = Mined(), 0

    def take_list(self, words: Iterable[tuple[str, WordKind, bool]]) -> None:
        """The word list of the meeting's body, as (text, kind, learnt), the oldest first."""
        self._listed = {text: _Listed(kind, learnt) for text, kind, learnt in words}

    def take_mined(self, mined: Mined, from_ms: int = 0) -> None:
        """What was found in documents and past minutes; it is listened for from that place in the sound on."""
        self._mined, self._mined_from_ms = mined, from_ms

    def apply(self, event: Event) -> None:
        """Takes in a stored event."""
        if isinstance(event, HEARD_WITH):
            self._facts.append((event.media_ms or 0, event))

    @property
    def places(self) -> tuple[int, ...]:
        """Where in the sound, in ms, something else begins to be listened for."""
        mined = {self._mined_from_ms} if self._mined != Mined() else set()
        return tuple(sorted({place for place, _ in self._facts} | mined))

    def terms(self, number: int | None, at_ms: int | None = None) -> tuple[str, ...]:
        """The words of the prompt while item `number` is discussed, the most needed first; None: with all there is.

        What documents say of the item comes last, where there is room: people and units are what is misheard most.
        """
        stand = self._stand(at_ms)
        noted = [word for word in reversed(stand.noted.values()) if not word.removed]
        chosen = [
            *item_terms(stand.agenda, number),
            *[word.text for word in noted if not word.learnt][:NEWEST_FIRST],
            *agenda_terms(stand.agenda, number),
            *(word.text for word in noted),
            *reversed(self._kept_list(stand)),
            *stand.mined.of_item.get(number or 0, ()),
        ]
        return tuple(dict.fromkeys(chosen))

    def words(self, number: int | None, figures: bool, at_ms: int | None = None) -> Words:
        """All that is put right by its sound while item `number` is discussed; None: with all there is."""
        stand = self._stand(at_ms)
        return words_of(stand.agenda, number, figures, self._more(stand, number))

    def _stand(self, at_ms: int | None) -> "_Stand":
        """What was known at a place in the sound. Late facts about an earlier place hold from there."""
        mined = self._mined if at_ms is None or at_ms >= self._mined_from_ms else Mined()
        stand = _Stand(self._agenda, mined)
        for place, event in sorted(self._facts, key=lambda fact: fact[0]):
            if at_ms is None or place <= at_ms:
                stand.take(event)
        return stand

    def _more(self, stand: "_Stand", number: int | None) -> More:
        listed = self._kept_list(stand) | {
            text: _Listed(word.kind, word.learnt) for text, word in stand.noted.items() if not word.removed
        }
        names = _names(stand.agenda) | {text for text, word in listed.items() if word.kind == "person"}
        sounds = {_sound(name) for name in names}
        # Whose name it is, sound alone never decides: a word that sounds like a name is taken for one.
        people = [text for text, word in listed.items() if word.kind == "person" or _sound(text) in sounds]
        words = [_expected(text, word) for text, word in listed.items() if text not in people]
        mined = [word for word in stand.mined.words if _sound(word.text) not in sounds]
        return More(words=(*words, *mined), people=tuple(people), present=stand.present(number))

    def _kept_list(self, stand: "_Stand") -> dict[str, _Listed]:
        gone = {text for text, word in stand.noted.items() if word.removed}
        return {text: word for text, word in self._listed.items() if text not in gone}


class _Stand:
    """What is known at one place in the sound."""

    def __init__(self, agenda: Agenda, mined: Mined) -> None:
        self.agenda, self.mined = agenda, mined
        self.noted: dict[str, WordNoted] = {}
        self._attendance: dict[tuple[str, str | None], AttendanceState] = {}

    def take(self, event: Event) -> None:
        match event:
            case WordNoted():
                self.noted.pop(event.text, None)
                self.noted[event.text] = event
            case AgendaChanged():
                self.agenda = agenda_now(self.agenda, event.items)
            case Attendance():
                self._attendance[event.person, event.item_id] = event.state
            case _:
                pass

    def present(self, number: int | None) -> dict[str, bool]:
        """Who came, left, is recused for this item or stood in for, as was noted; the rest is as planned."""
        here = {person: state for (person, item_id), state in self._attendance.items() if item_id is None}
        if number is not None:
            of_item = item_id_of(number)
            here |= {person: state for (person, item_id), state in self._attendance.items() if item_id == of_item}
        return {person: state == "present" for person, state in here.items()}


def of_use(mined: Iterable[Expected]) -> tuple[Expected, ...]:
    """Those that are no names: a name that nobody has listed is not to be heard everywhere."""
    return tuple(word for word in mined if word.kind != "term" or kind_of(word.text) != "person")


def _expected(text: str, word: _Listed) -> Expected:
    kind: Kind = "unit" if word.kind == "unit" else "term"
    return Expected(text=text, kind=kind, strength=STRENGTH_LEARNT if word.learnt else 1.0)


def _names(agenda: Agenda) -> set[str]:
    headed = [person.name for person in (agenda.chair, agenda.recorder) if person]
    return {*headed, *(one.name for one in agenda.attendees), *(item.presenter for item in agenda.items)} - {""}


def _sound(word: str) -> tuple[str, ...]:
    return tuple(near_key(sound[0]) for sound in name_readings(word))
