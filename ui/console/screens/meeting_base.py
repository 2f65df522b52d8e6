"""What every part of the meeting screen has at hand: the model, the commands, the record and what is selected in it."""

import asyncio
from collections.abc import Callable
from datetime import date

from textual.screen import Screen

from meeting.domain.events import Segment
from meeting.home import Home
from meeting.stream.messages import ClientCommand
from ui.console.commands import Commands
from ui.console.editing.editor import EditorPanel
from ui.console.editing.speaking import Speaking
from ui.console.kept import Keeper
from ui.console.model import MeetingModel
from ui.console.playing import Player
from ui.console.screens.choose import ChooseScreen, Chosen, Value
from ui.console.widgets.transcript import TranscriptView
from ui.locale import _

LAST_SENTENCES = 2


class MeetingBase(Screen[None]):
    """One meeting, and one person's hands on it."""

    def __init__(self, model: MeetingModel, commands: Commands, home: Home | None = None) -> None:
        super().__init__()
        self._model = model
        self._commands = commands
        self._keeper = Keeper(home, self._not_kept)
        self._player = Player(home)
        self._speaking = Speaking()

    @property
    def transcript(self) -> TranscriptView:
        """The window onto the record."""
        return self.query_one(TranscriptView)

    @property
    def editor(self) -> EditorPanel:
        """The field in which a sentence is edited."""
        return self.query_one(EditorPanel)

    @property
    def meeting_id(self) -> str:
        """The id of the meeting that is shown; empty without one."""
        return self._model.head.id if self._model.head else ""

    @property
    def held_on(self) -> date | None:
        """The meeting's date."""
        try:
            return date.fromisoformat(self._model.head.date) if self._model.head else None
        except ValueError:
            return None

    def chosen(self, last: int = 1) -> tuple[Segment, ...]:
        """The selected sentences, else the `last` of those that were spoken."""
        selected = self.transcript.selected
        if selected:
            return selected
        spoken = [row for row in self._model.rows[-last - 8 :] if isinstance(row, Segment)]
        return tuple(spoken[-last:])

    def give(self, make: Callable[[str], ClientCommand]) -> None:
        """Sends the command that `make` gives for a fresh id, after those before it."""
        self.run_worker(self._commands.give(make), group="commands")

    def choose(self, screen: ChooseScreen[Value], then: Callable[[Chosen[Value]], None]) -> None:
        """Lays a list over the meeting, which goes on; `then` is told what was chosen, if anything was."""
        if self.is_current:
            self.app.push_screen(screen, lambda chosen: then(chosen) if chosen is not None else None)

    def show_speaker(self) -> None:
        """Draws who is taken for the speaker; the screen knows where."""
        raise NotImplementedError

    def tell(self, text: str, *, failed: bool = False) -> None:
        """Says something once."""
        self.notify(text, severity="error" if failed else "information", markup=False)

    def _not_kept(self) -> None:
        text = _("What you type cannot be kept beyond this window, the disk cannot be written: do not close it.")
        self.tell(text, failed=True)

    async def in_thread(self, do: Callable[[], Value]) -> Value:
        """What takes a moment, beside the loop."""
        return await asyncio.to_thread(do)
