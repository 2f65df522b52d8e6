"""Finding a name as one types: its characters, its pinyin, or the initials of its pinyin (ljg → 李建国)."""

from collections.abc import Iterable
from functools import lru_cache
from typing import TypeVar

Named = TypeVar("Named")


def matches(query: str, name: str) -> bool:
    """Whether `name` is meant by `query`: characters anywhere in it; pinyin or initials from some character on."""
    wanted = query.strip().casefold()
    if not wanted or wanted in name.casefold():
        return True
    if not wanted.isascii():
        return False
    letters = wanted.replace(" ", "").replace("'", "")
    sounds = _sounds(name)
    return any(_reads(letters, sounds[start:]) for start in range(len(sounds)))


def matching(query: str, named: Iterable[tuple[str, Named]]) -> list[Named]:
    """Those whose names match, what begins so first."""
    wanted = query.strip().casefold()
    found = [(name, one) for name, one in named if matches(query, name)]
    return [one for name, one in sorted(found, key=lambda pair: not pair[0].casefold().startswith(wanted))]


def _reads(letters: str, sounds: tuple[frozenset[str], ...]) -> bool:
    """Whether the letters are beginnings of the sounds, one after the other."""
    if not letters:
        return True
    if not sounds:
        return False
    for sound in sounds[0]:
        for length in range(min(len(sound), len(letters)), 0, -1):
            if letters.startswith(sound[:length]) and _reads(letters[length:], sounds[1:]):
                return True
    return False


@lru_cache(maxsize=1024)
def _sounds(name: str) -> tuple[frozenset[str], ...]:
    """All readings of each character: 单 is shan as a name and dan otherwise."""
    from pypinyin import Style, pinyin

    read = (pinyin(one, style=Style.NORMAL, heteronym=True)[0] for one in name if not one.isspace())
    return tuple(frozenset(sound.casefold() for sound in sounds) for sounds in read)
