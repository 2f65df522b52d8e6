"""One form for what was decided and who does it: outcome, text, task, owner, due date; Enter is done."""

from collections.abc import Sequence
from datetime import date
from typing import ClassVar

import msgspec
from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from meeting.domain.due import parse_due
from ui.console.editing.sentence import SentenceArea
from ui.console.kept import Filled
from ui.console.wrapping import clean
from ui.locale import _


class Outcomes(Static, can_focus=True):
    """The body's outcomes in a row, one of them chosen by ← →; the last is an action without a decision."""

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

    def _draw(self) -> None:
        parts: list[str | tuple[str, str]] = []
        for at, outcome in enumerate(self._outcomes):
            name = outcome or _("no decision, an action only")
            parts += [(f"[{name}]", "bold reverse") if at == self._at else f" {name} ", " "]
        self.update(Content.assemble(*parts))


class DecideScreen(ModalScreen[Filled | None]):
    """Begins with `filled`, what is proposed; hands back what a person has made of it. `on`: the meeting's date."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "leave"), ("enter", "done")]

    def __init__(
        self,
        filled: Filled,
        *,
        title: str,
        evidence: Sequence[str],
        outcomes: Sequence[str],
        on: date | None,
        stands: str,
    ) -> None:
        super().__init__()
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
            yield Static(_("Owner: a unit or a person"), classes="label", markup=False)
            yield Input(filled.owner, id="owner")
            yield Static(_("Due, e.g. 三月底前, 下周五, 2026-12-15"), classes="label", markup=False)
            yield Input(filled.due, id="due")
            yield Static(id="due-day", markup=False)
            yield Static(self._shown_evidence(), id="evidence", markup=False)
            yield Static(
                _("←→: outcome   Tab: next field   Enter: done   Esc: back"), classes="hint", markup=False
            )

    def on_mount(self) -> None:
        self.query_one(Outcomes).focus()
        self._show_day()

    def _shown_evidence(self) -> str:
        told = clean("".join(self._evidence))
        shown = told if len(told) <= 60 else told[:60] + "…"
        evidence = _("Evidence ({count}): {text}").format(count=len(self._evidence), text=shown)
        return evidence + (f"\n{self._stands}" if self._stands else "")

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
            text = f"→ {self.day.isoformat()}" if self.day else _("No date is understood; write it as 2026-12-15.")
        self.query_one("#due-day", Static).update(Content.styled(text, "bold" if self.day else "$text-warning"))

    @on(Input.Changed)
    def _changed(self) -> None:
        self._show_day()

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
        """Back, with nothing decided."""
        self.dismiss(None)
