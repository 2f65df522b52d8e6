"""The demo: a whole small meeting from a bundled recording, with no hardware."""

from pathlib import Path
from typing import Annotated

import typer

from ui.cli.context import HomeOption
from ui.cli.running import NoConsoleOption, PaceOption, PortOption, check_pace
from ui.locale import _

app = typer.Typer()


@app.command(help=_("Runs a small meeting from a bundled recording: no microphone needed."))
def demo(
    no_console: NoConsoleOption = False,
    pace: PaceOption = "realtime",
    port: PortOption = 0,
    keep: Annotated[Path | None, typer.Option("-o", "--output", help=_("Where the record is written."))] = None,
    home: HomeOption = None,
) -> None:
    import sys

    from ui.cli.rehearsal import rehearse

    check_pace(pace)
    rehearse(home, pace, port, console=not no_console and sys.stdin.isatty() and sys.stdout.isatty(), output=keep)
