"""The query language on a real index: what is found is what reading all documents finds, no more and no less."""

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search.analysis import fold
from search.documents import KINDS, NOTE_CLOSEST, NOTE_DATE, NOTE_SOUND, Document, Passage, Query, Results
from search.index import SearchIndex
from search.live import LiveTable

WORDS = "办公 用房 公务 用车 清理 整改 方案 调度 审批 纪要 暂缓 OKR 𠮷".split()
UNITS = ("资产管理处", "办公室", "人事教育处")
PEOPLE = ("王芳", "𠮷敏", "买买提·艾力")
BODIES = ("局长办公会", "党组会")
OUTCOMES = ("", "通过", "暂缓")
Test = Callable[[Document], bool]


def made(rng: random.Random, number: int) -> Document:
    def text() -> str:
        return (
            "".join(rng.choice(WORDS) + rng.choice(["", "", "，", "的"]) for _ in range(rng.randint(1, 6))) + "。"
        )

    return Document(
        id=f"d{number}",
        kind=rng.choice(KINDS),
        title=text(),
        date=rng.choice(["", "2018", "2018-07", "2018-07-15", "2019-01-02", "2020-12-31"]),
        body=rng.choice(BODIES),
        units=tuple(rng.sample(UNITS, rng.randint(0, 2))),
        outcome=rng.choice(OUTCOMES),
        passages=tuple(
            Passage(
                id=f"{number}.{n}", text=text(), speaker=rng.choice((None, *PEOPLE)), item=rng.choice((None, 1, 2))
            )
            for n in range(rng.randint(0, 4))
        ),
    )


CORPUS = [made(random.Random(number), number) for number in range(60)]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearchIndex]:
    """Most of the corpus folded, some of it pending; some replaced and some removed on the way."""
    with SearchIndex.open(tmp_path_factory.mktemp("语言")) as opened:
        opened.replace(made(random.Random(1000 + number), number) for number in range(40))
        opened.replace(CORPUS[:45])
        opened.replace([*CORPUS[45:], made(random.Random(7), 99)], fold=False)
        opened.delete(["d99", "d3"])
        yield opened


LIVING = [document for document in CORPUS if document.id != "d3"]


def texts(document: Document) -> list[str]:
    return [fold(text) for text in (document.title, *(passage.text for passage in document.passages))]


def has(word: str) -> Test:
    return lambda document: any(fold(word) in text for text in texts(document))


def either(one: Test, other: Test) -> Test:
    return lambda document: one(document) or other(document)


def none_of(test: Test) -> Test:
    return lambda document: not test(document)


def dated(first: str, last: str) -> Test:
    return lambda document: bool(document.date) and first <= document.date and document.date[: len(last)] <= last


def in_passages(choice: Callable[[Passage], bool], word: str) -> Test:
    return lambda document: any(choice(p) and fold(word) in fold(p.text) for p in document.passages)


word = st.sampled_from(WORDS)
TERM: st.SearchStrategy[tuple[str, Test]] = st.one_of(
    word.map(lambda one: (one, has(one))),
    st.tuples(word, word).map(lambda two: (f"“{two[0]}{two[1]}”", has(two[0] + two[1]))),
    st.tuples(word, word).map(lambda two: (f"{two[0]} OR {two[1]}", either(has(two[0]), has(two[1])))),
    word.map(lambda one: (f"-{one}", none_of(has(one)))),
    st.sampled_from(UNITS).map(lambda unit: (f"单位：{unit}", lambda d: unit in d.units)),
    st.sampled_from(UNITS).map(lambda unit: (f"-unit:{unit}", lambda d: unit not in d.units)),
    st.sampled_from(KINDS).map(lambda kind: (f"kind:{kind}", lambda d: d.kind == kind)),
    st.sampled_from(BODIES).map(lambda body: (f"body:{body}", lambda d: d.body == body)),
    st.sampled_from(OUTCOMES[1:]).map(lambda outcome: (f"结果:{outcome}", lambda d: d.outcome == outcome)),
    st.sampled_from(["2018", "2019", "2020年"]).map(lambda year: (year, dated(year[:4], year[:4]))),
    st.just(("2018-07", dated("2018-07", "2018-07"))),
    st.just(("2018..2019", dated("2018", "2019"))),
)


def plainly(results: Results) -> set[str]:
    return {hit.id for hit in results.hits if not hit.sounds_alike}


def expected_facets(documents: list[Document]) -> dict[str, dict[str, int]]:
    return {
        "kind": dict(Counter(d.kind for d in documents)),
        "unit": dict(Counter(unit for d in documents for unit in d.units)),
        "year": dict(Counter(d.date[:4] for d in documents if d.date)),
        "body": dict(Counter(d.body for d in documents)),
        "outcome": dict(Counter(d.outcome for d in documents if d.outcome)),
        "due": {},
        "owed": {},
    }


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=word, terms=st.lists(TERM, max_size=3))
def test_what_is_found_is_what_reading_finds(
    index: SearchIndex, first: str, terms: list[tuple[str, Test]]
) -> None:
    tests = [has(first), *(test for _, test in terms)]
    wanted = [document for document in LIVING if all(test(document) for test in tests)]
    results = index.search(Query(text=" ".join([first, *(text for text, _ in terms)]), limit=100))
    if wanted:
        assert plainly(results) == {document.id for document in wanted}
        assert results.note == ""
        if not any(hit.sounds_alike for hit in results.hits):
            assert results.total == len(wanted)
            assert results.facets == expected_facets(wanted)
    else:
        assert results.note in ("", NOTE_CLOSEST, NOTE_SOUND, NOTE_DATE)
        assert results.note or results.total == 0


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("number", [1, 2])
def test_a_speaker_and_an_item_limit_passages(index: SearchIndex, person: str, number: int) -> None:
    wanted = {d.id for d in LIVING if in_passages(lambda p: p.speaker == person and p.item == number, "用车")(d)}
    results = index.search(Query(text=f"发言人:{person} item:{number} 用车", limit=100))
    if wanted:
        assert plainly(results) == wanted
        assert {hit.speaker for hit in results.hits} == {person}


@pytest.mark.parametrize("pattern", ["公*车", "用?公务", "OK*", "办?用房"])
def test_signs_stand_for_characters(index: SearchIndex, pattern: str) -> None:
    expression = re.compile(fold(pattern).replace("*", "[^。]*?").replace("?", "."))
    wanted = {d.id for d in LIVING if any(expression.search(text) for text in texts(d))}
    results = index.search(Query(text=pattern, limit=100))
    assert wanted and plainly(results) == wanted
    for hit in results.hits:
        assert hit.highlights or expression.search(fold(hit.title))


def test_filters_alone_list_documents(index: SearchIndex) -> None:
    results = index.search(Query(text="单位:资产管理处 2018", limit=100))
    wanted = {d.id for d in LIVING if "资产管理处" in d.units and d.date.startswith("2018")}
    assert wanted and plainly(results) == wanted


def test_a_date_alone_finds_what_says_it_too(tmp_path: Path) -> None:
    with SearchIndex.open(tmp_path) as index:
        index.replace(
            [
                Document(
                    id="said",
                    kind="record",
                    title="回顾",
                    date="2026",
                    passages=(Passage(id="1", text="去年2018年7月起"),),
                ),
                Document(
                    id="then",
                    kind="record",
                    title="当年",
                    date="2018-07-03",
                    passages=(Passage(id="1", text="车"),),
                ),
            ]
        )
        assert plainly(index.search(Query(text="2018年7月"))) == {"said", "then"}
        assert plainly(index.search(Query(text="2018年7月 车"))) == {"then"}
        results = index.search(Query(text="2018年7月 回顾"))
        assert (plainly(results), results.note) == ({"said"}, NOTE_DATE)


def test_a_copied_line_with_a_dash_is_found(tmp_path: Path) -> None:
    with SearchIndex.open(tmp_path) as index:
        text = "发布日期 2020-03\n-26\n全国会议，2020 年。"
        index.replace([Document(id="a", kind="document", title="", passages=(Passage(id="1", text=text),))])
        assert plainly(index.search(Query(text="-26\n全国"))) == {"a"}
        assert index.search(Query(text="全国 -会议")).total == 0


def test_english_words_are_found_by_their_stem(tmp_path: Path) -> None:
    with SearchIndex.open(tmp_path) as index:
        index.replace(
            [
                Document(
                    id="a", kind="record", title="", passages=(Passage(id="1", text="New policies were adopted."),)
                ),
                Document(
                    id="b", kind="record", title="", passages=(Passage(id="1", text="The policyholder met."),)
                ),
            ]
        )
        assert plainly(index.search(Query(text="policy"))) == {"a", "b"}
        hit = next(hit for hit in index.search(Query(text="adopting")).hits)
        assert (hit.id, [hit.text[start:end] for start, end in hit.highlights]) == ("a", ["adopted"])
        strict = index.search(Query(text='"adopting"'))
        assert strict.total == 0 or strict.note == NOTE_CLOSEST


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.text(max_size=40),
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
                    "议题：",
                    "2018",
                    "..",
                    "*",
                    "?",
                    "办公",
                    " ",
                    "zc",
                    "𠮷",
                ]
            ),
            max_size=10,
        ).map("".join),
    )
)
def test_nothing_typed_is_an_error(index: SearchIndex, text: str) -> None:
    results = index.search(Query(text=text))
    assert results.query == text
    index.complete(text)
    index.suggest(text)


def test_the_running_meeting_is_asked_in_the_same_language(index: SearchIndex) -> None:
    live = LiveTable()
    head = Document(id="现在", kind="record", title="第12次", date="2026-03-09", body="党组会", units=("办公室",))
    live.put(head, Passage(id="s1", text="同意公务用车更新。", speaker="黎明", item=3, item_title="研究公务用车"))
    for text in (
        "更新 speaker:黎明",
        "item:3 更新",
        "议题:公务用车 更新",
        "公务*更新 body:党组会",
        "更新 2026",
        "gengxin",
    ):
        assert plainly(index.search(Query(text=text), live)) | {
            h.id for h in index.search(Query(text=text), live).hits
        } == {"现在"}, text
    assert "现在" not in plainly(index.search(Query(text="公务用车更新 -同意"), live))
