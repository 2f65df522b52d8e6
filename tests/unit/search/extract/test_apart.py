"""Files are read in a process of its own: what harms it costs one file and no more."""

import os
import signal
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from search.errors import FileTooDemanding, KindUnsupported
from search.extract.apart import ApartReader
from search.extract.reading import extract


@pytest.fixture
def reader() -> Iterator[ApartReader]:
    with ApartReader() as opened:
        yield opened


def written(path: Path, text: str = "馆务会议纪要\n时间：2024年9月12日\n一、研究𠮷\n会议同意。") -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def pid_of(reader: ApartReader) -> int:
    assert reader._process is not None
    return reader._process.pid


def test_a_file_reads_the_same_there_as_here(reader: ApartReader, tmp_path: Path) -> None:
    path = written(tmp_path / "纪要.txt")
    assert reader.extract(path, str(path)) == extract(path)


def test_a_refusal_comes_back_whole(reader: ApartReader, tmp_path: Path) -> None:
    with pytest.raises(KindUnsupported, match="旧/图.png") as caught:
        reader.extract(written(tmp_path / "图.png"), "旧/图.png")
    assert caught.value.facts["path"] == "旧/图.png"


def test_files_in_an_archive_are_read_without_unpacking(reader: ApartReader, tmp_path: Path) -> None:
    path = tmp_path / "旧.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("一.txt", "海川市档案馆馆务会议纪要\n会议同意。")
        archive.writestr("../二.txt", "x")
    (first, none), (second, refusal) = reader.members(path, "旧.zip")
    assert none is None and refusal is not None and refusal.code == "name_unsafe"
    assert reader.extract(path, first.name, first.way).title == "海川市档案馆馆务会议纪要"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["旧.zip"]


def test_a_file_that_takes_too_long_is_given_up_and_the_next_is_read(tmp_path: Path) -> None:
    path = written(tmp_path / "一.txt")
    with ApartReader(seconds=20) as reader:
        assert reader.extract(path, "一.txt").kind == "minutes"
        os.kill(pid_of(reader), signal.SIGSTOP)
        reader._seconds = 0.2
        with pytest.raises(FileTooDemanding, match="一.txt"):
            reader.extract(path, "一.txt")
        reader._seconds = 20
        assert reader.extract(path, "一.txt").kind == "minutes"


def test_a_process_that_was_killed_between_files_is_replaced(reader: ApartReader, tmp_path: Path) -> None:
    path = written(tmp_path / "一.txt")
    reader.extract(path, "一.txt")
    before = pid_of(reader)
    os.kill(before, signal.SIGKILL)
    assert reader._process is not None
    reader._process.wait(60)
    assert reader.extract(path, "一.txt").kind == "minutes"
    assert pid_of(reader) != before


def test_more_memory_than_allowed_is_refused(
    reader: ApartReader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path / "一.txt")
    starved = tmp_path / "sitecustomize.py"
    starved.write_text("import search.extract.orders as orders\norders.MEMORY_MB = 150\n", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    large = tmp_path / "大.txt"
    large.write_text("会议研究。" * 6_000_000, encoding="utf-8")
    with pytest.raises(FileTooDemanding):
        reader.extract(large, "大.txt")
    assert reader.extract(path, "一.txt").kind == "minutes"


def test_the_process_ends_with_its_reader(tmp_path: Path) -> None:
    with ApartReader() as reader:
        reader.extract(written(tmp_path / "一.txt"), "一.txt")
        pid = pid_of(reader)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
