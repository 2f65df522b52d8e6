"""The way back from a back-up."""

from pathlib import Path
from typing import Annotated

import typer

from ui.cli.backup import FolderArgument
from ui.cli.context import HomeOption, JsonOption, print_json, say
from ui.locale import _

app = typer.Typer()


@app.command(help=_("Puts a back-up in the place of the records, after every file of it was checked."))
def restore(
    folder: FolderArgument,
    into: Annotated[
        Path | None, typer.Option("--into", metavar="HOME", help=_("The home; else that of --home."))
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help=_("Though there are records: they are put aside, not deleted."))
    ] = False,
    check: Annotated[bool, typer.Option("--check", help=_("Check every file and restore nothing."))] = False,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    from meeting.backup.restoring import check_backup, restore_backup
    from meeting.home import Home

    if check:
        manifest = check_backup(folder)
        if json:
            print_json({"ok": True, "made_at": manifest.made_at, "files": len(manifest.files)})
        else:
            say(
                _("The back-up of {made_at} is whole: {files} files.").format(
                    made_at=manifest.made_at, files=len(manifest.files)
                )
            )
        return
    report = restore_backup(folder, Home(into or home), replace)
    if json:
        print_json(report)
        return
    say(
        _("{meetings} meetings as of {made_at} are in {home}.").format(
            meetings=report.meetings, made_at=report.made_at, home=report.home
        )
    )
    if report.aside:
        say(_("What was there before lies in {folder}.").format(folder=report.aside))
