"""Each action is found by its name as people type it."""

import pytest

from ui.console.keymap import ACTIONS, KNOWN
from ui.console.palette import how_well
from ui.locale import _


def best(typed: str) -> str:
    return max(ACTIONS, key=lambda action: how_well(typed, action, {})).id


@pytest.fixture(autouse=True)
def chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEETING_LANG", "zh_CN")


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.id)
def test_each_action_is_found_by_its_name_in_both_languages(action: object) -> None:
    assert isinstance(action, type(KNOWN["help"]))
    assert how_well(_(action.label), action, {}) == how_well(action.label.lower(), action, {}) == 1.0


@pytest.mark.parametrize(
    ("typed", "action"),
    [
        ("hcdp", "display"),
        ("huichangdaping", "display"),
        ("chexiao", "undo"),
        ("ctrl+g", "go_to"),
    ],
)
def test_pinyin_initials_and_keys_find_an_action(typed: str, action: str) -> None:
    assert how_well(typed, KNOWN[action], {}) > 0
    assert best(typed) == action


def test_letters_that_are_only_strewn_over_a_sentence_find_nothing() -> None:
    assert not any(how_well("xqzj", action, {}) for action in ACTIONS)
    assert how_well("开始 录音", KNOWN["begin"], {}) > 0
