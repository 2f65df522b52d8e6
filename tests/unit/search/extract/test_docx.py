"""Word files: the numbers that Word makes, tables in tables, tracked changes, and what no Word file holds."""

import zipfile
from collections.abc import Sequence
from pathlib import Path

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from search.errors import EntitiesRefused, TableTooLarge
from search.extract import docx as reading
from search.extract.docx import docx_paragraphs
from search.extract.numbering import chinese_number
from search.extract.reading import extract

LEVELS = (("chineseCounting", "%1、"), ("chineseCounting", "（%2）"), ("decimal", "%1.%3"))


def numbered(path: Path, entries: Sequence[tuple[int | None, str]]) -> Path:
    """A document whose paragraphs have numbers of the given level (from 0), made by Word and not written out."""
    document = docx.Document()
    levels = "".join(
        f'<w:lvl w:ilvl="{n}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for n, (form, text) in enumerate(LEVELS)
    )
    root = document.part.numbering_part.element
    root.insert(0, parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="90">{levels}</w:abstractNum>'))
    root.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="91"><w:abstractNumId w:val="90"/></w:num>'))
    for level, text in entries:
        paragraph = document.add_paragraph(text)
        if level is not None:
            properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
            properties.get_or_add_ilvl().val = level
            properties.get_or_add_numId().val = 91
    document.save(str(path))
    return path


def body(path: Path, xml: str) -> Path:
    """A document with this as its only content."""
    document = docx.Document()
    document.element.body.insert(0, parse_xml(f"<w:p {nsdecls('w')}>{xml}</w:p>"))
    document.save(str(path))
    return path


def lines(path: Path) -> tuple[str, ...]:
    return docx_paragraphs(path.read_bytes(), path)


def test_numbers_made_by_word_are_written_out(tmp_path: Path) -> None:
    entries = [
        (None, "会议纪要"),
        (0, "研究车辆"),
        (1, "更新"),
        (1, "报废"),
        (0, "研究节能"),
        (1, "定额"),
        (2, "水"),
    ]
    assert lines(numbered(tmp_path / "a.docx", entries)) == (
        *("会议纪要", "一、研究车辆", "（一）更新", "（二）报废", "二、研究节能", "（一）定额", "二.1 水"),
    )


def test_items_numbered_by_word_are_items(tmp_path: Path) -> None:
    path = numbered(
        tmp_path / "纪要.docx", [(None, "局长办公会议纪要"), (0, "研究车辆"), (None, "会议同意更新。")]
    )
    minutes = extract(path).minutes
    assert minutes is not None
    assert [(item.number, item.title) for item in minutes.items] == [(1, "研究车辆")]
    assert [(one.outcome, one.item) for one in minutes.decisions] == [("通过", 1)]


@pytest.mark.parametrize(
    ("value", "text"), [(1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (103, "一百零三"), (0, "0")]
)
def test_numbers_in_chinese(value: int, text: str) -> None:
    assert chinese_number(value) == text


def test_a_table_within_a_table_is_read(tmp_path: Path) -> None:
    document = docx.Document()
    cell = document.add_table(rows=1, cols=2).cell(0, 0)
    cell.text = "外"
    cell.add_table(rows=1, cols=1).cell(0, 0).text = "里"
    document.save(str(tmp_path / "a.docx"))
    assert lines(tmp_path / "a.docx") == ("外 里",)


def test_insertions_are_read_and_deletions_are_not(tmp_path: Path) -> None:
    run = "<w:r><w:t>{}</w:t></w:r>"
    path = body(
        tmp_path / "a.docx",
        run.format("同意") + f"<w:ins w:id='1'>{run.format('暂缓')}</w:ins>"
        "<w:del w:id='2'><w:r><w:delText>作废</w:delText></w:r></w:del>",
    )
    assert lines(path) == ("同意暂缓",)


def test_content_controls_and_text_boxes_are_read(tmp_path: Path) -> None:
    run = "<w:r><w:t>{}</w:t></w:r>"
    box = f"<w:r><w:pict><w:txbxContent><w:p>{run.format('框中')}</w:p></w:txbxContent></w:pict></w:r>"
    path = body(tmp_path / "a.docx", f"<w:sdt><w:sdtContent>{run.format('控件')}</w:sdtContent></w:sdt>{box}")
    assert lines(path) == ("控件", "框中")


def test_own_entities_are_refused(tmp_path: Path) -> None:
    path = body(tmp_path / "a.docx", "")
    with zipfile.ZipFile(path, "a") as package:
        package.writestr("word/x.xml", '<!DOCTYPE d [<!ENTITY a "会">]><d>&a;</d>'.encode("utf-16"))
    with pytest.raises(EntitiesRefused, match="word/x.xml"):
        lines(path)


def test_a_huge_table_is_refused_and_not_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_CELLS", 5)
    document = docx.Document()
    document.add_table(rows=2, cols=3)
    document.save(str(tmp_path / "a.docx"))
    with pytest.raises(TableTooLarge, match="5 cells"):
        lines(tmp_path / "a.docx")
