"""Which part of the service carries out which command."""

from collections.abc import Callable
from typing import Protocol

from meeting.names import name_of
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


class Starting(Protocol):
    """Begins a stored meeting; its id once sound is being recorded."""

    async def __call__(self, name: str, options: RunOptions, by: str) -> str: ...


async def carry_out(command: ClientCommand, by: str, start: Starting, running: Callable[[], Session]) -> object:
    """Does a command of a client, in the name `by`, and answers as the command's type says. Raises what refuses it."""
    match command:
        case Start():
            return {"meeting": await start(command.meeting, _options(command), by)}
        case Next() | Item():
            return await running().steer(command, by)
        case Pause(recess=recess):
            await running().pause(by, recess, command.id)
        case Resume():
            await running().resume(by, command.id)
        case HandOver(to=to):
            await running().hand_over(name_of(to), by, command.id)
        case Stop():
            await running().stop(by)
        case Share(audience=audience, transcript=transcript):
            return await running().share(audience, transcript, by, command.id)
        case Record(recording=recording):
            return await running().record(recording, by, command.id)
        case _:
            return await running().correct(command, by)  # type: ignore[arg-type] # what is left are corrections
    return None


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
