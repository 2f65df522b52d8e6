"""An app that goes away goes quietly: what was on its way then finds no screen and no widget, and harms nobody."""

from typing import Generic, TypeVar

from textual.app import App, ScreenError
from textual.css.query import NoMatches
from textual.dom import NoScreen
from textual.worker import WorkerFailed

Result = TypeVar("Result")

GONE = (ScreenError, NoMatches, NoScreen)


class LeavesQuietly(App[Result], Generic[Result]):
    """Timers, workers and messages may come after the screens were closed, and before the app's own queue is."""

    def _handle_exception(self, error: Exception) -> None:
        cause = error.error if isinstance(error, WorkerFailed) else error
        if self.is_running or not isinstance(cause, GONE):
            super()._handle_exception(error)
