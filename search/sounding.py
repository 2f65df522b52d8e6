"""What stands in the texts that sounds so: one pass over all characters, with no index of its own."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from search.pinyin import CHARACTERS, Characters, stand_in, standing_in

Units = NDArray[np.uint16]
Places = NDArray[np.int64]
_MOST_STRINGS = 16
_MOST_PLACES_COUNTED = 50_000
_MOST_STRETCHED = 2_000
_AT_ONCE = 1 << 19


def units_of(folded: str) -> bytes:
    """A folded text as one unit of two bytes a character; what lies outside the first plane by its stand-in."""
    if not folded.isascii() and max(folded) > "\uffff":
        folded = "".join(stand_in(char) if char > "\uffff" else char for char in folded)
    return folded.encode("utf-16-le", "surrogatepass")


class RunningText:
    """Folded texts one behind the other, a zero between them, so that nothing is found across two."""

    def __init__(self, places: Sequence[int], texts: Sequence[bytes]) -> None:
        """`texts` as `units_of` gives them, `places` the passages that they belong to."""
        self._places = np.array(places, dtype=np.int64)
        self._units: Units = np.frombuffer(b"\0\0".join([*texts, b""]), dtype=np.uint16)
        self._starts: Places = np.cumsum([0, *(len(text) // 2 + 1 for text in texts)])

    def texts(self) -> Iterator[tuple[int, bytes]]:
        """The passages and their texts, as they were given."""
        ends = (self._starts[1:] - 1).tolist()
        for place, start, end in zip(self._places.tolist(), self._starts.tolist(), ends, strict=False):
            yield place, self._units[start:end].tobytes()

    @cached_property
    def _counts(self) -> Places:
        """How often each character occurs; a part at a time, since numpy counts in numbers of eight bytes."""
        counts = np.zeros(CHARACTERS, np.int64)
        for start in range(0, self._units.size, _AT_ONCE):
            counts += np.bincount(self._units[start : start + _AT_ONCE], minlength=CHARACTERS)
        return counts

    @cached_property
    def _occurrences(self) -> NDArray[np.int32]:
        """Where the characters stand, those of one character together; a part at a time, to spare memory."""
        sorted_places = np.empty(self._units.size, np.int32)
        free = np.cumsum(self._counts) - self._counts
        for start in range(0, self._units.size, _AT_ONCE):
            part = self._units[start : start + _AT_ONCE]
            order = np.argsort(part, kind="stable")
            counts = np.bincount(part, minlength=CHARACTERS)
            shift = free - (np.cumsum(counts) - counts)
            sorted_places[shift[part[order]] + np.arange(part.size)] = order + start
            free += counts
        return sorted_places

    @cached_property
    def _ends(self) -> Places:
        """Where the occurrences of each character end."""
        return np.cumsum(self._counts)

    def _standing(self, characters: Characters) -> NDArray[np.int32]:
        """Where these characters stand, in no order."""
        codes = np.flatnonzero(characters & (self._counts > 0))
        ends = self._ends[codes]
        parts = [
            self._occurrences[end - count : end]
            for end, count in zip(ends.tolist(), self._counts[codes].tolist(), strict=True)
        ]
        return np.concatenate([np.empty(0, np.int32), *parts])

    def _at(self, places: Places) -> Units:
        """The characters there. Every place is within; numpy need not look twice, which takes half of the time."""
        return np.take(self._units, places, mode="clip")

    def _matching(self, sounds: Sequence[Characters]) -> Places:
        """Where strings begin whose characters are each among the meant ones: looked for from the rarest on."""
        frequent = [int(self._counts[meant].sum()) for meant in sounds]
        order = np.argsort(frequent, kind="stable").tolist()
        found = self._standing(sounds[order[0]]).astype(np.int64) - order[0]
        found = found[(found >= 0) & (found <= self._units.size - len(sounds))]
        for offset in order[1:]:
            found = found[np.take(sounds[offset], self._at(found + offset), mode="clip")]
        # Only what is left is put in order: that is a thousandth of what the rarest sound alone gives.
        return np.sort(found)

    def strings(
        self, sounds: Sequence[Characters], among: NDArray[np.bool_], folded: Callable[[int], str]
    ) -> dict[str, int]:
        """The commonest strings whose characters are each among the meant ones, with how often they occur.

        `among` says by place which passages count; `folded` gives a passage's text, where the characters are
        that have stand-ins here.
        """
        units, reach = self._units, self._units.size - len(sounds) + 1
        if reach <= 0 or not sounds:
            return {}
        found = self._matching(sounds)
        rows_of_texts = np.searchsorted(self._starts, found, side="right") - 1
        kept = np.flatnonzero(among[self._places[rows_of_texts]])[:_MOST_PLACES_COUNTED]
        found, rows_of_texts = found[kept], rows_of_texts[kept]
        if not found.size:
            return {}
        first, counts = _distinct([units[found + offset] for offset in range(len(sounds))])
        best = np.argsort(-counts, kind="stable")[:_MOST_STRINGS]
        there: dict[str, int] = {}
        for example, count in zip(first[best].tolist(), counts[best].tolist(), strict=True):
            text = int(rows_of_texts[example])
            start = int(found[example] - self._starts[text])
            there[folded(int(self._places[text]))[start : start + len(sounds)]] = int(count)
        there.pop("", None)
        return there

    def holding(self, text: str) -> tuple[Places, NDArray[np.float32]] | None:
        """Passages that hold `text`, in order, and how often; None where that is not to be told from here.

        That is so for characters that are or have stand-ins, and for a text that can overlap with itself.
        """
        codes = [ord(char) for char in text]
        if (
            not codes
            or min(codes) == 0
            or max(codes) >= CHARACTERS
            or standing_in()[codes].any()
            or _overlaps(text)
        ):
            return None
        rarest = min(range(len(codes)), key=lambda offset: self._counts[codes[offset]])
        end = int(self._ends[codes[rarest]])
        found = self._occurrences[end - int(self._counts[codes[rarest]]) : end].astype(np.int64) - rarest
        found = found[(found >= 0) & (found <= self._units.size - len(codes))]
        for offset, code in enumerate(codes):
            if offset != rarest:
                found = found[self._at(found + offset) == code]
        rows = np.searchsorted(self._starts, found, side="right") - 1
        places, counts = np.unique(self._places[rows], return_counts=True)
        return places, counts.astype(np.float32)

    def stretched(
        self, text: str, most_between: int, among: NDArray[np.bool_], folded: Callable[[int], str]
    ) -> dict[str, int]:
        """The commonest strings that hold the characters of `text` in their order, with others between them.

        They begin and end with its first and last one, and at most `most_between` characters stand between two.
        """
        places = [np.sort(self._standing(_only(char))) for char in text]
        first = last = places[0]
        for following in places[1:]:
            at = np.searchsorted(following, last, side="right")
            there = at < following.size
            first, last, at = first[there], last[there], at[there]
            near = following[at] - last <= most_between + 1
            first, last = first[near], following[at[near]]
        rows = np.searchsorted(self._starts, first, side="right") - 1
        within = last < self._starts[rows + 1] - 1
        kept = np.flatnonzero(within & among[self._places[rows]])[:_MOST_STRETCHED]
        found: Counter[str] = Counter()
        for row, start, end in zip(rows[kept].tolist(), first[kept].tolist(), last[kept].tolist(), strict=True):
            begins = int(self._starts[row])
            found[folded(int(self._places[row]))[start - begins : end - begins + 1]] += 1
        return dict(found.most_common(_MOST_STRINGS))


def _overlaps(text: str) -> bool:
    return any(text.startswith(text[at:]) for at in range(1, len(text)))


def _only(char: str) -> Characters:
    meant = np.zeros(CHARACTERS, np.bool_)
    meant[ord(stand_in(char) if char > "\uffff" else char)] = True
    return meant


def _distinct(columns: Sequence[Units]) -> tuple[Places, Places]:
    """The first row of each kind of row, and how many there are of it."""
    if len(columns) > 4:
        rows = np.stack(columns, axis=1)
        _, first, counts = np.unique(rows, axis=0, return_index=True, return_counts=True)
    else:
        packed = np.zeros(columns[0].size, np.uint64)
        for column in columns:
            packed = packed << np.uint64(16) | column
        _, first, counts = np.unique(packed, return_index=True, return_counts=True)
    return first, counts
