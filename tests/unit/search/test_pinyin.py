import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.pinyin import Sound, near, read_as, readings, sounding_like, spellings, stand_in


def ways(letters: str) -> list[str]:
    return [
        " ".join(sound.text + ("" if sound.whole else "*") for sound in way) for way in sum(spellings(letters), [])
    ]


@pytest.mark.parametrize(
    ("letters", "way"),
    [
        ("zichan", "zi chan"),
        ("xian", "xian"),
        ("xian", "xi an"),
        ("fangan", "fang an"),
        ("fangan", "fan gan"),
        ("zc", "z* c*"),
        ("zic", "zi c*"),
        ("zchan", "z* chan"),
        ("ggjgjn", "g* g* j* g* j* n*"),
        ("haiwaic", "hai wai c*"),
        ("zhuangk", "zhuang k*"),
        ("nvshi", "nv shi"),
        ("banga", "ban ga"),
    ],
)
def test_letters_are_parted_into_syllables_and_initials(letters: str, way: str) -> None:
    assert way in ways(letters)


def test_whole_syllables_come_before_initials() -> None:
    whole, mixed = spellings("zichan")
    assert all(sound.whole for way in whole for sound in way)
    assert not any(all(sound.whole for sound in way) for way in mixed)


@given(st.text(max_size=50))
def test_parted_letters_give_the_letters_again(letters: str) -> None:
    for way in sum(spellings(letters), []):
        assert "".join(sound.text for sound in way) == letters


def test_a_long_row_of_letters_is_parted_in_no_time() -> None:
    assert len(spellings("an" * 20)[0]) <= 6


@pytest.mark.parametrize(
    "pair", ["zhi zi", "chi ci", "shi si", "nan lan", "jing jin", "zheng zhen", "huang fang", "fu hu", "zheng zen"]
)
def test_sounds_that_speakers_mix_up_are_near(pair: str) -> None:
    one, other = pair.split()
    assert near(one) == near(other)


@pytest.mark.parametrize("pair", ["zhi ji", "ban bang", "gao gou", "nan man"])
def test_other_sounds_are_not(pair: str) -> None:
    one, other = pair.split()
    assert near(one) != near(other)


def test_any_reading_of_a_character_counts() -> None:
    assert {"xing", "hang"} <= set(readings("行"))
    for syllable in ("chong", "zhong"):
        assert read_as(Sound(syllable, True))[ord("重")]
    assert read_as(Sound("z", False))[ord("重")]
    assert not read_as(Sound("zi", True))[ord("重")]
    assert read_as(Sound("lv", True))[ord("绿")]


def test_characters_sound_like_themselves_and_their_like() -> None:
    assert sounding_like("李", True)[[ord("黎"), ord("李"), ord("你")]].all()
    assert not sounding_like("李", False)[ord("你")]
    assert sounding_like("😀", True).sum() == 0
    assert sounding_like("，", True).sum() == 1


def test_a_rare_character_is_read_by_its_stand_in() -> None:
    assert readings("𠮷")[0] == readings(stand_in("𠮷"))[0] == "ji"
    assert stand_in("😀") == "\ufffd"
