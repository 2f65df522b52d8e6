"""Agendas in CSV, XLSX and DOCX: the same fields, in tables."""

import datetime
from pathlib import Path

import docx
import openpyxl
import pytest

from meeting.agenda import read_agenda
from meeting.agenda.table import split_names
from meeting.domain.agenda import AgendaDocument, AgendaItem, Attendee, Person
from meeting.errors import AgendaError, AgendaInvalid, AgendaUnreadable

SAMPLES = Path(__file__).parents[2] / "data" / "agendas"
ITEMS = (
    AgendaItem(
        number=1,
        title="审议办公用房清理整改方案",
        kind="审议",
        presenting_units=("资产管理处", "办公室"),
        presenter="周敏",
        minutes_planned=10,
        matter="办公用房清理整改",
        classification="内部",
    ),
    AgendaItem(
        number=2,
        title="听取智能会议系统试运行情况",
        kind="汇报",
        presenting_units=("信息中心",),
        presenter="沈毅",
        minutes_planned=10,
    ),
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_is_read_in_the_encodings_of_offices(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "议程.csv"
    path.write_bytes((SAMPLES / "office.csv").read_text("utf-8").encode(encoding))
    agenda = read_agenda(path)
    assert (agenda.title, agenda.date, agenda.time, agenda.place) == (
        "局长办公会",
        "2026-03-09",
        "09:00",
        "三楼会议室",
    )
    assert agenda.chair == Person(name="李建国", title="局长")
    assert agenda.items == ITEMS
    assert agenda.attendees == (
        Attendee(name="李建国", title="局长"),
        Attendee(name="周敏", title="处长"),
        Attendee(name="王芳", role="non_voting_attendee"),
        Attendee(name="财务处", unit="财务处", role="non_voting_attendee", items=(1, 2)),
        Attendee(name="纪检组", unit="纪检组", role="non_voting_attendee", items=(2,)),
    )


def test_csv_columns_may_have_english_names() -> None:
    agenda = read_agenda(SAMPLES / "english.csv")
    assert agenda.items == (AgendaItem(number=1, title="Rooms", presenter="周敏", minutes_planned=10),)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("会议名称,会\n日期,2026-03-09\n序号,议题,汇报人员\n1,甲,乙\n", 3, "Did you mean 汇报人?"),
        ("会议名称,会\n主持入,李\n日期,2026-03-09\n序号,议题\n1,甲\n", 2, "Did you mean 主持人?"),
        ("会议名称,会\n日期,2026-03-39\n序号,议题\n1,甲\n", 2, "is not a date"),
        ("会议名称,会\n日期,2026-03-09\n序号,议题\n1,甲\n1,乙\n", 5, "序号 1 was given before, in line 4"),
        ("会议名称,会\n日期,2026-03-09\n序号,议题,类型\n1,甲,审批\n", 4, "It may be: 审议"),
        ("会议名称,会\n日期,2026-03-09\n序号,议题,类型\n1,,审议\n", 4, "title is missing"),
        ('会议名称,会\n日期,2026-03-09\n序号,议题\n1,"甲\n', 4, "cannot be understood"),
        ("序号,议题\n1,甲\n", 1, "title is missing"),
    ],
)
def test_csv_mistake_names_the_row(tmp_path: Path, text: str, line: int, words: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(AgendaInvalid) as caught:
        read_agenda(path)
    assert caught.value.facts["line"] == line
    assert words in str(caught.value)


def test_table_without_items_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("会议名称,会\n日期,2026-03-09\n", "utf-8")
    with pytest.raises(AgendaUnreadable, match="no table"):
        read_agenda(path)


def test_xlsx_is_read_with_its_own_dates_and_numbers(tmp_path: Path) -> None:
    path = tmp_path / "议程.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["局长办公会"],
        ["日期", datetime.datetime(2026, 3, 9)],
        ["时间", datetime.time(9, 0)],
        ["记录人：王芳"],
        [],
        ["议题", "序号", "汇报人", "材料", "用时(分钟)", "三重一大"],
        ["𠮷字楼〇号房", 1, "买买提·艾力", "方案；明细表", 10.0, "是"],
        ["听取汇报😀", 2.0, "沈毅", None, None, None],
    ):
        sheet.append(row)
    book.save(path)
    agenda = read_agenda(path)
    assert (agenda.title, agenda.date, agenda.time, agenda.recorder) == (
        "局长办公会", "2026-03-09", "09:00", Person(name="王芳"),
    )  # fmt: skip
    assert agenda.items == (
        AgendaItem(
            number=1,
            title="𠮷字楼〇号房",
            presenter="买买提·艾力",
            minutes_planned=10,
            major=True,
            documents=(AgendaDocument(title="方案"), AgendaDocument(title="明细表")),
        ),
        AgendaItem(number=2, title="听取汇报😀", presenter="沈毅"),
    )


def test_xlsx_mistake_names_the_row_of_the_sheet(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["会"], ["日期", "2026-03-09"], ["序号", "议题", "时长"], [1, "甲", "很久"]):
        sheet.append(row)
    book.save(path)
    with pytest.raises(AgendaInvalid) as caught:
        read_agenda(path)
    assert (caught.value.facts["line"], caught.value.facts["field"]) == (4, "items[1].时长")


def a_document(path: Path, lines: list[str], table: list[list[str]]) -> Path:
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    grid = document.add_table(rows=len(table), cols=len(table[0]))
    for row, cells in zip(grid.rows, table, strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    document.save(str(path))
    return path


def test_docx_is_read_from_lines_and_table(tmp_path: Path) -> None:
    agenda = read_agenda(
        a_document(
            tmp_path / "a.docx",
            [
                "局长办公会议程",
                "时间：2026年3月9日下午2:30",
                "主持人：李建国",
                "出席：李建国、周敏",
                "议程如下：",
                "请假：无名氏",
            ],
            [["序号", "议题名称", "汇报单位"], ["1", "审议方案", "资产管理处"], ["", "听取汇报", "信息中心"]],
        )
    )
    assert (agenda.title, agenda.date, agenda.time) == ("局长办公会议程", "2026-03-09", "14:30")
    assert [person.role for person in agenda.attendees] == ["attendee", "attendee", "excused"]
    assert agenda.items == (
        AgendaItem(number=1, title="审议方案", presenting_units=("资产管理处",)),
        AgendaItem(number=2, title="听取汇报", presenting_units=("信息中心",)),
    )


def test_docx_misspelt_heading_is_not_lost(tmp_path: Path) -> None:
    path = a_document(
        tmp_path / "a.docx", ["会", "日期：2026-03-09", "主持入：李"], [["序号", "议题"], ["1", "甲"]]
    )
    with pytest.raises(AgendaInvalid, match="Did you mean 主持人"):
        read_agenda(path)


@pytest.mark.parametrize("suffix", ["docx", "xlsx"])
def test_broken_office_file_is_refused(tmp_path: Path, suffix: str) -> None:
    whole = tmp_path / f"whole.{suffix}"
    if suffix == "docx":
        a_document(whole, ["会"], [["序号", "议题"]])
    else:
        openpyxl.Workbook().save(whole)
    path = tmp_path / f"a.{suffix}"
    contents = [
        b"not a package",
        whole.read_bytes()[:-200],
        whole.read_bytes().replace(b"[Content_Types]", b"[Content_Wrong]"),
    ]
    for content in contents:
        path.write_bytes(content)
        with pytest.raises(AgendaError) as caught:
            read_agenda(path)
        assert caught.value.exit_code == 2


def test_padded_names_are_two_characters() -> None:
    assert split_names("李建国、周　敏，买买提·艾力 沈 毅（信息中心，主任）") == [
        "李建国", "周敏", "买买提·艾力", "沈毅（信息中心，主任）",
    ]  # fmt: skip
