from hypothesis import given, settings
from hypothesis import strategies as st

from asr.results import Piece
from asr.text.evidence import Evidence
from asr.text.pipeline import partial_text, refine_text, spread

SURE = Evidence(no_speech_prob=0.02, avg_logprob=-0.2)

texts = st.one_of(
    st.text(max_size=60),
    st.lists(
        st.sampled_from(
            [
                "同意",
                "會議",
                "，",
                ",",
                ".",
                " ",
                "谢谢观看",
                "3,426",
                "8.6%",
                "OK",
                "𠮷",
                "〇",
                "·",
                "？",
                "!",
                "😀",
                "\ufffd",
                "\n",
            ]
        ),
        max_size=30,
    ).map("".join),
)
evidences = st.builds(
    Evidence,
    no_speech_prob=st.floats(0, 1),
    avg_logprob=st.floats(-3, 0),
    certainty=st.floats(0, 1),
    spoken_s=st.floats(0, 30),
    length_s=st.floats(0, 30),
    prompt=st.sampled_from(["", "李建国，资产处。"]),
)


@settings(max_examples=300, deadline=None)
@given(texts, evidences)
def test_any_text_is_refined_and_refining_again_changes_nothing(text: str, evidence: Evidence) -> None:
    once, _ = refine_text(text, evidence)
    assert refine_text(once, evidence) == (once, ())


@settings(max_examples=200, deadline=None)
@given(st.lists(texts, min_size=1, max_size=5), evidences)
def test_pieces_joined_are_the_text(parts: list[str], evidence: Evidence) -> None:
    pieces = tuple(Piece(start_ms=i * 1000, end_ms=i * 1000 + 900, text=part) for i, part in enumerate(parts))
    text, _ = refine_text(" ".join(parts), evidence)
    assert "".join(piece.text for piece in spread(text, pieces)) == text


def test_from_the_decoder_to_the_record() -> None:
    raw = "同志們現在開會 今天的會議有四個議題,請大家圍繞議題發言 OK"
    assert refine_text(raw, SURE) == ("同志们现在开会，今天的会议有四个议题，请大家围绕议题发言 OK。", ())


def test_what_is_taken_away_is_told() -> None:
    text, changes = refine_text("谢谢观看", Evidence(no_speech_prob=0.7))
    assert text == "" and [(change.before, change.after, change.reason) for change in changes] == [
        ("谢谢观看", "", "invented")
    ]


def test_a_partial_has_no_end_yet() -> None:
    assert partial_text("同志们 现在开会。", SURE) == "同志们，现在开会"


def test_each_piece_keeps_its_own_sentence() -> None:
    pieces = (
        Piece(start_ms=0, end_ms=5240, text="同志們現在開會"),
        Piece(start_ms=5240, end_ms=9000, text="應到九人"),
    )
    shared = spread("同志们现在开会，应到九人。", pieces)
    assert [(piece.start_ms, piece.text) for piece in shared] == [(0, "同志们现在开会，"), (5240, "应到九人。")]
