"""Terms made many at once are those of the one rule."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from search.analysis import index_terms
from search.inverting import inverted

TEXT = st.text(alphabet="会议办公用房。，a1 \n𠮷〇😀·", max_size=12)


@settings(deadline=None)
@given(st.lists(TEXT, max_size=6))
def test_terms_rows_and_counts_are_those_of_each_text(texts: list[str]) -> None:
    found = [(term, rows.tolist(), counts.tolist()) for term, rows, counts in inverted(texts)]
    expected: dict[bytes, Counter[int]] = {}
    for row, text in enumerate(texts):
        for term, count in index_terms(text).items():
            expected.setdefault(term.encode(), Counter())[row] = count
    assert found == [
        (term, sorted(held), [float(held[row]) for row in sorted(held)]) for term, held in sorted(expected.items())
    ]


def test_nothing_gives_no_terms() -> None:
    assert list(inverted([])) == list(inverted(["", "。 。"])) == []
