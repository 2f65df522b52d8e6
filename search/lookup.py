"""Where the leaves of a query stand in a source: passages that hold them, and what to mark in a text."""

import re
import warnings
from collections.abc import Iterable, Sequence
from functools import lru_cache, reduce

import numpy as np

from search.columns import ITEM_TITLE, Mask
from search.query import Clause, Dates, Filter, Leaf, Owing, Token, Wild
from search.source import Places, Postings, Source

_LEAST_STEMMED = 4
_NUMERALS = {numeral: number for number, numeral in enumerate("一二三四五六七八九十", start=1)}
_ENGLISH = re.compile(r"[a-z]+")


def passages_with(source: Source, clause: Clause) -> Postings:
    """Passages that hold one of the clause's leaves, and how often."""
    found = [_of_leaf(source, leaf) for leaf in clause.leaves]
    if len(found) == 1:
        return found[0]
    places, at = np.unique(np.concatenate([one[0] for one in found]), return_inverse=True)
    counts = np.bincount(at, weights=np.concatenate([one[1] for one in found]), minlength=places.size)
    return places, counts.astype(np.float32)


def is_written(sources: Sequence[tuple[Source, Mask]], clause: Clause) -> bool:
    """Whether any passage that counts holds one of the clause's leaves."""
    return any(mask[passages_with(source, clause)[0]].any() for source, mask in sources)


def _of_leaf(source: Source, leaf: Leaf) -> Postings:
    if isinstance(leaf, Token):
        return _with_stem(source, leaf) if _stemmed(leaf) else source.find(leaf.text)
    if isinstance(leaf, Wild):
        return _matching(source, _common(source, _literals(leaf)), _pattern(leaf.text))
    places = np.flatnonzero(within(source, leaf))
    return places, np.ones(places.size, np.float32)


def within(source: Source, leaf: Filter) -> Mask:
    """Passages that a filter lets through."""
    columns = source.columns
    if isinstance(leaf, Dates):
        return columns.alive & columns.dated(*leaf.span)[columns.doc]
    if isinstance(leaf, Owing):
        return columns.alive & columns.owing(*leaf.span, leaf.state)[columns.doc]
    if leaf.name == "speaker":
        return columns.alive & columns.said_by(leaf.value)
    if leaf.name == "item":
        return columns.alive & _of_item(source, leaf.value)
    return columns.alive & columns.of(leaf.name, leaf.value)[columns.doc]


def _of_item(source: Source, value: str) -> Mask:
    """Passages of the item of that number, or of items with that in their title."""
    columns = source.columns
    number = _NUMERALS.get(value.strip("第项个"), int(value) if re.fullmatch(r"[0-9]{1,4}", value) else None)
    if number is not None:
        return np.asarray(columns.item == number, dtype=np.bool_)
    places = source.find(value)[0]
    titles = places[columns.role[places] == ITEM_TITLE]
    keys = columns.doc.astype(np.int64) << 32 | (columns.item.astype(np.int64) & 0xFFFFFFFF)
    return np.isin(keys, keys[titles])


def excluded(source: Source, leaves: Sequence[Leaf]) -> Mask:
    """Passages that are out: all of a document that holds an unwanted text, and what an unwanted filter names."""
    columns = source.columns
    out = np.zeros(columns.doc.size, np.bool_)
    documents = np.zeros(columns.doc_alive.size, np.bool_)
    for leaf in leaves:
        if isinstance(leaf, Filter):
            out |= within(source, leaf)
        else:
            places = _of_leaf(source, leaf)[0]
            documents[columns.doc[places]] = True
    return out | documents[columns.doc]


def pieces(folded: str, clauses: Iterable[Clause]) -> list[str]:
    """The strings of a folded text that the clauses found in it."""
    found: list[str] = []
    for clause in clauses:
        for leaf in clause.leaves:
            if isinstance(leaf, Token):
                found.append(leaf.text)
                if _stemmed(leaf):
                    found += [word for word in _ENGLISH.findall(folded) if _stem(word) == _stem(leaf.text)]
            elif isinstance(leaf, Wild):
                found += [match.group() for match in _pattern(leaf.text).finditer(folded)]
    return list(dict.fromkeys(piece for piece in found if piece))


def _stemmed(token: Token) -> bool:
    return not token.exact and len(token.text) >= _LEAST_STEMMED and _ENGLISH.fullmatch(token.text) is not None


@lru_cache(maxsize=4096)
def _stem(word: str) -> str:
    with warnings.catch_warnings():
        # As in `schema`: what compiling Whoosh warns of, no user can mend.
        warnings.simplefilter("ignore")
        from whoosh.lang.porter import stem
    return str(stem(word))


def _with_stem(source: Source, token: Token) -> Postings:
    """The text itself, and English words of the same stem: policies for policy."""
    stem = _stem(token.text)
    itself = source.find(token.text)
    beginning = stem[:-1] if stem.endswith("i") else stem
    if len(beginning) < _LEAST_STEMMED - 1:
        return itself
    more = np.setdiff1d(source.find(beginning)[0], itself[0]).tolist()
    counted = [(p, sum(_stem(one) == stem for one in _ENGLISH.findall(source.folded(p)))) for p in more]
    held = [(place, count) for place, count in counted if count]
    if not held:
        return itself
    places = np.concatenate([itself[0], np.array([place for place, _ in held], np.int64)])
    counts = np.concatenate([itself[1], np.array([count for _, count in held], np.float32)])
    order = np.argsort(places, kind="stable")
    return places[order], counts[order]


def _literals(leaf: Wild) -> list[str]:
    return [part for part in re.split(r"[*?]", leaf.text) if part]


def _common(source: Source, literals: Sequence[str]) -> Places:
    found = [source.find(part)[0] for part in literals]
    return reduce(lambda one, other: np.intersect1d(one, other, assume_unique=True), found)


@lru_cache(maxsize=256)
def _pattern(text: str) -> re.Pattern[str]:
    """A wildcard as an expression; a `*` at either end adds nothing to what is marked.

    What follows a `*` is taken where it comes first and never looked for again (atomic groups), so that no
    pattern takes long.
    """
    parts = [
        "".join("." if char == "?" else re.escape(char) for char in part) for part in text.strip("*").split("*")
    ]
    return re.compile(parts[0] + "".join(rf"(?>[^\n。；！？]*?{part})" for part in parts[1:]))


def _matching(source: Source, places: Places, pattern: re.Pattern[str]) -> Postings:
    counted = (len(pattern.findall(source.folded(place))) for place in places.tolist())
    counts = np.fromiter(counted, dtype=np.float32, count=places.size)
    held = counts > 0
    return places[held], counts[held]
