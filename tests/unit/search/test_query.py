from hypothesis import given
from hypothesis import strategies as st

from search.query import Token, loosen, parse, trim


def test_words_are_parted_by_any_space() -> None:
    assert parse("办公用房　整改") == (Token("办公用房 整改".split()[0]), Token("整改"))


def test_a_phrase_in_any_quotes_stays_together() -> None:
    for quoted in ('"公务 用车"', "“公务 用车”", "「公务 用车」", "＂公务 用车＂"):
        assert parse(quoted) == (Token("公务用车", exact=True),)


def test_an_open_quote_is_plain_text() -> None:
    assert parse('"公务用车 更新') == (Token("公务用车"), Token("更新"))


def test_punctuation_round_a_word_is_dropped_but_not_within() -> None:
    assert parse("《关于节能的通知》。") == (Token("关于节能的通知"),)
    assert parse("1.2%") == (Token("1.2"),)
    assert trim("。。") == "。。"


def test_loosening_parts_at_punctuation() -> None:
    assert loosen(parse("清理、整改")) == (Token("清理"), Token("整改"))


@given(st.text())
def test_nothing_typed_is_an_error(text: str) -> None:
    tokens = parse(text)
    assert len(tokens) <= 32
    assert all(token.text for token in tokens)
    loosen(tokens)
