"""The locks and the list of licences that set-up relies on."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ["requirements.lock", "requirements-dev.lock"]


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _entries(lock: str) -> dict[str, list[str]]:
    """Each requirement of a lock with its lines."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    joined = re.sub(r"\\\n\s*", "", text)
    lines = [line for line in joined.splitlines() if line and not line.lstrip().startswith("#")]
    entries: dict[str, list[str]] = {}
    for line in lines:
        entries.setdefault(_canonical(re.split(r"[=<>!~ ;\[]", line, maxsplit=1)[0]), []).append(line)
    return entries


def _declared(names: list[str]) -> set[str]:
    return {_canonical(re.split(r"[=<>!~ ;\[]", name, maxsplit=1)[0]) for name in names}


def _project() -> dict[str, object]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("lock", LOCKS)
def test_every_requirement_has_a_version_and_a_hash(lock: str) -> None:
    entries = _entries(lock)
    assert len(entries) > 40
    for lines in entries.values():
        for line in lines:
            assert re.match(r"[a-z0-9._-]+==[^ ;]+ ?(;.*)?--hash=sha256:[0-9a-f]{64}", line), line


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_names_no_index_and_no_machine(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert not re.search(r"--index|--extra-index|--find-links|--trusted|://|^ *-[rec] |@ ", text, re.M)


def test_every_runtime_dependency_is_locked() -> None:
    project = _project()
    declared = _declared(project["project"]["dependencies"])  # type: ignore[index]  # plain TOML
    groups = project["dependency-groups"]
    assert declared | _declared(groups["setup"]) <= set(_entries("requirements.lock"))  # type: ignore[index]  # TOML


def test_tests_are_locked_apart_and_agree_with_the_program() -> None:
    runtime, dev = _entries("requirements.lock"), _entries("requirements-dev.lock")
    declared = _declared(_project()["dependency-groups"]["dev"])  # type: ignore[index]  # plain TOML
    assert declared <= set(dev)
    assert not {"pytest", "mypy", "ruff", "hypothesis"} & set(runtime)
    for name, lines in runtime.items():
        assert [line.split(" ")[0] for line in lines] == [line.split(" ")[0] for line in dev[name]]


def test_licences_name_each_locked_package_and_no_other() -> None:
    rows = re.findall(
        r"^\| ([a-z0-9-]+) \| ([^|]+) \| ([^|]+) \|", (ROOT / "LICENSES.md").read_text("utf-8"), re.M
    )
    listed = {name: versions.split(", ") for name, versions, _ in rows if name.strip("-") not in ("", "package")}
    locked = {
        name: [line.split("==")[1].split(" ")[0] for line in lines] for name, lines in _entries(LOCKS[0]).items()
    }
    assert listed == locked
    assert all(licence.strip() not in ("", "UNKNOWN") for _, _, licence in rows)
