"""A token comes from a file, from standard input or from the environment, never from the command line."""

import io
import sys
from pathlib import Path

import pytest
import typer
from typer.main import get_command

from ui.cli.app import app
from ui.cli.running import where
from ui.cli.tokens import secret_of


def test_a_token_is_a_files_first_line(tmp_path: Path) -> None:
    held = tmp_path / "口令"
    held.write_text("abc〇𠮷\n\n第二行\n", encoding="utf-8")
    assert secret_of(str(held)) == "abc〇𠮷"
    held.write_text("\n")
    assert secret_of(str(held)) == ""


def test_a_dash_reads_one_line_of_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("abc\nrest\n"))
    assert secret_of("-") == "abc" and sys.stdin.read() == "rest\n"


def test_without_a_file_the_environment_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEETING_TOKEN", "abc")
    assert where("http://10.0.0.2:8000", None, None) == ("ws://10.0.0.2:8000/stream", "abc")
    monkeypatch.delenv("MEETING_TOKEN")
    assert secret_of(None) == ""


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_file_that_cannot_be_read_is_wrong_usage(tmp_path: Path, content: bytes | None) -> None:
    held = tmp_path / "口令"
    if content is not None:
        held.write_bytes(content)
    with pytest.raises(typer.BadParameter, match="口令"):
        secret_of(str(held))


def test_no_command_takes_a_secret_as_its_argument() -> None:
    tree = get_command(app)
    options = {option for command in tree.commands.values() for one in command.params for option in one.opts}
    assert "--token-file" in options and "--token" not in options
