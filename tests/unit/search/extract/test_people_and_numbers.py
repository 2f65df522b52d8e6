"""The chair without the office, and the 字号 that stands alone below a title."""

from pathlib import Path

import pytest

from search.extract.people import without_office
from search.extract.reading import extract_content


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("校长　司徒明", "司徒明"),
        ("司徒明　校长", "司徒明"),
        ("校长　周　敏", "周敏"),
        ("局长李建国", "李建国"),
        ("李建国（局长）", "李建国"),
        ("李建国局长", "李建国局长"),
        ("买买提·艾力 副市长", "买买提·艾力"),
        ("𠮷敏", "𠮷敏"),
        ("局长李建国、副局长周敏", "局长李建国、副局长周敏"),
        ("", ""),
    ],
)
def test_a_chair_is_named_without_the_office(written: str, name: str) -> None:
    assert without_office(written) == name


def test_a_number_alone_below_the_title_is_part_of_it() -> None:
    single = extract_content(
        "督 办 通 知 单\n海督〔2026〕第9号\n请于每月25日前反馈进展。".encode(), Path("单.txt")
    )
    assert single.title == "督办通知单 海督〔2026〕第9号"
    minutes = extract_content(
        "局长办公会议纪要\n局纪〔2026〕3号\n一、研究甲\n会议同意甲。".encode(), Path("纪要.txt")
    )
    assert minutes.title == "局长办公会议纪要 局纪〔2026〕3号" and minutes.minutes is not None
    assert minutes.minutes.body == "局长办公会"


def test_a_sentence_below_the_title_is_no_number() -> None:
    found = extract_content("关于食堂的通知\n按海督〔2026〕第9号办理。".encode(), Path("通知.txt"))
    assert found.title == "关于食堂的通知"
