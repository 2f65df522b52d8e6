"""The demo's closing hint: a command that can be given as it stands."""

from pathlib import Path

import pytest

from ui.cli.rehearsal import called_as


@pytest.fixture
def program(tmp_path: Path, monkeypatch) -> Path:
    path = tmp_path / "会 议" / ".venv" / "bin" / "meeting"
    path.parent.mkdir(parents=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    monkeypatch.setenv("PATH", "/usr/bin")
    return path


def test_a_program_below_the_folder_is_called_from_there(program, monkeypatch):
    monkeypatch.chdir(program.parents[2])
    assert called_as(str(program)) == called_as(".venv/bin/meeting") == ".venv/bin/meeting"


def test_a_program_elsewhere_is_called_by_its_whole_path(program, monkeypatch):
    monkeypatch.chdir("/")
    monkeypatch.chdir(program.parent)
    assert called_as("./meeting") == "./meeting"
    monkeypatch.chdir("/usr")
    assert called_as(str(program)) == f"'{program}'"


def test_a_program_that_the_shell_finds_is_called_by_its_name(program, monkeypatch):
    monkeypatch.setenv("PATH", str(program.parent))
    assert called_as(str(program)) == "meeting"


@pytest.mark.parametrize("started", ["", "-m", "-c", __file__])
def test_what_is_no_program_is_called_by_the_name_of_the_command(started):
    assert called_as(started) == "meeting"
