from dataclasses import replace

import pytest
from msgspec.structs import replace as but

from asr.marking import with_marks
from asr.results import Change, Final, Mark, Piece
from asr.text.evidence import Evidence
from asr.text.unclear import SEVERAL, UNCLEAR, is_marked_unclear, is_unclear, unmarked

HEARD = Final(
    start_sample=16_000,
    next_sample=64_000,
    start_ms=1000,
    end_ms=4000,
    text="请𠮷田·买买提同志发言。",
    raw_text="請𠮷田·买买提同志發言",
    confidence=0.3,
    pieces=(
        Piece(start_ms=1000, end_ms=2000, text="请𠮷田·"),
        Piece(start_ms=2000, end_ms=4000, text="买买提同志发言。"),
    ),
    marks=(Mark(offset=1, length=2, candidates=("𠮷田", "吉田")),),
)
CLEAR = Evidence(avg_logprob=-0.3)


def marked(*, unclear: bool = False, several: bool = False) -> Final:
    return with_marks(but(HEARD, unclear=unclear, several=several))


def test_what_is_understood_stays_as_it_is() -> None:
    assert marked() == HEARD


def test_words_not_to_be_believed_are_withheld_and_kept_beside() -> None:
    final = marked(unclear=True)
    assert (final.text, final.raw_text, final.marks) == (UNCLEAR, HEARD.raw_text, ())
    assert final.pieces == (Piece(start_ms=1000, end_ms=4000, text=UNCLEAR),)
    assert final.changes == (Change(before=HEARD.text, after=UNCLEAR, reason="unclear"),)


def test_the_mark_of_several_voices_stands_before_their_words() -> None:
    final = marked(several=True)
    assert final.text == SEVERAL + HEARD.text == "".join(piece.text for piece in final.pieces)
    (mark,) = final.marks
    assert final.text[mark.offset : mark.offset + mark.length] == "𠮷田"


def test_several_voices_that_nobody_understands_have_both_marks() -> None:
    assert marked(unclear=True, several=True).text == "〔多人发言〕〔听不清〕"


def test_no_mark_is_put_where_nothing_was_heard() -> None:
    assert with_marks(but(HEARD, text="", pieces=(), unclear=True, several=True)).text == ""


@pytest.mark.parametrize("vote", ["同意。", "反对。", "弃权。", "没有意见。", "我同意，没有意见。"])
def test_a_vote_is_never_withheld(vote: str) -> None:
    assert not is_unclear(vote, replace(CLEAR, avg_logprob=-3.0))


@pytest.mark.parametrize(("logprob", "expected"), [(-0.3, False), (-0.89, False), (-0.91, True), (-2.0, True)])
def test_words_are_unclear_where_the_decoder_hardly_believes_them(logprob: float, expected: bool) -> None:
    assert is_unclear("所以越来越多的话就是。", replace(CLEAR, avg_logprob=logprob)) is expected


def test_marks_come_off_again() -> None:
    assert unmarked("〔多人发言〕同意。") == "同意。" and unmarked("〔多人发言〕〔听不清〕") == ""
    assert is_marked_unclear("〔多人发言〕〔听不清〕") and not is_marked_unclear("〔多人发言〕同意。")
