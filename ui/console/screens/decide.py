"""One form for what was decided and who does it: outcome, text, task, owner, due date; Enter is done."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import ClassVar

import msgspec
from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.timer import Timer
from textual.widgets import Input, Static, TextArea

from models.due import is_unclear, parse_due
from ui.console.editing.sentence import SentenceArea
from ui.console.kept import Filled
from ui.console.wrapping import clean
from ui.locale import _

TYPING_PAUSE_S = 0.3


class Outcomes(Static, can_focus=True):
    """The body's outcomes in a row, one of them chosen by ← →; the last is an action without a decision."""

    class Changed(Message):
        """Another outcome was chosen."""

    def __init__(self, outcomes: Sequence[str], chosen: str) -> None:
        super().__init__(id="outcomes", markup=False)
        self._outcomes = [*outcomes, ""]
        self._at = self._outcomes.index(chosen) if chosen in self._outcomes else 0

    @property
    def chosen(self) -> str:
        """The outcome; empty when nothing was decided."""
        return self._outcomes[self._at]

    def on_mount(self) -> None:
        self._draw()

    def on_key(self, event: events.Key) -> None:
        if event.key in ("left", "right"):
            event.stop()
            self._at = (self._at + (1 if event.key == "right" else -1)) % len(self._outcomes)
            self._draw()
            self.post_message(self.Changed())

    def _draw(self) -> None:
        parts: list[str | tuple[str, str]] = []
        for at, outcome in enumerate(self._outcomes):
            name = outcome or _("no decision, an action only")
            parts += [(f"[{name}]", "bold reverse") if at == self._at else f" {name} ", " "]
        self.update(Content.assemble(*parts))


class DecideScreen(ModalScreen[Filled | None]):
    """Begins with `filled`, what is proposed; hands back what a person has made of it. `on`: the meeting's date.

    `keep` is given the form while it is being typed, so that it outlives this process.
    """

    # All of it, the keys at its foot too, is to be seen in 24 lines.
    CSS = """
    #decide { padding: 0 2; max-height: 100%; }
    #decide .title, #decide .hint { padding: 0; }
    #decide #evidence { height: auto; max-height: 2; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [("escape", "leave"), ("enter", "done"), ("f4", "results")]

    def __init__(
        self,
        filled: Filled,
        *,
        title: str,
        evidence: Sequence[str],
        outcomes: Sequence[str],
        on: date | None,
        stands: str,
        keep: Callable[[Filled], None],
    ) -> None:
        super().__init__()
        self._keep = keep
        self._timer: Timer | None = None
        self._leaving = False
        self.wants_results = False
        """It was left for the list of what is in the record already."""
        self._filled, self._title, self._evidence = filled, title, evidence
        self._outcomes, self._on, self._stands = outcomes, on, stands

    def compose(self) -> ComposeResult:
        filled = self._filled
        with Vertical(classes="dialog -wide", id="decide"), VerticalScroll(can_focus=False):
            yield Static(clean(self._title), classes="title", markup=False)
            yield Outcomes(self._outcomes, filled.outcome)
            yield SentenceArea(filled.text, id="resolution")
            yield Static(_("Action (empty: none)"), classes="label", markup=False)
            yield Input(filled.task, id="task")
            yield Static(_("Owner: units, people (资产管理处、周敏)"), classes="label", markup=False)
            yield Input(filled.owner, id="owner")
            yield Static(_("Due, e.g. 三月底前, 下周五, 2026-12-15"), classes="label", markup=False)
            yield Input(filled.due, id="due")
            yield Static(id="due-day", markup=False)
            yield Static(self._shown_evidence(), id="evidence", markup=False)
            yield Static(self._hint(), id="decide-hint", classes="hint", markup=False)

    def on_mount(self) -> None:
        resolution = self.query_one(SentenceArea)
        resolution.move_cursor(resolution.document.end)
        self.query_one(Outcomes).focus()
        self._show_day()

    def _hint(self) -> str:
        if self._leaving:
            return _("Not saved. Enter saves, Esc drops what you typed.")
        return _("←→: outcome   Tab: next field   Enter: done   F4: what was decided   Esc: back")

    @property
    def _typed(self) -> bool:
        return self.filled != self._filled

    def _shown_evidence(self) -> str:
        told = clean("".join(self._evidence))
        shown = told if len(told) <= 24 else told[:24] + "…"
        evidence = _("Evidence ({count}): {text}").format(count=len(self._evidence), text=shown)
        return "\n".join(filter(None, (evidence, self._stands)))

    @property
    def filled(self) -> Filled:
        """The form as it stands."""
        return msgspec.structs.replace(
            self._filled,
            outcome=self.query_one(Outcomes).chosen,
            text=self.query_one(SentenceArea).sentence,
            **{name: self.query_one(f"#{name}", Input).value.strip() for name in ("task", "owner", "due")},
        )

    @property
    def day(self) -> date | None:
        """The due date that was understood."""
        return parse_due(self.filled.due, self._on or date.today())

    def _show_day(self) -> None:
        due = self.filled.due
        text = ""
        if due:
            text = f"→ {self.day.isoformat()}" if self.day else self._not_understood(due)
        self.query_one("#due-day", Static).update(Content.styled(text, "bold" if self.day else "$text-warning"))

    def _not_understood(self, due: str) -> str:
        if is_unclear(due, self._on or date.today()):
            return _("This may mean either end of it: write 十一月底前 or 2026-12-15.")
        return _("No date is understood; write it as 2026-12-15.")

    @on(Input.Changed)
    @on(TextArea.Changed)
    @on(Outcomes.Changed)
    def _changed(self) -> None:
        self._leaving = False
        self.query_one("#decide-hint", Static).update(self._hint())
        self._show_day()
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(TYPING_PAUSE_S, self._keep_typed)

    def _keep_typed(self) -> None:
        if self._typed:
            self._keep(self.filled)

    @on(Input.Submitted)
    def _submitted(self) -> None:
        self.action_done()

    @on(SentenceArea.Told)
    def _told(self, message: SentenceArea.Told) -> None:
        if message.what == "done":
            self.action_done()
        elif message.what == "leave":
            self.action_leave()
        elif message.what == "doubt":
            self.focus_next()

    def action_done(self) -> None:
        """Hands the form on, unless it says nothing or a date that nobody understands."""
        filled = self.filled
        if filled.due and self.day is None:
            self.query_one("#due", Input).focus()
        elif not filled.outcome and not (filled.task or filled.text):
            self.query_one("#task", Input).focus()
        else:
            self.dismiss(msgspec.structs.replace(filled, due=self.day.isoformat() if self.day else ""))

    def action_leave(self) -> None:
        """Back, with nothing decided; asks once before what was typed is dropped."""
        if self._typed and not self._leaving:
            self._leaving = True
            self.query_one("#decide-hint", Static).update(self._hint())
        else:
            self.dismiss(None)

    def action_results(self) -> None:
        """To what is in the record already, unless something was typed here."""
        if not self._typed:
            self.wants_results = True
            self.dismiss(None)
