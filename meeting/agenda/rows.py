"""A sheet (XLSX, CSV): rows of heading fields first, then the table."""

from collections.abc import Iterable, Iterator, Mapping

from meeting.agenda.table import Row, heading_entries, is_header, table_tree
from meeting.agenda.tree import Entry, Node


def sheet_tree(file: str, rows: Iterable[Row], columns: Mapping[str, str] = {}) -> Node:
    """The tree of a sheet: `会议名称,局长办公会` (or `会议名称：局长办公会` in one cell) above the row of columns.

    Raises:
        AgendaInvalid: a heading or a column that no agenda has.
        AgendaUnreadable: there is no table.
    """
    headings: list[Entry] = []
    following: Iterator[Row] = iter(rows)
    for row in following:
        filled = [cell.strip() for cell in row.cells if cell.strip()]
        if is_header(filled, columns):
            return table_tree(file, headings, row, following, columns)
        if not filled:
            continue
        if len(filled) == 1:
            label, _, rest = filled[0].replace("：", ":", 1).partition(":")
            if not rest and not headings:
                headings += heading_entries(file, "title", filled[0], row.line)
                continue
            filled = [label, rest.strip()]
        headings += heading_entries(file, filled[0], "、".join(filled[1:]), row.line)
    return table_tree(file, headings, None, ())
