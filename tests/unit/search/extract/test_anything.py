"""Whatever a file holds and however it is called, reading it gives text or one of this package's refusals."""

import io
import zipfile
from pathlib import Path

import docx
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from search.errors import ExtractError
from search.extract.files import KINDS
from search.extract.reading import extract_content
from search.extract.zipped import members
from tests.unit.search.extract.pdf_files import pdf
from tests.unit.search.extract.test_zipped import packed

SUFFIXES = st.sampled_from([*KINDS, ".PDF", ".doc", ".pdf.txt", ".zip"])
STARTS = st.sampled_from(
    [b"", b"%PDF-1.7\n", b"PK\x03\x04", b"PK\x05\x06", b"\xff\xfe", b"\xef\xbb\xbf", b"<html>"]
)


def word_file() -> bytes:
    document = docx.Document()
    document.add_paragraph("馆务会议纪要", style="List Number")
    document.add_table(rows=1, cols=2).cell(0, 0).text = "序号"
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


PDF_FILE, WORD_FILE = pdf([["馆务会议纪要", "一、研究档案"]], pictures=True), word_file()
with zipfile.ZipFile(io.BytesIO(WORD_FILE)) as package:
    WORD_XML = package.read("word/document.xml")


def read(content: bytes, suffix: str) -> None:
    try:
        found = extract_content(content, Path(f"文件{suffix}"))
    except ExtractError:
        return
    assert found.title and found.paragraphs


@given(STARTS, st.binary(max_size=300), SUFFIXES)
@example(b"", "二〇二六年十十月十十日 一二三年〇月".encode(), ".txt")
@settings(deadline=None)
def test_arbitrary_bytes(start: bytes, content: bytes, suffix: str) -> None:
    read(start + content, suffix)


@given(
    st.text(
        alphabet="会议纪要时间出席列席：、，。\n一二三十年月日０2024（）·𠮷 主持同意暂缓原则第项1.", max_size=300
    )
)
@settings(deadline=None)
def test_arbitrary_minutes(text: str) -> None:
    read(("会议纪要\n" + text).encode(), ".txt")


@given(st.integers(0, len(PDF_FILE) - 1), st.binary(min_size=1, max_size=8))
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_pdf_with_wrong_bytes(place: int, wrong: bytes) -> None:
    read(PDF_FILE[:place] + wrong + PDF_FILE[place + len(wrong) :], ".pdf")


@given(st.integers(0, len(WORD_FILE) - 1), st.binary(min_size=1, max_size=8))
@settings(deadline=None, max_examples=50)
def test_a_word_file_with_wrong_bytes(place: int, wrong: bytes) -> None:
    read(WORD_FILE[:place] + wrong + WORD_FILE[place + len(wrong) :], ".docx")


@given(st.integers(0, len(WORD_XML) - 1), st.binary(min_size=1, max_size=8))
@settings(deadline=None, max_examples=50)
def test_a_word_file_with_wrong_xml(place: int, wrong: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(WORD_FILE)) as whole:
        parts = {name: whole.read(name) for name in whole.namelist()}
    parts["word/document.xml"] = WORD_XML[:place] + wrong + WORD_XML[place + len(wrong) :]
    read(packed(parts), ".docx")


@given(st.data())
@settings(deadline=None)
def test_an_archive_with_wrong_bytes(data: st.DataObject) -> None:
    content = packed({"一.txt": b"x" * 50, "内.zip": packed({"二.txt": b"y"})})
    place, wrong = data.draw(st.integers(0, len(content) - 1)), data.draw(st.binary(min_size=1, max_size=8))
    try:
        for member in members(content[:place] + wrong + content[place + len(wrong) :], Path("旧.zip")):
            assert member.refusal is None or isinstance(member.refusal, ExtractError)
    except ExtractError:
        pass
