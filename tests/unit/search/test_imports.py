import subprocess
import sys

HEAVY = ("whoosh", "numpy", "rjieba", "opencc", "docx", "pypdf", "markdown_it", "lxml", "sqlite3")


def loaded_by(module: str) -> set[str]:
    code = f"import sys, {module}; print(' '.join(m for m in {HEAVY!r} if m in sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(run.stdout.split())


def test_types_and_errors_load_nothing_heavy() -> None:
    assert loaded_by("search.documents") == set()
    assert loaded_by("search.errors") == set()


def test_reading_files_loads_no_index() -> None:
    assert loaded_by("search.extract.reading") == set()


def test_the_live_table_loads_no_whoosh() -> None:
    assert "whoosh" not in loaded_by("search.live")
