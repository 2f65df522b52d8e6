"""What may be read into the archive, before anything is read."""

import os
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from meeting.errors import AnswerUnfit, QuestionUnknown
from meeting.importing import ImportReport, read_into_archive
from meeting.reviewing import answered, questions
from meeting.store.archive import Archived, ArchiveStore
from search.documents import Document
from search.errors import FileTooLarge, FileUnreadable
from search.extract.files import LARGEST_FILE_MB
from tests.unit.meeting.store_homes import engine_in


def refusal(path: Path, home: Path) -> Exception | None:
    with engine_in(home) as engine:
        (report,) = read_into_archive([path], ArchiveStore(engine))
    assert report.status == "refused"
    return report.error


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    path = tmp_path / "旧纪要.txt"
    os.mkfifo(path)
    return path


def test_a_pipe_is_refused_unopened(pipe: Path, tmp_path: Path) -> None:
    assert isinstance(refusal(pipe, tmp_path), FileUnreadable)


def test_a_device_is_refused_unopened(tmp_path: Path) -> None:
    assert isinstance(refusal(Path("/dev/zero"), tmp_path), FileUnreadable)


def test_a_file_too_large_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "大.txt"
    with path.open("wb") as file:
        file.truncate(LARGEST_FILE_MB * 2**20 + 1)
    assert isinstance(refusal(path, tmp_path), FileTooLarge)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[ArchiveStore]:
    home = tmp_path / "家"
    home.mkdir()
    with engine_in(home) as engine:
        yield ArchiveStore(engine)


def imported(archive: ArchiveStore, *paths: Path) -> list[ImportReport]:
    return list(read_into_archive(paths, archive))


def unsure(folder: Path) -> Path:
    path = folder / "纪要.txt"
    path.write_text(
        "会议纪要\n时间：9月12日\n出席：\n一、研究用房\n会议原则同意方案，暂缓拨付经费。", encoding="utf-8"
    )
    return path


def answer(archive: ArchiveStore, field: str, value: str) -> Archived:
    (question,) = [one for one in questions(archive) if one.field == field]
    content_id, document = answered(archive, question.id, value)
    archive.change(content_id, document)
    return archive.get(content_id)


def test_files_in_an_archive_are_reported_one_by_one(archive: ArchiveStore, tmp_path: Path) -> None:
    path = tmp_path / "旧纪要.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("一月.txt", "局务会议纪要\n2024年1月2日")
        packed.writestr("图.png", b"\x89PNG")
        packed.writestr("../逃.txt", "x")
    first = [
        (report.path, report.status, report.error and report.error.code) for report in imported(archive, path)
    ]
    assert first == [
        (f"{path}/一月.txt", "imported", None),
        (f"{path}/图.png", "refused", "kind_unsupported"),
        (f"{path}/../逃.txt", "refused", "name_unsafe"),
    ]
    assert [report.status for report in imported(archive, path)] == ["known", "refused", "refused"]


def test_names_from_older_systems_are_read(archive: ArchiveStore, tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + "旧纪要.txt".encode("gb18030")))
    path.write_text("局务会议纪要\n2024年1月2日", encoding="utf-8")
    assert [(report.path, report.status) for report in imported(archive, path)] == [
        (f"{tmp_path}/旧纪要.txt", "imported")
    ]


def test_hidden_files_are_left_out_and_an_empty_archive_is_named(archive: ArchiveStore, tmp_path: Path) -> None:
    (tmp_path / "目").mkdir()
    (tmp_path / "目" / ".隐.txt").write_text("x", encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "目" / "空.zip", "w"):
        pass
    (report,) = imported(archive, tmp_path / "目")
    assert report.error is not None and report.error.code == "file_empty"


def test_what_was_unsure_is_asked_until_it_is_answered(archive: ArchiveStore, tmp_path: Path) -> None:
    (report,) = imported(archive, unsure(tmp_path))
    fields = ["date", "body", "attendees", "decisions"]
    assert [doubt.field for doubt in report.doubts] == [one.field for one in questions(archive)] == fields
    assert answer(archive, "date", "2024-09-12").date == "2024-09-12"
    assert answer(archive, "body", "市档案馆𠮷").body == "市档案馆𠮷"
    assert answer(archive, "attendees", "李建国、周　敏").attendees == ("李建国", "周敏")
    kept = answer(archive, "decisions", "原则通过")
    assert [one.outcome for one in kept.decisions] == ["原则通过"]
    assert questions(archive) == []
    assert kept.answers["date"] == "2024-09-12"
    assert imported(archive, unsure(tmp_path))[0].status == "known" and questions(archive) == []
    (stored,) = archive.documents()
    assert type(stored) is Document and (stored.date, stored.body) == ("2024-09-12", "市档案馆𠮷")


@pytest.mark.parametrize(("field", "value"), [("date", "昨天"), ("date", "2024-13-01"), ("decisions", "也许")])
def test_an_answer_that_is_none_changes_nothing(
    archive: ArchiveStore, tmp_path: Path, field: str, value: str
) -> None:
    imported(archive, unsure(tmp_path))
    before = questions(archive)
    with pytest.raises(AnswerUnfit, match=value):
        answer(archive, field, value)
    assert questions(archive) == before


def test_an_answer_to_nothing_is_refused(archive: ArchiveStore, tmp_path: Path) -> None:
    imported(archive, unsure(tmp_path))
    for question in ("ffffffffff.date", ".date", "", questions(archive)[0].id.partition(".")[0] + ".pages"):
        with pytest.raises(QuestionUnknown):
            answered(archive, question, "ok")


def test_text_that_looks_like_a_question_is_none(archive: ArchiveStore, tmp_path: Path) -> None:
    path = tmp_path / "一.txt"
    path.write_text('局务会议纪要\n2024年1月2日\n"doubts":[{"field":"date"}]', encoding="utf-8")
    imported(archive, path)
    assert questions(archive) == []
