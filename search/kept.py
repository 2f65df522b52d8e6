"""The columns as a file beside the database, so that opening a large index does not read every row again.

Rows are numbered upwards and never change, only go: what the file holds stays true, and what came later is read from
the database. The database knows the file's digest; any other file is not used.
"""

import hashlib
import os
from array import array
from pathlib import Path

import msgspec

from search.columns import ColumnsBuilder, Names

COLUMNS = "columns.msgpack"
"""The file, and the key under which the database remembers its digest."""


class Kept(msgspec.Struct, frozen=True):
    """The rows of a builder with their numbers in the database; arrays as type code and bytes."""

    docs: bytes
    pids: bytes
    arrays: dict[str, tuple[str, bytes]]
    texts: dict[str, list[str]]
    names: dict[str, list[str]]


def pack(builder: ColumnsBuilder, docs: "array[int]", pids: "array[int]") -> bytes:
    """A builder, with the numbers of its documents and passages, in bytes."""
    fields = vars(builder)
    return msgspec.msgpack.encode(
        Kept(
            docs=docs.tobytes(),
            pids=pids.tobytes(),
            arrays={name: (v.typecode, v.tobytes()) for name, v in fields.items() if isinstance(v, array)},
            texts={name: v for name, v in fields.items() if isinstance(v, list)},
            names={name: v.names for name, v in fields.items() if isinstance(v, Names)},
        )
    )


def unpack(packed: bytes) -> tuple[ColumnsBuilder, list[int], "array[int]"] | None:
    """The builder, the documents' numbers and the passages'; None for what another version has written."""
    try:
        kept = msgspec.msgpack.decode(packed, type=Kept)
    except msgspec.DecodeError:
        return None
    builder = ColumnsBuilder()
    fields = vars(builder)
    if fields.keys() != kept.arrays.keys() | kept.texts.keys() | kept.names.keys():
        return None
    for name, (typecode, packed_array) in kept.arrays.items():
        fields[name] = array(typecode, packed_array)
    fields.update(kept.texts)
    for name, names in kept.names.items():
        fields[name] = Names(names)
    return builder, array("q", kept.docs).tolist(), array("q", kept.pids)


def write(folder: Path, packed: bytes) -> str:
    """Puts the file in its place, whole, and gives its digest. Raises: OSError."""
    fresh = folder / f"{COLUMNS}.new"
    with fresh.open("wb") as file:
        file.write(packed)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(folder / COLUMNS)
    return digest(packed)


def read(folder: Path, known: str | None) -> bytes | None:
    """The file's bytes, where they are those that the database knows."""
    try:
        packed = (folder / COLUMNS).read_bytes()
    except OSError:
        # What is not there or cannot be read is read from the database, which has it all.
        return None
    return packed if digest(packed) == known else None


def digest(packed: bytes) -> str:
    """What tells one file from another."""
    return hashlib.blake2b(packed, digest_size=16).hexdigest()
