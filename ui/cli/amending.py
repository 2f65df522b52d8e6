"""Putting one word right in the whole record of the running meeting, and taking the last change back."""

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from ui.cli.context import HomeOption, JsonOption, home_at, note, print_json, say
from ui.locale import _

if TYPE_CHECKING:
    from collections.abc import Callable

    from meeting.stream.messages import ClientCommand

app = typer.Typer()


@app.command(
    help=_("Puts a misheard word right everywhere in the running meeting, save where a person has written.")
)
def replace(
    before: Annotated[str, typer.Argument(metavar="HEARD", help=_("The word as it was written."))],
    after: Annotated[str, typer.Argument(metavar="RIGHT", help=_("The word as it should be."))],
    preview: Annotated[bool, typer.Option("--preview", help=_("Only show what would be changed."))] = False,
    yes: Annotated[bool, typer.Option("--yes", help=_("Ask nothing."))] = False,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    from meeting.stream.messages import Replace

    found = _give(home, lambda new_id: Replace(id=new_id, before=before, after=after, preview=True))
    passages = _passages(found)
    if json and (preview or not passages):
        print_json(found)
        return
    if not json:
        for passage in passages:
            say(f"- {passage['before']}\n+ {passage['after']}")
    if not passages:
        say(_("“{word}” stands in no passage that may be changed.").format(word=before))
        return
    if preview:
        return
    if not yes and not typer.confirm(_("Change {count} passages?").format(count=len(passages)), err=True):
        note(_("Nothing was changed."))
        raise typer.Exit(1)
    # Only what was shown: a passage spoken meanwhile is not changed unseen.
    shown = tuple(passage["segment_id"] for passage in passages)
    done = _give(
        home, lambda new_id: Replace(id=new_id, before=before, after=after, segment_ids=shown, preview=False)
    )
    if json:
        print_json(done)
    else:
        count = len(_passages(done))
        say(_("{count} passages changed; `meeting undo` takes it back.").format(count=count))


@app.command(help=_("Takes back the last change to the record of the running meeting."))
def undo(home: HomeOption = None, json: JsonOption = False) -> None:
    from meeting.stream.messages import Undo

    result = _give(home, lambda new_id: Undo(id=new_id))
    if json:
        print_json(result)
    else:
        say(_("The last change is taken back."))


def _give(home: HomeOption, make: "Callable[[str], ClientCommand]") -> object:
    from ui.cli.remote import give

    return asyncio.run(give(home_at(home), make))


def _passages(result: object) -> list[dict[str, str]]:
    match result:
        case {"segments": list(segments)}:
            return segments
        case _:
            return []
