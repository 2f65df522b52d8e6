"""What the meetings need of a search engine: the port behind which another one can serve.

`SearchIndex` is the one for a single machine. Each method may raise a SearchError; what is put in is found at once,
whole documents or nothing, and a query is never an error. `tests/unit/search/backend_contract.py` says it in tests.
"""

from collections.abc import Iterable
from typing import Protocol

from search.documents import Document, Query, Results
from search.live import LiveTable


class SearchBackend(Protocol):
    """Documents by id, searched by the query language, with exact counts of what the asker may see."""

    def replace(self, documents: Iterable[Document], *, fold: bool = True) -> None:
        """Adds documents, or replaces those of the same id. `fold` false: more is about to come, costly work waits."""

    def delete(self, ids: Iterable[str]) -> None:
        """Removes documents; ids that are not there are ignored."""

    def rebuild(self, documents: Iterable[Document]) -> None:
        """Holds these documents and no others from now on; the old ones answer until then."""

    def fold(self) -> None:
        """Does the work that was left for later."""

    def pending(self) -> int:
        """How many passages that work was left for; they are found all the same, only slower."""

    def count(self, without: str = "") -> int:
        """Documents; those of the kind `without` are left out."""

    def lacking(self) -> bool:
        """Whether an older program put in less of each document; what is there is found, a rebuild brings the rest."""

    def read_only(self) -> bool:
        """Whether nothing can be changed, because of the disk or who owns it; searches answer from what there is."""

    def search(self, query: Query, live: LiveTable | None = None) -> Results:
        """Documents that match, best first, with what is live beside them in one order."""

    def complete(
        self, text: str, live: LiveTable | None = None, visible: Query = ..., limit: int = 8
    ) -> tuple[str, ...]:
        """The text with its last word completed from what `visible` lets through."""

    def suggest(self, text: str, live: LiveTable | None = None, visible: Query = ...) -> tuple[str, ...]:
        """Other texts to look for, of what `visible` lets through."""

    def warm(self) -> None:
        """Reads ahead what searches need, so that no first search waits for it; searches go between."""

    def check(self) -> None:
        """Raises IndexDamaged where what is stored is not what was put in."""

    def close(self) -> None:
        """Gives all files and connections back."""
