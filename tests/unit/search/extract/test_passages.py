from hypothesis import given
from hypothesis import strategies as st

from search.extract.passages import LONGEST, SHORTEST, passages, sentences, split

SENTENCE = st.text(alphabet="会议研究办公用房，整改方案𠮷", min_size=1, max_size=80).map(
    lambda s: s.strip("，") + "。"
)
PARAGRAPHS = st.lists(st.lists(SENTENCE, min_size=1, max_size=6).map("".join), max_size=12)


@given(PARAGRAPHS)
def test_nothing_is_lost_and_no_sentence_is_parted(paragraphs: list[str]) -> None:
    pieces = split(paragraphs)
    assert "".join("".join(pieces).split()) == "".join(paragraphs)
    assert all(piece.endswith("。") for piece in pieces)


@given(PARAGRAPHS)
def test_sizes_are_kept_where_sentences_allow(paragraphs: list[str]) -> None:
    assert all(len(piece) <= LONGEST or len(sentences(piece)) == 1 for piece in split(paragraphs))


@given(st.text(max_size=300))
def test_sentences_joined_are_the_paragraph(paragraph: str) -> None:
    assert "".join(sentences(paragraph)) == paragraph


def test_a_closing_quote_stays_with_its_sentence() -> None:
    assert sentences("他说：“同意。”散会。") == ["他说：“同意。”", "散会。"]


def test_short_paragraphs_are_joined_until_they_say_something() -> None:
    assert split(["请假：王芳", "记录：周敏"]) == ["请假：王芳\n记录：周敏"]
    long = "会" * SHORTEST + "。"
    assert split([long, "散会。"]) == [long, "散会。"]


def test_passages_are_numbered_on_and_carry_their_item() -> None:
    made = passages(["会" * 70 + "。", "议" * 70 + "。"], first=5, item=2, item_title="研究公务用车")
    assert [(p.id, p.item, p.item_title) for p in made] == [("5", 2, "研究公务用车"), ("6", 2, "研究公务用车")]
