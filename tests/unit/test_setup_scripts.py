"""What set-up does where something is missing, with the real scripts in a folder of their own."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ["bash", "cat", "cut", "sha256sum", "grep", "rm", "find", "flock", "id", "dirname", "env", "sh"]


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A checkout with the scripts only, and a PATH that has only the plainest tools."""
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts")
    for name in ("requirements.lock", "requirements-dev.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path / name)
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in TOOLS:
        found = shutil.which(name)
        assert found, name
        (tools / name).symlink_to(found)
    return tmp_path


def _tool(bare: Path, name: str, text: str) -> None:
    path = bare / "bin" / name
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)


def _run(bare: Path, *command: str, language: str = "en_US.UTF-8") -> subprocess.CompletedProcess[str]:
    environment = {"PATH": str(bare / "bin"), "HOME": str(bare), "LC_ALL": "C", "LANG": language}
    return subprocess.run(
        command, cwd=bare, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120
    )


def test_setup_without_a_python_says_what_to_install(bare: Path) -> None:
    done = _run(bare, "scripts/setup.sh")
    assert done.returncode == 3
    assert done.stderr.strip().endswith("Give: sudo apt-get install python3 python3-venv")
    assert not (bare / ".venv").exists()


def test_setup_passes_over_an_old_python(bare: Path) -> None:
    _tool(bare, "python3", "exit 1")
    done = _run(bare, "scripts/setup.sh")
    assert done.returncode == 3
    assert "Python 3.11 or newer is needed" in done.stderr


@pytest.mark.parametrize(("language", "word"), [("zh_CN.UTF-8", "需要"), ("C", "需要"), ("en_GB", "needed")])
def test_setup_speaks_the_language_of_the_person(bare: Path, language: str, word: str) -> None:
    assert word in _run(bare, "scripts/setup.sh", language=language).stderr


def test_missing_venv_package_is_named_with_its_command(bare: Path) -> None:
    _tool(bare, "python3", 'case "$2" in *ensurepip*) exit 1;; *print*) echo python3.12;; *) exit 0;; esac')
    done = _run(bare, "scripts/setup.sh")
    assert done.returncode == 3
    assert "Give: sudo apt-get install --yes python3.12-venv" in done.stderr


def test_missing_portaudio_is_told_and_does_not_stop_the_setup(bare: Path) -> None:
    done = _run(bare, "scripts/system-packages.sh", "run")
    assert done.returncode == 0
    assert done.stderr.strip() == "setup: missing: libportaudio2. Give: sudo apt-get install --yes libportaudio2"


def test_system_packages_are_installed_without_a_question(bare: Path) -> None:
    log = bare / "calls"
    _tool(bare, "id", "echo 0")
    _tool(bare, "apt-get", f'echo "$DEBIAN_FRONTEND $*" >> {log}')
    done = _run(bare, "scripts/system-packages.sh", "run")
    assert done.returncode == 0
    assert (
        log.read_text(encoding="utf-8")
        == "noninteractive install --yes libportaudio2 --no-install-recommends -q\n"
    )


def test_index_is_refreshed_only_when_the_first_try_fails(bare: Path) -> None:
    log = bare / "calls"
    _tool(bare, "id", "echo 0")
    _tool(bare, "apt-get", f'echo "$1" >> {log}; [ "$1" = update ] || [ "$(grep -c update {log})" = 1 ]')
    done = _run(bare, "scripts/system-packages.sh", "run")
    assert (done.returncode, done.stderr) == (0, "")
    assert log.read_text(encoding="utf-8").split() == ["install", "update", "install"]


def test_a_browser_that_is_not_to_be_had_keeps_nothing_else_from_being_installed(bare: Path) -> None:
    log = bare / "calls"
    _tool(bare, "id", "echo 0")
    _tool(bare, "apt-get", f'echo "$*" >> {log}; case "$*" in *chromium*) exit 1;; esac')
    done = _run(bare, "scripts/system-packages.sh", "test")
    assert (done.returncode, done.stderr) == (0, "")
    first, *others = log.read_text(encoding="utf-8").splitlines()
    assert "libportaudio2" in first and "tmux" in first and "chromium" not in first
    tried = "install --yes chromium --no-install-recommends -q"
    assert others == [tried, "update -q", tried]
    _tool(bare, "chromium", "")
    log.unlink()
    assert _run(bare, "scripts/system-packages.sh", "test").returncode == 0
    assert "chromium" not in log.read_text(encoding="utf-8")


def test_continuous_integration_runs_the_same_gate_as_people() -> None:
    assert "make test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
