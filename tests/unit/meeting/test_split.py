"""Splitting an utterance where the item changes."""

from hypothesis import given
from hypothesis import strategies as st

from meeting.domain.split import Part, matching_offset, split_utterance

TEXT = "同意，暂缓。下面进行第二个议题。"


def test_cut_is_at_the_piece_that_begins_there() -> None:
    pieces = [(1000, 2000, "同意，暂缓。"), (2600, 5000, "下面进行第二个议题。")]
    assert split_utterance(TEXT, 1000, 5000, pieces, 6) == (
        Part("同意，暂缓。", 1000, 2000),
        Part("下面进行第二个议题。", 2600, 5000),
    )


def test_pieces_may_spell_it_a_little_differently() -> None:
    pieces = [(0, 900, "同意 暫緩"), (1000, 3000, "下面進行第二個議題")]
    assert split_utterance(TEXT, 0, 3000, pieces, 6) == (
        Part("同意，暂缓。", 0, 900),
        Part("下面进行第二个议题。", 1000, 3000),
    )


def test_cut_inside_a_piece_is_in_proportion() -> None:
    assert split_utterance(TEXT, 0, 16000, [(0, 16000, TEXT)], 6) == (
        Part("同意，暂缓。", 0, 6000),
        Part("下面进行第二个议题。", 6000, 16000),
    )


def test_cut_without_pieces_is_in_proportion() -> None:
    assert split_utterance("𠮷😀下面", 100, 500, [], 2) == (Part("𠮷😀", 100, 300), Part("下面", 300, 500))


def test_nothing_is_split_off_at_the_ends() -> None:
    for text, offset in ((TEXT, 0), (TEXT, len(TEXT)), (" 下面", 1), (TEXT, -1), (TEXT, 99)):
        assert split_utterance(text, 0, 1000, [], offset) is None


def test_raw_text_is_cut_at_the_same_words() -> None:
    raw = "同意 暫緩 下面进行第二个一题"
    split = split_utterance(TEXT, 0, 1000, [], 6, raw)
    assert split is not None
    assert (split[0].raw_text, split[1].raw_text) == ("同意 暫緩", "下面进行第二个一题")
    assert matching_offset("", "", 0) == 0


@given(
    st.text(min_size=1, max_size=30),
    st.integers(0, 30),
    st.integers(0, 10_000),
    st.integers(0, 10_000),
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 4000), st.text(max_size=12)), max_size=6),
    st.text(max_size=30),
)
def test_times_never_run_backwards_and_no_word_is_lost(
    text: str, offset: int, start: int, length: int, spans: list[tuple[int, int, str]], raw: str
) -> None:
    pieces, at = [], start
    for pause, duration, words in spans:
        pieces.append((at + pause, at + pause + duration, words))
        at += pause + duration
    split = split_utterance(text, start, start + length, pieces, offset, raw)
    if split is None:
        assert not text[:offset].strip() or not text[offset:].strip()
        return
    first, second = split
    assert start == first.start_ms <= first.end_ms <= second.start_ms <= second.end_ms == start + length
    assert length < 2 or (first.start_ms < first.end_ms and second.start_ms < second.end_ms)
    assert first.text and second.text
    assert "".join((first.text + second.text).split()) == "".join(text.split())
    assert "".join((first.raw_text + second.raw_text).split()) == "".join(raw.split())
