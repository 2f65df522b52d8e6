"""How Chinese characters are read, and what a row of Latin letters may stand for.

Toneless syllables as people type them (ü is v). A character may have several readings, and any of them counts:
who types does not know which one a dictionary puts first.
"""

import unicodedata
from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Characters = NDArray[np.bool_]
"""For each code unit (65,536 of them), whether its character is meant."""

CHARACTERS = _PLANE = 0x10000
# In names; the table of readings does not have it.
_WRITTEN_OTHERWISE = {"𠮷": "吉"}
_READINGS = 3
_INITIALS = ("zh", "ch", "sh", *"bpmfdtnlgkhjqxzcsryw")
_NEAR_INITIALS = {"zh": "z", "ch": "c", "sh": "s", "n": "l"}
_F_AS_H = {"u": "u", "a": "ua", "ei": "ui", "an": "uan", "ang": "uang", "en": "un", "eng": "ong", "ou": "ou"}
_MOST_READINGS_OF_LETTERS = 6
_LONGEST_TYPED = 40
# Each is 64 KB.
_KEPT = 128


class Sound(NamedTuple):
    """A whole syllable, or the beginning of one (z for 资)."""

    text: str
    whole: bool


class _Table(NamedTuple):
    syllables: tuple[str, ...]
    numbers: NDArray[np.int16]
    """For each code unit up to `_READINGS` places in `syllables`, -1 for none."""


@cache
def _table() -> _Table:
    from pypinyin.pinyin_dict import pinyin_dict

    places: dict[str, int] = {}
    numbers = np.full((_PLANE, _READINGS), -1, np.int16)
    for code, marked in pinyin_dict.items():
        if code >= _PLANE:
            continue
        plain = dict.fromkeys(_toneless(one) for one in marked.split(","))
        for at, syllable in enumerate(list(plain)[:_READINGS]):
            numbers[code, at] = places.setdefault(syllable, len(places))
    return _Table(tuple(places), numbers)


@lru_cache(maxsize=4096)
def _toneless(marked: str) -> str:
    parts = unicodedata.normalize("NFD", marked.replace("ü", "v").replace("ǖ", "v"))
    parts = parts.replace("u\u0308", "v")
    return "".join(char for char in parts if char.isascii())


@cache
def syllables() -> frozenset[str]:
    """All that people type as a syllable."""
    return frozenset(one for one in _table().syllables if set(one) & set("aeiouv"))


def readings(char: str) -> tuple[str, ...]:
    """The readings of one character, the usual one first; empty where it has none."""
    if ord(char) >= _PLANE:
        char = stand_in(char)
    table = _table()
    return tuple(table.syllables[number] for number in table.numbers[ord(char)].tolist() if number >= 0)


@lru_cache(maxsize=1024)
def stand_in(char: str) -> str:
    """For a character outside the first plane one inside that is read alike, or U+FFFD."""
    from pypinyin.pinyin_dict import pinyin_dict

    if char in _WRITTEN_OTHERWISE:
        return _WRITTEN_OTHERWISE[char]
    marked = pinyin_dict.get(ord(char), "").split(",")[0]
    if not marked:
        return "\ufffd"
    table = _table()
    wanted = table.syllables.index(_toneless(marked)) if _toneless(marked) in table.syllables else -2
    found = np.flatnonzero(table.numbers[:, 0] == wanted)
    return chr(int(found[0])) if found.size else "\ufffd"


@cache
def standing_in() -> Characters:
    """The characters that `stand_in` may give: they stand for themselves and for others."""
    _, first = np.unique(_table().numbers[:, 0], return_index=True)
    found = np.zeros(_PLANE, np.bool_)
    found[first] = True
    found[[ord(char) for char in (*_WRITTEN_OTHERWISE.values(), "\ufffd")]] = True
    return found


@cache
def near(syllable: str) -> str:
    """What a syllable is reduced to where zh/z, ch/c, sh/s, n/l, f/h, in/ing, en/eng are one."""
    initial = next((one for one in _INITIALS if syllable.startswith(one)), "")
    final = syllable[len(initial) :]
    if initial == "f":
        initial, final = "h", _F_AS_H.get(final, final)
    if final.endswith(("ing", "eng")):
        final = final[:-1]
    return _NEAR_INITIALS.get(initial, initial) + final


@cache
def _read_so() -> tuple[NDArray[np.int64], ...]:
    """For each syllable of the table the characters that may be read so."""
    numbers = _table().numbers
    codes, _ = np.nonzero(numbers >= 0)
    said = numbers[numbers >= 0]
    order = np.argsort(said, kind="stable")
    return tuple(np.split(codes[order], np.cumsum(np.bincount(said))[:-1]))


@lru_cache(maxsize=_KEPT)
def read_as(sound: Sound, nearly: bool = False) -> Characters:
    """Characters that are read so, or (`nearly`) so that speakers take one for the other."""
    syllables = _table().syllables
    if sound.whole and nearly:
        wanted = [near(one) == near(sound.text) for one in syllables]
    elif sound.whole:
        wanted = [one == sound.text for one in syllables]
    else:
        wanted = [one.startswith(sound.text) for one in syllables]
    found = np.zeros(_PLANE, np.bool_)
    for number in np.flatnonzero(wanted).tolist():
        found[_read_so()[number]] = True
    return found


@lru_cache(maxsize=_KEPT)
def sounding_like(char: str, nearly: bool) -> Characters:
    """Characters that share a reading with `char`; itself alone when it has none."""
    found = np.zeros(_PLANE, np.bool_)
    for syllable in readings(char):
        found |= read_as(Sound(syllable, True), nearly)
    if ord(char) < _PLANE:
        found[ord(char)] = True
    return found


def spellings(letters: str) -> tuple[list[tuple[Sound, ...]], list[tuple[Sound, ...]]]:
    """What a row of letters may stand for: as whole syllables, and with some of them abbreviated.

    Those of fewest parts come first: fangan is fang an and fan gan; zc is z c; haiwaic is hai wai c.
    """
    if not letters or len(letters) > _LONGEST_TYPED or not (letters.isascii() and letters.isalpha()):
        return [], []
    whole = [tuple(Sound(one, True) for one in parts) for parts in _whole(letters)]
    mixed = [spelling for spelling in _mixed(letters) if not all(sound.whole for sound in spelling)]
    initials = tuple(Sound(char, False) for char in letters)
    if not set(letters) & set("iuv") and initials not in mixed:
        mixed.append(initials)
    return whole, mixed


def _whole(letters: str) -> list[list[str]]:
    """The ways to part letters into whole syllables, those of fewest parts first."""
    ways: list[list[list[str]]] = [[[]], *([] for _ in letters)]
    for end in range(1, len(letters) + 1):
        found = [
            [*way, letters[start:end]]
            for start in range(max(0, end - 6), end)
            if letters[start:end] in syllables()
            for way in ways[start]
        ]
        ways[end] = sorted(found, key=len)[:_MOST_READINGS_OF_LETTERS]
    return ways[-1]


def _mixed(letters: str) -> list[tuple[Sound, ...]]:
    """The ways with initials in them: of fewest beginnings, then of fewest parts; the last may be cut short."""
    beginnings = frozenset((*_INITIALS, *"aeo"))
    ways: list[list[tuple[Sound, ...]]] = [[()], *([] for _ in letters)]
    for end in range(1, len(letters) + 1):
        found = []
        for start in range(max(0, end - 6), end):
            part = letters[start:end]
            sounds = [Sound(part, True)] if part in syllables() else []
            if part in beginnings or (end == len(letters) and any(one.startswith(part) for one in syllables())):
                sounds.append(Sound(part, False))
            found += [(*way, sound) for sound in sounds for way in ways[start]]
        ways[end] = sorted(found, key=_abbreviation)[:_MOST_READINGS_OF_LETTERS]
    return ways[-1]


def _abbreviation(way: tuple[Sound, ...]) -> tuple[int, int]:
    return sum(not sound.whole for sound in way), len(way)
