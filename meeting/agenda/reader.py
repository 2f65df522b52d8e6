"""Reads an agenda file of any known kind."""

import zipfile
from collections.abc import Mapping
from pathlib import Path

from meeting.agenda.answers import with_values
from meeting.agenda.build import build_agenda
from meeting.agenda.problems import (
    FileEmpty,
    FileIsFolder,
    FileKindUnknown,
    FileMissing,
    FileNotOrdinary,
    FileNotText,
    FileTooLarge,
)
from meeting.agenda.tree import Node
from meeting.domain.agenda import CLASSIFICATIONS, Agenda, Classification
from meeting.errors import AgendaUnreadable, ClassifiedRefused, GradeTooLow

LARGEST_BYTES = 2 * 1024 * 1024
LARGEST_UNPACKED_BYTES = 64 * 1024 * 1024
SUFFIXES = (".yaml", ".yml", ".docx", ".xlsx", ".csv")


def read_agenda(path: Path | str, columns: Mapping[str, str] = {}, values: Mapping[str, str] = {}) -> Agenda:
    """The agenda in a YAML, DOCX, XLSX or CSV file, checked whole.

    Paths of documents stay as the file gives them. `columns` says what columns of a table hold whose names are not
    known (经办处室 → 汇报单位, or - for none); `values` stand in place of what the file has (date → 2026-11-24,
    items[2].类型 → 审议): fields are named as a refusal names them.

    Raises:
        AgendaUnreadable: not there, not such a file, or broken.
        AgendaInvalid: something in it is not an agenda's; names file, line and field.
    """
    path = Path(path)
    return build_agenda(with_values(_tree(path, columns), values, str(path)), str(path))


def refuse_classified(agenda: Agenda, file: str, grade: Classification | None) -> None:
    """Refuses 秘密 and above unless the machine's declared `grade` reaches it.

    Raises:
        ClassifiedRefused: the meeting or one of its items is 秘密 or above, and no grade is declared.
        GradeTooLow: it is above the grade that is declared.
    """
    highest = max(
        (agenda.classification, *(item.classification or agenda.classification for item in agenda.items)),
        key=CLASSIFICATIONS.index,
    )
    allowed = max(CLASSIFICATIONS.index(grade or "内部"), CLASSIFICATIONS.index("内部"))
    if CLASSIFICATIONS.index(highest) > allowed:
        if grade is not None:
            raise GradeTooLow(file=file, classification=highest, grade=grade)
        raise ClassifiedRefused(file=file, classification=highest)


def _tree(path: Path, columns: Mapping[str, str]) -> Node:
    # Each reader, and the library behind it, is loaded only for its own kind of file.
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES and not path.is_dir():
        raise FileKindUnknown(file=str(path), known=", ".join(SUFFIXES))
    content = _content(path)
    if suffix in (".yaml", ".yml"):
        from meeting.agenda.yaml import read_yaml

        return read_yaml(_text(content, path, ("utf-8-sig",)), str(path))
    if suffix == ".csv":
        from meeting.agenda.csv import read_csv

        return read_csv(_text(content, path, ("utf-8-sig", "gb18030")), str(path), _said(path, columns))
    _check_package(path)
    if suffix == ".docx":
        from meeting.agenda.docx import read_docx

        return read_docx(content, str(path), _said(path, columns))
    from meeting.agenda.xlsx import read_xlsx

    return read_xlsx(content, str(path), _said(path, columns))


def _said(path: Path, columns: Mapping[str, str]) -> dict[str, str]:
    from meeting.agenda.table import column_answers

    return column_answers(str(path), columns)


def _content(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise FileIsFolder(file=str(path))
        # A pipe would wait for ever, a device never ends.
        if path.exists() and not path.is_file():
            raise FileNotOrdinary(file=str(path))
        with path.open("rb") as stream:
            content = stream.read(LARGEST_BYTES + 1)
    except FileNotFoundError as error:
        raise FileMissing(file=str(path)) from error
    except (OSError, ValueError) as error:
        raise AgendaUnreadable(file=str(path), why=getattr(error, "strerror", None) or str(error)) from error
    if len(content) > LARGEST_BYTES:
        raise FileTooLarge(file=str(path), limit_mb=LARGEST_BYTES // 1024 // 1024)
    if not content.strip():
        raise FileEmpty(file=str(path))
    return content


def _text(content: bytes, path: Path, encodings: tuple[str, ...]) -> str:
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        if not text.strip():
            raise FileEmpty(file=str(path))
        return text
    raise FileNotText(file=str(path))


def _check_package(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as package:
            unpacked = sum(part.file_size for part in package.infolist())
    except (zipfile.BadZipFile, OSError) as error:
        raise AgendaUnreadable(file=str(path), why=str(error)) from error
    if unpacked > LARGEST_UNPACKED_BYTES:
        raise FileTooLarge(file=str(path), limit_mb=LARGEST_UNPACKED_BYTES // 1024 // 1024)
