from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.columns import date_number
from search.when import span_of

TODAY = date(2026, 1, 15)


@pytest.mark.parametrize(
    ("word", "span"),
    [
        ("2018", ("2018", "2018")),
        ("2018年", ("2018", "2018")),
        ("二〇一八年", ("2018", "2018")),
        ("2018-07", ("2018-07", "2018-07")),
        ("2018年7月", ("2018-07", "2018-07")),
        ("2018/7/5", ("2018-07-05", "2018-07-05")),
        ("2018年7月15日", ("2018-07-15", "2018-07-15")),
        ("2018..2020", ("2018", "2020")),
        ("2018-2020", ("2018", "2020")),
        ("2018年至2020年", ("2018", "2020")),
        ("2018-07..2019-02", ("2018-07", "2019-02")),
        ("2018..", ("2018", "")),
        ("..2020-06", ("", "2020-06")),
        ("去年..今年", ("2025", "2026")),
        ("今年", ("2026", "2026")),
        ("去年", ("2025", "2025")),
        ("上个月", ("2025-12", "2025-12")),
        ("本月", ("2026-01", "2026-01")),
        ("昨天", ("2026-01-14", "2026-01-14")),
        ("上周", ("2026-01-05", "2026-01-11")),
    ],
)
def test_dates_are_read_as_people_write_them(word: str, span: tuple[str, str]) -> None:
    assert span_of(word, TODAY) == span


@pytest.mark.parametrize(
    "word", ["1234", "20180", "2018-13", "2018-07-32", "..", "2018..火星", "公务用车", "第11次", ""]
)
def test_what_is_no_date_is_none(word: str) -> None:
    assert span_of(word, TODAY) is None


@given(st.text(alphabet="0123456789-./年月日至去今上个月〇二", max_size=14))
def test_every_span_has_ends_that_the_index_can_compare(word: str) -> None:
    span = span_of(word, TODAY)
    assert span is None or (any(span) and all(date_number(end) for end in span if end))
