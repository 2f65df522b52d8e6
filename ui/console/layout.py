"""The transcript as lines of a given width: wrapped once per width, found by line number, no Textual in it.

A row of the record makes one block: the heading of its item where the item changes, then the row's own lines.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from rich.cells import cell_len

from meeting.domain.events import Gap, Segment
from ui.console.model import MeetingModel
from ui.console.rows import Key, Row, row_key
from ui.console.wrapping import clean, wrap
from ui.locale import _
from ui.words import clock, gap_text

TIME_CELLS = 8
MAX_SPEAKER_CELLS = 8
UNSURE = 0.5
"""Below this confidence the words are underlined; below `DOUBTFUL` the gutter says so."""
DOUBTFUL = 0.75
Span = tuple[int, int]


class LineKind(Enum):
    """What a line is, so that the widget can choose its style."""

    BLANK = "blank"
    HEADING = "heading"
    TEXT = "text"
    GAP = "gap"
    NOTE = "note"
    PARTIAL = "partial"


@dataclass(frozen=True, slots=True)
class Line:
    """One line to draw. `stable`: how many code points of `text` will hardly change (partials only).

    `badge` is one cell of the gutter: a mark (★ ?), else how sure the recognizer is (~ doubtful, ≈ unsure).
    `unsure` are the stretches of `text` to be underlined; `segment_id` is whose line it is.
    """

    kind: LineKind
    text: str = ""
    time: str = ""
    speaker: str = ""
    stable: int = 0
    badge: str = " "
    unsure: tuple[Span, ...] = ()
    segment_id: str | None = None


class Block(NamedTuple):
    """The lines of one row; a tuple, since a resize makes ten thousand.

    `heading` is None where the item goes on; `key` is None for the tail.
    """

    kind: LineKind
    key: Key | None
    heading: str | None
    first: bool
    start_ms: int
    speaker: str
    text_lines: tuple[str, ...]
    stable: int = 0
    note_lines: tuple[str, ...] = ()
    badge: str = " "
    segment: Segment | None = None

    @property
    def heading_lines(self) -> int:
        """A heading stands under a blank line, except at the very top."""
        return 0 if self.heading is None else 1 if self.first else 2

    @property
    def height(self) -> int:
        """Lines of the block."""
        return self.heading_lines + len(self.text_lines) + len(self.note_lines)


class Layout:
    """All blocks of a model at one width. `update` after each change; `line` to draw."""

    def __init__(self) -> None:
        self.width = 0
        self._speaker_cells = 0
        self._blocks: list[Block] = []
        self._ends: list[int] = []
        self._tail: Block | None = None
        self._wrapped: dict[str, tuple[str, ...]] = {}
        self._started_at: str | None = None

    @property
    def height(self) -> int:
        """Lines of everything."""
        return self._rows_height + (self._tail.height if self._tail else 0)

    @property
    def gutter(self) -> int:
        """Cells before the text: the time, and the speaker once anybody is named."""
        return TIME_CELLS + 1 + (self._speaker_cells + 1 if self._speaker_cells else 0)

    @property
    def _rows_height(self) -> int:
        return self._ends[-1] if self._ends else 0

    def resize(self, model: MeetingModel, width: int) -> None:
        """Wraps everything anew for `width` cells."""
        if width != self.width:
            self.width = width
            self._wrapped.clear()
            self.update(model, 0)

    def update(self, model: MeetingModel, first_row: int | None) -> int:
        """Makes the blocks of the rows from `first_row` on, and the tail; returns the first line that changed."""
        self._started_at = model.audio_started_at
        rows = model.rows
        start = len(self._blocks) if first_row is None else min(first_row, len(self._blocks))
        if self._widen_speakers(rows[start:]):
            self._wrapped.clear()
            start = 0
        del self._blocks[start:], self._ends[start:]
        line = self._rows_height
        height, item = line, self._item_before(rows, start)
        for index in range(start, len(rows)):
            block, item = self._block(model, rows[index], index == 0, item)
            height += block.height
            self._blocks.append(block)
            self._ends.append(height)
        self._tail = self._make_tail(model)
        return line

    def line(self, y: int) -> Line:
        """The line at `y` from the top."""
        index = bisect_right(self._ends, y)
        block = self._blocks[index] if index < len(self._blocks) else self._tail
        if block is None or y >= self.height:
            return Line(LineKind.BLANK)
        row = y - (self._ends[index - 1] if index else 0)
        if row < block.heading_lines:
            if row < block.heading_lines - 1:
                return Line(LineKind.BLANK)
            return Line(LineKind.HEADING, block.heading or "")
        return self._text_line(block, row - block.heading_lines)

    def lines_of(self, row: int) -> tuple[int, int] | None:
        """The lines [first, end) of a row, without its heading; None for a row that has come since `update`."""
        if row >= len(self._blocks):
            return None
        block, end = self._blocks[row], self._ends[row]
        return end - block.height + block.heading_lines, end

    def row_at(self, y: int) -> int | None:
        """The row that line `y` belongs to; None at the tail."""
        index = bisect_right(self._ends, y)
        return index if index < len(self._blocks) else None

    def place(self, y: int) -> tuple[Key | None, int]:
        """The row that line `y` belongs to, and how far into it: where a reader is, whatever happens above."""
        index = bisect_right(self._ends, y)
        if index >= len(self._blocks):
            return None, y - self._rows_height
        return self._blocks[index].key, y - (self._ends[index - 1] if index else 0)

    def find(self, place: tuple[Key | None, int], rows: Sequence[Row]) -> int:
        """The line of a `place` now."""
        key, offset = place
        if key is None:
            return self._rows_height + offset
        index = min(bisect_right(rows, key, key=row_key) - 1, len(self._blocks) - 1)
        if index < 0:
            return 0
        return (self._ends[index - 1] if index else 0) + min(offset, self._blocks[index].height - 1)

    def _text_line(self, block: Block, row: int) -> Line:
        segment_id = block.segment.segment_id if block.segment else None
        if row >= len(block.text_lines):
            return Line(LineKind.NOTE, block.note_lines[row - len(block.text_lines)], segment_id=segment_id)
        text = block.text_lines[row]
        stable = block.stable
        if block.kind is LineKind.PARTIAL:
            stable = max(0, min(len(text), stable - sum(map(len, block.text_lines[:row]))))
        unsure = _unsure_in(block, row)
        if row:
            return Line(block.kind, text, stable=stable, unsure=unsure, segment_id=segment_id)
        time = clock(block.start_ms, self._started_at)
        return Line(block.kind, text, time, block.speaker, stable, block.badge, unsure, segment_id)

    def _widen_speakers(self, rows: Sequence[Row]) -> bool:
        widest = max(
            (cell_len(row.speaker) for row in rows if isinstance(row, Segment) and row.speaker), default=0
        )
        if widest <= self._speaker_cells or self._speaker_cells == MAX_SPEAKER_CELLS:
            return False
        self._speaker_cells = min(widest, MAX_SPEAKER_CELLS)
        return True

    @staticmethod
    def _item_before(rows: Sequence[Row], start: int) -> str | None:
        for index in range(start - 1, -1, -1):
            row = rows[index]
            if isinstance(row, Segment):
                return row.item_id
        return None

    def _block(self, model: MeetingModel, row: Row, first: bool, item: str | None) -> tuple[Block, str | None]:
        if isinstance(row, Gap):
            lines = self._wrap("┄ " + clean(gap_text(row)))
            return Block(LineKind.GAP, row_key(row), None, first, row.start_ms, "", lines), item
        changed = first or row.item_id != item
        heading = self._heading(model, row.item_id) if changed else None
        speaker = clean(row.speaker or "")
        lines = self._wrap(clean(row.text))
        notes = model.notes_on(row.segment_id)
        marks = [note.mark[:1] for note in notes if note.mark]
        # The gutter has room for one mark; another stands below with its words.
        below = [f"{mark} {mark_word(mark)}" for mark in marks[1:]]
        below += ["✎ " + clean(note.text) for note in notes if note.text]
        more = tuple(line for one in below for line in self._wrap(one))
        badge = marks[0] if marks else confidence_badge(row)
        key, kind = row_key(row), LineKind.TEXT
        return Block(kind, key, heading, first, row.start_ms, speaker, lines, 0, more, badge, row), row.item_id

    def _make_tail(self, model: MeetingModel) -> Block | None:
        """What has no row yet: the heading of an item that was just called, and the sentence being spoken."""
        partial = model.partial
        changed = not model.rows or model.last_item_id() != model.current_item
        called = changed and (model.current_item is not None or partial is not None)
        heading = self._heading(model, model.current_item) if called else None
        if heading is None and partial is None:
            return None
        first = not model.rows
        if partial is None:
            return Block(LineKind.PARTIAL, None, heading, first, 0, "", ())
        lines = wrap(clean(partial.text), self._text_width)
        return Block(LineKind.PARTIAL, None, heading, first, partial.start_ms, "", lines, partial.stable_chars)

    def _heading(self, model: MeetingModel, item_id: str | None) -> str:
        entry = model.item(item_id)
        if entry is None:
            return _("Outside the items")
        title = _("Item {number}  {title}").format(number=entry.number, title=clean(entry.title))
        lines = wrap(title, max(4, self.width - 4))
        return title if len(lines) == 1 else lines[0] + "…"

    @property
    def _text_width(self) -> int:
        return max(4, self.width - self.gutter)

    def _wrap(self, text: str) -> tuple[str, ...]:
        lines = self._wrapped.get(text)
        if lines is None:
            lines = self._wrapped[text] = wrap(text, self._text_width)
        return lines


def mark_word(mark: str) -> str:
    """What a mark of the secretary means."""
    return {"★": _("important"), "?": _("to be checked")}.get(mark, "")


def confidence_badge(segment: Segment) -> str:
    """How sure the recognizer is of words that no person has written, in one cell."""
    if segment.confidence is None or segment.source == "human" or segment.confidence >= DOUBTFUL:
        return " "
    return "≈" if segment.confidence < UNSURE else "~"


def _unsure_in(block: Block, row: int) -> tuple[Span, ...]:
    """What of a line is to be underlined: doubtful names, and all of a sentence that was hardly understood."""
    segment, line = block.segment, block.text_lines[row]
    if segment is None:
        return ()
    if confidence_badge(segment) == "≈":
        return ((0, len(line)),)
    if not segment.marks:
        return ()
    begin = 0
    text = clean(segment.text)
    for before in block.text_lines[:row]:
        # Spaces at a break are on no line.
        begin = text.find(before, begin) + len(before)
    begin = text.find(line, begin)
    spans = (
        (max(0, one.offset - begin), min(len(line), one.offset + one.length - begin)) for one in segment.marks
    )
    return tuple((start, stop) for start, stop in spans if start < stop)
