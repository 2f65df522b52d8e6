"""The Whoosh schema: terms alone. Text and metadata are in the database (`database.TABLES`)."""

from collections.abc import Iterator
from typing import Any

from whoosh.columns import NumericColumn
from whoosh.fields import COLUMN, FieldType, Schema
from whoosh.formats import Frequency

from search.analysis import index_terms

TERMS = "terms"
PID = "pid"


class FoldedBigrams(FieldType):  # type: ignore[misc]  # Whoosh ships no types
    """A field whose value is folded text; its terms and counts come from `analysis.index_terms`.

    Whoosh stores this class by its name in every index, so renaming or moving it needs a reindex.
    """

    def __init__(self) -> None:
        super().__init__(Frequency(), None)

    def index(self, value: str, **kwargs: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        """The terms of one passage as Whoosh wants them: bytes, count, weight, encoded count."""
        for term, count in index_terms(value).items():
            yield term.encode(), count, float(count), b""


def whoosh_schema() -> Schema:
    """Terms, and the number of the passage that they belong to. Text and metadata are in the database."""
    return Schema(**{TERMS: FoldedBigrams(), PID: COLUMN(NumericColumn("I"))})
