import io
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter

from search.errors import ExtractError, FileEncrypted, FileTruncated, FileWithoutText
from search.extract.doubts import PAGES_OF_PICTURES
from search.extract.lines import joined
from search.extract.pdf import SCANNED, WITHOUT_MEANING, pdf_pages
from search.extract.reading import extract_content
from tests.unit.search.extract.pdf_files import pdf

NAME = Path("旧/纪要.pdf")
MINUTES = (
    "市档案馆馆务会议纪要",
    "时间：2024年9月12日",
    "出席：李建国、𠮷敏、买买提·艾力",
    "一、研究档案抢救",
    "会议听取了保管处关于重点档案抢救与修复工作情况的汇报，原则同意所提方案，由保",
    "管处会同财务处办理。",
)


def locked(content: bytes, user: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(content)))
    writer.encrypt(user, "owner", algorithm="AES-256")
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def test_minutes_in_a_pdf_are_read_like_any_others() -> None:
    found = extract_content(pdf([MINUTES]), NAME)
    assert (found.kind, found.title, found.date) == ("minutes", "市档案馆馆务会议纪要", "2024-09-12")
    assert found.minutes is not None
    assert found.minutes.attendees == ("李建国", "𠮷敏", "买买提·艾力")
    assert [p.text for p in found.passages if p.item == 1] == [MINUTES[4] + MINUTES[5]]


def test_a_password_is_needed_or_not() -> None:
    with pytest.raises(FileEncrypted):
        pdf_pages(locked(pdf([MINUTES]), "test1234"), NAME)
    assert pdf_pages(locked(pdf([MINUTES]), ""), NAME).paragraphs[0] == MINUTES[0]


def test_a_scan_says_that_it_is_one() -> None:
    with pytest.raises(FileWithoutText) as caught:
        pdf_pages(pdf([[], ["12"]], pictures=True), NAME)
    assert caught.value.facts["reason"] == SCANNED


def test_fonts_without_meaning_are_no_text() -> None:
    with pytest.raises(FileWithoutText) as caught:
        pdf_pages(pdf([MINUTES], mapped=False), NAME)
    assert caught.value.facts["reason"] == WITHOUT_MEANING


def test_pages_that_are_pictures_among_others_are_asked_about() -> None:
    found = extract_content(pdf([MINUTES, []], pictures=True), NAME)
    asked = [(doubt.field, doubt.reason, doubt.candidates) for doubt in found.doubts]
    assert asked == [("pages", PAGES_OF_PICTURES, ("2",))]


def test_a_pdf_cut_anywhere_gives_its_text_or_its_reason() -> None:
    whole = pdf([MINUTES])
    for length in range(5, len(whole), 97):
        try:
            assert pdf_pages(whole[:length], NAME).paragraphs
        except ExtractError as error:
            assert isinstance(error, FileTruncated | FileWithoutText) or error.code == "file_empty"


def test_lines_become_paragraphs_across_pages() -> None:
    full = "会议指出库房温度应控制在十四度至二十四度之间相对湿度应"
    pages = [["市档案馆", full, "— 1 —"], ["当保持在四十五至六十。", "二、其他", "第 2 页 共 3 页"], ["完", "3"]]
    assert joined(pages) == ["市档案馆", full + "当保持在四十五至六十。", "二、其他", "完"]


def test_running_heads_are_left_out_and_radicals_are_characters() -> None:
    pages = [["内部资料", f"第⼀{n}段⽂字。"] for n in "甲乙丙"]
    assert joined(pages) == ["第一甲段文字。", "第一乙段文字。", "第一丙段文字。"]
