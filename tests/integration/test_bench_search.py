"""`meeting bench search` with its real processes, on a small corpus."""

from pathlib import Path

import msgspec
from typer.testing import CliRunner

from ui.bench.search.corpus import documents
from ui.bench.search.run import Report
from ui.cli import bench


def run(*arguments: str) -> Report:
    result = CliRunner().invoke(bench.app, ["bench", "search", *arguments, "--json"])
    assert result.exit_code == 0, result.output
    return msgspec.json.decode(result.stdout[result.stdout.index("{") :], type=Report)


def test_a_small_corpus_is_built_searched_and_gone_on_with(tmp_path: Path) -> None:
    report = run("--passages", "60", "--folder", str(tmp_path / "索引"))
    (ours,) = report.systems
    assert (report.passages, report.documents, report.resumed, report.missed) == (60, 3, 0, ())
    assert all(one.found for one in ours.latencies if one.kind in ("phrase", "single character"))
    assert sum(part.size_bytes for part in report.parts) >= ours.index_bytes > 0
    assert {one.what: one.met for one in report.demands}["substrings of 2 to 8 characters found"] is True


def test_the_corpus_is_the_same_each_time_and_as_large_as_wanted() -> None:
    some = list(documents(50))
    assert some == list(documents(50))
    assert [len(one.passages) for one in some] == [20, 20, 10]
    lengths = [len(passage.text) for one in documents(400) for passage in one.passages]
    assert 110 <= sum(lengths) / len(lengths) <= 140
