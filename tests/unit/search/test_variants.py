"""Variant forms are found as their usual form, and marked where they stand."""

import pytest

from search.analysis import fold
from search.highlight import highlights
from search.variants import usual_form


@pytest.mark.parametrize(
    "forms",
    ["爲為为", "裏裡里", "臺台", "峯峰", "囯國圀国", "戸戶户", "髙高", "値值", "靑青", "兎兔", "汚污", "郷鄉乡"],
)
def test_forms_of_one_character_fold_to_one(forms: str) -> None:
    assert {fold(char) for char in forms} == {forms[-1]}


@pytest.mark.parametrize("char", "芸余云机后里浜弁糸𠮷〇著锺堃喆a！")
def test_characters_of_their_own_stay(char: str) -> None:
    assert usual_form(char) == char


def test_marks_stand_on_the_form_that_was_written() -> None:
    text = "𠮷：中囯 囯有資産値台帳，峯會"
    spans = highlights(text, [fold("国有资产值"), fold("峰会")])
    assert [text[start:end] for start, end in spans] == ["囯有資産値", "峯會"]
