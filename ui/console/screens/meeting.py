"""The meeting screen: the transcript beside the agenda, look-up, and the state of the recording."""

from typing import ClassVar

import msgspec
from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.timer import Timer
from textual.widgets import Static

from meeting.domain.events import ItemMoved, Phase, Segment
from meeting.home import Home
from meeting.stream.messages import Status, Stop, Suggestion, Welcome
from ui.console.commands import Commands
from ui.console.editing.editor import EditorPanel
from ui.console.hits import hit_of
from ui.console.keymap import bindings
from ui.console.model import Change, MeetingModel, Part
from ui.console.resting import Place
from ui.console.screens.meeting_record import RecordHands
from ui.console.screens.meeting_results import ResultHands
from ui.console.screens.passage import PassageScreen
from ui.console.screens.stop import StopScreen
from ui.console.widgets.agenda import AgendaPane
from ui.console.widgets.search import SearchPane
from ui.console.widgets.status import KeyBar, ProblemLine, StatusLine
from ui.console.widgets.transcript import TranscriptPane, TranscriptView
from ui.console.wrapping import clean
from ui.locale import _

NARROW_COLUMNS = 100
SUGGESTED_S = 30.0
"""A suggestion that nobody takes goes away by itself."""


class MeetingScreen(RecordHands, ResultHands):
    """Draws a `MeetingModel` and turns keys into `Commands`."""

    AUTO_FOCUS = "#transcript"
    PLACE = "meeting"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("meeting")]

    def __init__(self, model: MeetingModel, commands: Commands, home: Home | None = None) -> None:
        super().__init__(model, commands, home)
        self._looks_back = False
        self._suggestion: Suggestion | None = None
        self._fading: Timer | None = None
        self._complete = False
        self._taken_up = False
        self.stopped_here = False
        """The meeting was ended from this console."""

    def compose(self) -> ComposeResult:
        with Horizontal(id="desk"):
            with Vertical(id="record"):
                yield TranscriptPane(id="spoken")
                yield EditorPanel(self._keeper)
            with Vertical(id="side"):
                yield AgendaPane()
                yield SearchPane(self._commands)
        yield Static(id="offer", markup=False)
        yield Static(id="suggestion", markup=False)
        yield ProblemLine()
        yield StatusLine()
        yield KeyBar()

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
        self._look_back_once()

    def on_mount(self) -> None:
        self.call_after_refresh(self._draw_all)

    def _draw_all(self) -> None:
        # A console that is refused at once may be gone before its widgets are there.
        self._complete = bool(self.query(TranscriptView))
        self.show(Change(Part.HEAD | Part.TRANSCRIPT | Part.AGENDA | Part.STATUS, 0))
        if self._model.live and self._complete:
            self._take_up()

    def on_resize(self, event: events.Resize) -> None:
        self.set_class(event.size.width < NARROW_COLUMNS, "-narrow")
        self.call_after_refresh(self.show, Change(Part.AGENDA))

    def heard(self, message: object) -> None:
        """Takes each message of the stream after the model has: what is to be told or done once, not shown."""
        match message:
            case Segment():
                self.editor.revised(message)
                if self._model.live:
                    self.name_new(message)
                    self.chair_said(message)
            case ItemMoved() if self._model.live:
                self.moved(message)
            case Phase() if self._model.live:
                self.phase_entered(message)
            case Welcome():
                self._looks_back = True
            case Suggestion() if self._model.live:
                self._suggest(message)
            case Status():
                self._take_up()

    def _take_up(self) -> None:
        """Once the record is here, what was left unsaved is taken up again."""
        if self._taken_up or not self._complete:
            return
        self._taken_up = True
        self.take_up_draft()
        self.take_up_form()

    def go_back(self, place: Place) -> None:
        """To the sentence that was selected, and the lines that were in view, when a console was last here."""
        if place.segment is not None:
            self.transcript.select(place.segment)
        if not place.following:
            self.transcript.go_to(place.row, place.offset)
        if place.speaker and place.item == self._model.current_item:
            self._speaking.goes_on(place.speaker, place.speaker_since_ms)
            for row in self._model.rows:
                if isinstance(row, Segment):
                    self.name_new(row)
            self.show_speaker()

    def place(self, here: Place) -> Place:
        """`here` with what is in view and selected."""
        row, offset = self.transcript.place
        selected = self.transcript.selected
        return msgspec.structs.replace(
            here,
            following=self.transcript.following,
            row=row,
            offset=offset,
            segment=selected[-1].segment_id if selected else None,
            speaker=self._speaking.person,
            speaker_since_ms=self._speaking.since_ms,
            item=self._model.current_item,
        )

    def action_edit(self) -> None:
        """After the end, Enter shows what came of the meeting."""
        if self._model.ended is None:
            super().action_edit()
        elif not self.search.is_open:
            self.run_worker(self.run_action("app.afterwards"))

    def action_stop(self) -> None:
        if self._model.ended is None and self.is_current:
            self.app.push_screen(StopScreen(self.editor.unsaved), self._stop_answered)

    def _stop_answered(self, ended: bool | None) -> None:
        if ended:
            self.run_worker(self._stop(), group="stop", exclusive=True)

    async def _stop(self) -> None:
        self.stopped_here = True
        await self._commands.give_now(lambda id: Stop(id=id))

    def action_follow(self) -> None:
        self.transcript.following = not self.transcript.following

    async def action_search(self) -> None:
        """Looks up beside the record; pressed again, in the whole archive."""
        if self.search.is_open:
            await self.run_action(f"app.archive({self.search.words!r})")
        else:
            self.search.open()
            if self._suggestion is not None:
                self.search.propose(
                    self._suggestion.mention, hit_of(self._suggestion.source, self._suggestion.text)
                )
                self._suggest(None)

    def _suggest(self, suggestion: Suggestion | None) -> None:
        """Says quietly that something known was mentioned; it takes neither focus nor key away."""
        self._suggestion = suggestion
        if self._fading is not None:
            self._fading.stop()
        line = self.query_one("#suggestion", Static)
        line.display = suggestion is not None
        if suggestion is not None:
            known = " · ".join(filter(None, (suggestion.source.date, clean(suggestion.title))))
            text = _("F3 opens {mention}: {known}")
            line.update(text.format(mention=clean(suggestion.mention), known=known))
            self._fading = self.set_timer(SUGGESTED_S, lambda: self._suggest(None))

    def action_leave(self) -> None:
        """Back to the newest words: from the search box, from a selection, from an offer."""
        if self.search.is_open:
            self.search.leave()
        elif self.offered is not None:
            self.offered = None
            self.show_offer()
        elif self._suggestion is not None:
            self._suggest(None)
        elif self.transcript.selected:
            self.transcript.select(None)
            self.transcript.following = True
        self.transcript.focus()

    def show_offer(self) -> None:
        """What the chair has announced, and the key that does it."""
        line = self.query_one("#offer", Static)
        offer = self.offered
        line.display = offer is not None
        if offer is not None and offer.target is not None:
            item = next((one for one in self._model.items if one.number == offer.target), None)
            title = clean(item.title) if item else ""
            text = _("The chair calls item {number} {title}: F2 goes there, Esc does not.")
            line.update(text.format(number=offer.target, title=title))
        elif offer is not None and offer.phase == "recess":
            line.update(_("The chair announces a recess: F12 begins it, Esc does not."))
        elif offer is not None:
            line.update(_("The chair closes the meeting: F8 ends it, Esc does not."))

    def _show_state(self) -> None:
        self.show_speaker()
        self.query_one(ProblemLine).show(self._model)
        self.query_one(KeyBar).show(self._model)
        self.set_class(self._model.lost_attempt is not None, "-old")

    def show_speaker(self) -> None:
        """The status line names whoever is taken for the speaker of what comes."""
        following, unsaved = self.transcript.following, self.editor.unsaved
        self.query_one(StatusLine).show(self._model, following, unsaved, self._speaking.person or "")

    def _look_back_once(self) -> None:
        """Who comes while an item is being discussed asks for what was before it; later it is told."""
        if self._looks_back and self._model.live and self._model.current is not None:
            self._looks_back = False
            if self._model.background is None:
                self.run_worker(self._look_back(), group="earlier", exclusive=True)

    async def _look_back(self) -> None:
        found = await self._commands.look_back()
        if found is not None:
            self._model.recall(found)
            self.show(Change(Part.AGENDA))

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
        self.app.push_screen(PassageScreen(message.hit, self._commands))

    @on(TranscriptView.SelectionChanged)
    @on(TranscriptView.FollowChanged)
    @on(EditorPanel.Closed)
    @on(EditorPanel.Typed)
    def _follow_changed(self) -> None:
        self._show_state()
