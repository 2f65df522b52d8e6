"""The meeting screen: the transcript beside the agenda, look-up, and the state of the recording."""

from collections.abc import Callable
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import Screen

from meeting.domain.events import ItemMoved
from meeting.stream.messages import ClientCommand, Next, Pause, Resume, Stop
from ui.console.commands import EARLIER_KINDS, Commands
from ui.console.keymap import bindings
from ui.console.model import Change, MeetingModel, Part
from ui.console.screens.passage import PassageScreen
from ui.console.screens.stop import StopScreen
from ui.console.widgets.agenda import AgendaPane
from ui.console.widgets.search import SearchPane
from ui.console.widgets.status import KeyBar, ProblemLine, StatusLine
from ui.console.widgets.transcript import TranscriptPane, TranscriptView
from ui.locale import _

NARROW_COLUMNS = 100


class MeetingScreen(Screen[None]):
    """Draws a `MeetingModel` and turns keys into `Commands`."""

    AUTO_FOCUS = "#transcript"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("meeting")]

    def __init__(self, model: MeetingModel, commands: Commands, keys: dict[str, str]) -> None:
        super().__init__()
        self._model = model
        self._commands = commands
        self._keys = keys
        self._looked_up: str | None = None
        self._complete = False
        self.stopped_here = False
        """The meeting was ended from this console."""

    def compose(self) -> ComposeResult:
        with Horizontal(id="desk"):
            yield TranscriptPane(id="record")
            with Vertical(id="side"):
                yield AgendaPane()
                yield SearchPane()
        yield ProblemLine()
        yield StatusLine()
        yield KeyBar(self._keys)

    @property
    def transcript(self) -> TranscriptView:
        """The window onto the record."""
        return self.query_one(TranscriptView)

    @property
    def search(self) -> SearchPane:
        """The search box and its hits."""
        return self.query_one(SearchPane)

    def show(self, change: Change) -> None:
        """Draws what a change touched; before the first drawing nothing, since that one is of everything."""
        if not self._complete:
            return
        if Part.TRANSCRIPT in change.parts:
            self.transcript.show(self._model, change.first_row)
        # Behind the hits the agenda has no width to break its titles by; it is drawn when it comes back.
        if change.parts & (Part.AGENDA | Part.HEAD) and not self.has_class("-searching"):
            self.query_one(AgendaPane).show(self._model)
        if change.parts & (Part.STATUS | Part.HEAD):
            self._show_state()
        self._look_up_current()

    def on_mount(self) -> None:
        self.call_after_refresh(self._draw_all)

    def _draw_all(self) -> None:
        # A console that is refused at once may be gone before its widgets are there.
        self._complete = bool(self.query(TranscriptView))
        self.show(Change(Part.HEAD | Part.TRANSCRIPT | Part.AGENDA | Part.STATUS, 0))

    def on_resize(self, event: events.Resize) -> None:
        self.set_class(event.size.width < NARROW_COLUMNS, "-narrow")
        self.call_after_refresh(self.show, Change(Part.AGENDA))

    def heard(self, message: object) -> None:
        """Takes each message of the stream after the model has: what is to be told once, not shown."""
        match message:
            case ItemMoved(by="voice", state="ongoing", number=number) if self._model.live:
                self.notify(_("Item {number}: the chair called it").format(number=number), markup=False)

    def give(self, make: Callable[[str], ClientCommand]) -> None:
        """Sends the command that `make` gives for a fresh id, after those before it."""
        self.run_worker(self._commands.give(make), group="commands")

    def action_next_item(self) -> None:
        self.give(lambda id: Next(id=id))

    def action_pause(self) -> None:
        self.give(lambda id: Resume(id=id) if self._model.paused else Pause(id=id))

    def action_stop(self) -> None:
        if self._model.ended is None and self.is_current:
            self.app.push_screen(StopScreen(), self._stop_answered)

    def _stop_answered(self, ended: bool | None) -> None:
        if ended:
            self.run_worker(self._stop(), group="stop", exclusive=True)

    async def _stop(self) -> None:
        self.stopped_here = True
        await self._commands.give_now(lambda id: Stop(id=id))

    def action_follow(self) -> None:
        self.transcript.following = not self.transcript.following

    def action_search(self) -> None:
        self.search.open()

    def action_leave(self) -> None:
        """Back to the record."""
        self.search.leave()
        self.transcript.focus()

    async def key_enter(self) -> None:
        """After the end, Enter closes the console."""
        if self._model.ended is not None and not self.search.is_open:
            await self.run_action("app.detach")

    def _show_state(self) -> None:
        self.query_one(StatusLine).show(self._model, self.transcript.following)
        self.query_one(ProblemLine).show(self._model)
        self.query_one(KeyBar).show(self._model)
        self.set_class(self._model.lost_attempt is not None, "-old")

    def _look_up_current(self) -> None:
        """What was decided before about the current item is looked up once, without being asked."""
        entry = self._model.current
        item_id = entry.item_id if entry else None
        if item_id == self._looked_up:
            return
        self._looked_up = item_id
        self.query_one(AgendaPane).show_earlier(())
        if entry is not None:
            self.run_worker(
                self._earlier(entry.item_id, entry.matter or entry.title), group="earlier", exclusive=True
            )

    async def _earlier(self, item_id: str, query: str) -> None:
        found = await self._commands.look_up(query, EARLIER_KINDS, limit=6)
        if found is None or self._looked_up != item_id:
            return
        here = self._model.head.id if self._model.head else None
        hits = tuple(hit for hit in found.hits if hit.meeting_id is None or hit.meeting_id != here)
        self.query_one(AgendaPane).show_earlier(hits)

    @on(SearchPane.Asked)
    def _asked(self, message: SearchPane.Asked) -> None:
        self.run_worker(self._search(message.query), group="search", exclusive=True)

    async def _search(self, query: str) -> None:
        found = await self._commands.look_up(query)
        if found is not None:
            self.search.show(found)

    @on(SearchPane.Opened)
    def _search_opened(self, message: SearchPane.Opened) -> None:
        self.set_class(message.opened, "-searching")
        if not message.opened:
            self.call_after_refresh(self.show, Change(Part.AGENDA))

    @on(SearchPane.Chosen)
    def _chosen(self, message: SearchPane.Chosen) -> None:
        self.app.push_screen(PassageScreen(message.hit))

    @on(TranscriptView.FollowChanged)
    def _follow_changed(self) -> None:
        self._show_state()
