"""What a steering command tells of its result."""

import pytest

from ui.cli.steering import moved


@pytest.fixture(autouse=True)
def english(monkeypatch):
    monkeypatch.setenv("MEETING_LANG", "en")


def test_the_item_that_was_gone_to_is_named():
    assert moved({"number": 2, "title": "听取{试运行}情况"}) == "Item 2: 听取{试运行}情况"


def test_after_the_last_item_there_is_a_sentence_without_a_number():
    assert moved({"number": None, "title": ""}) == "The last item is closed; no item is current now."
