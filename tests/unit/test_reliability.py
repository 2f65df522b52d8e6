"""The table of docs/reliability.md says what the figures say."""

import importlib.util
from pathlib import Path

import pytest

from tests.faults import figures
from tests.faults.figures import Figure
from ui.bench.machine import Machine

SCRIPT = Path(__file__).parents[2] / "scripts" / "reliability.py"
MACHINE = Machine(
    processor="处理器", cores=2, memory_gb=8, system="Linux", python="3.11", version="1", date="2026-11-24"
)


@pytest.fixture(scope="module")
def reliability():
    spec = importlib.util.spec_from_file_location("reliability", SCRIPT)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_figures_of_a_fault_are_gathered_into_one_row(reliability) -> None:
    made = [
        Figure(fault="kill", times=2, lost_s=(0.1, 0.3), sound_s=(0.2,), cer=(0.0,)),
        Figure(fault="kill", lost_s=(0.2,), cer=(0.012,), found="说明"),
    ]
    assert reliability.row(made) == "| kill | 3 | 0.20 / 0.30 | 0.20 / 0.20 | – | 0.012 | 说明 |"


def test_failed_tests_are_named(reliability) -> None:
    ended = reliability.Outcome(passed=3, skipped=1, failed=["test_text[many]"])
    text = reliability.part([], ended, MACHINE, 7, soak=False)
    assert "seed 7: 3 tests passed, 1 left out, 1 failed" in text and text.endswith("- failed: `test_text[many]`")


def test_only_the_part_between_the_marks_is_renewed(reliability) -> None:
    document = f"before\n{reliability.BEGIN}\nold\n{reliability.END}\nafter\n"
    new = reliability.renewed(document, "new")
    assert new == document.replace("old", "new")
    assert reliability.renewed(new, "new") == new


def test_figures_are_kept_only_where_they_are_asked_for(monkeypatch, tmp_path, capsys) -> None:
    path, figure = tmp_path / "figures", Figure(fault="断电", lost_s=(0.5,))
    monkeypatch.delenv(figures.FILE_VARIABLE, raising=False)
    figures.keep(figure)
    assert "断电" in capsys.readouterr().out and not path.exists()
    monkeypatch.setenv(figures.FILE_VARIABLE, str(path))
    figures.keep(figure)
    figures.keep(figure)
    assert figures.kept(path) == [figure, figure]
