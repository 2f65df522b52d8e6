"""What a reader sees, and how much of it changes under their eyes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.bench.asr.flicker import flicker
from ui.bench.asr.screen import Piece, Update, frames, shown_at_last


def update(at_ms: int, *pieces: tuple[str, int, str, bool]) -> Update:
    return Update(
        at_ms=at_ms,
        pieces=tuple(
            Piece(id=id, start_ms=start, end_ms=start + 100, text=text, final=final)
            for id, start, text, final in pieces
        ),
    )


def test_text_is_in_the_order_in_which_it_was_spoken():
    updates = [update(0, ("s9", 900, "请周敏同志汇报。", True)), update(500, ("s1", 100, "现在开会。", True))]
    assert shown_at_last(updates) == "现在开会。请周敏同志汇报。"


def test_final_replaces_its_partial_and_a_late_partial_does_not_come_back():
    updates = [
        update(0, ("s1", 0, "同志", False)),
        update(500, ("s1", 0, "同志们。", True)),
        update(900, ("s1", 0, "同治", False)),
    ]
    assert shown_at_last(updates) == "同志们。"


def test_a_corrected_and_a_removed_final_are_what_stays():
    updates = [
        update(0, ("s1", 0, "周末", True), ("s2", 500, "谢谢观看", True)),
        update(900, ("s1", 0, "周敏", True), ("s2", 500, "", True)),
    ]
    assert shown_at_last(updates) == "周敏"


def test_text_that_only_grows_does_not_flicker():
    updates = [update(at, ("s1", 0, "𠮷野家〇号"[: at // 100], False)) for at in range(100, 600, 100)]
    assert flicker(updates) == 0


def test_flicker_counts_the_changed_characters_of_all_that_were_shown():
    # Six shown, one of them replaced by one: 1 of 7.
    updates = [update(0, ("s1", 0, "请周末汇报吧", False)), update(500, ("s1", 0, "请周敏汇报吧", False))]
    assert flicker(updates) == pytest.approx(1 / 7)


def test_an_utterance_split_in_two_at_once_does_not_flicker():
    updates = [
        update(0, ("s1", 0, "散会下面第二个议题", False)),
        update(500, ("s1", 0, "散会", True)),
        update(510, ("s1.2", 200, "下面第二个议题", True)),
    ]
    assert list(frames(updates)) == ["散会下面第二个议题"] * 2
    assert flicker(updates) == 0


def test_nothing_shown_is_nothing_changed():
    assert flicker([]) == 0
    assert list(frames([])) == []


@given(st.lists(st.text("同意没有意见。 ", max_size=8), max_size=8))
def test_flicker_is_a_share(texts: list[str]):
    updates = [update(100 * place, ("s1", 0, text, False)) for place, text in enumerate(texts)]
    assert 0 <= flicker(updates) <= 1
