"""Which key does what, as data. F10 and F11 belong to terminals; no bare letters, since people type Chinese here."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

from textual.binding import Binding

from models.refusal import N_
from ui.console.errors import UnknownBinding

Place = Literal["app", "meeting", "archive", "after", "start", "display"]


@dataclass(frozen=True, slots=True)
class Action:
    """Something a person can do. `label` is short, for the key bar; `help` is a sentence; both are message ids.

    `where`: the method `action_<id>` is the app's, for every screen, or that of the screen named.
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
    Action("decide", "f4", N_("Decide"), N_("A decision or an action from the selected or the last sentences")),
    Action(
        "results", "", N_("Decided"), N_("What was decided and assigned: word it anew, or take it back (F4 twice)")
    ),
    Action("speaker", "f5", N_("Speaker"), N_("Say who speaks: from now on, or in the selected sentences")),
    Action("follow", "f6", N_("Follow"), N_("Keep the newest words in view, or stay where you are")),
    Action("pause", "f7", N_("Pause"), N_("Pause the meeting's recording, or resume it")),
    Action("stop", "f8", N_("End"), N_("End the meeting and complete its record (asks once)")),
    Action(
        "recess", "f12", N_("Recess"), N_("A break: the microphone closes; the same key goes on"), in_bar=False
    ),
    Action("edit", "enter", N_("Edit"), N_("Edit the selected sentence; what is spoken goes on"), in_bar=False),
    Action(
        "range",
        "space",
        N_("Several"),
        N_("From the selected sentence on, ↑ ↓ choose several (also where Shift+↑ ↓ does not arrive)"),
        in_bar=False,
    ),
    Action("undo", "ctrl+u", N_("Undo"), N_("Take back your last change to the record"), in_bar=False),
    Action("redo", "ctrl+y", N_("Redo"), N_("Do again what you took back"), in_bar=False),
    Action(
        "join", "ctrl+x", N_("Join"), N_("Join the selected sentences, or the one with the next"), in_bar=False
    ),
    Action("split", "ctrl+d", N_("Split"), N_("While editing: make two sentences at the cursor"), in_bar=False),
    Action("refile", "ctrl+r", N_("Move"), N_("Move the selected sentences to another item"), in_bar=False),
    Action(
        "star", "ctrl+k", N_("★ Key"), N_("Mark the sentence ★ important, or take the mark away"), in_bar=False
    ),
    Action(
        "doubt",
        "ctrl+f",
        N_("? Check"),
        N_("Mark the sentence ? to be checked, or take the mark away"),
        in_bar=False,
    ),
    Action("note", "ctrl+n", N_("Note"), N_("Write a note on the sentence, or on the item"), in_bar=False),
    Action("listen", "ctrl+l", N_("Listen"), N_("Play the sound of the sentence on the headphones"), in_bar=False),
    Action("headphones", "", N_("Headphones"), N_("Choose the device on which you listen"), in_bar=False),
    Action(
        "go_to",
        "ctrl+g",
        N_("Go to item"),
        N_("Go to any item; defer, withdraw or restore it there"),
        in_bar=False,
    ),
    Action("insert", "ctrl+t", N_("Late item"), N_("Put a late item into the agenda"), in_bar=False),
    Action(
        "attendance", "ctrl+e", N_("Attendance"), N_("Who comes, leaves, or is recused for the item"), in_bar=False
    ),
    Action("positions", "ctrl+o", N_("Positions"), N_("What each member says to the item (表态)"), in_bar=False),
    Action("facets", "f2", N_("Narrow"), N_("Choose what the archive's hits are narrowed to"), where="archive"),
    Action("query", "f3", N_("Look up"), N_("Back to the words that are looked for"), where="archive"),
    Action("hear", "ctrl+l", N_("Listen"), N_("Play the sound of the passage on the headphones"), where="archive"),
    Action("verify", "f4", N_("Check"), N_("Is the record as it was written?"), where="after"),
    Action("export", "f5", N_("Export"), N_("Write the record to a file"), where="after"),
    Action("new_meeting", "f8", N_("New meeting"), N_("From the ended meeting to the next one"), where="after"),
    Action("agenda_file", "f2", N_("From a file"), N_("Make a meeting from an agenda file"), where="start"),
    Action("microphones", "f4", N_("Microphone"), N_("Choose the microphone by its moving level"), where="start"),
    Action("sentence", "f5", N_("Test"), N_("Say a sentence and see what is understood"), where="start"),
    Action("check_again", "f6", N_("Check again"), N_("Look again whether all is ready"), where="start"),
    Action("begin", "f8", N_("Begin"), N_("Begin the chosen meeting: from now on it is recorded"), where="start"),
    Action("help", "f1", N_("Help"), N_("Show all keys"), where="app"),
    Action("palette", "ctrl+p", N_("Actions"), N_("Every action by its name"), where="app"),
    Action("theme", "f9", N_("Colours"), N_("Dark, light or high-contrast colours"), in_bar=False, where="app"),
    Action(
        "share",
        "ctrl+backslash",
        N_("Show what is said"),
        N_("Show what is said on the room's display or to participants, or no longer"),
        in_bar=False,
        where="app",
    ),
    Action("archive", "", N_("Archive"), N_("Search everything there is, with a reading pane"), where="app"),
    Action("display", "", N_("Room display"), N_("The current item, large, for a projector"), where="app"),
    Action("afterwards", "", N_("After the meeting"), N_("Record, decisions, actions, export"), where="app"),
    Action(
        "start",
        "",
        N_("Begin a meeting"),
        N_("Choose a meeting and the microphone, see that all is ready"),
        where="app",
    ),
    Action("back", "escape", N_("Back"), N_("Back to the meeting"), where="app"),
    Action("leave", "escape", N_("Leave"), N_("Leave the search box, the selection or the offer"), in_bar=False),
    Action(
        "detach",
        "ctrl+right_square_bracket",
        N_("Detach"),
        N_("Close this screen; the recording goes on"),
        where="app",
    ),
)

MOVES = (
    ("↑ ↓", N_("Choose a sentence; Shift+↑ ↓ several")),
    ("PgUp", N_("Read back; PgDn on; Home the beginning, End the newest words")),
)
"""What every list of keys has beside the actions: moving in the record."""

KNOWN = {action.id: action for action in ACTIONS}
_SIGNS = {"escape": "Esc", "right_square_bracket": "]", "backslash": "\\"}
_FIRST = frozenset({"palette", "detach"})


def bindings(where: Place) -> list[Binding]:
    """Textual's bindings of the actions of one place; its method `action_<id>` does each."""
    return [
        Binding(action.keys, action.id, action.label, show=False, priority=action.id in _FIRST, id=action.id)
        for action in ACTIONS
        if action.where == where and action.keys
    ]


def overrides(settings: Mapping[str, str]) -> dict[str, str]:
    """Checks a person's own keys (`{action id: "f4,ctrl+n"}`); raises `UnknownBinding` for an unknown action."""
    for name in settings:
        if name not in KNOWN:
            raise UnknownBinding(name=name, known=", ".join(sorted(KNOWN)))
    return dict(settings)


@runtime_checkable
class OwnKeys(Protocol):
    """An app that knows a person's own keys."""

    keys: Mapping[str, str]


def own_keys(app: object) -> Mapping[str, str]:
    """A person's own keys, by action id, as the app has them."""
    return app.keys if isinstance(app, OwnKeys) else {}


def key_name(action: Action, settings: Mapping[str, str]) -> str:
    """The first key of an action as people write it: `F2`, `Ctrl+P`, `Ctrl+]`."""
    first = settings.get(action.id, action.keys).split(",")[0]
    return "+".join(_SIGNS.get(part, part.capitalize()) for part in first.split("+"))
