import io
import zipfile
from pathlib import Path

import docx
import pytest

from search.errors import (
    EntitiesRefused,
    ExtractError,
    FileEmpty,
    FileEncrypted,
    FileTooLarge,
    FileTruncated,
    FileUnreadable,
    KindMismatch,
    KindUnsupported,
)
from search.extract import doubts, files
from search.extract.reading import extract


def word_file(path: Path) -> Path:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "内部资料"
    document.add_paragraph("关于公务用车的通知")
    table = document.add_table(rows=2, cols=3)
    for cell, text in zip(table.rows[0].cells, ("序号", "事项", "时限"), strict=True):
        cell.text = text
    merged = table.cell(1, 0).merge(table.cell(1, 1))
    merged.text = "更新车辆"
    table.cell(1, 2).text = "2026年6月30日"
    document.add_paragraph("各处室：请按时办理。𠮷敏")
    document.save(str(path))
    return path


def rewritten(path: Path, part: str, content: bytes) -> Path:
    """The same package with one part replaced."""
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in {**parts, part: content}.items():
            new.writestr(name, data)
    return path


def test_a_word_file_gives_headers_paragraphs_and_rows_in_order(tmp_path: Path) -> None:
    found = extract(word_file(tmp_path / "通知.docx"))
    assert found.paragraphs == (
        *("内部资料", "关于公务用车的通知", "序号 事项 时限", "更新车辆 2026年6月30日"),
        "各处室：请按时办理。𠮷敏",
    )
    assert found.kind == "document"
    assert "".join(p.text for p in found.passages).replace("\n", "") == "".join(found.paragraphs)


def test_minutes_become_passages_under_their_items(tmp_path: Path) -> None:
    path = tmp_path / "纪要.txt"
    path.write_bytes(
        "馆务会议纪要\n时间：2024年9月12日\n一、研究档案抢救\n决定列入首批。\n附件\n清单".encode("gb18030")
    )
    found = extract(path)
    assert (found.kind, found.title, found.date) == ("minutes", "馆务会议纪要", "2024-09-12")
    assert [(p.id, p.item, p.item_title, p.text) for p in found.passages] == [
        ("1", None, "", "馆务会议纪要\n时间：2024年9月12日"),
        ("2", 1, "研究档案抢救", "决定列入首批。"),
        ("3", None, "", "附件\n清单"),
    ]
    document = found.document("m1", "旧/纪要.txt")
    assert (document.id, document.source, document.passages) == ("m1", "旧/纪要.txt", found.passages)


@pytest.mark.parametrize(
    ("name", "content", "error"),
    [
        ("空.txt", b"", FileEmpty),
        ("白.txt", b" \n", FileEmpty),
        ("图.png", b"\x89PNG", KindUnsupported),
        ("旧.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600, KindUnsupported),
        (
            "密.docx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600 + "EncryptedPackage".encode("utf-16-le"),
            FileEncrypted,
        ),
        ("旧.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600, KindMismatch),
        ("假.docx", b"not a package", FileTruncated),
        ("假.txt", b"PK\x03\x04", KindMismatch),
        ("页.txt", b"\xef\xbb\xbf\n<!DOCTYPE html><p>x", KindMismatch),
        ("图.pdf", b"\x89PNG\r\n\x1a\n", KindMismatch),
        ("断.pdf", b"%PDF-1.7\n1 0 obj", FileTruncated),
        ("包.zip", b"PK\x03\x04", KindMismatch),
        ("断.docx", b"PK\x03\x04" + b"0" * 50, FileTruncated),
    ],
)
def test_each_reason_has_its_error(tmp_path: Path, name: str, content: bytes, error: type[ExtractError]) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(error, match=name):
        extract(path)


def test_a_missing_file_and_a_folder_are_unreadable(tmp_path: Path) -> None:
    for path in (tmp_path / "没有.txt", tmp_path):
        with pytest.raises(FileUnreadable):
            extract(path)


def test_a_file_above_the_limit_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "大.txt"
    path.write_bytes(b"a" * 2 * files.MB)
    monkeypatch.setattr(files, "LARGEST_FILE_MB", 1)
    with pytest.raises(FileTooLarge, match="1 MB"):
        extract(path)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "弹.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("word/document.xml", b"0" * 60 * files.MB)
    with pytest.raises(FileTooLarge):
        extract(path)


def test_a_word_file_cut_anywhere_is_truncated(tmp_path: Path) -> None:
    whole = word_file(tmp_path / "全.docx").read_bytes()
    for share in (0.2, 0.6, 0.99):
        path = tmp_path / "断.docx"
        path.write_bytes(whole[: int(len(whole) * share)])
        with pytest.raises(FileTruncated):
            extract(path)


def test_an_external_entity_is_not_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("绝不可见", encoding="utf-8")
    w = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    xml = (
        f'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
        f'<w:document xmlns:w="{w}"><w:body><w:p><w:r><w:t>看&x;见</w:t></w:r></w:p></w:body></w:document>'
    )
    path = rewritten(word_file(tmp_path / "实体.docx"), "word/document.xml", xml.encode())
    with pytest.raises(EntitiesRefused):
        extract(path)


def test_an_entity_that_grows_is_not_expanded(tmp_path: Path) -> None:
    w = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    xml = (
        f'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a0 "会会会会会会会会会会">{entities}]>'
        f'<w:document xmlns:w="{w}"><w:body><w:p><w:r><w:t>好&a9;</w:t></w:r></w:p></w:body></w:document>'
    )
    path = rewritten(word_file(tmp_path / "笑.docx"), "word/document.xml", xml.encode())
    with pytest.raises(EntitiesRefused):
        extract(path)


def test_a_package_of_another_kind_is_no_word_file(tmp_path: Path) -> None:
    path = tmp_path / "表.docx"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as package:
        package.writestr("hello.txt", "你好")
    path.write_bytes(packed.getvalue())
    with pytest.raises(FileTruncated):
        extract(path)


def test_what_a_document_does_not_say_is_asked_and_not_guessed(tmp_path: Path) -> None:
    path = tmp_path / "情况说明.txt"
    path.write_text(
        "各处室要高度重视，" * 20 + "。\n主持人：李建国\n出席：周敏\n其余见2024年3月1日的通知。", "utf-8"
    )
    found = extract(path)
    assert (found.title, found.kind) == ("情况说明", "document")
    assert [(doubt.field, doubt.reason) for doubt in found.doubts] == [
        ("title", doubts.TITLE_FROM_NAME),
        ("date", doubts.DATE_IN_TEXT),
        ("kind", doubts.KIND_UNCLEAR),
    ]
    assert found.doubts[1].candidates == ("2024-03-01",)
