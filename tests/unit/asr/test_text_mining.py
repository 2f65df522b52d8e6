from hypothesis import given, settings
from hypothesis import strategies as st

from asr.text.mining import mine

TEXT = (
    "根据《办公用房管理办法实施细则》，机关事务管理局负责“三供一业”分离移交。智慧会议系统由信息中心建设，智慧会议系统的预算由财务处审核。"
    "智慧会议系统年底前上线。会议强调，会议要求，会议决定。" * 2
)


def test_titles_quoted_words_units_and_repeated_words_are_found() -> None:
    found = {word.text: word for word in mine(TEXT)}
    assert found["办公用房管理办法实施细则"].kind == "title"
    assert found["三供一业"].kind == "term"
    assert any(word.kind == "unit" and word.text.endswith("管理局") for word in found.values())
    assert "智慧会议系统" in found
    assert all(0 < word.strength < 1 for word in found.values())


def test_words_of_the_dictionary_are_not_worth_expecting() -> None:
    assert {"会议", "预算", "会议室"}.isdisjoint(word.text for word in mine(TEXT + "会议室会议室会议室"))


def test_what_one_character_tells_from_its_like_is_not_expected() -> None:
    text = (
        "省人民政府办公厅会同市民政部门、省人民政府办公厅会同市民政部门、省人民政府办公厅会同市民政部门落实。" * 2
    )
    found = {word.text for word in mine(text)}
    assert not any(word.startswith(("省", "市")) for word in found), found


def test_the_likeliest_come_first_and_no_more_than_asked_for() -> None:
    assert mine(TEXT, limit=2) == mine(TEXT)[:2]
    assert mine("") == ()


@settings(deadline=None)  # the first example loads dictionaries
@given(st.text(max_size=200))
def test_mining_never_raises_and_gives_chinese_words_once(text: str) -> None:
    words = [word.text for word in mine(text)]
    assert len(words) == len(set(words))
    assert all(len(word) >= 3 for word in words)
