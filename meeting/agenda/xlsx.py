"""Reads an agenda from the first sheet of an XLSX workbook."""

import datetime
import io
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from meeting.agenda.rows import sheet_tree
from meeting.agenda.table import Row
from meeting.agenda.tree import Node
from meeting.errors import AgendaUnreadable

MOST_ROWS, MOST_COLUMNS = 2000, 64


def read_xlsx(content: bytes, file: str, columns: Mapping[str, str] = {}) -> Node:
    """The tree of a workbook's first sheet; a line is the row of the sheet.

    Raises:
        AgendaUnreadable: not a workbook, or without a table.
        AgendaInvalid: a heading or column that no agenda has.
    """
    return sheet_tree(file, _rows(content, file), columns)


def _rows(content: bytes, file: str) -> Iterator[Row]:
    try:
        # openpyxl warns of styles and extensions that it drops; only the words of the cells matter here.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            sheet = book.worksheets[0]
            # A sheet may declare a million empty rows.
            rows = list(sheet.iter_rows(max_row=MOST_ROWS, max_col=MOST_COLUMNS, values_only=True))
            book.close()
    except (
        InvalidFileException,
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        IndexError,
        SyntaxError,
        TypeError,
    ) as error:
        raise AgendaUnreadable(file=file, why=str(error)) from error
    for number, cells in enumerate(rows, start=1):
        yield Row(number, tuple(_cell_text(cell) for cell in cells))


def _cell_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime.datetime):
        midnight = value.time() == datetime.time()
        return value.date().isoformat() if midnight else value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, datetime.time):
        return value.strftime("%H:%M")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
