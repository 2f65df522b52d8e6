"""Every command of the wire: who may give it, what it leaves in the log, where it is described and tried."""

from pathlib import Path

import pytest

from meeting.access.permissions import ROLE_COMMANDS
from meeting.stream.messages import Correction, HandOver, Item, Next, Pause, Record, Redo, Resume, Stop

ROOT = Path(__file__).parents[2]
LEAVES = {
    "next": "item", "item": "item", "pause": "custody", "resume": "custody", "handover": "custody", "stop": "end",
    "recording": "custody", "edit": "segment", "split": "segment", "join": "segment", "move": "segment",
    "speaker": "segment", "note": "note", "attendance": "attendance", "decide": "decision", "assign": "action",
    "word": "word", "replace": "segment", "undo": "segment", "redo": "segment",
}  # fmt: skip
STEERING = (Next, Item, Pause, Resume, HandOver, Stop, Record)
NAMES = {str(kind.__struct_config__.tag): kind for kind in (*STEERING, *Correction.__args__)}


def test_every_command_that_changes_a_meeting_is_listed() -> None:
    assert NAMES.keys() == LEAVES.keys() and NAMES["redo"] is Redo


@pytest.mark.parametrize("name", sorted(LEAVES))
def test_command_has_its_role_its_description_and_its_trial(name: str) -> None:
    assert name in ROLE_COMMANDS["secretary"]
    assert all(name not in ROLE_COMMANDS[role] for role in ROLE_COMMANDS if role != "secretary")
    described = (ROOT / "docs/protocol.md").read_text("utf-8")
    assert f'"type":"{name}"' in described and f"`{LEAVES[name]}`" in described
    tried = "".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py") if path != Path(__file__))
    assert f"{NAMES[name].__name__}(id=" in tried
