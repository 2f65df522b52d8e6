"""The token of an address, never on a command line: every program of the machine can read that."""

import contextlib
import os
import sys
from getpass import getpass
from pathlib import Path
from typing import Annotated

import typer

from ui.locale import _

TokenFileOption = Annotated[
    str | None,
    typer.Option(
        "--token-file",
        metavar="FILE|-",
        help=_(
            "File with the token for that address; - asks for it or reads a line. Else MEETING_TOKEN holds it."
        ),
    ),
]


def secret_of(token_file: str | None) -> str:
    """The token in a file's first line (`-`: of standard input, unseen where it is typed), else in `MEETING_TOKEN`."""
    if token_file is None:
        return os.environ.get("MEETING_TOKEN", "")
    if token_file == "-":
        return (getpass(_("Token: ")) if sys.stdin.isatty() else sys.stdin.readline()).strip()
    try:
        lines = Path(token_file).read_text(encoding="utf-8").strip().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or error
        raise typer.BadParameter(
            _("--token-file: {file} cannot be read: {why}").format(file=token_file, why=why)
        ) from error
    return lines[0].strip() if lines else ""


def give_back_keyboard() -> None:
    """A screen needs keys: where standard input has brought a token, it becomes the terminal again."""
    if not sys.stdin.isatty():
        with contextlib.suppress(OSError):
            terminal = os.open("/dev/tty", os.O_RDWR)
            os.dup2(terminal, 0)
            os.close(terminal)
