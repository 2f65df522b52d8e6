"""What a table leaves open is said by a person: columns by their name, values by their field."""

from pathlib import Path

import docx
import openpyxl
import pytest

from meeting.agenda import read_agenda
from meeting.agenda.problems import ColumnAnswerUnfit, ColumnMisspelt, ColumnUnknown, FieldMissing, ValueNotAllowed
from meeting.errors import AgendaInvalid

HEADER = ["序号", "议题", "经办处室", "备 注"]
ROWS = [["1", "审议方案", "资产管理处", "加急"], ["2", "听取汇报", "信息中心", ""]]
SAID = {"经办处室": "汇报单位", "备注": "-"}


def sheet(path: Path, rows: list[list[str]]) -> Path:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def document(path: Path, lines: list[str], rows: list[list[str]]) -> Path:
    made = docx.Document()
    for line in lines:
        made.add_paragraph(line)
    table = made.add_table(rows=len(rows), cols=len(rows[0]))
    for row, cells in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    made.save(str(path))
    return path


def files(folder: Path) -> list[Path]:
    return [
        sheet(folder / "议题清单.xlsx", [["会议名称", "局务会"], ["日期", "2026-03-09"], HEADER, *ROWS]),
        document(folder / "议题清单.docx", ["局务会", "日期：2026-03-09"], [HEADER, *ROWS]),
    ]


def test_an_unknown_column_is_refused_with_the_option_that_answers(tmp_path: Path) -> None:
    for path in files(tmp_path):
        with pytest.raises(ColumnUnknown, match="--column '经办处室=FIELD'"):
            read_agenda(path)


def test_columns_are_what_a_person_says(tmp_path: Path) -> None:
    for path in files(tmp_path):
        agenda = read_agenda(path, columns=SAID)
        assert [item.presenting_units for item in agenda.items] == [("资产管理处",), ("信息中心",)]
        assert (
            read_agenda(
                path, columns=SAID | {"备 注": "类型"}, values={"items[1].备 注": "审议", "items[2].kind": "汇报"}
            )
            .items[0]
            .kind
            == "审议"
        )


def test_a_table_of_one_known_column_is_a_table(tmp_path: Path) -> None:
    path = sheet(
        tmp_path / "a.xlsx",
        [["会议名称", "局务会"], ["日期", "2026-03-09"], ["事由", "议题", "谁"], ["x", "甲", "乙"]],
    )
    with pytest.raises(ColumnUnknown, match="事由"):
        read_agenda(path)
    agenda = read_agenda(path, columns={"事由": "-", "谁": "presenter"})
    assert [(item.title, item.presenter) for item in agenda.items] == [("甲", "乙")]


def test_a_misspelt_column_says_what_it_may_mean(tmp_path: Path) -> None:
    path = sheet(tmp_path / "a.xlsx", [["日期", "2026-03-09"], ["序号", "议题", "汇报人员"], ["1", "甲", "乙"]])
    with pytest.raises(ColumnMisspelt, match="--column '汇报人员=汇报人'"):
        read_agenda(path)


def test_what_is_said_of_a_column_must_be_a_field(tmp_path: Path) -> None:
    with pytest.raises(ColumnAnswerUnfit, match="不是字段"):
        read_agenda(files(tmp_path)[0], columns={"经办处室": "不是字段"})


def test_values_that_the_file_lacks_or_has_wrong_are_said(tmp_path: Path) -> None:
    path = document(tmp_path / "a.docx", ["局务会"], [["序号", "议题", "类型"], ["1", "甲", "审批"]])
    with pytest.raises(FieldMissing, match="date"):
        read_agenda(path)
    with pytest.raises(ValueNotAllowed) as caught:
        read_agenda(path, values={"date": "2026-11-24"})
    agenda = read_agenda(path, values={"date": "2026-11-24", caught.value.facts["field"]: "审议"})
    assert (agenda.date, agenda.items[0].kind) == ("2026-11-24", "审议")


def test_values_of_a_yaml_file_are_said_too(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("title: 会\nchair: {name: 李}\nitems: [{title: 甲}]\n", "utf-8")
    agenda = read_agenda(path, values={"date": "2026-11-24", "items[1].title": "乙𠮷", "chair.name": "周"})
    assert agenda.items[0].title == "乙𠮷" and agenda.chair is not None and agenda.chair.name == "周"


@pytest.mark.parametrize(
    "name", ["没有", "items[9].title", "title.name", "items[1]", "items", "chair", "", "没有.name"]
)
def test_a_value_that_has_no_place_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("title: 会\ndate: 2026-11-24\nchair: {name: 李}\nitems: [{title: 甲}]\n", "utf-8")
    with pytest.raises(AgendaInvalid):
        read_agenda(path, values={name: "x"})
