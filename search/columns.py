"""What filters, facets and ranking need of every passage and document, as numpy columns."""

import json
from array import array
from collections.abc import Iterable
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from search.analysis import fold
from search.documents import KINDS, OWED_STATES, Owed, Query, Within
from search.within import owner_of, passages_within

# What a passage row is: text, the document's title, or an item's title. Titles are found like text.
TEXT, TITLE, ITEM_TITLE = 0, 1, 2

Ints = NDArray[np.int32]
Mask = NDArray[np.bool_]


_ASKERS_REMEMBERED = 8
# A month, a day.
_HIGHEST = (12, 31)


def date_number(date: str, fill: str = "00") -> int:
    """20240715 for 2024-07-15; a missing month or day becomes `fill`; 0 for what is no date."""
    parts = [part for part in date.strip().split("T")[0].split("-") if part]
    if not parts or not all(part.isascii() and part.isdigit() for part in parts) or len(parts[0]) != 4:
        return 0
    highest = zip(parts[1:3], _HIGHEST, strict=False)
    if not all(len(part) <= 2 and 1 <= int(part) <= most for part, most in highest):
        return 0
    year, month, day = [*parts, fill, fill][:3]
    return int(year) * 10000 + int(month) * 100 + int(day)


class Names:
    """Names and their codes, in the order of first appearance."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self.names: list[str] = list(names)
        self._codes: dict[str, int] = {name: code for code, name in enumerate(self.names)}

    def code(self, name: str | None) -> int:
        """The code of a name; -1 for none."""
        if not name:
            return -1
        code = self._codes.setdefault(name, len(self.names))
        if code == len(self.names):
            self.names.append(name)
        return code

    def has(self, name: str) -> bool:
        """Whether just this name is among them."""
        return name in self._codes

    def containing(self, part: str) -> list[int]:
        """Codes of the names that hold `part`, compared folded."""
        folded = fold(part.strip())
        return [code for code, name in enumerate(self.names) if folded in fold(name)]


class Columns:
    """A fixed view: one row a passage, one row a document. `doc` leads from the first to the second."""

    def __init__(self, builder: "ColumnsBuilder") -> None:
        self.doc = _copy(builder.doc)
        self.role = _copy(builder.role)
        self.item = _copy(builder.item)
        self.speaker = _copy(builder.speaker)
        self.length = _copy(builder.length).astype(np.float32)
        self._first = np.full(len(builder.ids), self.doc.size, np.int64)
        self._last = np.full(len(builder.ids), -1, np.int64)
        np.minimum.at(self._first, self.doc, np.arange(self.doc.size))
        np.maximum.at(self._last, self.doc, np.arange(self.doc.size))
        self.kind = _copy(builder.kind)
        self.date = _copy(builder.date)
        self.body = _copy(builder.body)
        self.outcome = _copy(builder.outcome)
        self.unit = _copy(builder.unit)
        self.unit_doc = _copy(builder.unit_doc)
        self.due, self.due_doc = _copy(builder.due), _copy(builder.due_doc)
        self.due_state = _copy(builder.due_state)
        doc_alive = np.asarray(builder.doc_alive, dtype=np.bool_)
        self.alive: Mask = np.asarray(builder.alive, dtype=np.bool_) & doc_alive[self.doc]
        self.doc_alive = doc_alive
        self.ids = list(builder.ids)
        self._names = builder
        self._within: dict[Within, Mask] = {}

    def passages_of(self, doc: int, mask: Mask) -> NDArray[np.int64]:
        """Places of the passages of one document that `mask` lets through, in order."""
        span = slice(self._first[doc], self._last[doc] + 1)
        inside: NDArray[np.int64] = np.flatnonzero((self.doc[span] == doc) & mask[span])
        return inside + int(self._first[doc])

    @cached_property
    def headings(self) -> Mask:
        """Passages that are the title of their document."""
        return np.asarray(self.role == TITLE, dtype=np.bool_)

    @cached_property
    def size(self) -> int:
        """Living passages, titles among them."""
        return int(self.alive.sum())

    @cached_property
    def mean_length(self) -> float:
        """Characters in a living passage."""
        return float(self.length[self.alive].mean()) if self.size else 1.0

    @cached_property
    def _place_by_id(self) -> dict[str, int]:
        return {id_: place for place, id_ in enumerate(self.ids) if self.doc_alive[place]}

    def living_ids(self) -> list[str]:
        """Ids of the living documents."""
        return list(self._place_by_id)

    def places_of(self, ids: list[str]) -> Ints:
        """Places of those of the documents that are here."""
        places = [self._place_by_id[id_] for id_ in ids if id_ in self._place_by_id]
        return np.array(places, dtype=np.int32)

    def document_mask(self, query: Query) -> Mask:
        """Living documents that the query's filters let through (not `speaker`, which is the passage's)."""
        mask = self.doc_alive.copy()
        if query.kinds:
            mask &= np.isin(self.kind, [KINDS.index(kind) for kind in query.kinds if kind in KINDS])
        mask &= self.dated(query.date_from, query.date_to)
        if query.unit and query.unit.strip():
            mask &= self.of("unit", query.unit)
        if query.due_from or query.due_to or query.owed:
            mask &= self.owing(query.due_from or "", query.due_to or "", query.owed)
        return mask

    def owing(self, first: str, last: str, state: str) -> Mask:
        """Documents with one thing to do that is due on these days and `open` (not known to be done) or `done`."""
        rows = np.ones(self.due.size, np.bool_)
        if number := date_number(first):
            rows &= (self.due >= number) & (self.due > 0)
        if number := date_number(last, "99"):
            rows &= (self.due <= number) & (self.due > 0)
        if state:
            rows &= (self.due_state == OWED_STATES.index("done")) == (state == "done")
        owing = np.zeros(self.date.size, np.bool_)
        owing[self.due_doc[rows]] = True
        return owing

    def dated(self, first: str | None, last: str | None) -> Mask:
        """Documents of these days; what is no date does not limit."""
        mask = np.ones(self.date.size, np.bool_)
        if number := date_number(first or ""):
            mask &= (self.date >= number) & (self.date > 0)
        if number := date_number(last or "", "99"):
            mask &= (self.date <= number) & (self.date > 0)
        return mask

    def of(self, field: str, value: str) -> Mask:
        """Documents whose unit, body or outcome holds `value`, or whose kind is `value`."""
        if field == "unit":
            rows = np.isin(self.unit, self._names.units.containing(value))
            with_unit = np.zeros(self.date.size, np.bool_)
            with_unit[self.unit_doc[rows]] = True
            return with_unit
        if field == "kind":
            return np.asarray(self.kind == (KINDS.index(value) if value in KINDS else -1), dtype=np.bool_)
        codes, names = (self.body, self._names.bodies) if field == "body" else (self.outcome, self._names.outcomes)
        return np.isin(codes, names.containing(value))

    def of_bodies(self, bodies: tuple[str, ...]) -> Mask:
        """Documents of just these bodies."""
        return np.isin(self.body, [code for code, name in enumerate(self._names.bodies.names) if name in bodies])

    def said_by(self, speaker: str) -> Mask:
        """Passages whose speaker's name holds `speaker`."""
        return np.isin(self.speaker, self._names.speakers.containing(speaker))

    def passage_mask(self, query: Query) -> Mask:
        """Living passages that the filters let through; with a speaker, only what was said."""
        mask: Mask = self.alive & self.document_mask(query)[self.doc]
        if query.speaker and query.speaker.strip():
            mask &= self.said_by(query.speaker)
        if query.within is not None:
            mask &= self._let_through(query.within)
        return mask

    def _let_through(self, within: Within) -> Mask:
        """The passages that an asker may find; askers ask more than once, and these columns never change."""
        if (known := self._within.get(within)) is None:
            known = passages_within(self, within)
            for oldest in list(self._within)[: 1 - _ASKERS_REMEMBERED]:
                self._within.pop(oldest, None)
            self._within[within] = known
        return known

    @cached_property
    def owners(self) -> tuple[dict[str, int], Ints]:
        """A number for each owner of documents, and each document's."""
        codes: dict[str, int] = {}
        owner = [codes.setdefault(owner_of(id_), len(codes)) for id_ in self.ids]
        return codes, np.array(owner, dtype=np.int32)

    def has_speaker(self, name: str) -> bool:
        """Whether somebody of just this name spoke."""
        return self._names.speakers.has(name)

    def facets(self, matching: Mask) -> dict[str, dict[str, int]]:
        """Exact counts of the matching documents, most first; years newest first."""
        kinds = np.bincount(self.kind[matching], minlength=len(KINDS))
        years, year_counts = np.unique(self.date[matching & (self.date > 0)] // 10000, return_counts=True)
        return {
            "kind": _sorted({kind: int(kinds[code]) for code, kind in enumerate(KINDS)}),
            "unit": _sorted(_counts(self.unit[matching[self.unit_doc]], self._names.units.names)),
            "year": {str(year): int(n) for year, n in zip(years[::-1], year_counts[::-1], strict=True)},
            "body": _sorted(_counts(self.body[matching], self._names.bodies.names)),
            "outcome": _sorted(_counts(self.outcome[matching], self._names.outcomes.names)),
            **self._owed_facets(matching),
        }

    def _owed_facets(self, matching: Mask) -> dict[str, dict[str, int]]:
        """By the month in which something is due, the latest first, and by whether it is known to be done."""
        rows = matching[self.due_doc]
        months = np.unique(np.stack([self.due[rows] // 100, self.due_doc[rows]]), axis=1)[0]
        found, counts = np.unique(months[months > 0], return_counts=True)
        done = self.due_state[rows] == OWED_STATES.index("done")
        open_, closed = (np.unique(self.due_doc[rows][mask]).size for mask in (~done, done))
        return {
            "due": {f"{m // 100}-{m % 100:02}": int(n) for m, n in zip(found[::-1], counts[::-1], strict=True)},
            "owed": _sorted({"open": open_, "done": closed}),
        }


class ColumnsBuilder:
    """Collects rows one by one; `freeze` gives the columns. Rows are never moved, only marked as gone."""

    def __init__(self) -> None:
        self.doc, self.role, self.item = array("i"), array("i"), array("i")
        self.speaker, self.length, self.alive = array("i"), array("i"), array("b")
        self.kind, self.date, self.body = array("i"), array("i"), array("i")
        self.unit, self.unit_doc, self.doc_alive = array("i"), array("i"), array("b")
        self.outcome = array("i")
        self.due, self.due_doc, self.due_state = array("i"), array("i"), array("i")
        self.ids: list[str] = []
        self.speakers, self.bodies, self.units, self.outcomes = Names(), Names(), Names(), Names()

    def add_document(
        self, id_: str, kind: str, date: str, body: str, units: str, outcome: str = "", owed: Iterable[Owed] = ()
    ) -> int:
        """Adds a document (`units` as JSON) and gives its place."""
        place = len(self.ids)
        self.ids.append(id_)
        self.kind.append(KINDS.index(kind))
        self.date.append(date_number(date))
        self.body.append(self.bodies.code(body))
        self.outcome.append(self.outcomes.code(outcome))
        for unit in dict.fromkeys(json.loads(units)):
            if (code := self.units.code(unit)) >= 0:
                self.unit.append(code)
                self.unit_doc.append(place)
        for one in owed:
            self.due.append(date_number(one.due))
            self.due_doc.append(place)
            self.due_state.append(OWED_STATES.index(one.state))
        self.doc_alive.append(1)
        return place

    def add_passage(self, doc: int, role: int, item: int | None, speaker: str | None, length: int) -> int:
        """Adds a passage of the document at place `doc` and gives its place."""
        self.doc.append(doc)
        self.role.append(role)
        self.item.append(-1 if item is None else item)
        self.speaker.append(self.speakers.code(speaker))
        self.length.append(length)
        self.alive.append(1)
        return len(self.doc) - 1

    def freeze(self) -> Columns:
        """The columns as they are now."""
        return Columns(self)


def merge_facets(parts: list[dict[str, dict[str, int]]]) -> dict[str, dict[str, int]]:
    """The sum of several counts."""
    facets = ("kind", "unit", "year", "body", "outcome", "due", "owed")
    merged: dict[str, dict[str, int]] = {facet: {} for facet in facets}
    for part in parts:
        for facet, counts in part.items():
            for name, number in counts.items():
                merged[facet][name] = merged[facet].get(name, 0) + number
    return {
        facet: dict(sorted(counts.items(), reverse=True)) if facet in ("year", "due") else _sorted(counts)
        for facet, counts in merged.items()
    }


def _copy(values: "array[Any]") -> Ints:
    return np.array(values, dtype=np.int32)


def _counts(codes: Ints, names: list[str]) -> dict[str, int]:
    numbers = np.bincount(codes[codes >= 0], minlength=len(names))
    return {name: int(numbers[code]) for code, name in enumerate(names)}


def _sorted(counts: dict[str, int]) -> dict[str, int]:
    return dict(sorted(((n, c) for n, c in counts.items() if c), key=lambda pair: (-pair[1], pair[0])))
