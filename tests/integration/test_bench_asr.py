"""`meeting bench asr` on the bundled meeting: the real service, the real model, the real clock."""

import json

import pytest
from typer.testing import CliRunner

from ui.cli import bench


@pytest.mark.model
def test_the_demo_is_played_scored_and_written(tmp_path, model_path):
    path = tmp_path / "benchmarks.md"
    answer = CliRunner().invoke(
        bench.app, ["bench", "asr", "--seconds", "7", "--refine", "--json", "--write", str(path)]
    )
    assert answer.exit_code == 0, answer.stderr
    report = json.loads(answer.stdout)
    ours, refined, plain = report["lines"]
    assert [one["system"] for one in report["lines"]] == ["meeting", "meeting refine", "faster-whisper"]
    assert "开会" in refined["text"] and refined["cer"] < 0.4 and refined["cpu"] > 0.01
    assert {one["what"]: one["met"] for one in report["demands"]}["memory"] is True
    assert ours["cer"] < 0.4 and plain["cer"] < 0.4
    assert "开会" in ours["text"]
    assert ours["final"]["missing"] == 0
    assert ours["final"]["p50"] > 0 and ours["shown"]["p50"] > 0
    assert 0.01 < ours["cpu"] < 3
    assert 100e6 < ours["peak_bytes"] < 2e9
    assert report["ratios"][0]["against"] == "faster-whisper"
    assert "| demo | clean, first " in path.read_text(encoding="utf-8")
