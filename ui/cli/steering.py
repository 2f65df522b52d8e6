"""Steering the running meeting from outside the console: next, item, pause, resume, handover, stop."""

from typing import TYPE_CHECKING, Annotated

import typer

from ui.cli.context import HomeOption, JsonOption, home_at, print_json, records_at, say
from ui.locale import _

if TYPE_CHECKING:
    from collections.abc import Callable

    from meeting.stream.messages import ClientCommand

app = typer.Typer()


@app.command(help=_("The next agenda item becomes the current one."))
def next(home: HomeOption = None, json: JsonOption = False) -> None:
    from meeting.stream.messages import Next

    _give(home, json, lambda new_id: Next(id=new_id), moved)


@app.command(help=_("Goes to the agenda item with this number."))
def item(
    number: Annotated[int, typer.Argument(metavar="N", help=_("The item's number."))],
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    from meeting.stream.messages import Item

    _give(home, json, lambda new_id: Item(id=new_id, number=number), moved)


@app.command(help=_("Closes the microphone; nothing is recorded until `meeting resume`."))
def pause(
    recess: Annotated[
        bool, typer.Option("--recess", help=_("The meeting has a break; no item is current."))
    ] = False,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    from meeting.stream.messages import Pause

    sentence = _("Paused: the microphone is closed.")
    _give(home, json, lambda new_id: Pause(id=new_id, recess=recess), lambda _result: sentence)


@app.command(help=_("Opens the microphone again."))
def resume(home: HomeOption = None, json: JsonOption = False) -> None:
    from meeting.stream.messages import Resume

    _give(home, json, lambda new_id: Resume(id=new_id), lambda _result: _("Recording goes on."))


@app.command(help=_("Somebody else looks after the record from now on; recording goes on as it is."))
def handover(
    to: Annotated[str, typer.Argument(metavar="NAME", help=_("Who takes over."))],
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    from meeting.stream.messages import HandOver

    sentence = _("{name} looks after the record from now on.").format(name=to)
    _give(home, json, lambda new_id: HandOver(id=new_id, to=to), lambda _result: sentence)


@app.command(help=_("Ends the meeting: the last words are written, the sound is sealed."))
def stop(home: HomeOption = None, json: JsonOption = False) -> None:
    from meeting.errors import NoService
    from meeting.stream.messages import Stop

    try:
        _give(
            home,
            json,
            lambda new_id: Stop(id=new_id),
            lambda _result: _("The meeting has ended; its record is complete."),
        )
    except NoService:
        _stop_alone(home, json)


def _stop_alone(home: HomeOption, json: bool) -> None:
    """No service is there: the recorder is told to end, and says what is left to be done."""
    from meeting.stopping import stop_alone

    records = records_at(home)
    try:
        stopped = stop_alone(records, "secretary")
    finally:
        records.close()
    if json:
        print_json(stopped)
        return
    say(_("The recording of the meeting {meeting} has ended; its sound is safe.").format(meeting=stopped.meeting))
    say(_("No service was running: `meeting serve` writes the last words and completes the record."))


def moved(result: object) -> str:
    """The sentence about the item that is the current one now, if any is left."""
    match result:
        case {"number": int(number), "title": title}:
            return _("Item {number}: {title}").format(number=number, title=title)
        case _:
            return _("The last item is closed; no item is current now.")


def _give(
    home: HomeOption, json: bool, make: "Callable[[str], ClientCommand]", sentence: "Callable[[object], str]"
) -> None:
    import asyncio

    from ui.cli.remote import give

    result = asyncio.run(give(home_at(home), make))
    if json:
        print_json(result)
    else:
        say(sentence(result))
