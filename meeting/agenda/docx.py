"""Reads an agenda from DOCX: `key：value` paragraphs above the first table that has a column 议题."""

import difflib
import io
import re
import zipfile
from collections.abc import Iterator, Mapping

from docx import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.table import Table
from docx.text.paragraph import Paragraph

from meeting.agenda.table import Row, heading_entries, heading_key, heading_words, is_header, table_tree
from meeting.agenda.tree import Entry, Node
from meeting.errors import AgendaUnreadable

_LINE = re.compile(r"\s*([^：:]{1,10}?)\s*[：:]\s*(.+)", re.DOTALL)


def read_docx(content: bytes, file: str, columns: Mapping[str, str] = {}) -> Node:
    """The tree of a document; a heading's line is its paragraph, an item's is the row of the table.

    A first paragraph that names no field is the title. Other prose above the table is left alone,
    unless it looks like a misspelt heading.

    Raises:
        AgendaUnreadable: not a document, or without a table.
        AgendaInvalid: a heading or column that no agenda has.
    """
    try:
        document = Document(io.BytesIO(content))
    # lxml's error for broken XML is a SyntaxError.
    except (PackageNotFoundError, zipfile.BadZipFile, KeyError, ValueError, SyntaxError) as error:
        raise AgendaUnreadable(file=file, why=str(error)) from error
    headings: list[Entry] = []
    title: list[Entry] = []
    line = 0
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            header, rows = _find_header(block, columns)
            if header:
                named = any(entry.key == "title" for entry in headings)
                return table_tree(file, headings if named else title + headings, header, rows, columns)
            continue
        line += 1
        entries = _heading(file, block, line)
        headings += entries
        if not entries and not title and not headings and block.text.strip():
            title = heading_entries(file, "title", block.text.strip(), line)
    return table_tree(file, headings, None, ())


def _heading(file: str, paragraph: Paragraph, line: int) -> list[Entry]:
    found = _LINE.fullmatch(paragraph.text)
    if not found:
        return []
    label = found[1]
    near = difflib.get_close_matches(label, heading_words(), n=1, cutoff=0.6)
    if heading_key(label) is None and not near:
        return []
    return heading_entries(file, label, found[2].strip(), line)


def _find_header(table: Table, columns: Mapping[str, str]) -> tuple[Row | None, Iterator[Row]]:
    rows = iter([Row(number, tuple(cell.text for cell in row.cells)) for number, row in enumerate(table.rows, 1)])
    for row in rows:
        if is_header(row.cells, columns):
            return row, rows
    return None, rows
