"""The word list of a body by command: kept from meeting to meeting, and heard at once by the one that runs."""

import json
from pathlib import Path

import pytest

from tests.conftest import DEMO, Cli

BODY = "机关事务管理局"


def test_words_are_kept_for_their_body_listed_and_taken_out(cli: Cli):
    assert "No word is listed yet" in cli("words", "list").stdout
    cli.json("new", DEMO / "agenda.yaml")
    added = cli.json("words", "add", "三供一业", " 公车中心 ", "阿依古丽·买买提", "--kind", "term")
    assert added["body"] == BODY, "without --body, that of the newest meeting"
    assert added["meeting"] is None and [one["text"] for one in added["words"]][1] == "公车中心"
    cli.json("words", "add", "老旧小区𠮷", "--body", "党组")
    listed = cli.json("words", "list")["words"]
    assert {(one["body"], one["text"]) for one in listed} >= {(BODY, "三供一业"), ("党组", "老旧小区𠮷")}
    assert {"body", "text", "kind", "learnt", "by", "added_at"} == set(listed[0])
    assert [one["text"] for one in cli.json("words", "list", "--body", "党组")["words"]] == ["老旧小区𠮷"]
    cli.json("words", "remove", "三供一业")
    assert "三供一业" not in cli("words", "list").stdout
    missing = cli("words", "remove", "三供一业")
    assert missing.returncode == 1 and "is not in the word list" in missing.stderr and BODY in missing.stderr


@pytest.mark.parametrize("word", ["业", "", "，。", "很长" * 16])
def test_what_is_no_word_is_refused_and_nothing_of_the_rest_is_added(cli: Cli, word: str):
    answer = cli("words", "add", "三供一业", word)
    assert answer.returncode == 2 and answer.stderr.count("\n") == 1
    assert cli.json("words", "list")["words"] == []
    wrong = cli("words", "add", "三供一业", "--kind", "thing")
    assert wrong.returncode == 2 and "thing" in wrong.stderr


@pytest.mark.model
@pytest.mark.usefixtures("model_path")
def test_a_running_meeting_of_the_body_hears_of_it_at_once(cli: Cli, tmp_path: Path):
    agenda = tmp_path / "议程.yaml"
    agenda.write_text(f"title: 局长办公会议\nbody: {BODY}\ndate: 2026-03-09\nrecording: off\nitems: []\n", "utf-8")
    meeting = cli.json("new", agenda)["id"]
    child = cli.start("run", meeting, "--no-console", "--json")
    cli.serving(child, meeting)
    assert cli.json("words", "add", "三供一业")["meeting"] == meeting
    assert cli.json("words", "add", "老旧小区", "--body", "党组")["meeting"] is None
    assert cli.json("words", "remove", "三供一业")["meeting"] == meeting
    assert cli("stop").returncode == 0
    told = [json.loads(line) for line in child.communicate(timeout=120)[0].splitlines()]
    words = [(one["text"], one["removed"], one["by"]) for one in told if one["type"] == "word"]
    assert words == [("三供一业", False, "secretary"), ("三供一业", True, "secretary")]
