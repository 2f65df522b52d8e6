"""From a query to results: what is matched, in which order, with which note."""

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

import numpy as np

from search.analysis import fold
from search.archive import Archive
from search.columns import Mask, merge_facets
from search.documents import NOTE_CLOSEST, NOTE_DATE, NOTE_OTHERWISE, NOTE_SOUND, Hit, Query, Results
from search.grouping import grouped, repeated_last
from search.hearing import heard, heard_beside
from search.highlight import highlights
from search.live import LiveTable
from search.lookup import excluded, pieces, within
from search.query import Clause, Dates, Filter, Leaf, Parsed, loosen, parse
from search.ranking import Matches, Ranked, match_all, match_filters, match_most, match_most_words, newest, order
from search.rewording import reworded
from search.source import Source
from search.suggesting import complete, of_heard, suggest

Sources = list[tuple[Source, Mask]]
_DECISIONS_BESIDE = 20


class _Found(NamedTuple):
    """What was matched by which clauses; `marked` are the strings to highlight where the clauses do not tell."""

    matches: list[Matches]
    clauses: tuple[Clause, ...] = ()
    marked: tuple[str, ...] = ()
    note: str = ""
    suggestions: tuple[str, ...] = ()
    by_sound: bool = False


def answer(archive: Archive, query: Query, live: LiveTable | None) -> Results:
    """The results of a query over the archive, as it is, and what is live. Raises: IndexDamaged."""
    began = time.perf_counter()
    sources = _sources(archive, query, live)
    parsed = _meant(sources, query.text, parse(query.text, date.today()))
    everything = _excluding(sources, parsed.excluded)
    found = _match(archive, everything, parsed)
    beside = _beside(everything, parsed, found)
    limit = max(query.limit, 1)
    hits = tuple([*_hits(found, query, limit), *_hits(beside, query, limit)][:limit])
    matching = [m.matching | b.matching for m, b in zip(found.matches, beside.matches, strict=True)]
    return Results(
        query=query.text,
        total=sum(int(mask.sum()) for mask in matching),
        hits=hits,
        facets=merge_facets(
            [m.source.columns.facets(mask) for m, mask in zip(found.matches, matching, strict=True)]
        ),
        note=found.note,
        took_ms=round((time.perf_counter() - began) * 1000, 2),
        suggestions=found.suggestions,
        groups=grouped(hits),
    )


def completions(
    archive: Archive, text: str, live: LiveTable | None, visible: Query, limit: int
) -> tuple[str, ...]:
    """The text with its last word completed, from what `visible` lets through. Raises: IndexDamaged."""
    return complete(_sources(archive, visible, live), archive.words, text, limit)


def suggestions(archive: Archive, text: str, live: LiveTable | None, visible: Query) -> tuple[str, ...]:
    """Other texts to look for, by sound and by edit distance. Raises: IndexDamaged."""
    parsed = parse(text, date.today())
    sources = _sources(archive, visible, live)
    return _suggested(archive, sources, parsed.required, heard(sources, archive.words, parsed.required))


def _sources(archive: Archive, query: Query, live: LiveTable | None) -> Sources:
    mask = archive.columns.passage_mask(query)
    if live is None:
        return [(archive, mask)]
    view = live.view()
    hidden = archive.columns.places_of(view.columns.living_ids())
    if hidden.size:
        mask &= ~np.isin(archive.columns.doc, hidden)
    return [(archive, mask), (view, view.columns.passage_mask(query))]


def _meant(sources: Sources, text: str, parsed: Parsed) -> Parsed:
    """The query, or its plain words where a text holds just this: who copies 2020-03 -26 全国 asks for no syntax."""
    if not parsed.excluded and not (parsed.filters and parsed.required):
        return parsed
    literal = fold(text).strip()
    if any(mask[source.find(literal)[0]].any() for source, mask in sources):
        return Parsed(required=parsed.plain, plain=parsed.plain)
    return parsed


def _excluding(sources: Sources, leaves: Sequence[Leaf]) -> Sources:
    return [(source, mask & ~excluded(source, leaves)) for source, mask in sources] if leaves else sources


def _narrowed(sources: Sources, filters: Sequence[Clause], *, dates: bool = True) -> Sources:
    """What all filters let through; without `dates`, those that are bare dates do not count."""
    narrowed = []
    for source, mask in sources:
        for clause in filters:
            leaves = [leaf for leaf in clause.leaves if isinstance(leaf, Filter)]
            if dates or not any(isinstance(leaf, Dates) and leaf.written for leaf in leaves):
                mask = mask & np.logical_or.reduce([within(source, leaf) for leaf in leaves])
        narrowed.append((source, mask))
    return narrowed


def _match(archive: Archive, everything: Sources, parsed: Parsed) -> _Found:
    """The first way of reading the query that matches anything."""
    narrowed = _narrowed(everything, parsed.filters)
    if not parsed.required:
        return _filtered(everything, narrowed, parsed)
    for attempt in _attempts(archive, everything, narrowed, parsed):
        found = attempt()
        if _total(found.matches):
            return found
    matches, marked = match_most(narrowed, parsed.required)
    if not _total(matches) and len(parsed.required) > 1:
        # One long word that nobody knows outweighs a short one that is there.
        matches, marked = match_most_words(narrowed, parsed.required), []
    some = _total(matches) > 0
    return _Found(
        matches if matches else match_all(narrowed, parsed.required),
        parsed.required,
        tuple(marked),
        NOTE_CLOSEST if some else "",
        _suggested(archive, narrowed, parsed.required, ()),
    )


def _attempts(
    archive: Archive, everything: Sources, narrowed: Sources, parsed: Parsed
) -> Iterator[Callable[[], _Found]]:
    def written(sources: Sources, clauses: tuple[Clause, ...], note: str = "") -> Callable[[], _Found]:
        return lambda: _Found(match_all(sources, clauses), clauses, note=note)

    def sounding() -> _Found:
        clauses = heard(narrowed, archive.words, parsed.required)
        if not clauses:
            return _Found([])
        matches = match_all(narrowed, clauses)
        suggested = of_heard(narrowed, clauses) if _total(matches) else ()
        return _Found(matches, clauses, note=NOTE_SOUND, suggestions=suggested, by_sound=True)

    def otherwise() -> _Found:
        clauses = reworded(narrowed, parsed.required)
        return _Found(match_all(narrowed, clauses) if clauses else [], clauses, note=NOTE_OTHERWISE)

    yield written(narrowed, parsed.required)
    if loose := loosen(parsed.required):
        yield written(narrowed, loose)
    if parsed.dated:
        yield written(
            _narrowed(everything, parsed.filters, dates=False), (*parsed.required, *parsed.dated), NOTE_DATE
        )
    yield otherwise
    yield sounding


def _filtered(everything: Sources, narrowed: Sources, parsed: Parsed) -> _Found:
    """What the filters let through; a query that is nothing else may mean its words as well: 2018, 议题：审议."""
    matches = match_filters(narrowed)
    literal = match_all(everything, parsed.plain) if parsed.filters and parsed.plain else []
    if not _total(literal):
        return _Found(matches)
    joined = [
        word._replace(
            mask=filtered.mask | everywhere,
            documents=np.where(word.matching, word.documents + 1, filtered.documents),
            matching=filtered.matching | word.matching,
        )
        for filtered, word, (_, everywhere) in zip(matches, literal, everything, strict=True)
    ]
    return _Found(joined, parsed.plain)


def _beside(everything: Sources, parsed: Parsed, found: _Found) -> _Found:
    """What only sounds like the query, where the query itself was found: without the documents that were."""
    clauses: tuple[Clause, ...] = ()
    narrowed: Sources = []
    if parsed.required and _total(found.matches) and not found.note:
        narrowed = _narrowed(everything, parsed.filters)
        clauses = heard_beside(narrowed, parsed.required)
    matches = match_all(narrowed, clauses) if clauses else []
    if not matches:
        return _Found([m._replace(matching=np.zeros_like(m.matching)) for m in found.matches])
    others = [m._replace(matching=m.matching & ~f.matching) for m, f in zip(matches, found.matches, strict=True)]
    return _Found(others, clauses, by_sound=True)


def _suggested(
    archive: Archive, sources: Sources, clauses: tuple[Clause, ...], by_sound: tuple[Clause, ...]
) -> tuple[str, ...]:
    found = of_heard(sources, by_sound) if by_sound else ()
    return found or suggest(sources, archive.words, clauses)


def _total(matches: list[Matches]) -> int:
    return sum(int(m.matching.sum()) for m in matches)


def _hits(found: _Found, query: Query, limit: int) -> list[Hit]:
    if not _total(found.matches):
        return []
    if query.sort == "newest":
        ranked = newest(found.matches, limit)
    else:
        # Decisions stand in their minutes too: more are looked at, so that other documents have their place.
        looked_at = order(found.matches, found.clauses, limit + _DECISIONS_BESIDE)
        ranked = repeated_last([(one.matches.source.columns.ids[one.doc], one) for one in looked_at])[:limit]
    return [hit for hit in (_hit(one, found) for one in ranked) if hit is not None]


def _hit(ranked: Ranked, found: _Found) -> Hit | None:
    """The hit, or None when a writer has removed it since the search began."""
    source = ranked.matches.source
    try:
        document, passage = source.document(ranked.doc), source.passage(ranked.place)
    except KeyError:
        return None
    marked = found.marked or pieces(source.folded(ranked.place), found.clauses)
    return Hit(
        id=document.id,
        kind=document.kind,
        meeting_id=document.meeting_id,
        item=passage.item,
        date=document.date,
        title=document.title,
        speaker=passage.speaker,
        text=passage.text,
        highlights=highlights(passage.text, marked),
        source=document.source,
        start_ms=passage.start_ms,
        score=round(ranked.score, 4),
        passage_id=passage.id,
        item_title=passage.item_title,
        sounds_alike=found.by_sound,
        outcome=document.outcome,
        matter=document.matter,
        body=document.body,
        units=document.units,
        owed=document.owed,
    )
