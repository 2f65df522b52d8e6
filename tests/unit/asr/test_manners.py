from itertools import permutations

from asr.decoding import Manner
from asr.manners import Manners


def manner(prompt: str) -> Manner:
    return Manner(language="zh", prompt=prompt)


def test_an_utterance_is_heard_with_the_words_that_hold_where_it_begins() -> None:
    manners = Manners(manner("会"))
    manners.hold(manner("议题一"), 1_000)
    manners.hold(manner("议题二"), 5_000)
    heard = [manners.at(sample).prompt for sample in (0, 999, 1_000, 4_999, 5_000, 10**9)]
    assert heard == ["会", "会", "议题一", "议题一", "议题二", "议题二"]


def test_the_order_in_which_words_come_changes_nothing() -> None:
    told = [("议题一", 1_000), ("三供一业", 3_000), ("议题二", 5_000)]
    for order in permutations(told):
        manners = Manners(manner("会"))
        for prompt, sample in order:
            manners.hold(manner(prompt), sample)
        assert [manners.at(sample).prompt for sample in (0, 1_500, 3_000, 9_000)] == [
            "会",
            "议题一",
            "三供一业",
            "议题二",
        ]


def test_what_is_told_again_of_a_place_takes_the_place_of_what_was_told() -> None:
    manners = Manners(manner("会"))
    manners.hold(manner("议题一"), 1_000)
    manners.hold(manner("议题一，黎明"), 1_000)
    assert manners.at(2_000).prompt == "议题一，黎明"


def test_of_a_long_meeting_the_newest_are_kept() -> None:
    manners = Manners(manner("会"))
    for number in range(1_000):
        manners.hold(manner(f"词{number}"), number * 100)
    assert manners.at(99_900).prompt == "词999" and manners.at(99_899).prompt == "词998"
    assert manners.at(0).prompt.startswith("词")
