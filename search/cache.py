"""Lookups that were made lately, within a limit of memory."""

from collections import OrderedDict
from collections.abc import Callable

from search.source import Postings


class LookupCache:
    """Postings by key, the longest unused given up first. Not for several threads at once."""

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._held: OrderedDict[tuple[str, str], Postings] = OrderedDict()
        self._bytes = 0

    def get(self, kind: str, text: str, look: Callable[[str], Postings]) -> Postings:
        """What `look` gives for the text, looked up once; it may clear the cache meanwhile."""
        key = (kind, text)
        found = self._held.get(key)
        if found is not None:
            self._held.move_to_end(key)
            return found
        found = look(text)
        self._give_up(key)
        self._held[key] = found
        self._bytes += _size(found)
        while self._bytes > self._most and len(self._held) > 1:
            self._give_up(next(iter(self._held)))
        return found

    def clear(self) -> None:
        """Gives all up."""
        self._held.clear()
        self._bytes = 0

    def _give_up(self, key: tuple[str, str]) -> None:
        if (found := self._held.pop(key, None)) is not None:
            self._bytes -= _size(found)


def _size(found: Postings) -> int:
    # What Python takes besides for the key and two arrays.
    return found[0].nbytes + found[1].nbytes + 500
