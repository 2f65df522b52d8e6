"""Values that a person says in place of what an agenda file has, or has not."""

import re
from collections.abc import Mapping as Named
from dataclasses import replace

from meeting.agenda.problems import PlaceUnknown
from meeting.agenda.tree import Mapping, Node, Scalar, Sequence, field

_STEP = re.compile(r"(.+?)(?:\[(\d{1,4})\])?")


def with_values(root: Node, values: Named[str, str], file: str) -> Node:
    """The tree with the values under their names. A field is named as a refusal names it: `date`, `items[2].类型`.

    A field that the file lacks is added where its name ends; whether there is such a field is checked afterwards.

    Raises:
        AgendaInvalid: the name leads nowhere.
    """
    for name, text in values.items():
        try:
            root = _with(root, name.split("."), text)
        except LookupError as error:
            raise PlaceUnknown(file=file, line=root.line, field=name) from error
    return root


def _with(node: Node, steps: list[str], text: str) -> Node:
    found = _STEP.fullmatch(steps[0])
    if not isinstance(node, Mapping) or found is None:
        raise LookupError(steps[0])
    name, place = found[1], int(found[2]) if found[2] else None
    for index, entry in enumerate(node.entries):
        if name in (entry.key, entry.label):
            value = _inner(entry.value, place, steps[1:], text)
            entries = (*node.entries[:index], replace(entry, value=value), *node.entries[index + 1 :])
            return replace(node, entries=entries)
    if len(steps) > 1 or place is not None:
        raise LookupError(steps[0])
    return replace(node, entries=(*node.entries, field(name, text, node.line)))


def _inner(value: Node, place: int | None, rest: list[str], text: str) -> Node:
    if place is not None:
        if not isinstance(value, Sequence) or not 0 < place <= len(value.values):
            raise LookupError(place)
        inner = _inner(value.values[place - 1], None, rest, text)
        return replace(value, values=(*value.values[: place - 1], inner, *value.values[place:]))
    if rest:
        return _with(value, rest, text)
    if not isinstance(value, Scalar):
        raise LookupError(text)
    return Scalar(value.line, text)
