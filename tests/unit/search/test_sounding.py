import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from search.pinyin import Characters, Sound, read_as
from search.sounding import RunningText, units_of

SOUNDS = [read_as(Sound(syllable, True)) for syllable in ("zi", "chan")]


EVERYWHERE = np.ones(20, np.bool_)


def heard(
    *texts: str, living: NDArray[np.bool_] = EVERYWHERE, sounds: list[Characters] = SOUNDS
) -> dict[str, int]:
    running = RunningText([place * 2 for place in range(len(texts))], [units_of(text) for text in texts])
    return running.strings(sounds, living, lambda place: texts[place // 2])


def test_strings_are_counted_commonest_first_and_not_across_texts() -> None:
    found = heard("自产自销，资产清查", "资产管理", "投资", "产业")
    assert list(found.items()) == [("资产", 2), ("自产", 1)]


def test_what_does_not_live_is_not_heard() -> None:
    living = EVERYWHERE.copy()
    living[2] = False
    assert heard("自产", "资产", living=living) == {"自产": 1}


def test_nothing_is_in_nothing() -> None:
    assert heard() == heard("", "资") == heard("资产", sounds=[]) == {}


def test_a_unit_is_a_character_even_outside_the_first_plane() -> None:
    assert len(units_of("𠮷敏😀")) == 6
    sounds = [read_as(Sound(syllable, True)) for syllable in ("ji", "min")]
    assert heard("😀𠮷敏说", sounds=sounds) == {"𠮷敏": 1}


LETTERS = st.text("资产办公用房。a𠮷😀", max_size=12)


@given(texts=st.lists(LETTERS, max_size=6), asked=st.text("资产办公用房。a", min_size=1, max_size=4))
def test_where_a_string_stands_is_told_as_reading_tells_it(texts: list[str], asked: str) -> None:
    running = RunningText(list(range(0, 2 * len(texts), 2)), [units_of(text) for text in texts])
    found = running.holding(asked)
    if found is None:
        assert any(asked.startswith(asked[at:]) for at in range(1, len(asked)))
        return
    counted = {2 * at: text.count(asked) for at, text in enumerate(texts) if asked in text}
    assert dict(zip(found[0].tolist(), found[1].tolist(), strict=True)) == counted
    assert found[0].tolist() == sorted(counted)


def test_a_character_that_stands_in_for_another_is_not_taken_for_it() -> None:
    running = RunningText([0, 1], [units_of("𠮷敏"), units_of("吉敏")])
    assert running.holding("吉敏") is running.holding("𠮷敏") is running.holding("资\0") is None


def test_stretched_strings_keep_to_their_text_and_their_order() -> None:
    texts = ["县医疗保障局", "医生。保证。全局", "局保医", "医𠮷保😀局", "医保局"]
    running = RunningText(list(range(5)), [units_of(text) for text in texts])
    among = np.ones(5, np.bool_)
    found = running.stretched("医保局", 3, among, lambda place: texts[place])
    assert found == {"医疗保障局": 1, "医生。保证。全局": 1, "医𠮷保😀局": 1, "医保局": 1}
    assert running.stretched("医保局", 1, among, lambda place: texts[place]).keys() == {
        "医疗保障局",
        "医𠮷保😀局",
        "医保局",
    }
    among[0] = False
    assert "医疗保障局" not in running.stretched("医保局", 3, among, lambda place: texts[place])
