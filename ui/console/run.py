"""Runs the console in this terminal until the person leaves it."""

from collections.abc import Mapping

from ui.console.app import ConsoleApp, ExitReason
from ui.console.stream import Connect
from ui.locale import _


def run_console(connect: Connect, keys: Mapping[str, str] | None = None) -> ExitReason:
    """Shows the meeting that `connect` opens; blocks.

    Returns why it closed: `ended` (the meeting did), `stopped` (from here), `detached` (the meeting goes on, and
    a line on stdout says so). Raises the service's `Refusal` when it will not talk with us, `UnknownBinding`
    when `keys` names no action.
    """
    app = ConsoleApp(connect, keys)
    reason = app.run() or "detached"
    if app.refusal is not None:
        raise app.refusal
    if reason == "detached":
        print(_("The meeting goes on and is being recorded. `meeting console` comes back to it."))
    return reason
