"""Which key does what, as data. F10 and F11 belong to terminals; no bare letters, since people type Chinese here."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from textual.binding import Binding

from models.refusal import N_
from ui.console.errors import UnknownBinding

Place = Literal["app", "meeting"]


@dataclass(frozen=True, slots=True)
class Action:
    """Something a person can do. `label` is short, for the key bar; `help` is a sentence; both are message ids.

    `where`: the method `action_<id>` is the app's, for every screen, or the meeting screen's.
    """

    id: str
    keys: str
    label: str
    help: str
    in_bar: bool = True
    where: Place = "meeting"


ACTIONS = (
    Action("next_item", "f2", N_("Next item"), N_("The next agenda item becomes the current one")),
    Action("search", "f3,slash", N_("Look up"), N_("Look up agenda, records and past minutes")),
    Action("follow", "f6", N_("Follow"), N_("Keep the newest words in view, or stay where you are")),
    Action("pause", "f7", N_("Pause"), N_("Pause the meeting's recording, or resume it")),
    Action("stop", "f8", N_("End"), N_("End the meeting and complete its record (asks once)")),
    Action("help", "f1", N_("Help"), N_("Show all keys"), where="app"),
    Action("palette", "ctrl+p", N_("Actions"), N_("Every action by its name"), where="app"),
    Action("theme", "f9", N_("Colours"), N_("Dark, light or high-contrast colours"), in_bar=False, where="app"),
    Action("leave", "escape", N_("Leave"), N_("Leave the search box"), in_bar=False),
    Action("detach", "ctrl+q", N_("Detach"), N_("Close this screen; the recording goes on"), where="app"),
)

KNOWN = {action.id: action for action in ACTIONS}
_FIRST = frozenset({"palette", "detach"})


def bindings(where: Place) -> list[Binding]:
    """Textual's bindings of the actions of one place; its method `action_<id>` does each."""
    return [
        Binding(action.keys, action.id, action.label, show=False, priority=action.id in _FIRST, id=action.id)
        for action in ACTIONS
        if action.where == where
    ]


def overrides(settings: Mapping[str, str]) -> dict[str, str]:
    """Checks a person's own keys (`{action id: "f4,ctrl+n"}`); raises `UnknownBinding` for an unknown action."""
    for name in settings:
        if name not in KNOWN:
            raise UnknownBinding(name=name, known=", ".join(sorted(KNOWN)))
    return dict(settings)


def key_name(action: Action, settings: Mapping[str, str]) -> str:
    """The first key of an action as people write it: `F2`, `Ctrl+P`."""
    first = settings.get(action.id, action.keys).split(",")[0]
    return "+".join(part.capitalize() for part in first.split("+")).replace("Escape", "Esc")
