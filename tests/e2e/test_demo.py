"""The demo as CI and a first-time user run it: the whole chain, with no terminal and no hardware."""

import json
import re
import time
from pathlib import Path

import pytest

from tests.conftest import DEMO, Cli
from tests.scoring import recognizable, share_recognizable
from ui.bench.scoring import error_rate

pytestmark = [pytest.mark.model, pytest.mark.usefixtures("model_path")]
SCRIPT = [json.loads(line) for line in (DEMO / "script.jsonl").read_text("utf-8").splitlines()]
SENTENCES = [part for line in SCRIPT for part in re.findall(r"[^。？]+[。？]", line["text"])]
CLOSING = "今天的会就开到这里，散会。"


def parts(printed: str) -> dict[int | None, str]:
    """What was printed under each item (None outside the items), times and other lines taken away."""
    item: int | None = None
    found: dict[int | None, str] = {}
    for line in printed.splitlines():
        if line.startswith("## "):
            heading = re.match(r"## Item (\d+)", line)
            item = int(heading[1]) if heading else None
        elif said := re.match(r"\[[\d:]+\] (.*)", line):
            found[item] = found.get(item, "") + said[1]
    return found


def expected(item: int | None) -> list[str]:
    """The sentences of the script that belong to an item; the closing of the meeting belongs to none."""
    lines = "".join(line["text"] for line in SCRIPT if line["item"] == item).replace(CLOSING, "")
    return re.findall(r"[^。？]+[。？]", lines) + ([CLOSING] if item is None else [])


def test_demo_writes_nine_sentences_of_ten_under_the_right_items(cli: Cli):
    answer = cli("demo", "--pace", "fast", timeout=300)
    assert answer.returncode == 0, answer.stderr
    assert answer.stderr == ""
    found = parts(answer.stdout)
    assert set(found) == {None, 1, 2, 3}
    assert share_recognizable(SENTENCES, "".join(found.values())) >= 0.9
    assert error_rate("".join(line["text"] for line in SCRIPT), "".join(found.values())) <= 0.15
    for item in found:
        assert share_recognizable(expected(item), found[item]) >= (1 if item is None else 0.75)
    assert recognizable(CLOSING, found[None]) and not recognizable(CLOSING, found[3])
    for item, opening in ((1, "第一个议题"), (2, "第二个议题"), (3, "最后一个议题")):
        assert recognizable(opening, found[item][:30])

    asked = answer.stdout.index("What was decided before about 办公用房清理整改")
    assert "会议要求" in answer.stdout[asked : asked + 600]
    path = re.search(r"The record: (.+)", answer.stdout)
    assert path is not None
    written = Path(path[1]).read_text("utf-8")
    assert "机器转写，未经核对" in written
    assert "会议程序" in written


def test_demo_plays_in_real_time_and_prints_while_it_is_spoken(cli: Cli):
    """The first 25 s of the recording: what is spoken is printed within a few seconds, not at the end."""
    began = time.monotonic()
    child = cli.start("demo", "--no-console")
    at: list[tuple[int, float]] = []
    assert child.stdout is not None
    for line in child.stdout:
        if said := re.match(r"\[\d\d:00:(\d\d)\]", line):
            at.append((int(said[1]), time.monotonic() - began))
        if at and at[-1][0] >= 13:
            break
    child.terminate()
    rest, complaints = child.communicate(timeout=120)
    assert child.returncode == 0, complaints
    assert "The record:" in rest
    assert len(at) >= 3
    for spoken, printed in at:
        assert spoken - 1 < printed < 60  # the recording is 74 s long
