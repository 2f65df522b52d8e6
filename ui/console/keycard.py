"""All keys as one page of text, read from the table that the console itself reads."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rich.cells import cell_len

from ui.console.keymap import ACTIONS, MOVES, Place, key_name
from ui.console.wrapping import wrap
from ui.locale import _

KEY_CELLS = 9
PAGE_CELLS = 80
PLACES: tuple[Place, ...] = ("meeting", "app", "start", "archive", "after")


@dataclass(frozen=True, slots=True)
class Row:
    """One action. `key` is empty where only the palette has it."""

    id: str
    key: str
    where: Place
    help: str


def place_name(where: Place) -> str:
    """A screen's name as a heading."""
    return {
        "meeting": _("During the meeting"),
        "app": _("Everywhere"),
        "start": _("Before the meeting"),
        "archive": _("In the archive"),
        "after": _("After the meeting"),
        "display": _("Room display"),
    }[where]


def rows() -> Iterator[Row]:
    """Every action, as the console has them."""
    for action in ACTIONS:
        yield Row(action.id, key_name(action, {}), action.where, _(action.help))


def keys_of(where: Place, settings: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The keys of one place with what they do; the key is empty where only the palette has the action."""
    if where == "meeting":
        yield from ((key, _(told)) for key, told in MOVES)
    for action in ACTIONS:
        if action.where == where:
            yield key_name(action, settings), _(action.help)


def card() -> Iterator[str]:
    """The lines of the page, at most 80 cells wide."""
    for where in PLACES:
        yield f"── {place_name(where)} " + "─" * (PAGE_CELLS - 4 - cell_len(place_name(where)))
        for key, told in keys_of(where, {}):
            for at, line in enumerate(wrap(told, PAGE_CELLS - KEY_CELLS) if key else ()):
                yield f"{key if at == 0 else '':<{KEY_CELLS}}{line}"
    without = _(", ").join(_(action.label) for action in ACTIONS if not action.keys)
    text = _("{key} finds every action by its name, these too: {names}").format(key="Ctrl+P", names=without)
    yield "─" * PAGE_CELLS
    yield from wrap(text, PAGE_CELLS)
