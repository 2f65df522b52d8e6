"""The score that other tests rely on: alike with the field's own where that is at hand."""

import importlib.util
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.scoring import recognizable
from ui.bench.scoring import error_rate, fold


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("128个小区", "一百二十八个小区"),
        ("95%", "百分之九十五"),
        ("2018年7月底", "二〇一八年七月底"),
        ("1005元", "一千零五元"),
        ("12000", "一万二千"),
        ("3.5％", "百分之三点五"),
        ("兩個會議", "二个会议"),
        ("10", "十"),
        ("300,000,000", "三亿"),
        ("𠮷野·家！", "𠮷野家"),
    ],
)
def test_figures_are_compared_as_they_are_said(written, said):
    assert fold(written) == fold(said)


def test_rate_counts_wrong_missing_and_additional_characters():
    assert error_rate("会议原则同意", "会议原则同意。") == 0
    assert error_rate("会议原则同意", "会议原则通") == pytest.approx(2 / 6)
    assert error_rate("同意", "") == 1


def test_sentence_is_found_anywhere_but_not_where_it_was_not_said():
    heard = "现在开会。会议原责同意整改方案，散会"
    assert recognizable("会议原则同意整改方案", heard)
    assert not recognizable("征求意见还没有结束", heard)


@pytest.mark.shared
@settings(max_examples=100, deadline=None)
@given(
    text=st.text(alphabet="0123456789,.%年月两〇會议abc，。 ", max_size=25),
    other=st.text("同意0123年", max_size=12),
)
def test_score_agrees_with_the_given_one(shared_folder, text, other):
    given_score = _load(shared_folder / "tools" / "score" / "score.py")
    assert fold(text) == given_score.normalise(text)
    assert error_rate(other, text) == given_score.cer(other, text)


def _load(path: Path):
    spec = importlib.util.spec_from_file_location("given_score", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_records_marks_are_no_spoken_characters() -> None:
    assert fold("〔多人发言〕同意。〔听不清〕") == "同意"
