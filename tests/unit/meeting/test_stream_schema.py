"""docs/protocol.md and its JSON Schema are what the types say, and what was once on the wire is valid by it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

ROOT = Path(__file__).parents[3]
SAMPLES = ROOT / "tests" / "data" / "wire"


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / "docs/protocol.schema.json").read_text(encoding="utf-8"))
    return found


def validator(schema: dict[str, Any], group: str) -> Draft202012Validator:
    return Draft202012Validator({"$ref": f"#/$defs/{group}", "$defs": schema["$defs"]})


def test_documents_are_what_the_types_say() -> None:
    check = [sys.executable, "scripts/protocol.py", "--check"]
    done = subprocess.run(check, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("name", "group"),
    [("hello", "greeting"), ("messages", "passing"), ("events", "stored"), ("commands", "command")],
)
def test_what_was_once_on_the_wire_is_valid(schema: dict[str, Any], name: str, group: str) -> None:
    check = validator(schema, group)
    lines = (SAMPLES / f"{name}.json").read_text(encoding="utf-8").splitlines()
    assert lines
    for line in filter(None, lines):
        check.validate(json.loads(line))


@pytest.mark.parametrize(
    ("group", "message"),
    [
        ("command", {"type": "item"}),
        ("command", {"type": "segment", "id": "1"}),
        ("stored", {"type": "segment", "seq": "eins"}),
        ("passing", {"type": "partial", "segment_id": "s1"}),
    ],
)
def test_what_is_none_of_them_is_not(schema: dict[str, Any], group: str, message: dict[str, object]) -> None:
    assert not validator(schema, group).is_valid(message)
