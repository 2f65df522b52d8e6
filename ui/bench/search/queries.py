"""What is asked: made from the corpus by a seed, by kind, each with a span of years as its filter."""

import random
import re
from collections.abc import Callable, Sequence

import msgspec

from search.analysis import fold
from search.documents import Document
from ui.bench.search.corpus import SEED

LIMITED = "limited to a body"
KINDS = (
    "words",
    "phrase",
    "filtered",
    "pinyin",
    "initials",
    "near sound",
    "wildcard",
    "single character",
    LIMITED,
)
_CHINESE = re.compile(r"[\u4e00-\u9fff]{6,}")
_SUBSTRING = (2, 8)
_YEARS = 4


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """One query: as it is typed, and as `terms` (all must occur) for engines with another language; none where they
    have no way to ask it. `expected` documents are right answers, where they are known. An asker who may see no more
    than some `bodies` sees no records of them either."""

    kind: str
    text: str
    terms: tuple[str, ...] = ()
    date_from: str | None = None
    date_to: str | None = None
    expected: tuple[str, ...] = ()
    bodies: tuple[str, ...] = ()


class Sampled(msgspec.Struct, frozen=True):
    """A piece of a text, the document that holds it, and that document's day."""

    piece: str
    document: str
    date: str


def queries(documents: Sequence[Document], of_each: int, seed: int = SEED) -> list[Asked]:
    """So many of each kind, none twice where the corpus has enough."""
    rng = random.Random(seed)
    made = dict[tuple[str, str], Asked]()
    for kind, make in _MAKERS.items():
        for _ in range(of_each):
            text, terms = make(rng, documents)
            year = rng.choice(documents).date[:4]
            until = str(int(year) + _YEARS - 1)
            bodies = (rng.choice(documents).body,) if kind == LIMITED else ()
            made[kind, text] = Asked(
                kind=kind, text=text, terms=terms, date_from=year, date_to=until, bodies=bodies
            )
    return list(made.values())


def substrings(documents: Sequence[Document], count: int, seed: int = SEED) -> list[Sampled]:
    """Pieces of two to eight characters of the folded passages."""
    rng = random.Random(seed)
    found = list[Sampled]()
    while len(found) < count:
        document = rng.choice(documents)
        text = fold(rng.choice(document.passages).text) if document.passages else ""
        length = rng.randint(*_SUBSTRING)
        if len(text) >= length:
            start = rng.randrange(len(text) - length + 1)
            piece = text[start : start + length]
            if piece.strip():
                found.append(Sampled(piece, document.id, document.date))
    return found


def _run(rng: random.Random, documents: Sequence[Document]) -> str:
    """Six Chinese characters and more that stand together somewhere."""
    while True:
        runs = _CHINESE.findall(rng.choice(rng.choice(documents).passages).text)
        if runs:
            return str(rng.choice(runs))


def _part(rng: random.Random, documents: Sequence[Document], length: int) -> str:
    run = _run(rng, documents)
    start = rng.randrange(len(run) - length + 1)
    return run[start : start + length]


def _words(rng: random.Random, documents: Sequence[Document]) -> tuple[str, tuple[str, ...]]:
    import rjieba

    for _ in range(100):
        text = rng.choice(rng.choice(documents).passages).text
        words = [word for word in rjieba.cut(text) if len(word) >= 2 and _CHINESE.fullmatch(word * 3)]
        if len(words) >= 2:
            chosen = tuple(rng.sample(words, rng.choice((1, 2, 2))))
            return " ".join(chosen), chosen
    part = _part(rng, documents, 2)
    return part, (part,)


def _phrase(rng: random.Random, documents: Sequence[Document]) -> tuple[str, tuple[str, ...]]:
    part = _part(rng, documents, rng.randint(4, 6))
    return f'"{part}"', (part,)


def _filtered(rng: random.Random, documents: Sequence[Document]) -> tuple[str, tuple[str, ...]]:
    units = next((one.units for one in rng.sample(list(documents), min(50, len(documents))) if one.units), ())
    part = _part(rng, documents, rng.randint(2, 3))
    return part + (f" 单位:{rng.choice(units)}" if units else ""), ()


def _sounds(text: str) -> list[str]:
    from pypinyin import lazy_pinyin

    return [one.replace("ü", "v") for one in lazy_pinyin(text)]


def _pinyin(rng: random.Random, documents: Sequence[Document]) -> tuple[str, tuple[str, ...]]:
    return "".join(_sounds(_part(rng, documents, rng.randint(2, 4)))), ()


def _initials(rng: random.Random, documents: Sequence[Document]) -> tuple[str, tuple[str, ...]]:
    return "".join(sound[0] for sound in _sounds(_part(rng, documents, rng.randint(2, 5)))), ()


def _near(rng: random.Random, documents: Sequence[Document]) -> tuple[str, tuple[str, ...]]:
    """Three or four characters, one of them another that sounds the same."""
    from pypinyin import lazy_pinyin

    from search.pinyin import Sound, read_as

    part = _part(rng, documents, rng.randint(3, 4))
    at = rng.randrange(len(part))
    sound = Sound(lazy_pinyin(part[at])[0].replace("ü", "v"), True)
    others = [chr(code) for code in read_as(sound).nonzero()[0].tolist() if 0x4E00 <= code < 0x9FA6]
    return part[:at] + rng.choice(others or [part[at]]) + part[at + 1 :], ()


def _wildcard(rng: random.Random, documents: Sequence[Document]) -> tuple[str, tuple[str, ...]]:
    run = _run(rng, documents)
    return f"{run[:2]}*{run[-2:]}", ()


def _single(rng: random.Random, documents: Sequence[Document]) -> tuple[str, tuple[str, ...]]:
    part = _part(rng, documents, 1)
    return part, (part,)


def _limited(rng: random.Random, documents: Sequence[Document]) -> tuple[str, tuple[str, ...]]:
    return _part(rng, documents, rng.randint(2, 4)), ()


_Maker = Callable[[random.Random, Sequence[Document]], tuple[str, tuple[str, ...]]]
_MAKERS: dict[str, _Maker] = dict(
    zip(KINDS, (_words, _phrase, _filtered, _pinyin, _initials, _near, _wildcard, _single, _limited), strict=True)
)
