"""After a meeting: its kept sound decoded again, better."""

import os
from typing import TYPE_CHECKING, Annotated

import typer

from ui.cli.context import FIGURES, HomeOption, JsonOption, MeetingArgument, print_json, records_at, say
from ui.cli.progress import Progress
from ui.locale import _

if TYPE_CHECKING:
    from asr.recognizer import Recognizer

app = typer.Typer()

ModelOption = Annotated[
    str | None, typer.Option(metavar="NAME", help=_("Speech model; that of the meeting if none is named."))
]
FiguresOption = Annotated[
    bool | None,
    typer.Option(FIGURES, help=_("Spoken numbers as figures, or left as recognized; by default as live.")),
]
_NICENESS = 10


@app.command(help=_("Decodes the kept sound of an ended meeting again, better; what people corrected stays."))
def refine(
    meeting: MeetingArgument,
    model: ModelOption = None,
    figures: FiguresOption = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    from meeting.access.openings import user_of_this_machine
    from meeting.refining import check_refinable, refine_meeting
    from ui.cli.launch import find_model

    records = records_at(home)
    stored = records.meetings.get(meeting)
    check_refinable(records, stored)
    records.openings.note(user_of_this_machine(), stored.id, "sound")
    name = model or (stored.run.model if stored.run else "whisper-base")
    folder = find_model(name)

    def load() -> "Recognizer":
        from asr.recognizer import FasterWhisperRecognizer

        return FasterWhisperRecognizer(folder)

    # Another meeting may be under way on this machine: its text comes first.
    os.nice(_NICENESS)
    with Progress(stored.title) as progress:
        report = refine_meeting(records, stored, load, model=name, figures=figures, progress=progress.of)
    if json:
        print_json(report)
    else:
        say(
            _("{changed} of {segments} segments have better text now; {untouched} were left as they are.").format(
                changed=report.changed, segments=report.segments, untouched=report.untouched
            )
        )
