"""What may be read into the archive, before anything is read."""

import os
from pathlib import Path

import pytest

from meeting.importing import read_into_archive
from meeting.store.archive import ArchiveStore
from search.errors import FileTooLarge, FileUnreadable
from search.extract.files import LARGEST_FILE_MB
from tests.unit.meeting.store_homes import engine_in


def refusal(path: Path, home: Path) -> Exception | None:
    with engine_in(home) as engine:
        (report,) = read_into_archive(path, ArchiveStore(engine))
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
