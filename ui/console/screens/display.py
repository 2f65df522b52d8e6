"""The room's screen, for a projector: the item under discussion, large; nothing to click."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from meeting.domain.events import ItemEntry, Segment
from ui.console.keymap import bindings
from ui.console.model import Change, MeetingModel
from ui.console.widgets.agenda import over_plan
from ui.console.widgets.prose import Prose
from ui.console.widgets.recalled import large
from ui.console.widgets.status import state_word
from ui.console.wrapping import clean, wrap
from ui.locale import _
from ui.words import ITEM_MARKS, minutes

SPOKEN_LINES = 12


class DisplayScreen(Screen[None]):
    """Shows what everybody may see. `alone`: it is the only screen of this console. What is said is shown once the
    secretary has switched it on for this meeting."""

    PLACE = "display"
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("display")]

    def __init__(self, model: MeetingModel, alone: bool = False) -> None:
        super().__init__()
        self._model = model
        self.alone = alone

    def compose(self) -> ComposeResult:
        yield Static(id="display-head", markup=False)
        with Vertical(id="display-item"):
            yield Static(id="display-title", markup=False)
            yield Static(id="display-facts", markup=False)
        yield Static(id="display-earlier", markup=False)
        yield Static(id="display-spoken", markup=False)

    def on_mount(self) -> None:
        self.call_after_refresh(self.show, Change())

    def on_resize(self) -> None:
        self.call_after_refresh(self.show, Change())

    def show(self, change: Change) -> None:
        """Draws all of it: there is little, and it is looked at from afar."""
        if not self.query("#display-spoken"):
            return
        model = self._model
        self.set_class(model.lost_attempt is not None, "-old")
        word, style = state_word(model)
        title = clean(model.head.title) if model.head else _("No meeting is running")
        self._put("#display-head", Content.assemble(title, "    ", (word, style)))
        self._show_item()
        self._show_earlier()
        spoken = self.query_one("#display-spoken", Static)
        spoken.display = model.shown_in_room
        if model.shown_in_room:
            spoken.update(self._spoken())

    def _show_item(self) -> None:
        entry = self._model.current
        if entry is None:
            following = [item for item in self._model.items if item.state in ("scheduled", "next")]
            title = _("Outside the items") if self._model.head else ""
            facts = [_("Next: {title}").format(title=_room_title(following[0])), ""] if following else []
            facts += [_agenda_line(item) for item in self._model.items]
        else:
            title = _("Item {number}  {title}").format(number=entry.number, title=clean(entry.title))
            spent_ms = self._model.spent_ms(entry.item_id)
            spent, over = minutes(spent_ms), over_plan(spent_ms, entry.minutes_planned)
            time = f"{spent} / {entry.minutes_planned}:00 {over}".rstrip() if entry.minutes_planned else spent
            facts = [
                "　".join(filter(None, ("、".join(entry.presenting_units), entry.presenter, time))),
                *(f"· {clean(document)}" for document in entry.documents),
            ]
        width = max(8, self.size.width - 8)
        self._put("#display-title", Content("\n".join(wrap(title, width))))
        self._put(
            "#display-facts", Content("\n".join(line for fact in facts for line in wrap(clean(fact), width)))
        )

    def _show_earlier(self) -> None:
        """What was decided before, and whether it still stands; what belongs to another item is never shown."""
        earlier, found = self.query_one("#display-earlier", Static), self._model.background
        told = list(large(found)) if found is not None else []
        told = told[: max(0, (self.size.height - 14) // 2)]
        earlier.display = bool(told)
        if told:
            head = Content.styled(_("Earlier on this matter"), "bold $text-secondary")
            earlier.update(Prose(Content("\n").join([head, *told])))

    def _spoken(self) -> Content:
        """The newest words, a line of air between the lines, since a projector has no larger letters."""
        width = max(8, self.size.width - 8)
        room = max(2, (self.query_one("#display-spoken").size.height or SPOKEN_LINES) // 2)
        rows = [
            row for row in self._model.rows[-max(SPOKEN_LINES, room) :] if isinstance(row, Segment) and row.text
        ]
        lines = [line for row in rows for line in wrap(clean(self._said(row)), width)]
        styled = [Content(line) for line in lines]
        if self._model.partial is not None:
            styled += [Content.styled(line, "$quiet") for line in wrap(clean(self._model.partial.text), width)]
        return Content("\n\n").join(styled[-room:])

    @staticmethod
    def _said(row: Segment) -> str:
        return f"{row.speaker}：{row.text}" if row.speaker else row.text

    def _put(self, place: str, content: Content) -> None:
        self.query_one(place, Static).update(content)


def _agenda_line(item: ItemEntry) -> str:
    """An item in the list that the room sees between the items."""
    return f"{ITEM_MARKS.get(item.state, '·')} {item.number:>2}  {_room_title(item)}"


def _room_title(item: ItemEntry) -> str:
    """What is classified has no title before it is its turn."""
    return clean(item.title) if item.classification in ("", "公开", "内部") else "……"
