from asr.situations import Situations
from asr.text.lexicon import Situation

ITEM_1, ITEM_2 = Situation(presenters=frozenset({"黎明"})), Situation(presenters=frozenset({"周敏"}))


def test_a_sentence_is_judged_by_the_item_under_which_it_was_said() -> None:
    situations = Situations(Situation())
    situations.begin(1_000, ITEM_1)
    situations.begin(5_000, ITEM_2)
    assert [situations.at(sample) for sample in (0, 999, 1_000, 4_999, 5_000, 10**9)] == [
        Situation(),
        Situation(),
        ITEM_1,
        ITEM_1,
        ITEM_2,
        ITEM_2,
    ]


def test_of_a_long_meeting_the_newest_are_kept() -> None:
    situations = Situations(ITEM_1)
    for number in range(1_000):
        situations.begin(number * 100, ITEM_2 if number % 2 else ITEM_1)
    assert situations.at(99_900) == ITEM_2 and situations.at(99_899) == ITEM_1
    assert situations.at(0) in (ITEM_1, ITEM_2)
