"""Copies of everything, and the way back."""

from pathlib import Path
from typing import Annotated

import typer

from ui.cli.context import HomeOption, JsonOption, home_at, print_json, say
from ui.cli.progress import Progress
from ui.locale import _

app = typer.Typer()

FolderArgument = Annotated[Path, typer.Argument(metavar="DIR", help=_("The folder of the back-up."))]


@app.command(
    help=_("Copies records and sound to a folder, also while a meeting runs; only what is new is copied.")
)
def backup(folder: FolderArgument, home: HomeOption = None, json: JsonOption = False) -> None:
    from meeting.backup.making import make_backup

    with Progress(_("back-up")) as progress:
        report = make_backup(home_at(home), folder, progress.of)
    if json:
        print_json(report)
        return
    say(
        _(
            "{meetings} meetings, {files} files ({size} MB) are in {folder}; {copied} files ({new} MB) were new."
        ).format(
            meetings=report.meetings,
            files=report.files,
            size=round(report.size / 1e6, 1),
            folder=report.folder,
            copied=report.copied_files,
            new=round(report.copied_size / 1e6, 1),
        )
    )
    say(_("Tokens and keys are not in it. Keep the key of encrypted sound in another safe place."))
