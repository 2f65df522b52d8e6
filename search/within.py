"""What of the archive a search may find at all: the rest is neither found nor counted."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from search.documents import KINDS, Within

if TYPE_CHECKING:
    from search.columns import Columns

_ITEMS = 1_000_000
"""More than an agenda has items; -1 is outside them."""

Mask = NDArray[np.bool_]


def owner_of(document_id: str) -> str:
    """The meeting or imported file that a document stands for, or is a part of."""
    parts = document_id.split(":")
    while len(parts) > 1 and parts[0] in ("decision", "task", "record", "agenda", "minutes", "document"):
        parts = parts[1:]
    return ":".join(parts[:2]) if parts[0] == "file" else parts[0]


def passages_within(columns: "Columns", within: Within) -> Mask:
    """The passages that may be found."""
    codes, owner = columns.owners

    def owned_by(names: Iterable[str]) -> Mask:
        return np.isin(owner, [codes[name] for name in names if name in codes])

    documents = np.ones(len(columns.ids), np.bool_)
    if within.bodies:
        documents &= columns.of_bodies(within.bodies)
    if within.owners:
        documents &= owned_by(within.owners)
    if within.hidden:
        documents &= ~owned_by(within.hidden)
    if within.documents:
        documents[columns.places_of(list(within.documents))] = False
    left_out = np.isin(columns.kind, [KINDS.index(kind) for kind in within.kinds if kind in KINDS])
    documents &= ~left_out | owned_by(within.spared)
    passages: Mask = documents[columns.doc]
    if within.items:
        # One number for owner and item together: each passage is looked at once, however many items are hidden.
        here = owner.astype(np.int64)[columns.doc]
        known = [(codes[name], item) for name, item in within.items if name in codes]
        hidden = np.array([code * _ITEMS + item + 1 for code, item in known], np.int64)
        of_item = np.isin(here * _ITEMS + columns.item + 1, hidden)
        # A decision on an item is that item's as a whole, its title too, which by itself would be outside the items.
        is_decision = columns.kind == KINDS.index("decision")
        of_item &= ~(columns.headings & is_decision[columns.doc])
        passages &= ~of_item
        decided = np.zeros(len(columns.ids), np.bool_)
        decided[columns.doc[of_item]] = True
        passages &= ~(decided & is_decision)[columns.doc]
    return passages
