"""A folder of real files with queries whose answers are known: `manifest.jsonl`, `queries.jsonl` and the files."""

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import msgspec

from search.documents import Document
from search.errors import SearchError
from search.extract.reading import extract
from ui.bench.errors import ArchiveIncomplete
from ui.bench.search.queries import Asked

_T = TypeVar("_T")


class _File(msgspec.Struct):
    id: str
    file: str


class _Row(msgspec.Struct):
    kind: str
    query: str
    expected: list[str]
    date_from: str | None = None
    date_to: str | None = None


def documents(folder: Path) -> list[Document]:
    """What can be read of the folder's files; those that the product refuses are left out. Raises ArchiveIncomplete."""
    found = []
    for row in _rows(folder, "manifest.jsonl", _File):
        try:
            found.append(extract(folder / row.file).document(row.id, row.file))
        except SearchError:
            # Awkward files lie among them on purpose; the import has tests of its own.
            continue
    return found


def asked(folder: Path) -> list[Asked]:
    """Its queries with their answers. Raises ArchiveIncomplete."""
    return [
        Asked(
            kind=row.kind,
            text=row.query,
            terms=tuple(row.query.split()),
            date_from=row.date_from,
            date_to=row.date_to,
            expected=tuple(row.expected),
        )
        for row in _rows(folder, "queries.jsonl", _Row)
    ]


def _rows(folder: Path, name: str, type_: type[_T]) -> Iterator[_T]:
    try:
        lines = (folder / name).read_bytes().splitlines()
        return iter([msgspec.json.decode(line, type=type_) for line in lines])
    except (OSError, msgspec.DecodeError) as error:
        raise ArchiveIncomplete(folder=folder, part=name) from error
