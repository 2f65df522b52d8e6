"""Writes docs/cli.md and docs/errors.md from the program itself; `--check` only says whether they are up to date.

Run it with MEETING_LANG=en, as `make reference` does: the reference is English.
"""

import importlib
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path

import typer

from models.refusal import Refusal
from ui.cli.app import app

DOCS = Path(__file__).parent.parent / "docs"
PACKAGES = ("meeting", "asr", "search", "models", "ui")
EXITS = {1: "refused by the state of things", 2: "wrong usage", 3: "a needed part is missing"}


def commands() -> str:
    """Every command with its arguments and options."""
    lines = [
        "# Commands",
        "",
        "Made from the program by `make reference`. Every command takes `--home DIR` (or `MEETING_HOME`);",
        "errors are one line on stderr; exit codes: 0 done, "
        + ", ".join(f"{code} {words}" for code, words in EXITS.items())
        + ".",
        "`--json` prints JSON on stdout and nothing else.",
    ]
    for name, command in _leaves(typer.main.get_command(app), "meeting"):
        lines += ["", f"## `{name}`", "", command.help or "", ""]
        for parameter in command.params:
            if parameter.name in ("help", "home") or getattr(parameter, "hidden", False):
                continue
            options = ", ".join(getattr(parameter, "opts", [])) if parameter.param_type_name == "option" else ""
            options = "/".join(filter(None, (options, *parameter.secondary_opts)))
            shown = options or (parameter.metavar or (parameter.name or "").upper())
            default = parameter.opts[0] if parameter.default is True else parameter.default
            tail = f" (default {default})" if options and default not in (None, False, ()) else ""
            words = getattr(parameter, "help", None) or ""
            lines.append(f"- `{shown}`{': ' + words if words else ''}{tail}")
    return "\n".join(lines).rstrip() + "\n"


def _leaves(group: object, name: str) -> Iterator[tuple[str, typer.core.TyperCommand]]:
    for part, command in group.commands.items():  # type: ignore[attr-defined] # a TyperGroup
        if hasattr(command, "commands"):
            yield from _leaves(command, f"{name} {part}")
        elif not command.hidden:
            yield f"{name} {part}", command


def errors() -> str:
    """Every refusal by its code."""
    for package in PACKAGES:
        for module in pkgutil.walk_packages(importlib.import_module(package).__path__, package + "."):
            if module.name.rsplit(".", 1)[-1] in ("errors", "problems", "launch"):
                importlib.import_module(module.name)
    rows: dict[tuple[str, str], str] = {}
    for kind in _kinds(Refusal):
        if "code" in kind.__dict__ and "template" in kind.__dict__:
            key = (kind.__module__.split(".")[0], kind.code)
            rows[key] = f"| `{kind.code}` | {kind.exit_code} | {kind.template.replace('|', '/')} |"
    lines = ["# Errors", "", "Made from the program by `make reference`. `code` is stable, on the wire too."]
    for package_name in PACKAGES:
        lines += ["", f"## {package_name}", "", "| code | exit | sentence |", "| --- | --- | --- |"]
        lines += [row for (package, _), row in sorted(rows.items()) if package == package_name]
    return "\n".join(lines) + "\n"


def _kinds(kind: type[Refusal]) -> Iterator[type[Refusal]]:
    for child in kind.__subclasses__():
        yield child
        yield from _kinds(child)


def main() -> int:
    """Writes the files, or with `--check` returns 1 when one is old."""
    old = 0
    for name, text in (("cli.md", commands()), ("errors.md", errors())):
        path = DOCS / name
        if "--check" in sys.argv:
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                print(f"docs/{name} is old: run make reference", file=sys.stderr)
                old = 1
        else:
            path.write_text(text, encoding="utf-8")
    return old


if __name__ == "__main__":
    sys.exit(main())
