"""The fields of one mapping, asked for by name and type; whatever is wrong is refused with its line."""

import datetime
import difflib
import re
from typing import TypeVar

from meeting.agenda.problems import (
    DateInvalid,
    FieldMissing,
    FieldMisspelt,
    FieldRepeated,
    FieldsExpected,
    FieldUnknown,
    ListExpected,
    NumberInvalid,
    TextExpected,
    TimeInvalid,
    ValueNotAllowed,
)
from meeting.agenda.tree import Entry, Mapping, Node, Scalar, Sequence

Choice = TypeVar("Choice", bound=str)

_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_TIME = re.compile(r"(上午|下午|晚上)?\s*(\d{1,2})\s*[:：时点]\s*(\d{2})?\s*分?")
_MINUTES = re.compile(r"(\d{1,4})\s*(?:分钟|分|min)?")
_TRUTHS = {"true": True, "yes": True, "是": True, "√": True, "false": False, "no": False, "否": False, "": False}


class Fields:
    """A mapping whose keys have been checked against `known`.

    `path` is the way to it (`items[2]`), which begins the name of each field in a refusal.

    Raises:
        AgendaInvalid: not a mapping, or a key that is unknown or given twice.
    """

    def __init__(self, node: Node, file: str, path: str, known: tuple[str, ...]) -> None:
        self.file, self.path, self.line = file, path, node.line
        self._entries: dict[str, Entry] = {}
        if not isinstance(node, Mapping):
            raise FieldsExpected(file=file, line=node.line, field=path or "agenda", allowed=", ".join(known))
        for entry in node.entries:
            if entry.key not in known:
                raise unknown_field(file, entry.line, entry.label, known, self.name(entry.label))
            if entry.key in self._entries:
                first = self._entries[entry.key].line
                raise FieldRepeated(file=file, line=entry.line, field=self.name(entry.label), first_line=first)
            self._entries[entry.key] = entry

    def name(self, key: str) -> str:
        """The field's name as a refusal says it."""
        label = self._entries[key].label if key in self._entries else key
        return f"{self.path}.{label}" if self.path else label

    def line_of(self, key: str) -> int:
        """The field's line, or the mapping's when it is not there."""
        return self._entries[key].line if key in self._entries else self.line

    def has(self, key: str) -> bool:
        """Whether the field is there at all."""
        return key in self._entries

    def text(self, key: str, required: bool = False) -> str:
        """A plain text without the space around it; empty when not given."""
        value = self._entries[key].value if key in self._entries else Scalar(self.line, "")
        if not isinstance(value, Scalar):
            raise TextExpected(file=self.file, line=value.line, field=self.name(key))
        text = value.text.strip()
        if required and not text:
            raise FieldMissing(file=self.file, line=self.line_of(key), field=self.name(key))
        return text

    def choice(self, key: str, allowed: tuple[Choice, ...]) -> Choice | None:
        """One of the allowed words, or None when not given."""
        text = self.text(key)
        if not text:
            return None
        for word in allowed:
            if word == text:
                return word
        raise ValueNotAllowed(
            file=self.file, line=self.line_of(key), field=self.name(key), value=text, allowed=", ".join(allowed)
        )

    def number(self, key: str) -> int | None:
        """A whole number of at least 1 (`20分钟` counts as 20), or None when not given."""
        text = self.text(key)
        return self.to_number(key, text, self.line_of(key)) if text else None

    def to_number(self, key: str, text: str, line: int) -> int:
        """The number that a text is."""
        found = _MINUTES.fullmatch(text)
        if not found or int(found[1]) < 1:
            raise NumberInvalid(file=self.file, line=line, field=self.name(key), value=text)
        return int(found[1])

    def truth(self, key: str) -> bool:
        """Yes or no; no when not given."""
        text = self.text(key)
        if text.lower() not in _TRUTHS:
            raise ValueNotAllowed(
                file=self.file,
                line=self.line_of(key),
                field=self.name(key),
                value=text,
                allowed="true, false, 是, 否",
            )
        return _TRUTHS[text.lower()]

    def date(self, key: str) -> str:
        """A day as ISO 8601; must be given."""
        text = self.text(key, required=True)
        found = _DATE.fullmatch(text)
        try:
            return datetime.date(*map(int, found.groups())).isoformat() if found else self._no_date(key, text)
        except ValueError:
            return self._no_date(key, text)

    def _no_date(self, key: str, text: str) -> str:
        raise DateInvalid(file=self.file, line=self.line_of(key), field=self.name(key), value=text)

    def time(self, key: str) -> str:
        """A time of day as HH:MM, or empty."""
        text = self.text(key)
        if not text:
            return ""
        found = _TIME.fullmatch(text)
        hour, minute = (int(found[2]), int(found[3] or 0)) if found else (24, 0)
        if found and found[1] in ("下午", "晚上") and hour < 12:
            hour += 12
        if hour > 23 or minute > 59:
            raise TimeInvalid(file=self.file, line=self.line_of(key), field=self.name(key), value=text)
        return f"{hour:02}:{minute:02}"

    def nodes(self, key: str, example: str) -> tuple[Node, ...]:
        """The members of a list; none when not given."""
        value = self._entries[key].value if key in self._entries else Scalar(self.line, "")
        if isinstance(value, Scalar) and not value.text.strip():
            return ()
        if not isinstance(value, Sequence):
            raise ListExpected(file=self.file, line=value.line, field=self.name(key), example=example)
        return value.values

    def texts(self, key: str, example: str) -> tuple[str, ...]:
        """A list of plain texts, without the empty ones."""
        found = []
        for node in self.nodes(key, example):
            if not isinstance(node, Scalar):
                raise TextExpected(file=self.file, line=node.line, field=self.name(key))
            found.append(node.text.strip())
        return tuple(text for text in found if text)

    def mapping(self, key: str, known: tuple[str, ...]) -> "Fields | None":
        """The fields below this one, or None when not given."""
        value = self._entries[key].value if key in self._entries else Scalar(self.line, "")
        if isinstance(value, Scalar) and not value.text.strip():
            return None
        return Fields(value, self.file, self.name(key), known)

    def mappings(self, key: str, known: tuple[str, ...]) -> "list[Fields]":
        """A list of mappings, each with its place in the list (from 1) in its path."""
        base = self.name(key)
        example = "{" + known[0] + ": …}"
        return [
            Fields(node, self.file, f"{base}[{index}]", known)
            for index, node in enumerate(self.nodes(key, example), start=1)
        ]


def unknown_field(file: str, line: int, label: str, known: tuple[str, ...], name: str = "") -> FieldUnknown:
    """The refusal of a key, with what it may have been meant for."""
    facts = {"file": file, "line": line, "field": name or label, "allowed": ", ".join(known)}
    near = nearest(label, known)
    return FieldMisspelt(**facts, suggestion=near) if near else FieldUnknown(**facts)


def nearest(label: str, known: tuple[str, ...]) -> str:
    """The known word that a label was probably meant for, or empty."""
    near = difflib.get_close_matches(label, known, n=3, cutoff=0.6)
    # One wrong character is likelier than a missing one: 主持入 is 主持人, not 主持.
    near.sort(key=lambda word: abs(len(word) - len(label)))
    return near[0] if near else ""
