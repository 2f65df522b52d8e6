"""The one place that touches Whoosh's private members: a term's postings as arrays, a block at a time.

Whoosh's matchers hand out one posting a call, and its writers take one, which costs most of a search and of a build.
The blocks of its W3 codec are pickled (document numbers as differences, weights), read and written here as they are.
`tests/unit/search/test_postings.py` compares this with the public way and fails when the members change.
"""

import contextlib
from array import array
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from search.schema import PID, TERMS

Numbers = NDArray[np.int64]
Weights = NDArray[np.float32]

BLOCK = 1024
"""Postings in a block: few blocks to a common term, each of them quick to read."""


def postings(leaf: Any, term: str) -> tuple[Numbers, Weights] | None:
    """Document numbers (ascending, of this segment) and counts of `term`, or None where it does not occur."""
    key = term.encode()
    if not leaf.doc_count_all() or (TERMS, key) not in leaf:
        return None
    matcher = leaf._terms.matcher(TERMS, key, leaf.schema[TERMS].format)
    numbers: list[Numbers] = []
    weights: list[Weights] = []
    while matcher.is_active():
        matcher._read_data()
        differences, held = matcher._data[0], matcher._data[1]
        numbers.append(np.cumsum(np.fromiter(differences, dtype=np.int64, count=len(differences))))
        if isinstance(held, tuple):
            weights.append(np.fromiter(held, dtype=np.float32, count=len(held)))
        else:
            # One weight for the whole block; none stands for 1.
            weights.append(np.full(len(differences), 1.0 if held is None else held, np.float32))
        matcher._next_block()
    return np.concatenate(numbers), np.concatenate(weights)


@contextlib.contextmanager
def storage_of(folder: Path) -> Iterator[Any]:
    """Whoosh's storage of a folder; files that it opened are closed when the block fails.

    Whoosh leaves a segment's file open when the directory at its end cannot be read.
    """
    from whoosh.filedb.filestore import FileStorage

    storage = FileStorage(str(folder))
    opened: list[Any] = []
    whoosh_opens = storage.open_file

    def open_file(name: str, **options: Any) -> Any:
        opened.append(whoosh_opens(name, **options))
        return opened[-1]

    storage.open_file = open_file
    try:
        yield storage
    except BaseException:
        for file in opened:
            if not file.is_closed:
                file.close()
        raise
    storage.open_file = whoosh_opens


def writer_of(index: Any) -> Any:
    """A Whoosh writer for `write_postings`."""
    from whoosh.codec.whoosh3 import W3Codec

    return index.writer(codec=W3Codec(blocklimit=BLOCK))


def write_postings(writer: Any, terms: Iterable[tuple[bytes, Numbers, Weights]]) -> None:
    """Writes whole terms (bytes ascending, each with its document numbers ascending and counts) into a new segment.

    Once for a writer, before it commits; its documents are added without this field.
    """
    field = writer.fieldwriter
    field.start_field(TERMS, writer.schema[TERMS])
    for term, numbers, weights in terms:
        field.start_term(term)
        block = field._postwriter
        for start in range(0, numbers.size, BLOCK):
            if start:
                block._write_block()
            held = weights[start : start + BLOCK]
            block._ids = array("I", numbers[start : start + BLOCK].tolist())
            block._weights = array("f", held.tolist())
            block._maxweight = float(held.max())
        field.finish_term()
    field.finish_field()


def passage_numbers(leaf: Any) -> NDArray[np.int64]:
    """The passage number (pid) of each document number of this segment."""
    if not leaf.doc_count_all():
        return np.empty(0, np.int64)
    column = leaf.column_reader(PID, translate=False)
    # No number is 0, the default of the column, which alone is not written.
    written = column._dbfile.get(column._basepos, column._fixedlen * column._count)
    return np.frombuffer(written, dtype=">u4").astype(np.int64)
