"""What every agenda file becomes before it is checked: named values, each with its line."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scalar:
    """A value as it was written; an empty text counts as not given."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    line: int
    values: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Entry:
    """A field: `key` is its name in contract 3, `label` the name that the file uses (a column's heading, say)."""

    key: str
    label: str
    line: int
    value: "Node"


@dataclass(frozen=True, slots=True)
class Mapping:
    """Named values, in the order of the file."""

    line: int
    entries: tuple[Entry, ...]


Node = Scalar | Sequence | Mapping


def field(key: str, text: str, line: int, label: str = "") -> Entry:
    """A field with a plain text."""
    return Entry(key, label or key, line, Scalar(line, text))
