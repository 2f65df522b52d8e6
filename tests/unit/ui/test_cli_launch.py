"""A model is hashed once in a process, and again as soon as one of its files is another."""

import os
from pathlib import Path

import pytest

from models.store import ModelStore
from ui.cli.launch import find_model


@pytest.fixture
def hashed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the models that were looked through, in order."""
    names = list[str]()

    def find(store: ModelStore, name: str) -> Path:
        names.append(name)
        return tmp_path

    monkeypatch.setattr("ui.cli.launch._found", {})
    monkeypatch.setattr(ModelStore, "find", find)
    (tmp_path / "model.bin").write_bytes(b"1234")
    return names


def test_a_model_is_hashed_once(hashed: list[str], tmp_path: Path) -> None:
    assert find_model("whisper-base") == find_model("whisper-base") == tmp_path
    assert hashed == ["whisper-base"]
    find_model("whisper-small")
    assert hashed == ["whisper-base", "whisper-small"]


def test_a_file_that_was_changed_or_is_gone_is_seen_whatever_its_date_says(
    hashed: list[str], tmp_path: Path
) -> None:
    model = tmp_path / "model.bin"
    find_model("whisper-base")
    dated = model.stat()
    model.write_bytes(b"4321")
    os.utime(model, ns=(dated.st_atime_ns, dated.st_mtime_ns))
    find_model("whisper-base")
    assert len(hashed) == 2
    model.unlink()
    find_model("whisper-base")
    assert len(hashed) == 3
