from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.errors import ExtractError, FileEmpty, FileUnreadable
from search.extract.text import decode, paragraphs

HERE = Path("纪要.txt")
SAID = "馆务会议纪要\r\n会议由馆长赵䶮主持，副馆长𠮷敏出席，14℃，€1200。\n"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_the_encoding_is_recognised(encoding: str) -> None:
    assert decode(SAID.encode(encoding), HERE) == SAID.replace("\r\n", "\n")


@pytest.mark.parametrize(
    "content", [b"\x80\xff\xfe\xff\x81", bytes(range(256)) * 4, b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"]
)
def test_what_is_no_text_is_refused_by_name(content: bytes) -> None:
    with pytest.raises(FileUnreadable, match="纪要.txt"):
        decode(content, HERE)


def test_white_space_alone_is_empty() -> None:
    with pytest.raises(FileEmpty):
        decode("　\r\n \n".encode(), HERE)


@given(st.binary(max_size=400))
def test_any_bytes_give_text_or_a_refusal(content: bytes) -> None:
    try:
        assert decode(content, HERE).strip()
    except ExtractError:
        pass


def test_paragraphs_are_the_lines_that_hold_something() -> None:
    assert paragraphs("　一、议题\n\n  内容 \n") == ("一、议题", "内容")
