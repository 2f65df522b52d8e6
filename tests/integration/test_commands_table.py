"""Every command of the wire: who may give it, what it leaves in the log, where it is described and tried."""

import ast
from pathlib import Path
from typing import get_args

import pytest

from meeting.access.permissions import ASKING, ROLE_COMMANDS
from meeting.stream.messages import ClientCommand

ROOT = Path(__file__).parents[2]
COMMANDS = {str(kind.__struct_config__.tag): kind.__name__ for kind in get_args(ClientCommand)}
LEAVES = {
    "start": "custody", "next": "item", "item": "item", "pause": "custody", "resume": "custody",
    "handover": "custody", "stop": "end", "recording": "custody", "share": "sharing",
    "edit": "segment", "split": "segment", "join": "segment", "move": "segment", "speaker": "segment",
    "note": "note", "attendance": "attendance", "decide": "decision", "assign": "action", "word": "word",
    "replace": "segment", "undo": "segment", "redo": "segment",
}  # fmt: skip
"""What a command that changes a meeting leaves in its log; the others leave nothing."""
ONLY_ASK = {
    "search", "background", "matter", "context", "complete",
    "meetings", "new", "devices", "level", "sentence", "ready", "verify", "export",
}  # fmt: skip
TRIED = {
    "test_session.py": "stop",
    "test_commands_agenda.py": "next item",
    "test_commands_recording.py": "pause resume handover recording share",
    "test_amending.py": "edit word replace undo",
    "test_commands_record.py": "split join move speaker note attendance decide assign redo",
    "test_stream_commands.py": "search",
    "test_commands_bodies.py": "background matter context complete",
    "test_commands_reception.py": "start meetings new devices level sentence ready verify export",
}
"""The test, in this folder, that gives the commands to a real service over a real socket."""


def test_every_command_of_the_wire_is_in_this_table() -> None:
    assert COMMANDS.keys() == LEAVES.keys() | ONLY_ASK == {*_tried()}
    assert not LEAVES.keys() & ONLY_ASK


def test_every_command_is_some_roles_and_no_role_has_others() -> None:
    assert frozenset().union(*ROLE_COMMANDS.values()) == COMMANDS.keys()


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_command_has_its_roles_its_description_and_its_trial(name: str) -> None:
    assert name in ROLE_COMMANDS["secretary"]
    others = {role for role in ROLE_COMMANDS if role != "secretary" and name in ROLE_COMMANDS[role]}
    assert others == ({"display", "participant", "archivist"} if name in ASKING else set())
    assert name in LEAVES or name in ONLY_ASK
    described = (ROOT / "docs/protocol.md").read_text("utf-8")
    (row,) = [line for line in described.splitlines() if line.startswith(f"| `{name}` | `id`")]
    roles = row.split("|")[3]
    assert {one.strip() for one in roles.split(",")} == {"secretary", *others}
    if name in LEAVES:
        assert f"| `{LEAVES[name]}` | `seq =`" in described
    assert COMMANDS[name] in _given(Path(__file__).with_name(_tried()[name]))


def _tried() -> dict[str, str]:
    return {name: test for test, names in TRIED.items() for name in names.split()}


def _given(test: Path) -> set[str]:
    """The commands that a test makes and hands to a stream's `command`, be it by way of a name or a list."""
    tree = ast.parse(test.read_text("utf-8"))
    calls = [one for one in ast.walk(tree) if isinstance(one, ast.Call)]
    assert any(isinstance(one.func, ast.Attribute) and one.func.attr == "command" for one in calls)
    return {one.func.id for one in calls if isinstance(one.func, ast.Name) and _has_id(one)}


def _has_id(call: ast.Call) -> bool:
    return any(keyword.arg == "id" for keyword in call.keywords)
