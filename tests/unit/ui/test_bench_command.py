"""`meeting bench asr` as a user gives it."""

import json

import pytest
from typer.testing import CliRunner

from ui.cli import bench


def run(*arguments: str):
    return CliRunner().invoke(bench.app, ["bench", "asr", *arguments])


@pytest.mark.parametrize(
    "arguments", [("--conditions", "rain"), ("--conditions", ","), ("--pace", "fast"), ("--pace", "x")]
)
def test_wrong_usage_is_refused_before_anything_is_played(arguments: tuple[str, ...], model_path):
    assert run(*arguments).exit_code == 2


@pytest.mark.model
def test_the_demo_is_played_scored_and_written(tmp_path, model_path):
    path = tmp_path / "benchmarks.md"
    answer = run("--seconds", "13", "--json", "--write", str(path))
    assert answer.exit_code == 0, answer.stderr
    report = json.loads(answer.stdout)
    ours, plain = report["lines"]
    assert (ours["system"], plain["system"]) == ("meeting", "faster-whisper")
    assert ours["cer"] < 0.4 and plain["cer"] < 0.4
    assert "开会" in ours["text"]
    assert ours["final"]["missing"] == 0
    assert ours["final"]["p50"] > 0 and ours["shown"]["p50"] > 0
    assert 0.01 < ours["cpu"] < 3
    assert 100e6 < ours["peak_bytes"] < 2e9
    assert report["ratios"][0]["against"] == "faster-whisper"
    assert "| demo | clean | meeting |" in path.read_text(encoding="utf-8")
