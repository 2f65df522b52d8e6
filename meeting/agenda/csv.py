"""Reads an agenda from CSV: leading rows of heading fields, then the columns of the items."""

import csv
import io
from collections.abc import Iterator, Mapping

from meeting.agenda.problems import SyntaxBroken
from meeting.agenda.rows import sheet_tree
from meeting.agenda.table import Row
from meeting.agenda.tree import Node


def read_csv(text: str, file: str, columns: Mapping[str, str] = {}) -> Node:
    """The tree of a CSV text; a row's line is the line of the file where it begins.

    Raises:
        AgendaInvalid: broken quoting, or a heading or column that no agenda has.
        AgendaUnreadable: there is no table.
    """
    return sheet_tree(file, _rows(text, file), columns)


def _rows(text: str, file: str) -> Iterator[Row]:
    delimiter = "\t" if "\t" in text and "," not in text else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begins = 1
    try:
        for cells in reader:
            yield Row(begins, tuple(cells))
            begins = reader.line_num + 1
    except csv.Error as error:
        raise SyntaxBroken(file=file, line=begins, field="", why=str(error)) from error
