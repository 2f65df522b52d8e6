"""Reads an agenda from YAML, keeping each value as it was written (9:00 stays a time) and its line."""

import yaml

from meeting.agenda.problems import AliasRefused, FileEmpty, NestedTooDeep, SyntaxBroken
from meeting.agenda.tree import Entry, Mapping, Node, Scalar, Sequence

DEEPEST = 12
_NULLS = ("", "~", "null", "Null", "NULL")


def read_yaml(text: str, file: str) -> Node:
    """The tree of a YAML text; no tag is ever turned into an object.

    Raises:
        AgendaUnreadable: nothing is in it.
        AgendaInvalid: it is not YAML, or uses aliases, which can blow up a small file.
    """
    try:
        _refuse_bombs(text, file)
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise SyntaxBroken(file=file, line=line, field="", why=error.problem or error.context or "") from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise SyntaxBroken(file=file, line=line, field="", why=error.reason) from error
    if root is None:
        raise FileEmpty(file=file)
    return _to_tree(root)


def _refuse_bombs(text: str, file: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        line = _line(event)
        if isinstance(event, yaml.AliasEvent):
            raise AliasRefused(file=file, line=line, field=f"*{event.anchor}")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEEPEST:
                raise NestedTooDeep(file=file, line=line, field="YAML")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _to_tree(node: yaml.Node) -> Node:
    line = _line(node)
    if isinstance(node, yaml.MappingNode):
        return Mapping(line, tuple(_entry(key, value) for key, value in node.value))
    if isinstance(node, yaml.SequenceNode):
        return Sequence(line, tuple(_to_tree(value) for value in node.value))
    plain = isinstance(node, yaml.ScalarNode) and node.style is None
    return Scalar(line, "" if plain and node.value in _NULLS else node.value)


def _entry(key: yaml.Node, value: yaml.Node) -> Entry:
    name = key.value if isinstance(key, yaml.ScalarNode) else "[…]"
    return Entry(name, name, _line(key), _to_tree(value))


def _line(place: yaml.Event | yaml.Node) -> int:
    return place.start_mark.line + 1 if place.start_mark else 1
