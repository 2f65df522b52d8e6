"""Units and people in the one field for who is to do something."""

import pytest

from ui.console.editing.owners import Owners, read_owners

PEOPLE = ("李建国", "周敏", "阿卜杜拉·买买提", "李登科", "𠮷田一郎")
UNITS = ("资产管理处", "三供一业专项")


@pytest.mark.parametrize(
    ("text", "lead", "beside", "owner"),
    [
        ("资产管理处", "资产管理处", (), ""),
        ("周敏", "", (), "周敏"),
        ("周敏同志", "", (), "周敏"),
        ("资产管理处、办公室，信息中心", "资产管理处", ("办公室", "信息中心"), ""),
        ("财政局 周敏", "财政局", (), "周敏"),
        ("周敏、财政局、李建国", "财政局", (), "周敏、李建国"),
        ("三供一业专项", "三供一业专项", (), ""),
        ("李登科", "", (), "李登科"),
        ("阿卜杜拉·买买提", "", (), "阿卜杜拉·买买提"),
        ("王处", "", (), "王处"),
        ("县委", "县委", (), ""),
        ("信息中心主任", "", (), "信息中心主任"),
        ("𠮷田一郎；各单位", "各单位", (), "𠮷田一郎"),
        ("John Smith", "", (), "John Smith"),
        ("", "", (), ""),
    ],
)
def test_units_lead_and_people_own(text: str, lead: str, beside: tuple[str, ...], owner: str) -> None:
    found = read_owners(text, PEOPLE, UNITS)
    assert found == Owners(lead, beside, owner)
    assert read_owners(found.typed, PEOPLE, UNITS) == found
