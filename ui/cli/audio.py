"""The kept sound of meetings: destroying it on a written order."""

from typing import TYPE_CHECKING, Annotated

import typer

from ui.cli.context import HomeOption, JsonOption, MeetingArgument, note, print_json, records_at, say
from ui.locale import _

if TYPE_CHECKING:
    from meeting.backup.known import SoundCopy

app = typer.Typer()
audio = typer.Typer(help=_("The kept sound of meetings."), no_args_is_help=True)
app.add_typer(audio, name="audio")


@audio.command(
    help=_("Destroys the kept sound of a meeting on a written order; its text stays, and that it was done.")
)
def destroy(
    meeting: MeetingArgument,
    by: Annotated[str, typer.Option("--by", metavar="NAME", help=_("Who does it."))],
    order: Annotated[str, typer.Option("--order", metavar="DOC", help=_("The document that orders it."))],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help=_("Why."))],
    yes: Annotated[bool, typer.Option("--yes", help=_("Ask nothing."))] = False,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    from meeting.destruction import destroy_sound, sound_of

    for name, value in (("--by", by), ("--order", order), ("--reason", reason)):
        if not value.strip():
            raise typer.BadParameter(_("{option} is empty").format(option=name))
    records = records_at(home)
    stored = records.meetings.get(meeting)
    found = sound_of(records, stored)
    if not yes:
        note(
            _("{title} ({date}): {files} files of sound, {size} MB. They cannot be had back.").format(
                title=stored.title, date=stored.date, files=found.files, size=round(found.size / 1e6, 1)
            )
        )
        if not typer.confirm(_("Destroy them?"), err=True):
            note(_("Nothing was changed."))
            raise typer.Exit(1)
    done = destroy_sound(records, stored, by.strip(), order.strip(), reason.strip())
    if json:
        print_json(done)
        return
    say(_("The sound of {meeting} is destroyed; its text is whole.").format(meeting=stored.id))
    for copy in done.copies:
        say(_copy(copy))


def _copy(copy: "SoundCopy") -> str:
    if copy.state == "holds":
        return _("Still holds it: {place}").format(place=copy.place)
    return _("May still hold it, and is not at hand: {place}").format(place=copy.place)
