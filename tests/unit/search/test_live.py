import time

from search.documents import Document, Passage
from search.live import LiveTable

RECORD = Document(id="会议1/1", kind="record", title="局长办公会议")


def said(id_: str, text: str, item_title: str = "") -> Passage:
    return Passage(id=id_, text=text, speaker="李建国", item=1, item_title=item_title)


def found(table: LiveTable, text: str) -> list[str]:
    view = table.view()
    return [view.passage(place).text for place in view.find(text)[0].tolist()]


def test_what_was_put_is_found_folded() -> None:
    table = LiveTable()
    assert table.put(RECORD, said("s1", "同意辦公用房整改"))
    assert found(table, "办公用房") == ["同意辦公用房整改"]
    assert found(table, "火星") == []


def test_a_higher_revision_replaces_and_a_lower_one_does_not() -> None:
    table = LiveTable()
    table.put(RECORD, said("s1", "原则同意"), revision=2)
    assert not table.put(RECORD, said("s1", "暂缓"), revision=1)
    assert table.put(RECORD, said("s1", "不同意"), revision=3)
    assert found(table, "同意") == ["不同意"]
    assert len(table) == 1


def test_empty_text_and_remove_take_out_for_good() -> None:
    table = LiveTable()
    table.put(RECORD, said("s1", "同意"), revision=1)
    table.put(RECORD, said("s1", ""), revision=2)
    table.put(RECORD, said("s1", "同意"), revision=1)
    table.put(RECORD, said("s2", "同意"), revision=1)
    table.remove("s2")
    table.put(RECORD, said("s2", "同意"), revision=1)
    assert found(table, "同意") == []


def test_a_view_stays_as_it_was() -> None:
    table = LiveTable()
    table.put(RECORD, said("s1", "同意"))
    before = table.view()
    table.put(RECORD, said("s2", "同意"))
    table.remove("s1")
    assert before.find("同意")[0].size == 1
    assert found(table, "同意") == ["同意"]


def test_a_passage_moves_to_another_document() -> None:
    table = LiveTable()
    other = Document(id="会议1/2", kind="record", title="局长办公会议")
    table.put(RECORD, said("s1", "同意"), revision=1)
    table.put(other, said("s1", "同意"), revision=2)
    view = table.view()
    assert [view.columns.ids[view.columns.doc[place]] for place in view.find("同意")[0]] == ["会议1/2"]


def test_a_changed_title_is_the_only_one_that_is_found() -> None:
    table = LiveTable()
    table.put(RECORD, said("s1", "同意"))
    table.put(Document(id="会议1/1", kind="record", title="党组会"), said("s2", "通过"))
    assert found(table, "局长办公会议") == []
    assert found(table, "党组会") == ["党组会"]
    assert found(table, "同意") == ["同意"]


def test_an_item_title_is_there_once_and_goes_with_its_document() -> None:
    table = LiveTable()
    table.put(RECORD, said("s1", "好", "研究公务用车"))
    table.put(RECORD, said("s2", "好", "研究公务用车"))
    assert found(table, "公务用车") == ["研究公务用车"]
    table.drop("会议1/1")
    assert found(table, "公务用车") == []
    assert len(table) == 0


def test_putting_is_quick_in_a_long_meeting() -> None:
    table = LiveTable()
    for number in range(5000):
        table.put(RECORD, said(f"s{number}", f"会议研究第{number}项工作，原则同意所提方案。"))
    took = list[float]()
    for number in range(5000, 5100):
        began = time.perf_counter()
        table.put(RECORD, said(f"s{number}", f"会议研究第{number}项工作，原则同意所提方案。"))
        took.append(time.perf_counter() - began)
    assert sorted(took)[50] < 0.005
    assert found(table, "第5050项") == ["会议研究第5050项工作，原则同意所提方案。"]
