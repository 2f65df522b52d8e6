import numpy as np
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
