from hypothesis import given
from hypothesis import strategies as st

from search.analysis import fold
from search.highlight import highlights


def marked(text: str, *pieces: str) -> list[str]:
    return [text[start:end] for start, end in highlights(text, pieces)]


def test_marks_stand_in_the_original_text() -> None:
    assert marked("關於辦公用房的匯報", "办公用房") == ["辦公用房"]
    assert marked("ＯＫＲ考核", "okr") == ["ＯＫＲ"]
    assert marked("督 办 通 知 单", "督办通知单") == ["督 办 通 知 单"]


def test_places_count_code_points() -> None:
    assert highlights("😀𠮷敏同意", ("同意",)) == ((3, 5),)


def test_touching_marks_become_one_and_repeats_are_all_marked() -> None:
    assert marked("公务用车和用车", "公务", "用车") == ["公务用车", "用车"]
    assert marked("哈哈哈", "哈哈") == ["哈哈哈"]


def test_a_character_that_folds_into_several_is_marked_whole() -> None:
    assert marked("气温14℃", "°") == ["℃"]


@given(st.text(alphabet="办公用房 整 改ＡａＢ，℃", max_size=30), st.integers(0, 20), st.integers(1, 4))
def test_what_is_marked_holds_what_was_asked(text: str, start: int, length: int) -> None:
    piece = fold(text)[start : start + length]
    if piece.strip():
        assert piece in fold("".join(marked(text, piece)))
