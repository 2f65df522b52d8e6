"""The command tree. Commands import what they need when they run, so that `--help` answers at once."""

import typer

from ui.cli import (
    access,
    amending,
    archive,
    audio,
    backup,
    bench,
    demo,
    keys,
    machine,
    recall,
    records,
    refine,
    restore,
    running,
    sound,
    steering,
    verify,
    words,
)
from ui.locale import _

app = typer.Typer(
    name="meeting",
    help=_("Records a meeting as text while it is held, filed under its agenda, and finds it again."),
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

for part in (
    demo,
    records,
    running,
    steering,
    access,
    words,
    amending,
    sound,
    refine,
    verify,
    audio,
    archive,
    recall,
    backup,
    restore,
    keys,
    machine,
    bench,
):
    app.add_typer(part.app)
