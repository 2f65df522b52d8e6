"""One word put right everywhere by command, shown first and taken back by one undo, while the meeting goes on."""

import json

import pytest

from tests.conftest import DEMO, Cli


@pytest.mark.model
@pytest.mark.usefixtures("model_path")
def test_a_word_is_put_right_everywhere_and_taken_back(cli: Cli):
    meeting = cli.json("new", DEMO / "agenda.yaml")["id"]
    child = cli.start("run", meeting, "--no-console", "--json", "--source", DEMO / "meeting.flac", "--pace", "3")
    cli.serving(child, meeting)
    assert child.stdout is not None
    heard: list[dict[str, str]] = []
    for line in child.stdout:
        told = json.loads(line)
        heard += [told] if told["type"] == "segment" and "议题" in told["text"] else []
        if len(heard) == 2:
            break
    shown = cli("replace", "议题", "议项", "--preview").stdout
    assert f"- {heard[0]['text']}" in shown and "议项" in shown
    assert cli.json("replace", "局长会议", "局务会议", "--yes") == {"segments": []}
    done = cli.json("replace", "议题", "议项", "--yes")["segments"]
    assert {one["segment_id"] for one in heard} <= {one["segment_id"] for one in done}
    assert all("议题" not in one["after"] and "议项" in one["after"] for one in done)
    assert cli.json("undo") == {"undone": ["segment"]}
    assert cli("stop").returncode == 0
    told = heard + [json.loads(line) for line in child.communicate(timeout=120)[0].splitlines()]
    last = {one["segment_id"]: one for one in told if one["type"] == "segment"}
    assert [last[one["segment_id"]]["text"] for one in heard] == [one["text"] for one in heard]
    again = cli("undo")
    assert again.returncode == 1 and again.stderr.count("\n") == 1
