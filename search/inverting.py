"""Turns folded texts into sorted postings, many at once: the same terms as `analysis.index_terms`, on numpy arrays."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from search.analysis import is_breaking

# A term and the passage that holds it in one number: two characters of 21 bits, and the row.
_CHARACTER, _ROW = np.uint64(21), np.uint64(22)
MOST_ROWS = 1 << 22
_CHARACTER_MASK, _ROW_MASK = (1 << 21) - 1, (1 << 22) - 1


def inverted(folded: Sequence[str]) -> Iterator[tuple[bytes, NDArray[np.int64], NDArray[np.float32]]]:
    """Each term (UTF-8, ascending) with the rows of `folded` that hold it, ascending, and how often each does.

    At most `MOST_ROWS` texts. Costs about 30 bytes of memory a character.
    """
    keys = _keys(folded)
    if not keys.size:
        return
    keys.sort()
    first = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]])
    counts = np.diff(np.r_[first, keys.size]).astype(np.float32)
    keys = keys[first]
    rows = (keys & np.uint64(_ROW_MASK)).astype(np.int64)
    terms = keys >> _ROW
    starts = np.flatnonzero(np.r_[True, terms[1:] != terms[:-1]])
    ends = np.r_[starts[1:], terms.size].tolist()
    for term, start, end in zip(terms[starts].tolist(), starts.tolist(), ends, strict=True):
        head, tail = term >> 21, term & _CHARACTER_MASK
        text = chr(head) + chr(tail) if tail else chr(head)
        yield text.encode(), rows[start:end], counts[start:end]


def _keys(folded: Sequence[str]) -> NDArray[np.uint64]:
    """One number for each character that begins a term."""
    # A line's end parts words, so no term reaches from one text into the next.
    codes = np.frombuffer("\n".join([*folded, ""]).encode("utf-32-le"), dtype=np.uint32)
    lengths = np.fromiter((len(text) + 1 for text in folded), dtype=np.int64, count=len(folded))
    rows = np.repeat(np.arange(len(folded), dtype=np.uint64), lengths)
    parting = np.zeros(int(codes.max(initial=0)) + 1, np.bool_)
    for code in np.flatnonzero(np.bincount(codes)).tolist():
        parting[code] = is_breaking(chr(code))
    begins = np.flatnonzero(~parting[codes])
    following = codes[begins + 1]
    following = np.where(parting[following], 0, following).astype(np.uint64)
    head = codes[begins].astype(np.uint64)
    return np.asarray(((head << _CHARACTER | following) << _ROW) | rows[begins], dtype=np.uint64)
