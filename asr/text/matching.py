"""Where a text sounds like an expected word: an index of the words by their syllables."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf

from asr.text.folding import is_han
from asr.text.lexicon import Expected, Lexicon, Person
from asr.text.neighbourhood import Neighbourhood
from asr.text.office import COMMON_TERMS, DECISIONS, PHRASES, Phrase
from asr.text.sound import Readings, alike, name_readings, near_key, reading_distance, readings
from asr.text.spans import JOINERS, Spoken

ALIKE = 2.0
"""The distance of a syllable that sounds apart and yet alike."""
_LONG = 7


@dataclass(frozen=True)
class Entry:
    """An expected word by its sound; `people` are those who bear it as their name.

    `guarded`: the meeting itself does not name it, so that it gives way to whatever makes sense.
    """

    text: str
    chars: str
    sounds: tuple[Readings, ...]
    kind: str
    strength: float
    people: tuple[Person, ...] = ()
    phrases: tuple[Phrase, ...] = ()
    guarded: bool = False


@dataclass(frozen=True)
class Window:
    """Where an entry's sound was found in a run: how far apart, and which characters differ."""

    entry: Entry
    start: int
    end: int
    apart: float
    changed: tuple[int, ...]


class Index:
    """The words of one meeting by the sound of their first two, and of long ones their last two, syllables."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._heads: dict[tuple[str, str], list[Entry]] = {}
        self._tails: dict[tuple[str, str], list[Entry]] = {}
        self._namesakes: dict[tuple[str, ...], list[Entry]] = {}
        for entry in _entries(lexicon):
            _file(self._heads, entry, 0)
            if entry.people:
                self._namesakes.setdefault(_name_key(entry), []).append(entry)
            if len(entry.chars) > 3 and not entry.people:
                _file(self._tails, entry, len(entry.chars) - 2)
        units = [unit for person in lexicon.people for unit in person.units]
        units += [word.text for word in lexicon.words if word.kind.startswith("unit")]
        self.neighbourhood = Neighbourhood(units, (person.name for person in lexicon.people))

    def with_namesakes(self, found: Sequence[Window]) -> list[tuple[Person, float]]:
        """Those heard, with their distance, and all who sound like one of them: none may be missed in deciding."""
        people = [(person, window.apart) for window in found for person in window.entry.people]
        heard = {person.name for person, _ in people}
        keys = dict.fromkeys(_name_key(window.entry) for window in found)
        others = [entry for key in keys for entry in self._namesakes[key] if entry.text not in heard]
        return people + [(person, inf) for entry in dict.fromkeys(others) for person in entry.people]

    def windows(self, run: Spoken) -> Iterator[Window]:
        """Every place in the run that sounds like an entry, those already written like one among them."""
        for at in range(len(run.text) - 1):
            for first in run.keys[at]:
                for second in run.keys[at + 1]:
                    for entry in self._heads.get((first, second), ()):
                        if window := _match(run, entry, at):
                            yield window
                    for entry in self._tails.get((first, second), ()):
                        if window := _match(run, entry, at + 2 - len(entry.chars)):
                            yield window


def _file(table: dict[tuple[str, str], list[Entry]], entry: Entry, at: int) -> None:
    for first in dict.fromkeys(map(near_key, entry.sounds[at])):
        for second in dict.fromkeys(map(near_key, entry.sounds[at + 1])):
            table.setdefault((first, second), []).append(entry)


def _name_key(entry: Entry) -> tuple[str, ...]:
    return tuple(near_key(sound[0]) for sound in entry.sounds)


def _entries(lexicon: Lexicon) -> Iterator[Entry]:
    namesakes: dict[str, list[Person]] = {}
    for person in lexicon.people:
        namesakes.setdefault(person.name, []).append(person)
    for name, people in namesakes.items():
        yield from _entry(Expected(text=name), "person", tuple(people))
    seen = set(namesakes)
    common = [Expected(text=text) for text in COMMON_TERMS]
    listed = {word.text for word in lexicon.words if word.strength >= 1}
    for word in sorted((*lexicon.words, *common), key=lambda word: -word.strength):
        if word.text not in seen:
            seen.add(word.text)
            yield from _entry(word, word.kind, guarded=word.text not in listed)
    for phrase in PHRASES:
        yield from _entry(Expected(text=phrase.word), "phrase", phrases=(phrase,))


def _entry(
    word: Expected,
    kind: str,
    people: tuple[Person, ...] = (),
    phrases: tuple[Phrase, ...] = (),
    guarded: bool = False,
) -> Iterator[Entry]:
    chars = "".join(char for char in word.text if char not in JOINERS)
    if len(chars) > 1 and all(map(is_han, chars)):
        sounds = name_readings(chars) if people else readings(chars)
        yield Entry(word.text, chars, sounds, kind, word.strength, people, phrases, guarded)
        for heard in (other for phrase in phrases for other in phrase.heard):
            yield Entry(word.text, chars, readings(heard), kind, word.strength, people, phrases)


def _match(run: Spoken, entry: Entry, start: int) -> Window | None:
    end = start + len(entry.chars)
    if start < 0 or end > len(run.text):
        return None
    if entry.text == entry.chars and run.offsets[end - 1] - run.offsets[start] != end - 1 - start:
        return None
    apart, changed, odd = 0.0, list[int](), 0
    for place, (char, sound) in enumerate(zip(entry.chars, entry.sounds, strict=True), start):
        if run.text[place] == char:
            continue
        changed.append(place)
        # A name could be anything: it is believed only as its characters are usually read.
        step = reading_distance(run.sounds[place][:1] if entry.people else run.sounds[place], sound)
        if step is None:
            odd += 1
            if odd > 1 or not alike(run.sounds[place][0], sound[0]):
                return None
            step = ALIKE
        apart += step
    # A syllable that sounds apart is believed only in the midst of what was heard to the letter, or of a long word.
    loose = entry.phrases or (len(entry.chars) > 3 and not entry.people)
    if odd and (not loose or (len(changed) > 1 and len(entry.chars) < _LONG)):
        return None
    if _decides(entry.chars, start, changed):
        return None
    return Window(entry, start, end, apart, tuple(changed))


def _decides(chars: str, start: int, changed: Sequence[int]) -> bool:
    """Whether the change would write what a body decided."""
    places = [(chars.find(word), len(word)) for word in DECISIONS if word in chars]
    return any(at <= place - start < at + size for at, size in places for place in changed)
