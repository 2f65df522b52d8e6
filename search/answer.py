"""From a query to results: what is matched, in which order, with which note."""

import time

import numpy as np

from search.archive import Archive
from search.columns import Mask, merge_facets
from search.documents import NOTE_CLOSEST, Hit, Query, Results
from search.highlight import highlights
from search.live import LiveTable
from search.query import Token, loosen, parse
from search.ranking import Matches, Ranked, Source, match_all, match_filters, match_most, order


def answer(archive: Archive, query: Query, live: LiveTable | None) -> Results:
    """The results of a query over the archive, as it is, and what is live. Raises: IndexDamaged."""
    began = time.perf_counter()
    sources = _sources(archive, query, live)
    matches, pieces, tokens, note = _match(sources, parse(query.text))
    ranked = order(matches, tokens, max(query.limit, 1))
    return Results(
        query=query.text,
        total=_total(matches),
        hits=tuple(hit for hit in (_hit(one, pieces) for one in ranked) if hit is not None),
        facets=merge_facets([m.source.columns.facets(m.matching) for m in matches]),
        note=note,
        took_ms=round((time.perf_counter() - began) * 1000, 2),
    )


def _sources(archive: Archive, query: Query, live: LiveTable | None) -> list[tuple[Source, Mask]]:
    mask = archive.columns.passage_mask(query)
    if live is None:
        return [(archive, mask)]
    view = live.view()
    hidden = archive.columns.places_of(view.columns.living_ids())
    if hidden.size:
        mask &= ~np.isin(archive.columns.doc, hidden)
    return [(archive, mask), (view, view.columns.passage_mask(query))]


def _match(
    sources: list[tuple[Source, Mask]], tokens: tuple[Token, ...]
) -> tuple[list[Matches], list[str], tuple[Token, ...], str]:
    """Matches, the pieces to highlight, the tokens that were matched, a note."""
    if not tokens:
        return match_filters(sources), [], (), ""
    for attempt in (tokens, loosen(tokens)):
        if attempt:
            matches = match_all(sources, attempt)
            if _total(matches):
                return matches, [token.text for token in attempt], attempt, ""
    matches, pieces = match_most(sources, tokens)
    return matches, pieces, tokens, NOTE_CLOSEST if _total(matches) else ""


def _total(matches: list[Matches]) -> int:
    return sum(int(m.matching.sum()) for m in matches)


def _hit(ranked: Ranked, pieces: list[str]) -> Hit | None:
    """The hit, or None when a writer has removed it since the search began."""
    source = ranked.matches.source
    try:
        document, passage = source.document(ranked.doc), source.passage(ranked.place)
    except KeyError:
        return None
    return Hit(
        id=document.id,
        kind=document.kind,
        meeting_id=document.meeting_id,
        item=passage.item,
        date=document.date,
        title=document.title,
        speaker=passage.speaker,
        text=passage.text,
        highlights=highlights(passage.text, pieces),
        source=document.source,
        start_ms=passage.start_ms,
        score=round(ranked.score, 4),
        passage_id=passage.id,
        item_title=passage.item_title,
    )
