"""The agenda with its states and timers, and the item under discussion."""

from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content, Span
from textual.widgets import Static

from meeting.domain.events import ItemEntry, Note
from meeting.memory.facts import Background
from ui.console.model import MeetingModel
from ui.console.widgets.prose import Prose
from ui.console.widgets.recalled import recalled
from ui.console.wrapping import clean, wrap
from ui.locale import _
from ui.words import ITEM_MARKS, item_state, minutes

Styled = tuple[str, str]
LABEL_CELLS = 10
BRIEF_ROWS = 24
"""In a lower pane only the current item shows its time, so that what was decided before has room."""


def timer_style(spent_ms: int, planned_minutes: int | None) -> str:
    """Amber from the planned time on, red from a quarter over it."""
    if not planned_minutes or spent_ms < planned_minutes * 60_000:
        return "$quiet"
    return "bold $text-error" if spent_ms >= planned_minutes * 75_000 else "bold $text-warning"


def over_plan(spent_ms: int, planned_minutes: int | None) -> str:
    """How far over plan, with a sign, since colour alone does not tell it; empty within the plan."""
    if not planned_minutes or spent_ms < planned_minutes * 60_000:
        return ""
    return "▲ " + _("over {time}").format(time=minutes(spent_ms - planned_minutes * 60_000))


def item_lines(model: MeetingModel, entry: ItemEntry, width: int, brief: bool) -> list[Styled]:
    """One item: its mark and number, its title, and its time (`brief`: only the current one's)."""
    current = entry.item_id == model.current_item
    mark = "▶" if current else ITEM_MARKS.get(entry.state, " ")
    indent = "  " if entry.parent is not None else ""
    head = f"{indent}{mark} {entry.number:>2} "
    style = "bold $text-accent" if current else "$quiet" if entry.state == "completed" else ""
    lines = wrap(clean(entry.title), max(8, width - len(head)))
    styled = [((head if row == 0 else " " * len(head)) + line + "\n", style) for row, line in enumerate(lines)]
    spent, planned = model.spent_ms(entry.item_id), entry.minutes_planned
    words = [item_state(entry.state)]
    if planned and (current or not spent and not brief):
        words.append(_("planned {minutes} min").format(minutes=planned))
    if spent and (current or not brief):
        words.append(_("used {time}").format(time=minutes(spent)))
        words.append(over_plan(spent, planned))
    note = " · ".join(word for word in words if word)
    if note:
        style = timer_style(spent, planned) if spent else "$quiet"
        styled += [(" " * len(head) + line + "\n", style) for line in wrap(note, max(8, width - len(head)))]
    return styled


def agenda_lines(model: MeetingModel, width: int, brief: bool) -> tuple[list[Styled], int]:
    """All items, and the line on which the current one begins."""
    styled: list[Styled] = []
    line = 0
    for entry in model.items:
        if entry.item_id == model.current_item:
            line = len(styled)
        styled += item_lines(model, entry, width, brief)
    return styled, line


def current_lines(entry: ItemEntry, notes: Sequence[Note], width: int) -> Iterator[Styled]:
    """What was noted on the current item, who presents it, its matter and its documents."""
    facts = [
        *((_("Note"), f"✎ {note.text}") for note in notes if note.text),
        (_("Presenter"), entry.presenter),
        (_("Unit"), "、".join(entry.presenting_units)),
        (_("Matter"), entry.matter),
        *((_("Document"), title) for title in entry.documents),
    ]
    for name, value in facts:
        if value:
            for row, line in enumerate(wrap(clean(value), max(8, width - LABEL_CELLS))):
                label = name if row == 0 else ""
                yield (label + " " * max(1, LABEL_CELLS - cell_len(label)), "$quiet")
                yield (line + "\n", "")


class AgendaPane(Vertical):
    """The right-hand pane: title, items, the current item, and what was decided about it before (前情)."""

    def __init__(self) -> None:
        super().__init__(id="agenda")
        self._drawn: dict[str, tuple[str, Sequence[Span]]] = {}

    def compose(self) -> ComposeResult:
        yield Static(id="meeting-title", markup=False)
        with VerticalScroll(id="items", can_focus=False):
            yield Static(id="items-text", markup=False)
        with VerticalScroll(id="current"):
            yield Static(id="facts", markup=False)
            yield Static(id="earlier", markup=False)

    def show(self, model: MeetingModel) -> None:
        """Draws the agenda as it stands."""
        self._put("#meeting-title", Content(self._title(model)))
        width = max(12, self.query_one("#items").scrollable_content_region.width)
        styled, line = agenda_lines(model, width, brief=self.size.height < BRIEF_ROWS)
        self._put("#items-text", Content.assemble(*styled).rstrip())
        items = self.query_one("#items", VerticalScroll)
        if not items.scroll_offset.y <= line < items.scroll_offset.y + max(1, items.size.height - 2):
            items.scroll_to(y=max(0, line - 1), animate=False)
        self._show_current(model, width)

    def _show_earlier(self, found: Background | None) -> None:
        told = recalled(found) if found is not None else Content()
        self.query_one("#earlier", Static).display = bool(told.plain)
        if told.plain:
            self._put("#earlier", told)

    @staticmethod
    def _title(model: MeetingModel) -> str:
        if model.head is None:
            return _("No meeting is running") if model.role else _("Connecting…")
        return clean(" · ".join(filter(None, (model.head.title, model.head.date, model.head.place))))

    def _put(self, place: str, content: Content) -> None:
        """Draws `content` unless it stands there already: the state comes twice a second and mostly says the same."""
        drawn = (content.plain, content.spans)
        if self._drawn.get(place) != drawn:
            self._drawn[place] = drawn
            self.query_one(place, Static).update(Prose(content))

    def _show_current(self, model: MeetingModel, width: int) -> None:
        facts = self.query_one("#facts", Static)
        entry = model.current
        facts.display = entry is not None
        if entry is not None:
            lines = current_lines(entry, model.notes_on(entry.item_id), width)
            self._put("#facts", Content.assemble(*lines).rstrip())
        self._show_earlier(model.background)
