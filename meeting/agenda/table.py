"""What the agendas in DOCX, XLSX and CSV have in common: heading lines, then a table with a row for each item."""

import re
from collections.abc import Iterable
from collections.abc import Mapping as Named
from collections.abc import Sequence as Cells
from dataclasses import dataclass

from meeting.agenda.fields import nearest, unknown_field
from meeting.agenda.problems import ColumnAnswerUnfit, ColumnMisspelt, ColumnUnknown, TableMissing
from meeting.agenda.tree import Entry, Mapping, Node, Scalar, Sequence, field

HEADINGS = {
    "title": ("会议名称", "会议", "名称", "title"),
    "body": ("会议主体", "body"),
    "session": ("会次", "session"),
    "date": ("日期", "会议日期", "date"),
    "time": ("时间", "会议时间", "time"),
    "place": ("地点", "会议地点", "place"),
    "chair": ("主持人", "主持", "chair"),
    "recorder": ("记录人", "记录", "recorder"),
    "attendee": ("出席", "出席人员", "参会人员", "参加人员", "attendees"),
    "non_voting_attendee": ("列席", "列席人员"),
    "excused": ("请假", "请假人员"),
    "absent": ("缺席", "缺席人员"),
    "units": ("单位简称", "简称", "units"),
    "classification": ("密级", "classification"),
    "recording": ("录音", "recording"),
    "glossary": ("词汇", "专业词汇", "glossary"),
    "outcomes": ("议定结果", "决议用语", "outcomes"),
}
COLUMNS = {
    "number": ("序号", "议题序号", "number"),
    "code": ("议题编号", "编号", "code"),
    "title": ("议题", "议题名称", "议题内容", "title"),
    "kind": ("类型", "议题类型", "kind"),
    "parent": ("上级议题", "所属议题", "parent"),
    "presenting_units": (
        "汇报单位",
        "汇报部门",
        "汇报处室",
        "提请单位",
        "提交单位",
        "presenting_units",
        "presenting_unit",
    ),
    "presenter": ("汇报人", "presenter"),
    "minutes_planned": ("时长", "用时", "时间", "汇报时间", "minutes_planned"),
    "matter": ("事项", "matter"),
    "classification": ("密级", "classification"),
    "recording": ("录音", "recording"),
    "major": ("三重一大", "major"),
    "documents": ("材料", "文件", "会议材料", "documents"),
    "units_present": ("列席单位", "列席部门", "列席处室", "列席"),
}
# What a person says of a column that is to be left out.
LEFT_OUT = "-"
_ROLES = ("attendee", "non_voting_attendee", "excused", "absent")
_HEADING_KEYS = {word: key for key, words in HEADINGS.items() for word in words}
_COLUMN_KEYS = {word: key for key, words in COLUMNS.items() for word in words}
_BETWEEN = re.compile(r"[、，,；;\n]+(?![^（(]*[）)])")
_WITH_NOTE = re.compile(r"(.+?)\s*[（(]\s*(.*?)\s*[）)]")
_DAY = re.compile(r"\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?")
_WEEKDAY = re.compile(r"\s*[（(]?(?:星期|周)[一二三四五六日天][）)]?\s*")


@dataclass(frozen=True, slots=True)
class Row:
    """One row (or paragraph) of a file, with the number that people see beside it."""

    line: int
    cells: tuple[str, ...]


def heading_key(label: str) -> str | None:
    """The field that a heading word stands for."""
    return _HEADING_KEYS.get(_plain(label))


def heading_words() -> tuple[str, ...]:
    """All heading words in Chinese."""
    return tuple(word for word in _HEADING_KEYS if not word.isascii())


def column_words() -> tuple[str, ...]:
    """What a column may hold, in Chinese."""
    return tuple(word for word in _COLUMN_KEYS if not word.isascii())


def column_answers(file: str, said: Named[str, str]) -> dict[str, str]:
    """What a person says of columns, by the column's name: a field for each, empty for one that is left out.

    Raises:
        AgendaInvalid: what is said is no field.
    """
    answers = {}
    for column, word in said.items():
        key = LEFT_OUT if word.strip() == LEFT_OUT else _COLUMN_KEYS.get(_plain(word), "")
        if not key:
            raise ColumnAnswerUnfit(file=file, line=0, field=column, value=word, allowed=", ".join(column_words()))
        answers[_plain(column)] = key
    return answers


def is_header(cells: Iterable[str], columns: Named[str, str] = {}) -> bool:
    """Whether a row names the table's columns: one is the item's title, and another is known too.

    `columns` is what a person has said of some (`column_answers`). Three cells of which one says 议题 are columns.
    """
    names = [_plain(cell) for cell in cells if cell.strip()]
    keys = [columns.get(name) or _COLUMN_KEYS.get(name) for name in names]
    known = sum(key is not None for key in keys)
    plain_title = any(name in COLUMNS["title"] and not name.isascii() for name in names)
    return "title" in keys and (known >= min(2, len(keys)) or (plain_title and len(keys) > 2))


def table_tree(
    file: str,
    headings: list[Entry],
    header: Row | None,
    rows: Iterable[Row],
    columns: Named[str, str] = {},
) -> Node:
    """The tree of an agenda made of heading lines and a table; `columns` is what a person has said of some.

    Raises:
        AgendaInvalid: a column that no agenda has.
        AgendaUnreadable: there is no table.
    """
    if header is None:
        raise TableMissing(file=file)
    keys = _column_keys(file, header, columns)
    items: list[Node] = []
    guests: dict[str, list[str]] = {}
    for number, row in enumerate((row for row in rows if any(cell.strip() for cell in row.cells)), start=1):
        entries = [
            _item_entry(key, label.strip(), cell, row.line)
            for (key, label), cell in zip(keys, row.cells, strict=False)
            if key and key != "units_present" and cell.strip()
        ]
        items.append(Mapping(row.line, tuple(entries)))
        named = next((e.value.text for e in entries if e.key == "number" and isinstance(e.value, Scalar)), "")
        for (key, _), cell in zip(keys, row.cells, strict=False):
            for unit in split_list(cell) if key == "units_present" else ():
                guests.setdefault(unit, []).append(named or str(number))
    return Mapping(
        1, (*_people(headings, guests, header.line), Entry("items", "items", 0, Sequence(1, tuple(items))))
    )


def heading_entries(file: str, label: str, text: str, line: int) -> list[Entry]:
    """The fields that one heading line gives (时间 may give the date too).

    Raises:
        AgendaInvalid: a heading that no agenda has.
    """
    key, label = heading_key(label), label.strip()
    if key is None:
        raise unknown_field(file, line, label, heading_words())
    if key in ("chair", "recorder"):
        return [Entry(key, label, line, _person(text, line))]
    if key in ("date", "time"):
        return _day_and_time(key, label, text, line)
    if key in _ROLES:
        people = tuple(_person(person, line, key) for person in split_names(text))
        return [Entry(key, label, line, Sequence(line, people))]
    if key == "units":
        return [Entry(key, label, line, Sequence(line, tuple(_unit(unit, line) for unit in split_list(text))))]
    if key in ("glossary", "outcomes"):
        return [Entry(key, label, line, _texts(text, line))]
    return [field(key, text, line, label)]


def split_list(text: str) -> list[str]:
    """The parts of 甲、乙，丙; a comma in brackets separates nothing."""
    return [part.strip() for part in _BETWEEN.split(text) if part.strip()]


def split_names(text: str) -> list[str]:
    """The people in a line. Two-character names are often padded (周　敏) to the width of three."""
    padded = re.sub(r"(?<![^\s、，,；;])(\S)[ \u3000]+(\S)(?![^\s、，,；;（(])", r"\1\2", text)
    return [name for part in split_list(padded) for name in re.split(r"\s+(?![^（(]*[）)])", part) if name]


def _plain(label: str) -> str:
    word = re.sub(r"\s+", "", label).rstrip("：:").lower()
    return re.sub(r"[（(](?:分钟|分|min)[）)]$", "", word)


def _column_keys(file: str, header: Row, columns: Named[str, str]) -> list[tuple[str, str]]:
    keys = []
    for cell in header.cells:
        name = _plain(cell)
        key = columns.get(name) or _COLUMN_KEYS.get(name, "")
        if not key and name:
            raise _unknown_column(file, header.line, " ".join(cell.split()))
        keys.append(("" if key == LEFT_OUT else key, cell))
    return keys


def _unknown_column(file: str, line: int, label: str) -> ColumnUnknown:
    known = column_words()
    facts = {"file": file, "line": line, "field": label, "allowed": ", ".join(known)}
    near = nearest(label, known)
    return ColumnMisspelt(**facts, suggestion=near) if near else ColumnUnknown(**facts)


def _item_entry(key: str, label: str, cell: str, line: int) -> Entry:
    if key == "presenting_units":
        return Entry(key, label, line, _texts(cell, line))
    if key == "documents":
        titles = (Mapping(line, (field("title", title, line),)) for title in split_list(cell))
        return Entry(key, label, line, Sequence(line, tuple(titles)))
    return field(key, re.sub(r"\s*\n\s*", "", cell.strip()), line, label)


def _texts(text: str, line: int) -> Sequence:
    return Sequence(line, tuple(Scalar(line, part) for part in split_list(text)))


def _person(text: str, line: int, role: str = "") -> Mapping:
    found = _WITH_NOTE.fullmatch(text.strip())
    name, title = (found[1], found[2]) if found else (text.strip(), "")
    entries = [field("name", name, line), field("title", title, line)]
    return Mapping(line, tuple(entries + ([field("role", role, line)] if role else [])))


def _unit(text: str, line: int) -> Mapping:
    found = _WITH_NOTE.fullmatch(text)
    name, short = (found[1], found[2]) if found else (text, "")
    return Mapping(line, (field("name", name, line), field("short", short, line)))


def _day_and_time(key: str, label: str, text: str, line: int) -> list[Entry]:
    found = _DAY.match(text.strip())
    if not found:
        return [field(key, text, line, label)]
    rest = _WEEKDAY.sub("", text.strip()[found.end() :]).strip()
    entries = [field("date", found[0], line, label)]
    return entries + ([field("time", rest, line, label)] if rest else [])


def _people(headings: list[Entry], guests: dict[str, list[str]], line: int) -> Cells[Entry]:
    kept = [entry for entry in headings if entry.key not in _ROLES]
    people: list[Node] = []
    for entry in headings:
        if entry.key in _ROLES and isinstance(entry.value, Sequence):
            people.extend(entry.value.values)
    for unit, numbers in guests.items():
        items = Sequence(line, tuple(Scalar(line, number) for number in numbers))
        role = field("role", "non_voting_attendee", line)
        people.append(
            Mapping(
                line,
                (field("name", unit, line), field("unit", unit, line), role, Entry("items", "items", line, items)),
            )
        )
    return [*kept, Entry("attendees", "attendees", line, Sequence(line, tuple(people)))] if people else kept
