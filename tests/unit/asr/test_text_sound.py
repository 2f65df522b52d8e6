import pytest

from asr.text.sound import alike, distance, near_key, reading_distance, readings


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("zhang", "zang"),
        ("chen", "cen"),
        ("shi", "si"),
        ("nan", "lan"),
        ("jing", "jin"),
        ("sheng", "shen"),
        ("fu", "hu"),
        ("fei", "hui"),
        ("fang", "huang"),
        ("nv", "lv"),
        ("chang", "zhang"),
        ("zhan", "zhang"),
    ],
)
def test_near_sounds_share_a_key_and_only_those(one: str, other: str) -> None:
    near = one != "chang"
    assert (near_key(one) == near_key(other)) is near
    assert (distance(one, other) is not None) is near


def test_distance_counts_the_classes_between_two_syllables() -> None:
    assert distance("min", "min") == 0
    assert distance("min", "ming") == 1
    assert distance("zheng", "zen") == 2
    assert distance("shan", "shang") == 1.5
    assert distance("guo", "hua") is None


def test_a_character_is_read_as_its_neighbours_call_for_and_keeps_its_other_readings() -> None:
    assert [sound[0] for sound in readings("重庆银行行长")] == ["chong", "qing", "yin", "hang", "hang", "zhang"]
    assert "zhong" in readings("重庆")[0]


def test_a_reading_out_of_context_counts_for_less_than_the_first() -> None:
    assert reading_distance(("dan", "shan"), ("shan",)) == 0.5
    assert reading_distance(("dan",), ("shan",)) is None


def test_characters_without_a_reading_stand_for_themselves() -> None:
    assert readings("𠮷") == (("𠮷",),)
    assert readings("张𠮷明")[1] == ("𠮷",)
    assert reading_distance(("𠮷",), ("ji",)) is None


def test_syllables_with_one_frame_are_alike_though_they_sound_apart() -> None:
    assert alike("xin", "xian")
    assert alike("qian", "xian")
    assert not alike("chu", "ceng")
    assert not alike("guo", "hua")
