"""Names of bodies in short and in full, numbers in figures and in characters."""

from pathlib import Path

import pytest

from search.documents import NOTE_OTHERWISE, Document, Passage, Query
from search.index import SearchIndex
from search.live import LiveTable
from search.rewording import other_numbers, short_forms

TEXTS = {
    "一": "由县医疗保障局牵头，县发展和改革局配合。",
    "二": "责成市人力资源和社会保障局报告，补贴八千元。",
    "三": "由住建局牵头，面积1200平方米，预算35万元。",
    "四": "医生说，要保证局部照明。",
    "五": "国有资产监督管理委员会𠮷处长发言。",
}


def found(folder: Path, text: str, live: LiveTable | None = None) -> tuple[list[str], str, list[str]]:
    documents = [
        Document(id=id_, kind="document", title="", passages=(Passage(id="1", text=text),))
        for id_, text in TEXTS.items()
    ]
    with SearchIndex.open(folder) as index:
        index.replace(documents)
        results = index.search(Query(text=text), live)
    marked = [hit.text[start:end] for hit in results.hits for start, end in hit.highlights]
    return [hit.id for hit in results.hits], results.note, marked


@pytest.mark.parametrize(
    ("asked", "id_", "marked"),
    [
        ("医保局", "一", "医疗保障局"),
        ("县发改局", "一", "县发展和改革局"),
        ("人社局", "二", "人力资源和社会保障局"),
        ("国资委", "五", "国有资产监督管理委员会"),
        ("住房和城乡建设局", "三", "住建局"),
        ("8000元", "二", "八千元"),
        ("一千二百平方米", "三", "1200平方米"),
        ("三十五万元", "三", "35万元"),
    ],
)
def test_what_is_written_otherwise_is_found_and_marked(tmp_path: Path, asked: str, id_: str, marked: str) -> None:
    assert found(tmp_path, asked) == ([id_], NOTE_OTHERWISE, [marked])


def test_a_name_stops_at_a_sign_and_is_no_scattered_characters(tmp_path: Path) -> None:
    assert found(tmp_path, "医保局")[0] == ["一"]
    assert found(tmp_path, "县改发局")[0] != ["一"]


def test_what_is_written_as_it_was_typed_is_not_reworded(tmp_path: Path) -> None:
    assert found(tmp_path, "住建局")[:2] == (["三"], "")


def test_a_name_that_is_spoken_just_now_is_written_out_as_well(tmp_path: Path) -> None:
    live = LiveTable()
    passage = Passage(id="s", text="请市场监督管理局说一说。")
    live.put(Document(id="现在", kind="record", title=""), passage)
    assert found(tmp_path, "市监局", live)[0] == ["现在"]


@pytest.mark.parametrize(
    ("written", "other"),
    [
        ("10台", "十台"),
        ("110台", "一百一十台"),
        ("1005元", "一千零五元"),
        ("10500元", "一万零五百元"),
        ("12000吨", "一万二千吨"),
        ("12000吨", "一万两千吨"),
        ("35万元", "三十五万元"),
        ("一万二千吨", "12000吨"),
        ("一万零五百元", "10500元"),
        ("十二万元", "12万元"),
        ("十二万元", "120000元"),
        ("六台", "6台"),
        ("十台", "10台"),
    ],
)
def test_numbers_are_written_both_ways(written: str, other: str) -> None:
    assert other in list(other_numbers(written))


@pytest.mark.parametrize("text", ["办公用房", "", "一体化", "二〇二五", "999999999", "3.5"])
def test_what_is_no_plain_number_stays(text: str) -> None:
    assert [one for one in other_numbers(text) if one == text] == []


def test_short_forms_begin_and_end_as_the_name_does() -> None:
    forms = list(short_forms("人力资源和社会保障局"))
    assert "人社局" in forms and all(one[0] == "人" and one[-1] == "局" for one in forms)
