"""`meeting bench asr` as a user gives it."""

import pytest
from typer.testing import CliRunner

from ui.cli import bench


def run(*arguments: str):
    return CliRunner().invoke(bench.app, ["bench", "asr", *arguments])


@pytest.mark.parametrize(
    "arguments",
    [
        ("--conditions", "rain"),
        ("--conditions", ","),
        ("--pace", "fast"),
        ("--pace", "x"),
        ("--peers", ".", "--pace", "2"),
        ("--conditions-seconds", "1"),
    ],
)
def test_wrong_usage_is_refused_before_anything_is_played(arguments: tuple[str, ...]):
    assert run(*arguments).exit_code == 2
