"""Which documents come first: BM25 over what was asked, titles, whole words, and a little for being recent."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from search.analysis import bigrams, stands_whole
from search.columns import ITEM_TITLE, TEXT, TITLE, Columns, Mask
from search.lookup import passages_with, pieces
from search.query import Clause
from search.source import Floats, Places, Postings, Source

# Robertson's usual values; see Manning, Raghavan, Schütze, Introduction to Information Retrieval, 11.4.3.
_K1, _B = 1.2, 0.75
_TITLE_WEIGHT, _ITEM_TITLE_WEIGHT, _MORE_PASSAGES_WEIGHT = 1.3, 1.0, 0.1
_RECENT_WEIGHT, _RECENT_YEARS = 0.2, 4.0
_WHOLE_WORD_WEIGHT = 0.2
# A near match holds at least this share of the bigrams asked for, and of the weight that the best one has.
_LEAST_SHARE, _LEAST_OF_BEST = 0.3, 0.6
_LOOKED_AT_CLOSELY = 30


class Matches(NamedTuple):
    """What one source holds for a query: the score of each passage and document, and which of them count."""

    source: Source
    mask: Mask
    passages: Floats
    documents: Floats
    matching: Mask


class Ranked(NamedTuple):
    """A document in the order of its score; `place` is its best passage, -1 when it has none."""

    matches: Matches
    doc: int
    place: int
    score: float


def match_all(sources: Sequence[tuple[Source, Mask]], clauses: Sequence[Clause]) -> list[Matches]:
    """Documents that meet every clause, each somewhere; passages that meet more of them score higher.

    `sources` come with the mask of passages that the query's filters let through.
    """
    found = [[passages_with(source, clause) for clause in clauses] for source, _ in sources]
    weights = _rarity([source for source, _ in sources], found)
    asked = sum(max((len(token.text) for token in clause.tokens), default=0) for clause in clauses)
    return [
        _score_all(source, mask, postings, weights, asked)
        for (source, mask), postings in zip(sources, found, strict=True)
    ]


def match_most_words(sources: Sequence[tuple[Source, Mask]], clauses: Sequence[Clause]) -> list[Matches]:
    """Documents that meet as many of the clauses as any document does; none where no clause is met."""
    found = [[passages_with(source, clause) for clause in clauses] for source, _ in sources]
    weights = _rarity([source for source, _ in sources], found)
    most = max(
        int(_met(source.columns, [places[mask[places]] for places, _ in postings]).max(initial=0))
        for (source, mask), postings in zip(sources, found, strict=True)
    )
    asked = sum(len(token.text) for clause in clauses for token in clause.tokens[:1])
    return [
        _score_all(source, mask, postings, weights, asked, least=max(most, 1))
        for (source, mask), postings in zip(sources, found, strict=True)
    ]


def _met(columns: Columns, found: Sequence[Places]) -> NDArray[np.int8]:
    """How many of the clauses each living document meets."""
    met = np.zeros(columns.doc_alive.size, np.int8)
    for places in found:
        holding = np.zeros(columns.doc_alive.size, np.bool_)
        holding[columns.doc[places]] = True
        met += holding
    return np.where(columns.doc_alive, met, np.int8(0))


def _rarity(sources: Sequence[Source], found: Sequence[Sequence[Postings]]) -> list[float]:
    """BM25's inverse document frequency of each clause, over all sources together."""
    size = sum(source.columns.size for source in sources)
    holding = [sum(postings[index][0].size for postings in found) for index in range(len(found[0]))]
    return [math.log(1 + (size - held + 0.5) / (held + 0.5)) for held in holding]


def _score_all(
    source: Source,
    mask: Mask,
    found: Sequence[Postings],
    weights: Sequence[float],
    asked: int,
    least: int | None = None,
) -> Matches:
    """The scores of documents that meet all clauses, or `least` of them."""
    columns = source.columns
    scores = np.zeros(columns.doc.size, np.float32)
    held = np.zeros(columns.doc.size, np.float32)
    found = [(places[kept], counts[kept]) for places, counts in found for kept in [mask[places]]]
    met = _met(columns, [places for places, _ in found])
    matching = columns.doc_alive & (met >= (len(found) if least is None else least))
    stretch = _K1 * (1 - _B + _B * columns.length / columns.mean_length)
    for (places, counts), weight in zip(found, weights, strict=True):
        scores[places] += weight * counts * (_K1 + 1) / (counts + stretch[places])
        held[places] += 1
    places = np.flatnonzero(held)
    places = places[matching[columns.doc[places]]]
    scores[places] *= 0.5 + 0.5 * held[places] / len(found)
    titles = places[columns.role[places] != TEXT]
    scores[titles] *= 0.4 + 0.6 * np.minimum(asked / np.maximum(columns.length[titles], 1), 1)
    return Matches(source, mask, scores, _of_documents(columns, scores, places), matching)


def _of_documents(columns: Columns, scores: Floats, places: Places) -> Floats:
    """A document's score: its best passage, its title, the best item title, a little for each passage more."""
    count = columns.doc_alive.size
    total = np.zeros(count, np.float32)
    for role, weight in ((TEXT, 1.0), (TITLE, _TITLE_WEIGHT), (ITEM_TITLE, _ITEM_TITLE_WEIGHT)):
        chosen = places[columns.role[places] == role]
        best = np.zeros(count, np.float32)
        np.maximum.at(best, columns.doc[chosen], scores[chosen])
        total += np.float32(weight) * best
    more = np.bincount(columns.doc[places], minlength=count).astype(np.float32)
    return np.asarray(total * (1 + _MORE_PASSAGES_WEIGHT * np.log1p(more)), dtype=np.float32)


def match_most(
    sources: Sequence[tuple[Source, Mask]], clauses: Sequence[Clause]
) -> tuple[list[Matches], list[str]]:
    """Documents by the share of the query's bigrams that one of their passages or titles holds; and those bigrams.

    Rare bigrams weigh more; one that occurs nowhere (部门名 written otherwise, a slip) takes nothing from the rest.
    """
    asked = list(
        dict.fromkeys(piece for clause in clauses for token in clause.tokens for piece in bigrams(token.text))
    )
    if not asked:
        return [], []
    found = [[source.find(piece) for piece in asked] for source, _ in sources]
    weights = [
        weight if any(postings[index][0].size for postings in found) else 0.0
        for index, weight in enumerate(_rarity([source for source, _ in sources], found))
    ]
    matches = [
        _score_most(source, mask, postings, weights)
        for (source, mask), postings in zip(sources, found, strict=True)
    ]
    best = max((float(m.documents.max(initial=0.0, where=m.matching)) for m in matches), default=0.0)
    enough = [m._replace(matching=m.matching & (m.documents >= _LEAST_OF_BEST * best)) for m in matches]
    return enough, asked


def _score_most(source: Source, mask: Mask, found: Sequence[Postings], weights: Sequence[float]) -> Matches:
    columns = source.columns
    scores = np.zeros(columns.doc.size, np.float32)
    held = np.zeros(columns.doc.size, np.float32)
    for (places, _), weight in zip(found, weights, strict=True):
        places = places[mask[places]]
        scores[places] += weight
        held[places] += 1
    scores /= sum(weights) or 1.0
    share = np.zeros(columns.doc_alive.size, np.float32)
    places = np.flatnonzero(held)
    np.maximum.at(share, columns.doc[places], held[places] / len(found))
    documents = np.zeros(columns.doc_alive.size, np.float32)
    np.maximum.at(documents, columns.doc[places], scores[places])
    return Matches(source, mask, scores, documents, columns.doc_alive & (share >= _LEAST_SHARE))


def match_filters(sources: Sequence[tuple[Source, Mask]]) -> list[Matches]:
    """Every document that has a passage which the filters let through, all alike."""
    matches = []
    for source, mask in sources:
        columns = source.columns
        matching = np.zeros(columns.doc_alive.size, np.bool_)
        matching[columns.doc[mask]] = True
        ones = np.ones(columns.doc_alive.size, np.float32)
        matches.append(Matches(source, mask, np.zeros(columns.doc.size, np.float32), ones, matching))
    return matches


def order(matches: Sequence[Matches], clauses: Sequence[Clause], limit: int) -> list[Ranked]:
    """The best `limit` documents: relevance, a bonus for whole words, blended with how recent they are."""
    newest = max((float(_years(m.source.columns)[m.matching].max(initial=0.0)) for m in matches), default=0.0)
    ranked: list[Ranked] = []
    for m in matches:
        docs = np.flatnonzero(m.matching)
        scores = m.documents[docs] * _recency(_years(m.source.columns)[docs], newest)
        # Equal scores: the newer first, then the later added.
        first = np.lexsort((-docs, -m.source.columns.date[docs], -scores))[: max(_LOOKED_AT_CLOSELY, limit)]
        ranked += [Ranked(m, int(docs[i]), -1, float(scores[i])) for i in first]
    ranked.sort(key=lambda r: -r.score)
    close, rest = ranked[:_LOOKED_AT_CLOSELY], ranked[_LOOKED_AT_CLOSELY:]
    close = [_look_closely(r, clauses) for r in close]
    close.sort(key=lambda r: -r.score)
    chosen = (close + rest)[: max(limit, 0)]
    return [r if r.place >= 0 else _look_closely(r, ()) for r in chosen]


def newest(matches: Sequence[Matches], limit: int) -> list[Ranked]:
    """The latest `limit` documents; those of one day by relevance, those without a day last."""
    ranked: list[tuple[int, Ranked]] = []
    for m in matches:
        docs, date = np.flatnonzero(m.matching), m.source.columns.date
        first = np.lexsort((-docs, -m.documents[docs], -date[docs]))[:limit]
        ranked += [(int(date[docs[i]]), Ranked(m, int(docs[i]), -1, float(m.documents[docs[i]]))) for i in first]
    ranked.sort(key=lambda pair: (-pair[0], -pair[1].score))
    return [_look_closely(one, ()) for _, one in ranked[:limit]]


def _years(columns: Columns) -> Floats:
    date = columns.date
    return np.asarray(date // 10000 + (date // 100 % 100) / 12 + (date % 100) / 372, dtype=np.float32)


def _recency(years: Floats, newest: float) -> Floats:
    age = np.exp(-(newest - years) / _RECENT_YEARS)
    return np.asarray(1 + _RECENT_WEIGHT * np.where(years > 0, age, 0.0), dtype=np.float32)


def _look_closely(ranked: Ranked, clauses: Sequence[Clause]) -> Ranked:
    """With the document's best passage, and a bonus where what was asked stands there as whole words."""
    place = _best_passage(ranked)
    if place < 0 or not clauses:
        return ranked._replace(place=place)
    folded = ranked.matches.source.folded(place)
    whole = sum(any(stands_whole(folded, piece) for piece in pieces(folded, (clause,))) for clause in clauses)
    return ranked._replace(place=place, score=ranked.score * (1 + _WHOLE_WORD_WEIGHT * whole / len(clauses)))


def _best_passage(ranked: Ranked) -> int:
    """The passage to show: the best text, else the first one under the best item title, else a title."""
    columns, scores = ranked.matches.source.columns, ranked.matches.passages
    places = columns.passages_of(ranked.doc, ranked.matches.mask)
    if not places.size:
        return -1
    texts = places[columns.role[places] == TEXT]
    if not texts.size:
        return int(places[np.argmax(scores[places])])
    if scores[texts].any():
        headings = places[columns.role[places] == ITEM_TITLE]
        under = np.isin(columns.item[texts], columns.item[headings[scores[headings] > 0]])
        return int(texts[np.argmax(scores[texts] * np.where(under, 1.1, 1.0))])
    heading = places[np.argmax(scores[places])]
    under_it = texts[columns.item[texts] == columns.item[heading]]
    return int(under_it[0] if columns.role[heading] == ITEM_TITLE and under_it.size else texts[0])
