import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr.text.marks import mend_marks


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("征求一件还没有结束０建议下次会议再研究", "征求一件还没有结束，建议下次会议再研究"),
        ("预算一共268万元Ｅ其中硬件150万元Ｅ工期四个月０。", "预算一共268万元，其中硬件150万元，工期四个月。"),
        ("完成率超过95个百分点（移交资产（", "完成率超过95个百分点，移交资产"),
        ("录音能不能传到外面去 Ｇ？", "录音能不能传到外面去？"),
        ("系统全部部署 ４ 在局里", "系统全部部署，在局里"),
        ("０三时议定事项", "三时议定事项"),
    ],
)
def test_a_lone_full_width_sign_is_a_pause(heard: str, meant: str) -> None:
    assert mend_marks(heard) == meant


@pytest.mark.parametrize(
    "text", ["会议听取了汇报（见附件），同意。", "增长5％，！？：；～", "OA系统 3G 网", "", "𠮷"]
)
def test_real_punctuation_and_plain_letters_stay(text: str) -> None:
    assert mend_marks(text) == text


@given(st.text(alphabet="会议（）０Ｅ，。 ？a1", max_size=20))
def test_mending_again_changes_nothing(text: str) -> None:
    once = mend_marks(text)
    assert mend_marks(once) == once
