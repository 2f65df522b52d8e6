"""The line that says on every screen that the connection is lost, and that what is shown is old."""

from collections.abc import Iterable
from typing import Any

from textual.screen import Screen
from textual.widgets import Static

from ui.console.health import problems
from ui.console.model import MeetingModel
from ui.locale import _

OLD = "-old"


class LostLine(Static):
    """At the foot of a screen that has no line of its own for what is wrong."""

    SCOPED_CSS = False
    DEFAULT_CSS = """
    LostLine { dock: bottom; height: auto; padding: 0 1; background: $error; color: $background; text-style: bold; }
    .-old #start-desk, .-old #archive-desk, .-old #after-desk { background: $panel; }
    """


def mark_lost(screens: Iterable[Screen[Any]], model: MeetingModel) -> None:
    """Puts the line on each of the screens while the connection is lost, and takes it away after."""
    lost = model.lost_attempt is not None
    for screen in screens:
        line = next(iter(screen.query(LostLine)), None)
        if not lost and line is not None:
            line.remove()
            screen.remove_class(OLD)
        elif lost and line is None and screen.is_mounted:
            screen.mount(LostLine(_text(model), markup=False))
            screen.add_class(OLD)


def _text(model: MeetingModel) -> str:
    if model.head is None or model.ended is not None:
        return _("Reconnecting. What is shown is old.")
    return problems(model)[0].text
