"""The command tree: quick, whole, and every command explained."""

import resource
import subprocess
import sys

import pytest
import typer
from typer.main import get_command

from tests.conftest import ROOT
from ui.cli.app import app

HEAVY = ("ctranslate2", "textual", "whoosh", "sqlalchemy", "numpy", "faster_whisper", "sounddevice", "av")
COMMANDS = {
    *(
        "demo",
        "new",
        "list",
        "show",
        "export",
        "run",
        "serve",
        "console",
        "tail",
        "next",
        "item",
        "pause",
        "resume",
        "handover",
    ),
    *(
        "stop",
        "transcribe",
        "refine",
        "search",
        "matter",
        "open",
        "import",
        "reindex",
        "models",
        "devices",
        "doctor",
        "bench",
    ),
    *("tokens", "share", "words", "replace", "undo", "verify", "backup", "restore", "audio", "keys"),
}
WORDS = {"add", "list", "remove"}
MODELS = {"list", "fetch", "verify", "path"}
BENCH = {"asr", "stream", "search", "console"}
tree = get_command(app)


def test_exactly_the_commands_that_work_are_listed():
    assert set(tree.commands) == COMMANDS
    assert set(tree.commands["models"].commands) == MODELS
    assert set(tree.commands["words"].commands) == WORDS
    assert set(tree.commands["bench"].commands) == BENCH


def every_command():
    yield from tree.commands.items()
    for group in ("models", "words", "bench"):
        yield from ((f"{group} {name}", one) for name, one in tree.commands[group].commands.items())


@pytest.mark.parametrize(("name", "command"), [*every_command()])
def test_every_command_and_its_options_have_help(name, command):
    assert command.help and command.help.endswith((".", "。"))
    unexplained = [
        option.name
        for option in command.params
        if isinstance(option, typer.core.TyperOption)
        and not option.hidden
        and not option.help
        and option.name != "help"
    ]
    assert unexplained == []


def test_help_answers_at_once_and_loads_nothing_heavy():
    # The best of three: another program of this machine may take time that is not ours.
    assert min(_cpu_s_of_help() for _ in range(3)) < 0.3
    loaded = _help("-X", "importtime").stderr
    assert "ui.cli.app" in loaded
    modules = {line.rsplit("|", 1)[-1].strip().split(".")[0] for line in loaded.splitlines()}
    assert not modules & set(HEAVY)


def _help(*options: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, *options, "-m", "ui.cli", "--help"]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=120)
    assert answer.returncode == 0 and "transcribe" in answer.stdout
    return answer


def _cpu_s_of_help() -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    _help()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
