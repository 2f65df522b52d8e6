"""Help pages speak the user's language, the library's own words included."""

import os
import subprocess
import sys

import pytest

from ui.locale.help_page import help_text

PAGE = """
import typer
from ui.cli.app import app
from ui.locale.help_page import translate_help_pages
translate_help_pages()
app(standalone_mode=False)
"""


def page(*arguments: str, language: str = "zh_CN") -> str:
    """What the command prints, in a process of its own."""
    environment = {**os.environ, "MEETING_LANG": language, "COLUMNS": "200"}
    command = [sys.executable, "-c", PAGE, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout


def test_page_of_all_commands_is_chinese() -> None:
    text = page("--help")
    assert "用法：" in text and "选项：\n" in text and "命令：\n" in text and "显示本帮助。" in text
    for english in ("Usage", "Options", "Commands", "Show", "Install"):
        assert english not in text


def test_no_command_has_its_help_cut_to_nothing() -> None:
    """The library cuts a help line at a space, and Chinese has few."""
    lines = page("--help").partition("命令：\n")[2].splitlines()
    assert len(lines) > 15
    assert [line for line in lines if line.endswith("...")] == []


def test_page_of_a_command_has_its_notes_in_chinese() -> None:
    text = page("run", "--help")
    assert "[环境变量 MEETING_HOME]" in text and "默认 realtime" in text and "参数：\n" in text
    assert "default:" not in text and "env var:" not in text


def test_english_page_stays_as_the_library_writes_it() -> None:
    text = page("run", "--help", language="en")
    assert "Usage:" in text and "Options:\n" in text and "[env var: MEETING_HOME]" in text


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("Show this message and exit.", "显示本帮助。"),
        ("模型名称。  [default: x; required]", "模型名称。  [默认 x；必填]"),
        ("[required]", "[必填]"),
        ("端口。  [default: 0; 0<=x<=65535]", "端口。  [默认 0；0<=x<=65535]"),
        ("说明 [不是附注]", "说明 [不是附注]"),
    ],
)
def test_notes_behind_a_help_text_are_translated(
    english: str, chinese: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEETING_LANG", "zh_CN")
    assert help_text(english) == chinese
