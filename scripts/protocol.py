"""Writes docs/protocol.schema.json, and the tables of docs/protocol.md, from the types of the wire; `--check` compares.

Run it as `make reference` does.
"""

import inspect
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import msgspec

from meeting.access.permissions import ROLE_COMMANDS
from meeting.domain.events import StoredEvent
from meeting.stream.messages import ClientCommand, Hello, ServerMessage

DOCS = Path(__file__).parent.parent / "docs"
BEGIN, END = "<!-- messages: begin -->", "<!-- messages: end -->"
GROUPS: dict[str, tuple[str, tuple[type[msgspec.Struct], ...]]] = {
    "greeting": ("Greeting", (Hello,)),
    "passing": ("Server messages, never stored", get_args(ServerMessage)),
    "stored": ("Stored events", get_args(StoredEvent)),
    "command": ("Commands", get_args(ClientCommand)),
}


def schema() -> dict[str, Any]:
    """One JSON Schema (2020-12): `$defs` has every type; the root takes any message of the wire."""
    kinds = [kind for _, group in GROUPS.values() for kind in group]
    references, components = msgspec.json.schema_components(kinds, ref_template="#/$defs/{name}")
    by_kind = dict(zip(kinds, references, strict=True))
    groups = {name: {"anyOf": [by_kind[kind] for kind in group]} for name, (_, group) in GROUPS.items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "The stream of smart-meeting",
        "anyOf": [{"$ref": f"#/$defs/{name}"} for name in groups],
        "$defs": {**dict(sorted(components.items())), **groups},
    }


def tables() -> str:
    """A table for each group: the type, its fields with types and defaults, and what it is."""
    lines = [BEGIN, "Made from the types by `make reference`. A field with `=` may be left out.", ""]
    for name, (title, group) in GROUPS.items():
        lines += [f"### {title}", "", *_table(name, group), ""]
    return "\n".join([*lines, END])


def _table(name: str, group: tuple[type[msgspec.Struct], ...]) -> Iterator[str]:
    role = name == "command"
    yield "| type | fields |" + (" roles |" if role else "") + " what it is |"
    yield "| --- | --- |" + (" --- |" if role else "") + " --- |"
    for kind in group:
        tag = str(kind.__struct_config__.tag)
        fields = ", ".join(map(_field, msgspec.structs.fields(kind))) or "–"
        roles = ", ".join(one for one, names in ROLE_COMMANDS.items() if tag in names)
        cells = [f"`{tag}`", fields, *([roles] if role else []), _first_sentence(kind)]
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _field(field: msgspec.structs.FieldInfo) -> str:
    default = "" if field.required else " ="
    return f"`{field.encode_name}{default}`"


def _first_sentence(kind: type) -> str:
    text = " ".join((inspect.getdoc(kind) or "").split("\n\n")[0].split())
    return re.split(r"(?<=[.?!]) (?=[A-Z`])", text)[0]


def files() -> dict[Path, str]:
    """The files as they are to be."""
    document = DOCS / "protocol.md"
    old = document.read_text(encoding="utf-8")
    before, _, rest = old.partition(BEGIN)
    after = rest.partition(END)[2]
    return {
        DOCS / "protocol.schema.json": json.dumps(schema(), ensure_ascii=False, indent=1, sort_keys=True) + "\n",
        document: before + tables() + after,
    }


def main() -> int:
    """Writes the files, or with `--check` returns 1 when one is old."""
    old = 0
    for path, text in files().items():
        if "--check" not in sys.argv:
            path.write_text(text, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            print(f"docs/{path.name} is old: run make reference", file=sys.stderr)
            old = 1
    return old


if __name__ == "__main__":
    sys.exit(main())
