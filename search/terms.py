"""The term index: Whoosh holds which passage has which bigram, and nothing else.

The folder is only ever written by this module and never comes from elsewhere: Whoosh unpickles what it reads.
"""

import contextlib
import errno
import hashlib
import json
import pickle
import struct
import zlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from search.errors import IndexDamaged
from search.inverting import inverted
from search.postings import passage_numbers, postings, storage_of, write_postings, writer_of
from search.schema import PID, TERMS, whoosh_schema

# What Whoosh lets through when its files are cut off or changed.
DAMAGE = (
    *(OSError, EOFError, ValueError, KeyError, IndexError, TypeError, AttributeError, AssertionError),
    *(struct.error, zlib.error, pickle.UnpicklingError, ImportError),
    # A length that was changed asks for more memory than there is.
    *(MemoryError, OverflowError),
)
_NOT_DAMAGE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS, errno.EMFILE})

SEGMENT = 25_000
"""Passages that are written into one segment: 100 MB of memory while that is done, and 0.1 ms a query for each."""
# A segment is taken into a new one that is at least half as large, or when so little of it is still there.
_ABSORBED, _LEAST_ALIVE = 2, 0.7


class Change(NamedTuple):
    """What the term index shall hold besides what it has, and all that still exists; numbers of passages."""

    added: Sequence[int]
    living: NDArray[np.int64]


class _Reading:
    """Turns what a damaged file makes Whoosh raise into IndexDamaged; Whoosh raises bare `Exception` as well."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        if isinstance(error, OSError) and error.errno in _NOT_DAMAGE:
            return
        if kind is not None and (
            kind is Exception or issubclass(kind, DAMAGE) or kind.__module__.startswith("whoosh.")
        ):
            raise _damaged(self._folder, error) from error


class TermReader:
    """One committed state of the term index. Not for several threads at once."""

    def __init__(self, folder: Path) -> None:
        """Raises: IndexDamaged."""
        self._folder = folder
        with _Reading(folder), storage_of(folder) as storage:
            self._reader = storage.open_index().reader()
            try:
                self._leaves = [(leaf, passage_numbers(leaf)) for leaf, _ in self._reader.leaf_readers()]
            except BaseException:
                self._reader.close()
                raise

    def close(self) -> None:
        """Closes the files; nothing may be read afterwards."""
        self._reader.close()

    def term(self, term: str) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Passage numbers that hold the term, and how often. Raises: IndexDamaged."""
        numbers, weights = [np.empty(0, np.int64)], [np.empty(0, np.float32)]
        with _Reading(self._folder):
            for leaf, pids in self._leaves:
                found = postings(leaf, term)
                if found is not None:
                    numbers.append(pids[found[0]])
                    weights.append(found[1])
        return np.concatenate(numbers), np.concatenate(weights)

    def beginning(self, prefix: str) -> list[str]:
        """All terms that begin so. Raises: IndexDamaged."""
        found: set[str] = set()
        with _Reading(self._folder):
            for leaf, _ in self._leaves:
                found.update(term.decode() for term in leaf.expand_prefix(TERMS, prefix))
        return sorted(found)


def fold_in(folder: Path, passages: Callable[[Sequence[int]], Iterable[tuple[int, str]]], change: Change) -> None:
    """Adds the passages of a change, drops what is gone, and commits: all or nothing.

    `passages` gives number and folded text of those that it is asked for. A passage that is there already is left
    out, so a fold that was cut off before it was noted is safe to repeat. Small segments and those that hold much
    that is gone are written anew together with what is added, so that their number stays small.
    The caller holds the write lock. Raises: IndexDamaged.
    """
    from whoosh.index import exists_in

    folder.mkdir(parents=True, exist_ok=True)
    with _Reading(folder), storage_of(folder) as storage:
        index = storage.open_index() if exists_in(folder) else storage.create_index(whoosh_schema())
        writer = writer_of(index)
        try:
            kept, numbers = _parted(writer, change)
            rows = sorted(passages(numbers))
            for number, _ in rows:
                writer.add_document(**{PID: number})
            if rows:
                write_postings(writer, inverted([text for _, text in rows]))
            writer.commit(mergetype=lambda _, segments: [one for one in segments if one.segment_id() in kept])
        except BaseException:
            with contextlib.suppress(*DAMAGE):
                writer.cancel()
            raise


def _parted(writer: Any, change: Change) -> tuple[set[str], list[int]]:
    """The segments that stay as they are, and the numbers of the passages that the new one holds."""
    held: list[tuple[int, str, NDArray[np.int64], int]] = []
    with writer.reader() as reader:
        for leaf, _ in reader.leaf_readers():
            pids = passage_numbers(leaf)
            living = pids[np.isin(pids, change.living)]
            if pids.size:
                held.append((living.size, leaf.segment().segment_id(), living, pids.size))
    held.sort(key=lambda one: one[0])
    present = np.concatenate([np.empty(0, np.int64), *(one[2] for one in held)])
    fresh = np.setdiff1d(np.asarray(change.added, dtype=np.int64), present)
    kept, size, taken = set[str](), fresh.size, [fresh]
    for alive, name, living, whole in held:
        small = alive < _ABSORBED * size and alive + size <= SEGMENT
        if small or alive < _LEAST_ALIVE * whole:
            size += alive
            taken.append(living)
        else:
            kept.add(name)
    return kept, np.unique(np.concatenate(taken)).tolist()


def fingerprint(folder: Path) -> str:
    """The committed generation with the size and digest of each of its files, as JSON."""
    from whoosh.index import open_dir

    files = {
        path.name: [path.stat().st_size, hashlib.blake2b(path.read_bytes(), digest_size=16).hexdigest()]
        for path in sorted(folder.iterdir())
        if path.suffix in (".toc", ".seg")
    }
    return json.dumps({"generation": open_dir(folder).latest_generation(), "files": files})


def verify(folder: Path, known: str | None, *, whole: bool) -> None:
    """Compares the files with a fingerprint: their sizes, and if `whole` each byte. Raises: IndexDamaged.

    A generation newer than the fingerprint was committed by a program that died before noting it; then the files
    that both know must still agree, and Whoosh's own opening is the check for the others.
    """
    if not known:
        return
    noted = json.loads(known)
    same = (folder / f"_MAIN_{noted['generation']}.toc").exists()
    for name, (size, digest) in noted["files"].items():
        path = folder / name
        if not path.exists():
            if same or name.endswith(".toc") and not any(folder.glob("_MAIN_*.toc")):
                raise _damaged(folder, f"{name} is missing")
        elif path.stat().st_size != size:
            raise _damaged(folder, f"{name} has {path.stat().st_size} bytes of {size}")
        elif whole and hashlib.blake2b(path.read_bytes(), digest_size=16).hexdigest() != digest:
            raise _damaged(folder, f"{name} has changed")


def _damaged(folder: Path, reason: object) -> IndexDamaged:
    return IndexDamaged(folder=str(folder.parent), part=f"{folder.name}: {reason}")
