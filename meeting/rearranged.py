"""The commands that steer the agenda, as events. Pure."""

from meeting.domain.agenda import Agenda
from meeting.domain.events import Event
from meeting.domain.rearranging import inserted, late_item, reordered, restored, taken_off
from meeting.domain.state import AgendaState
from meeting.errors import BadCommand
from meeting.names import name_of
from meeting.stream.messages import Item, Next

LONGEST_TITLE = 300


def rearranged(command: Next | Item, state: AgendaState, agenda: Agenda, by: str) -> list[Event]:
    """The events of a command. `agenda` is the meeting's as it was read. Raises a CommandError."""
    if isinstance(command, Next):
        return state.next(by)
    if command.action == "insert":
        return [_inserted(command, state, agenda, by)]
    if command.action == "reorder":
        return [reordered(state, command.order, by)]
    if command.number is None:
        raise BadCommand(why="item needs a number")
    match command.action:
        case "defer":
            return taken_off(state, command.number, "deferred", by)
        case "withdraw":
            return taken_off(state, command.number, "withdrawn", by)
        case "restore":
            return restored(state, command.number, by)
        case _:
            return state.go_to(command.number, by, command.together)


def _inserted(command: Item, state: AgendaState, agenda: Agenda, by: str) -> Event:
    title = " ".join(command.title.split())
    if not 0 < len(title) <= LONGEST_TITLE or not title.isprintable():
        raise BadCommand(why=f"an item has a title of 1 to {LONGEST_TITLE} characters")
    entry = late_item(
        state,
        agenda,
        title,
        presenter=name_of(command.presenter) if command.presenter.strip() else "",
        presenting_units=command.presenting_units,
        minutes_planned=command.minutes_planned,
    )
    return inserted(state, entry, command.number, by)
