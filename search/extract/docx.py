"""Paragraphs, tables and headers of a Word file, in the order of reading."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from search.errors import EntitiesRefused, FileEncrypted, TableTooLarge
from search.extract.files import check_package, truncated
from search.extract.numbering import Numbering, local

MOST_CELLS = 50_000
_CELL_PARTING = " "
# What stands around content without being any: content controls, accepted insertions, marks for other programs.
_WRAPPERS = frozenset(
    {"sdt", "sdtContent", "ins", "moveTo", "smartTag", "customXml", "hyperlink", "fldSimple", "bdo", "dir"}
)
_NOT_SHOWN = frozenset({"pPr", "rPr", "del", "moveFrom", "Fallback", "instrText", "delText", "rt"})
_SIGNS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}


def docx_paragraphs(content: bytes, path: Path) -> tuple[str, ...]:
    """The file's paragraphs: headers, then body with each table row as one; numbers that Word makes are written out.

    A text box follows the paragraph that it hangs on. What was deleted while changes were being tracked is left out,
    what was inserted is there.

    python-docx reads its XML with entities and network switched off (`docx.oxml.parser`).
    lxml's errors of syntax are SyntaxErrors.
    Raises: FileTooLarge, FileTruncated, FileEncrypted, EntitiesRefused, TableTooLarge.
    """
    import docx
    from docx.opc.exceptions import PackageNotFoundError

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            check_package(path, archive)
            _check_parts(path, archive)
        document = docx.Document(io.BytesIO(content))
        reader = _Reader(path, Numbering.of(document))
        lines = [*_header_lines(document, reader), *reader.blocks(document.element.body)]
    except (
        *(zipfile.BadZipFile, zlib.error, EOFError, PackageNotFoundError, SyntaxError, RecursionError),
        *(LookupError, ValueError, TypeError, NotImplementedError, AttributeError, AssertionError, OSError),
    ) as error:
        raise truncated(path) from error
    return tuple(line for line in (raw.strip() for raw in lines) if line)


def _check_parts(path: Path, archive: zipfile.ZipFile) -> None:
    """Reads every part whole, which compares its checksum, and looks for definitions that no Word file has."""
    for part in archive.infolist():
        if part.flag_bits & 1:
            raise FileEncrypted(path=str(path))
        written = archive.read(part)
        if part.filename.endswith((".xml", ".rels")):
            plain = written.replace(b"\x00", b"")
            if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
                raise EntitiesRefused(path=str(path), part=part.filename)


def _header_lines(document: Any, reader: "_Reader") -> Iterator[str]:
    seen: set[str] = set()
    for section in document.sections:
        first = [section.first_page_header] if section.different_first_page_header_footer else []
        for header in (*first, section.header):
            for line in reader.blocks(header._element):
                if line not in seen:
                    seen.add(line)
                    yield line


class _Reader:
    """Walks a part's elements as they are: the objects of python-docx leave out insertions and content controls."""

    def __init__(self, path: Path, numbering: Numbering) -> None:
        self._path = path
        self._numbering = numbering
        self._cells_left = MOST_CELLS

    def blocks(self, holder: Any) -> Iterator[str]:
        """The lines of everything in a body, a header, a cell or a text box."""
        for block in _content(holder):
            if local(block) == "p":
                yield from self._paragraph(block)
            elif local(block) == "tbl":
                yield from self._rows(block)

    def _rows(self, table: Any) -> Iterator[str]:
        for row in _content(table):
            if local(row) != "tr":
                continue
            texts = []
            for cell in (one for one in _content(row) if local(one) == "tc"):
                self._cells_left -= 1
                if self._cells_left < 0:
                    raise TableTooLarge(path=str(self._path), limit=MOST_CELLS)
                texts.append(" ".join(" ".join(self.blocks(cell)).split()))
            yield _CELL_PARTING.join(text for text in texts if text)

    def _paragraph(self, paragraph: Any) -> Iterator[str]:
        boxes: list[Any] = []
        text = "".join(_runs(paragraph, boxes))
        number = self._numbering.next(paragraph) if text.strip() else ""
        yield from (number + text.lstrip() if number else text).split("\n")
        for box in boxes:
            yield from self.blocks(box)


def _content(holder: Any) -> Iterator[Any]:
    for child in holder:
        if local(child) in _WRAPPERS:
            yield from _content(child)
        else:
            yield child


def _runs(element: Any, boxes: list[Any]) -> Iterator[str]:
    for child in element:
        name = local(child)
        if name == "txbxContent":
            boxes.append(child)
        elif name == "t":
            yield child.text or ""
        elif name in _SIGNS:
            yield _SIGNS[name]
        elif name not in _NOT_SHOWN:
            yield from _runs(child, boxes)
