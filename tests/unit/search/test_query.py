from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.query import Clause, Dates, Field, Leaf, Parsed, Token, Wild, loosen, parse, trim

TODAY = date(2026, 1, 15)


def read(text: str) -> Parsed:
    return parse(text, TODAY)


def each(*leaves: Leaf) -> tuple[Clause, ...]:
    return tuple(Clause((leaf,)) for leaf in leaves)


def test_words_are_parted_by_any_space() -> None:
    assert read("办公用房　整改").required == each(Token("办公用房"), Token("整改"))


def test_a_phrase_in_any_quotes_stays_together() -> None:
    for quoted in ('"公务 用车"', "“公务 用车”", "「公务 用车」", "＂公务 用车＂"):
        assert read(quoted).required == each(Token("公务用车", exact=True))


def test_an_open_quote_is_plain_text() -> None:
    assert read('"公务用车 更新').required == each(Token("公务用车"), Token("更新"))


def test_punctuation_round_a_word_is_dropped_but_not_within() -> None:
    assert read("《关于节能的通知》。").required == each(Token("关于节能的通知"))
    assert read("1.2%").required == each(Token("1.2"))
    assert trim("。。") == "。。"


def test_loosening_parts_at_punctuation() -> None:
    assert loosen(read("清理、整改").required) == each(Token("清理"), Token("整改"))


def test_a_dash_before_a_word_excludes_it() -> None:
    parsed = read('公务用车 -更新 -"统一 调度" -unit:办公室')
    assert parsed.required == each(Token("公务用车"))
    assert parsed.excluded == (Token("更新"), Token("统一调度", exact=True), Field("unit", "办公室"))


def test_a_dash_within_a_word_is_part_of_it() -> None:
    assert read("covid-19").required == each(Token("covid-19"))


@pytest.mark.parametrize("word", ["OR", "或", "|"])
def test_or_joins_its_two_neighbours(word: str) -> None:
    parsed = read(f"会议 清理 {word} 整改 方案")
    assert parsed.required == (
        *each(Token("会议")),
        Clause((Token("清理"), Token("整改"))),
        *each(Token("方案")),
    )


@pytest.mark.parametrize(
    ("text", "leaf"),
    [
        ("unit:资产处", Field("unit", "资产处")),
        ("单位：资产处", Field("unit", "资产处")),
        ("SPEAKER:李建国", Field("speaker", "李建国")),
        ("发言人：“买买提·艾力”", Field("speaker", "买买提·艾力")),
        ("item:2", Field("item", "2")),
        ("议题:办公用房", Field("item", "办公用房")),
        ("kind:decision", Field("kind", "decision")),
        ("类型:纪要", Field("kind", "minutes")),
        ("body:局长办公会", Field("body", "局长办公会")),
        ("结果:原则通过", Field("outcome", "原则通过")),
        ("year:2018", Dates(("2018", "2018"))),
        ("日期：去年", Dates(("2025", "2025"))),
        ("2018年7月", Dates(("2018-07", "2018-07"), "2018年7月")),
    ],
)
def test_fields_and_dates_are_filters(text: str, leaf: Leaf) -> None:
    parsed = read(f"{text} 车")
    assert (parsed.filters, parsed.required) == (each(leaf), each(Token("车")))


def test_filters_may_be_joined() -> None:
    (clause,) = read("2018 OR unit:资产处").filters
    assert clause.leaves == (Dates(("2018", "2018"), "2018"), Field("unit", "资产处"))


@pytest.mark.parametrize("text", ["办公*方案", "第?次", "办公＊方案"])
def test_signs_in_a_word_stand_for_characters(text: str) -> None:
    assert read(text).required == each(Wild(text.replace("＊", "*")))


def test_a_question_mark_at_the_end_ends_a_question() -> None:
    assert read("怎么处理?").required == read("怎么处理？").required == each(Token("怎么处理"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("-更新", ["更新"]),
        ("清理 OR", ["清理", "or"]),
        ("或 清理", ["或", "清理"]),
        ("a OR OR b", ["a", "or", "b"]),
        ("a OR -b", ["a", "or", "b"]),
        ("kind:火星", ["kind:火星"]),
        ("year:火星", ["year:火星"]),
        ("unit:", ["unit"]),
        ("地点：三楼", ["地点:三楼"]),
        ("***", ["***"]),
        ("- -- 清理", ["-", "--", "清理"]),
    ],
)
def test_what_makes_no_sense_is_plain_words(text: str, words: list[str]) -> None:
    parsed = read(text)
    assert [clause.tokens[0].text for clause in parsed.required] == words
    assert (parsed.filters, parsed.excluded) == ((), ())


QUERY = st.one_of(
    st.text(),
    st.lists(
        st.sampled_from(
            [
                "OR",
                "或",
                "-",
                '"',
                "“",
                "”",
                "unit:",
                "单位：",
                "2018",
                "..",
                "去年",
                "*",
                "?",
                "办公",
                " ",
                "kind:",
                "𠮷",
                "😀",
            ]
        ),
        max_size=12,
    ).map("".join),
)


@given(QUERY)
def test_nothing_typed_is_an_error(text: str) -> None:
    parsed = read(text)
    for clause in (*parsed.required, *parsed.filters, *parsed.plain):
        assert clause.leaves
        assert all(token.text for token in clause.tokens)
    assert len(parsed.required) + len(parsed.filters) <= 32
    assert not any(clause.filters_only for clause in parsed.required)
    assert all(clause.filters_only for clause in parsed.filters)
    assert bool(parsed.plain) == bool(parsed.required or parsed.filters)
    loosen(parsed.required)
