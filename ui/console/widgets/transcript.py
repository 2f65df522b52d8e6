"""The transcript: a window of lines onto a record of any length."""

from typing import Any, ClassVar

from rich.segment import Segment as Cell
from rich.style import Style
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.geometry import Size
from textual.message import Message
from textual.reactive import var
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widgets import Static

from meeting.domain.events import Segment
from ui.console.layout import TIME_CELLS, Layout, Line, LineKind
from ui.console.model import MeetingModel
from ui.console.rows import Key
from ui.console.selection import Selection
from ui.console.wrapping import cells
from ui.locale import _

RANGING_KEYS = frozenset({"up", "down", "shift+up", "shift+down", "pageup", "pagedown", "space"})
"""With them a person goes on choosing several sentences; any other key does something with what is chosen."""


class TranscriptView(ScrollView, can_focus=True):
    """Draws the lines in view. Follows the newest words until a person scrolls up or selects a sentence."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "select(-1)", show=False),
        Binding("down", "select(1)", show=False),
        Binding("shift+up", "select(-1, True)", show=False),
        Binding("shift+down", "select(1, True)", show=False),
    ]

    COMPONENT_CLASSES = {
        "transcript--time",
        "transcript--speaker",
        "transcript--heading",
        "transcript--gap",
        "transcript--stable",
        "transcript--unstable",
        "transcript--note",
        "transcript--badge",
        "transcript--unsure",
        "transcript--selected",
    }

    following: var[bool] = var(True)
    """The newest words are kept in view."""

    class FollowChanged(Message):
        """The view began to follow, or let go."""

        def __init__(self, following: bool) -> None:
            self.following = following
            super().__init__()

    class SelectionChanged(Message):
        """Other sentences are selected, or none."""

    class NewContent(Message):
        """Words came below what is in view."""

    def __init__(self) -> None:
        super().__init__(id="transcript")
        self._layout = Layout()
        self._model = MeetingModel()
        self._moving = False
        self._selection = Selection()
        self._selected_row: int | None = None
        self._ranging = False

    @property
    def selected(self) -> tuple[Segment, ...]:
        """The selected sentences, in order."""
        return self._selection.segments(self._model)

    def select(self, segment_id: str | None, *, extend: bool = False) -> None:
        """Selects one sentence (`extend`: all up to it) and brings it into view; None selects none."""
        self._ranging = self._ranging and extend
        self._selection = self._selection.to(segment_id, extend=extend)
        row = self._model.place_of(segment_id)
        lines = self._layout.lines_of(row) if row is not None else None
        self._selected_row = row
        if lines is not None:
            self.following = False
            self._bring_into_view(*lines)
        self.refresh()
        self.post_message(self.SelectionChanged())

    def _bring_into_view(self, first: int, end: int) -> None:
        top, height = self.scroll_offset.y, self.scrollable_content_region.height
        if first < top:
            self.scroll_to(y=first, immediate=True, force=True)
        elif end > top + height:
            self.scroll_to(y=min(first, end - height), immediate=True, force=True)

    @property
    def place(self) -> tuple[Key | None, int]:
        """The row at the top of the view, and how far into it."""
        return self._layout.place(self.scroll_offset.y)

    def go_to(self, row: Key | None, offset: int) -> None:
        """Back to a `place`, whatever has come since."""
        self.following = False
        line = self._layout.find((row, offset), self._model.rows)
        self.scroll_to(y=line, immediate=True, force=True)

    def action_select(self, step: int, extend: bool = False) -> None:
        """To the sentence before or after; below the newest one, nothing is selected and the view follows."""
        extend = extend or self._ranging
        start = self._selection.cursor
        if self._model.segment(start) is None:
            found = self._selection.beside(self._model, self._beginning(), -1)
        else:
            found = self._selection.beside(self._model, self._model.place_of(start) or 0, step)
        if found is not None:
            self.select(found, extend=extend)
        elif step > 0 and not extend:
            self.select(None)
            self.following = True

    def _beginning(self) -> int:
        """The row after the one to begin with: in the place of a selected one that was split or joined, else below."""
        if self._selected_row is not None:
            return min(self._selected_row, len(self._model.rows) - 1) + 1
        bottom = self._layout.row_at(self.scroll_offset.y + self.scrollable_content_region.height - 1)
        return len(self._model.rows) if bottom is None else bottom + 1

    def begin_range(self) -> bool:
        """From now on ↑ ↓ select several, until another key does something with them; again: one. Whether they do."""
        self._ranging = not self._ranging
        if self._ranging and self._model.segment(self._selection.cursor) is None:
            self.action_select(-1)
        return self._ranging

    def on_key(self, event: events.Key) -> None:
        if event.key not in RANGING_KEYS:
            self._ranging = False

    def on_click(self, event: events.Click) -> None:
        row = self._layout.row_at(self.scroll_offset.y + event.y)
        # The record may have lost rows since it was drawn.
        if row is not None and row < len(self._model.rows):
            found = self._model.rows[row]
            if isinstance(found, Segment):
                self.select(found.segment_id, extend=event.shift)

    def show(self, model: MeetingModel, first_row: int | None) -> None:
        """Draws what changed: rows from `first_row` on (None: only the tail)."""
        offset, height = self.scroll_offset, self._layout.height
        place = self._layout.place(offset.y)
        self._model = model
        first_line = self._layout.update(model, first_row)
        self._settle(place, moved_above=first_line < offset.y)
        if self._layout.height > height and not self.following:
            self.post_message(self.NewContent())
        if self.scroll_offset == offset:
            self.refresh_lines(first_line, max(height, self._layout.height) - first_line)
        else:
            self.refresh()

    def watch_following(self, following: bool) -> None:
        if self.is_mounted:
            if following:
                self._to_end()
            self.post_message(self.FollowChanged(following))

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if self._moving:
            return
        if new_value >= self.max_scroll_y:
            self.following = True
        elif new_value < old_value:
            self.following = False

    def scroll_to(self, x: float | None = None, y: float | None = None, **options: Any) -> None:
        """At once, always: a page that glides by cannot be read."""
        super().scroll_to(x, y, **(options | {"animate": False}))

    def on_resize(self, event: events.Resize) -> None:
        width = self.scrollable_content_region.width
        if width > 0 and width != self._layout.width:
            place = self._layout.place(self.scroll_offset.y)
            self._layout.resize(self._model, width)
            self._settle(place, moved_above=True)
            self.refresh()
        elif self.following:
            self._to_end()

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        line = self._layout.line(self.scroll_offset.y + y)
        strip = Strip(self._cells(line)).adjust_cell_length(width, self.rich_style)
        if line.segment_id is not None and self._selection.holds(self._model, line.segment_id):
            return self._as_selected(strip)
        return strip

    def _as_selected(self, strip: Strip) -> Strip:
        """Over the colours; the reversed time shows it where there are none."""
        chosen = self._style("selected")
        time, *others = [Cell(text, (style or Style()) + chosen) for text, style, _ in strip]
        return Strip([Cell(time.text, (time.style or Style()) + Style(reverse=True)), *others])

    def _settle(self, place: tuple[object, int], moved_above: bool) -> None:
        """Gives the new height to the scrollbar and keeps the reader where they are, or at the end."""
        self._moving = True
        try:
            self.virtual_size = Size(self._layout.width, self._layout.height)
            if not self.following and moved_above:
                line = self._layout.find(place, self._model.rows)  # type: ignore[arg-type]
                self.scroll_to(y=line, immediate=True, force=True)
        finally:
            self._moving = False
        if self.following:
            self._to_end()

    def _to_end(self) -> None:
        if self.scroll_y >= self.max_scroll_y:
            return
        self._moving = True
        try:
            self.scroll_to(y=self.max_scroll_y, immediate=True, force=True)
        finally:
            self._moving = False

    def _cells(self, line: Line) -> list[Cell]:
        base = self.rich_style
        if line.kind is LineKind.BLANK:
            return []
        if line.kind is LineKind.HEADING:
            width = max(0, self._layout.width - cells(line.text)[-1] - 4)
            return [Cell(f"─ {line.text} " + "─" * (width + 1), self._style("heading"))]
        gutter = [Cell(f"{line.time:<{TIME_CELLS}}", self._style("time")), Cell(line.badge, self._style("badge"))]
        if (speaker_cells := self._layout.gutter - TIME_CELLS - 2) > 0:
            name = Strip([Cell(line.speaker)]).adjust_cell_length(speaker_cells)
            gutter.append(Cell(name.text + " ", self._style("speaker")))
        if line.kind is LineKind.GAP:
            return [*gutter, Cell(line.text, self._style("gap"))]
        if line.kind is LineKind.PARTIAL:
            calm, moving = line.text[: line.stable], line.text[line.stable :]
            return [*gutter, Cell(calm, self._style("stable")), Cell(moving, self._style("unstable"))]
        if line.kind is LineKind.NOTE:
            return [*gutter, Cell(line.text, self._style("note"))]
        return [*gutter, *self._words(line, base)]

    def _words(self, line: Line, base: Style) -> list[Cell]:
        words, done = list[Cell](), 0
        for start, stop in line.unsure:
            words += [Cell(line.text[done:start], base), Cell(line.text[start:stop], self._style("unsure"))]
            done = stop
        return [*words, Cell(line.text[done:], base)]

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"transcript--{name}")


class TranscriptPane(Vertical):
    """The transcript, with a word at its foot when new text came below."""

    def compose(self) -> ComposeResult:
        yield TranscriptView()
        yield Static(_("New content ↓"), id="new-content", markup=False)

    @property
    def view(self) -> TranscriptView:
        """The window of lines."""
        return self.query_one(TranscriptView)

    def on_transcript_view_new_content(self) -> None:
        self.query_one("#new-content").add_class("-shown")

    def on_transcript_view_follow_changed(self, message: TranscriptView.FollowChanged) -> None:
        if message.following:
            self.query_one("#new-content").remove_class("-shown")

    def on_click(self, event: events.Click) -> None:
        if event.widget is not None and event.widget.id == "new-content":
            self.view.following = True
