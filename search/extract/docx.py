"""Paragraphs, tables and headers of a Word file, in the order of reading."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from search.errors import FileEncrypted
from search.extract.files import check_package, truncated

_MOST_CELLS = 50_000
_TABLE_PARTING = " "


def docx_paragraphs(content: bytes, path: Path) -> tuple[str, ...]:
    """The file's paragraphs: headers, then body with each table row as one. Text boxes are not read.

    python-docx reads its XML with entities and network switched off (`docx.oxml.parser`).
    lxml's errors of syntax are SyntaxErrors. Raises: FileTooLarge, FileTruncated, FileEncrypted.
    """
    import docx
    from docx.opc.exceptions import PackageNotFoundError

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            check_package(path, archive)
            if any(part.flag_bits & 1 for part in archive.infolist()):
                raise FileEncrypted(path=str(path))
            if archive.testzip() is not None:
                raise truncated(path)
        document = docx.Document(io.BytesIO(content))
        lines = [*_header_lines(document), *_block_lines(document, [_MOST_CELLS])]
    except (
        *(zipfile.BadZipFile, zlib.error, EOFError, PackageNotFoundError, SyntaxError),
        *(KeyError, ValueError, NotImplementedError, AttributeError),
    ) as error:
        raise truncated(path) from error
    return tuple(line for line in (raw.strip() for raw in lines) if line)


def _header_lines(document: Any) -> Iterator[str]:
    seen: set[str] = set()
    for section in document.sections:
        for paragraph in section.header.paragraphs:
            if paragraph.text not in seen:
                seen.add(paragraph.text)
                yield paragraph.text


def _block_lines(holder: Any, cells_left: list[int]) -> Iterator[str]:
    for block in holder.iter_inner_content():
        if hasattr(block, "rows"):
            yield from _table_lines(block, cells_left)
        else:
            yield from block.text.split("\n")


def _table_lines(table: Any, cells_left: list[int]) -> Iterator[str]:
    """One line a row; a cell that spans several columns once."""
    for row in table.rows:
        texts: list[str] = []
        last = None
        for cell in row.cells:
            if cell._tc is last:
                continue
            last = cell._tc
            cells_left[0] -= 1
            if cells_left[0] < 0:
                return
            text = " ".join(cell.text.split())
            if text:
                texts.append(text)
        yield _TABLE_PARTING.join(texts)
