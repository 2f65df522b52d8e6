"""The sentence that is being edited, at the foot of the record, while the meeting goes on above."""

import msgspec
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Static, TextArea

from meeting.domain.events import Doubt, Segment
from ui.console.editing.sentence import SentenceArea
from ui.console.kept import Draft, Keeper
from ui.console.wrapping import clean
from ui.locale import _

KEPT_AS = "draft"
TYPING_PAUSE_S = 0.3


class EditorPanel(Vertical):
    """Edits one segment. It never loses what is typed: a newer revision only says so, and a draft is kept."""

    class Saved(Message):
        """The text is to be stored as the wording of `segment_id`, of which `rev` was seen."""

        def __init__(self, segment_id: str, rev: int, text: str) -> None:
            self.segment_id, self.rev, self.text = segment_id, rev, text
            super().__init__()

    class SplitHere(Message):
        """The sentence is to become two, at the cursor."""

    class Closed(Message):
        """Editing is over."""

    class Typed(Message):
        """What is typed is unsaved now, or no longer."""

    def __init__(self, keeper: Keeper) -> None:
        super().__init__(id="editor")
        self._keeper = keeper
        self._meeting = ""
        self._segment: Segment | None = None
        self._newer: Segment | None = None
        self._gone = self._leaving = self._saving = self._was_unsaved = False
        self._doubt = -1
        self._choice = 0
        self._timer: Timer | None = None

    def compose(self) -> ComposeResult:
        yield Static(id="editing", markup=False)
        yield SentenceArea(id="sentence")
        yield Static(id="editing-hint", markup=False)

    @property
    def area(self) -> SentenceArea:
        """Where one types."""
        return self.query_one(SentenceArea)

    @property
    def segment(self) -> Segment | None:
        """The sentence as it was when editing began, or as its newer text was taken."""
        return self._segment

    @property
    def is_open(self) -> bool:
        """A sentence is being edited."""
        return self._segment is not None

    @property
    def text(self) -> str:
        """What is typed, on one line."""
        return " ".join(self.area.text.split("\n"))

    @property
    def unsaved(self) -> bool:
        """What is typed is not in the record yet."""
        return self._segment is not None and self.text.strip() != self._segment.text.strip()

    @property
    def offset_in_text(self) -> int:
        """Where the cursor stands, in code points."""
        row, column = self.area.cursor_location
        return sum(len(line) + 1 for line in self.area.text.split("\n")[:row]) + column

    def open(self, meeting: str, segment: Segment, draft: Draft | None = None) -> None:
        """Begins with the segment's text, or with a draft of it that was not stored."""
        self._meeting, self._segment, self._newer = meeting, segment, None
        self._gone = self._leaving = self._saving = False
        self._doubt, self._choice = -1, 0
        if draft is not None and draft.rev != segment.rev:
            self._segment = _as_seen(segment, draft)
            self._newer = segment
        self.area.load_text(draft.text if draft else segment.text)
        self.area.move_cursor(self.area.document.end)
        self.add_class("-open")
        self.area.focus()
        self._draw()

    def close(self) -> None:
        """Nothing is being edited any more; the draft goes with it."""
        self._segment = None
        self._keeper.drop(KEPT_AS)
        self.remove_class("-open")
        self.post_message(self.Closed())

    def revised(self, segment: Segment) -> None:
        """A newer revision came: it is taken when nothing was typed, and offered when something was."""
        if self._segment is None or segment.segment_id != self._segment.segment_id:
            return
        if segment.rev <= self._segment.rev:
            return
        if not segment.text:
            self._gone = True
        elif segment.text == self._segment.text or not self.unsaved:
            cursor = self.area.cursor_location
            self._segment = segment
            if self.text != segment.text and not self._saving:
                self.area.load_text(segment.text)
                self.area.move_cursor(cursor)
        else:
            self._newer = segment
        self._draw()

    def saving(self, under_way: bool) -> None:
        """Whether the text is on its way to the record; until it is there the field stays."""
        self._saving = under_way
        self._draw()

    def save(self) -> None:
        """Stores what is typed, over the newer text if there is one: the person has seen it above the field."""
        if self._segment is None or self._saving:
            return
        if not self.unsaved and self._newer is None:
            self.close()
        elif self._gone:
            self._draw()
        else:
            newest = self._newer or self._segment
            self.post_message(self.Saved(newest.segment_id, newest.rev, self.text.strip()))

    def leave(self) -> None:
        """Closes an unchanged sentence; asks once before what was typed is dropped."""
        if not self.unsaved or self._leaving:
            self.close()
        else:
            self._leaving = True
            self._draw()

    def take_newer(self) -> None:
        """Takes the newer text into the field."""
        if self._newer is not None:
            self._segment, self._newer = self._newer, None
            self.area.load_text(self._segment.text)
            self.area.move_cursor(self.area.document.end)
            self._draw()

    def next_doubt(self) -> None:
        """Selects the next doubtful stretch."""
        marks = self._segment.marks if self._segment else ()
        if marks and self._segment is not None and not self.unsaved:
            self._doubt, self._choice = (self._doubt + 1) % len(marks), 0
            mark = marks[self._doubt]
            self.area.selection = type(self.area.selection)((0, mark.offset), (0, mark.offset + mark.length))
            self._draw()
        elif marks:
            self.next_candidate()

    def next_candidate(self) -> None:
        """Puts the next candidate in the place of the doubtful word, and round again."""
        mark = self._marked()
        if mark is None or self._segment is None:
            return
        words = [self._segment.text[mark.offset : mark.offset + mark.length], *mark.candidates]
        words = list(dict.fromkeys(words))
        standing = words[self._choice % len(words)]
        self._choice = (self._choice + 1) % len(words)
        word = words[self._choice]
        start, end = (0, mark.offset), (0, mark.offset + len(standing))
        if self.area.get_text_range(start, end) == standing:
            self.area.replace(word, start, end)
            self.area.selection = type(self.area.selection)(start, (0, mark.offset + len(word)))
        self._draw()

    def _marked(self) -> Doubt | None:
        marks = self._segment.marks if self._segment else ()
        if not marks:
            return None
        self._doubt = max(0, self._doubt)
        return marks[self._doubt % len(marks)]

    @on(SentenceArea.Told)
    def _told(self, message: SentenceArea.Told) -> None:
        message.stop()
        match message.what:
            case "done":
                self.save()
            case "leave":
                self.leave()
            case "newer":
                self.take_newer()
            case "doubt":
                self.next_doubt()
            case "candidate":
                self.next_candidate()
            case "split":
                self.post_message(self.SplitHere())

    @on(TextArea.Changed)
    def _typed(self, event: TextArea.Changed) -> None:
        event.stop()
        self._leaving = False
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(TYPING_PAUSE_S, self._keep)
        if self.unsaved != self._was_unsaved:
            self._was_unsaved = self.unsaved
            self.post_message(self.Typed())
        self._draw()

    def _keep(self) -> None:
        """The draft outlives this process, the terminal and the connection."""
        seen = self._segment
        if seen is not None and self.unsaved:
            kept = Draft(
                meeting=self._meeting, segment_id=seen.segment_id, rev=seen.rev, seen=seen.text, text=self.text
            )
            self._keeper.keep(KEPT_AS, kept)

    def _draw(self) -> None:
        if self._segment is None:
            return
        title: list[str | tuple[str, str]] = [(_("Editing"), "bold $text-accent")]
        if self._gone:
            title.append(
                (
                    "  " + _("This sentence is no longer there (split or joined); copy what you typed."),
                    "bold $text-error",
                )
            )
        elif self._newer is not None:
            title.append(("  " + _("There is new text for this sentence:") + " ", "bold $text-warning"))
            title.append(clean(self._newer.text))
        elif self._segment.marks:
            title.append(("  " + _doubts(self._segment), "$text-warning"))
        self.query_one("#editing", Static).update(Content.assemble(*title))
        self.query_one("#editing-hint", Static).update(self._hint())

    def _hint(self) -> str:
        if self._saving:
            return _("Saving… what you typed is kept until it is in the record.")
        if self._leaving:
            return _("Not saved. Enter saves, Esc drops what you typed.")
        if self._newer is not None:
            return _("Enter: keep mine   Ctrl+G: take the new text   Esc: leave")
        doubts = (
            "   " + _("Tab: doubtful word, Ctrl+R: the other reading")
            if self._segment and self._segment.marks
            else ""
        )
        return _("Enter: save   Ctrl+D: split here   Ctrl+L: listen   Esc: leave") + doubts


def _doubts(segment: Segment) -> str:
    """Each doubtful word with what it may be."""
    told = (
        f"{segment.text[one.offset : one.offset + one.length]} → {' / '.join(one.candidates)}"
        for one in segment.marks
    )
    return clean(_("Doubtful: {words}").format(words="；".join(told)))


def _as_seen(segment: Segment, draft: Draft) -> Segment:
    return msgspec.structs.replace(segment, rev=draft.rev, text=draft.seen, marks=())
