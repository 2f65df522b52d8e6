"""The order of documents, on a table in memory."""

from datetime import date

from search.documents import Document, Passage, Query
from search.live import LiveTable
from search.query import Clause, parse
from search.ranking import Ranked, match_all, match_filters, match_most, order


def asked(text: str) -> tuple[Clause, ...]:
    return parse(text, date(2026, 1, 15)).required


def table(*documents: Document) -> LiveTable:
    made = LiveTable()
    for document in documents:
        for passage in document.passages:
            made.put(document, passage)
    return made


def document(id_: str, *texts: str, title: str = "", date: str = "2025-01-01", item_title: str = "") -> Document:
    passages = tuple(
        Passage(id=f"{id_}.{n}", text=text, item=1 if item_title else None, item_title=item_title)
        for n, text in enumerate(texts)
    )
    return Document(id=id_, kind="minutes", title=title, date=date, passages=passages)


def ranked(made: LiveTable, text: str, limit: int = 10) -> list[Ranked]:
    view = made.view()
    sources = [(view, view.columns.passage_mask(Query(text=text)))]
    return order(match_all(sources, asked(text)), asked(text), limit)


def ids(found: list[Ranked]) -> list[str]:
    return [one.matches.source.document(one.doc).id for one in found]


NOISE = [document(f"n{n}", f"会议研究第{n}项其他事务，要求抓好落实。", title=f"其他{n}") for n in range(30)]


def test_relevance_comes_before_date() -> None:
    made = table(
        document("old", "公务用车更新，公务用车调度，公务用车审批。", title="公务用车", date="2009-01-01"),
        document("new", "会上有人提到公务用车，随后转入其他长长的议题，讨论了很久很久。", date="2026-01-01"),
        *NOISE,
    )
    assert ids(ranked(made, "公务用车")) == ["old", "new"]


def test_among_equals_the_newer_comes_first() -> None:
    made = table(
        *(document(f"y{year}", "同意更新。", date=f"{year}-05-01") for year in (2019, 2025, 2022)), *NOISE
    )
    assert ids(ranked(made, "更新")) == ["y2025", "y2022", "y2019"]


def test_the_document_named_so_comes_before_those_that_mention_it() -> None:
    made = table(
        document("mention", "依据信访条例，处理信访条例中的事项。", title="工作报告", date="2026-01-01"),
        document("named", "第一条　为了保持联系，制定本条例。", title="信访条例", date="2005-01-10"),
        document("longer", "通知如下。", title="关于转发信访条例并认真组织学习的补充通知", date="2005-01-10"),
        *NOISE,
    )
    assert ids(ranked(made, "信访条例"))[:2] == ["named", "mention"]


def test_whole_words_come_before_parts_of_words() -> None:
    made = table(
        document("part", "他在北京市民中心。", title="一"),
        document("word", "他请市民到中心。", title="二"),
        *NOISE,
    )
    assert ids(ranked(made, "市民"))[0] == "word"


def test_words_together_come_before_words_apart() -> None:
    made = table(
        document("apart", "能耗下降。", "其他内容若干。", "实行定额。"),
        document("both", "能耗实行定额管理。"),
        *NOISE,
    )
    assert ids(ranked(made, "能耗 定额")) == ["both", "apart"]


def test_a_title_alone_shows_the_text_below_it() -> None:
    made = table(document("a", "原则同意。", title="纪要", item_title="研究公务用车"), *NOISE)
    (one,) = ranked(made, "公务用车")
    assert one.matches.source.passage(one.place).text == "原则同意。"


def test_limit_is_kept_and_nothing_is_repeated() -> None:
    made = table(*NOISE)
    assert len(set(ids(ranked(made, "会议", 7)))) == 7
    assert len(ranked(made, "会议", 100)) == 30
    assert ranked(made, "会议", 0) == []


def test_near_matches_are_ordered_by_what_they_share() -> None:
    made = table(
        document("some", "清理整改台账。"),
        document("most", "办公用房清理整改工作方案。"),
        document("none", "散会。"),
    )
    view = made.view()
    clauses = asked("办公用房清理整改方案")
    matches, pieces = match_most([(view, view.columns.alive)], clauses)
    assert ids(order(matches, clauses, 10)) == ["most"]
    assert pieces[:2] == ["办公", "公用"]


def test_filters_alone_list_the_newest_first() -> None:
    made = table(
        document("a", "一", date="2020-01-01"),
        document("b", "二", date="2024-01-01"),
        document("c", "三", date=""),
    )
    view = made.view()
    assert ids(order(match_filters([(view, view.columns.alive)]), (), 10)) == ["b", "a", "c"]
