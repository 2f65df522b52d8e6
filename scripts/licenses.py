"""Writes LICENSES.md to stdout: `licenses.py LOCK PIP_LICENSES_JSON`."""

import json
import re
import sys
from pathlib import Path

HEAD = """# Licences of the packages that the program installs

Written by `make lock` from `requirements.lock`. The licence texts lie in `.venv`, each beside its package.

| package | version | licence | home |
| --- | --- | --- | --- |"""

# Locked for other systems, so not installed where this list is made; from the metadata of their wheels.
ELSEWHERE = {"colorama": "BSD-3-Clause", "httpx2-jsfetch": "BSD-3-Clause"}


def canonical(name: str) -> str:
    """The form of a package's name in which indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def main(lock: str, report: str) -> None:
    found = {canonical(entry["Name"]): entry for entry in json.loads(Path(report).read_text(encoding="utf-8"))}
    versions: dict[str, list[str]] = {}
    for name, version in re.findall(
        r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", Path(lock).read_text(encoding="utf-8"), re.M
    ):
        versions.setdefault(canonical(name), []).append(version)
    print(HEAD)
    for name, known in sorted(versions.items()):
        entry = found.get(name)
        if entry is None and name not in ELSEWHERE:
            sys.exit(f"licenses: {name} is locked but not installed here; add its licence to ELSEWHERE")
        licence = entry["License"] if entry else ELSEWHERE[name]
        home = entry["URL"] if entry and entry["URL"] != "UNKNOWN" else f"https://pypi.org/project/{name}/"
        print(f"| {name} | {', '.join(known)} | {' '.join(licence.split())} | {home} |")


if __name__ == "__main__":
    main(*sys.argv[1:])
