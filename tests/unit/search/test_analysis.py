from hypothesis import given
from hypothesis import strategies as st

from search.analysis import bigrams, fold, fold_with_offsets, index_terms, lookup_terms, stands_whole

TEXT = st.text(
    alphabet=st.one_of(
        st.sampled_from("办公用房整改方案會議纪要的一二〇𠮷䶮㐂AbＣ１2 　\n，。、·《》-😀％℃ﬁ"),
        st.characters(codec="utf-8"),
    ),
    max_size=60,
)


def test_folding_makes_one_of_width_case_and_script() -> None:
    assert fold("ＯＫＲ　辦公用房") == "okr 办公用房"
    assert fold("３８．６％") == "38.6%"


def test_spaces_between_chinese_characters_are_dropped_and_others_kept() -> None:
    assert fold("督 办 通\n知　单") == "督办通知单"
    assert fold("meeting room 三 楼") == "meeting room 三楼"


def test_rare_characters_and_emoji_survive() -> None:
    assert fold("𠮷敏、赵䶮、〇、买买提·艾力😀") == "𠮷敏、赵䶮、〇、买买提·艾力😀"


@given(TEXT)
def test_offsets_lead_every_folded_character_to_its_origin(text: str) -> None:
    folded, offsets = fold_with_offsets(text)
    assert folded == fold(text)
    assert len(offsets) == len(folded)
    assert offsets == sorted(offsets)
    assert all(0 <= place < len(text) for place in offsets)


@given(TEXT, st.data())
def test_a_passage_holds_the_terms_of_each_of_its_substrings(text: str, data: st.DataObject) -> None:
    folded = fold(text)
    start = data.draw(st.integers(0, len(folded)))
    piece = folded[start : start + data.draw(st.integers(1, 8))]
    whole, prefixes = lookup_terms(piece)
    terms = index_terms(folded)
    assert whole <= terms.keys()
    assert all(any(term.startswith(prefix) for term in terms) for prefix in prefixes)


def test_the_last_character_of_a_run_is_a_term_of_its_own() -> None:
    assert index_terms("同意。同意") == {"同意": 2, "意": 2}
    assert lookup_terms("意。同") == ({"意"}, {"同"})


def test_bigrams_of_a_query_are_distinct_and_in_order() -> None:
    assert bigrams("整改整改，房") == ["整改", "改整", "房"]


def test_whole_words_are_told_from_parts_of_words() -> None:
    assert stands_whole("会议听取了汇报", "会议")
    assert not stands_whole("他们在会议室等候", "议室")
