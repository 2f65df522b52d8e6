"""The Whoosh schema: terms alone. Text and metadata are in the database (`tables.TABLES`)."""

import importlib
import warnings
from collections.abc import Iterator
from typing import Any

from search.analysis import index_terms

with warnings.catch_warnings():
    # Whoosh 2.7.4 is of 2016: compiling it warns of its escapes and of `is` with a number, which no user can mend.
    warnings.simplefilter("ignore")
    from whoosh.columns import NumericColumn
    from whoosh.fields import COLUMN, FieldType, Schema
    from whoosh.formats import Existence

    importlib.import_module("whoosh.codec.whoosh3")

TERMS = "terms"
PID = "pid"


class FoldedBigrams(FieldType):  # type: ignore[misc]  # Whoosh ships no types
    """A field whose value is folded text; its terms and counts come from `analysis.index_terms`.

    Whoosh stores this class by its name in every index, so renaming or moving it needs a reindex.
    """

    def __init__(self) -> None:
        super().__init__(Existence(), None)

    def index(self, value: str, **kwargs: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        """The terms of one passage as Whoosh wants them: bytes, count, weight (the count), no value."""
        for term, count in index_terms(value).items():
            yield term.encode(), count, float(count), b""


def whoosh_schema() -> Schema:
    """Terms, and the number of the passage that they belong to. Text and metadata are in the database."""
    return Schema(**{TERMS: FoldedBigrams(), PID: COLUMN(NumericColumn("I"))})
