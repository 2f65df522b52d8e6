"""The product's own score of recognition, alike with the field's where that is at hand."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ui.bench.scoring import error_rate, fold, term_recall

GIVEN = Path(__file__).parents[4] / "shared" / "tools" / "score" / "score.py"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("128个小区", "一百二十八个小区"),
        ("95%", "百分之九十五"),
        ("2018年7月底", "二〇一八年七月底"),
        ("10005", "一万零五"),
        ("20300", "二万零三百"),
        ("912万", "九百一十二万"),
        ("3.5％", "百分之三点五"),
        ("兩個會議", "二个会议"),
        ("10", "十"),
        ("300,000,000", "三亿"),
        ("𠮷野·家！🎉", "𠮷野家"),
    ],
)
def test_figures_are_compared_as_they_are_said(written: str, said: str):
    assert fold(written) == fold(said)


def test_rate_counts_wrong_missing_and_additional_characters():
    assert error_rate("会议原则同意", "会议原则同意。") == 0
    assert error_rate("会议原则同意", "会议原则通") == pytest.approx(2 / 6)
    assert error_rate("同意", "") == 1
    assert error_rate("同意", "同意同意同意") == 2


def test_recall_counts_each_time_a_term_is_spoken_and_no_time_more():
    assert term_recall(["周敏", "资产处"], "请周敏同志，周敏和资产处", "请周敏同志，周末和资产处") == (2, 3)
    assert term_recall(["周敏"], "请周敏汇报", "周敏周敏周敏") == (1, 1)


def test_recall_folds_terms_and_leaves_single_characters_out():
    assert term_recall(["三供一业", "王"], "王处长谈三供一业", "王处长谈3供1业") == (1, 1)
    assert term_recall(["", "！！"], "同意", "同意") == (0, 0)


@pytest.mark.shared
@settings(max_examples=100, deadline=None)
@given(text=st.text("0123456789,.%年月两〇會議abc，。 ", max_size=25), other=st.text("同意0123年", max_size=12))
def test_score_agrees_with_the_given_one(text: str, other: str):
    given_score = _given()
    assert fold(text) == given_score.normalise(text)
    assert error_rate(other, text) == given_score.cer(other, text)
    assert term_recall([other, "会议"], text, other) == given_score.term_recall([other, "会议"], text, other)


def _given() -> ModuleType:
    if not GIVEN.is_file():
        pytest.skip("the field's score is not beside this repository")
    spec = importlib.util.spec_from_file_location("given_score", GIVEN)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
