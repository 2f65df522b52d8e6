"""Which part of the service carries out which command, and in whose name."""

from collections.abc import Callable
from typing import Protocol

from meeting.errors import BadCommand
from meeting.session import Session
from meeting.store.meetings import RunOptions
from meeting.stream.messages import (
    ClientCommand,
    HandOver,
    Item,
    Next,
    Pause,
    Record,
    Resume,
    Share,
    Start,
    Stop,
)

LONGEST_NAME = 64


class Starting(Protocol):
    """Begins a stored meeting; its id once sound is being recorded."""

    async def __call__(self, name: str, options: RunOptions, by: str) -> str: ...


async def carry_out(command: ClientCommand, role: str, start: Starting, running: Callable[[], Session]) -> object:
    """Does a command of a client and answers as the command's type says. Raises what refuses it."""
    by = name_of(command.who) if command.who else role
    match command:
        case Start():
            return {"meeting": await start(command.meeting, _options(command), by)}
        case Next() | Item():
            return await running().steer(command, by)
        case Pause(recess=recess):
            await running().pause(by, recess)
        case Resume():
            await running().resume(by)
        case HandOver(to=to):
            await running().hand_over(name_of(to), by)
        case Stop():
            await running().stop(by)
        case Share(audience=audience, transcript=transcript):
            return await running().share(audience, transcript, by)
        case Record(recording=recording):
            return await running().record(recording, by)
        case _:
            return await running().correct(command, by)  # type: ignore[arg-type] # what is left are corrections
    return None


def name_of(given: str) -> str:
    """A person's name on one line. Raises BadCommand."""
    name = given.strip()
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise BadCommand(why=f"a name has 1 to {LONGEST_NAME} characters on one line")
    return name


def _options(command: Start) -> RunOptions:
    return RunOptions(
        source=command.source,
        device=command.device,
        pace=command.pace,
        follow_chair=command.follow_chair,
        model=command.model,
        language=command.language,
        figures=command.figures,
    )
