"""A document opened as text, at the passage that was found."""

from typing import Any

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from meeting.stream.messages import OpenPassage
from models.refusal import Refusal
from ui.console.commands import Commands
from ui.console.hits import Hit
from ui.console.widgets.passages import head, marked
from ui.console.widgets.prose import Prose
from ui.console.wrapping import clean
from ui.locale import _
from ui.words import duration

AROUND = 60


class Reading(VerticalScroll):
    """Scrolled by keys once it has the focus. What a service does not know to open is shown as the hit alone."""

    def __init__(self, commands: Commands, id: str | None = None) -> None:
        super().__init__(id=id, can_focus=True)
        self._commands = commands
        self._shown: Hit | None = None

    def compose(self) -> ComposeResult:
        yield Static(classes="reading-head", markup=False)
        yield Static(classes="reading-before", markup=False)
        yield Static(classes="reading-here", markup=False)
        yield Static(classes="reading-after", markup=False)

    async def open(self, hit: Hit | None) -> None:
        """Shows the document around the passage of `hit`; None empties the pane."""
        self._shown = hit
        if hit is None:
            self._put(Content(), Content(), Content(), Content())
            return
        source = _("From: {source}").format(source=clean(hit.source)) if hit.source else ""
        above = Content.assemble((head(hit), "bold $text-primary"), "\n" + source if source else "")
        self._put(above, Content(), _said(hit), Content())
        try:
            found = await self._commands.ask(
                lambda id: OpenPassage(id=id, document_id=hit.id, passage_id=hit.passage_id, around=AROUND)
            )
        except Refusal:
            return
        if self._shown is hit and found:
            self._place(hit, found, above)

    def _place(self, hit: Hit, found: dict[str, Any], above: Content) -> None:
        passages = found["passages"]
        at = next((index for index, one in enumerate(passages) if one["here"]), None)
        if at is None:
            self._put(above, Content(), Content(), _text(passages))
            return
        here = _said(hit) if hit.text in passages[at]["text"] else _text([passages[at]])
        before, after = _text(passages[:at]), _text(passages[at + 1 :])
        self._put(above, before, here, after)
        self.call_after_refresh(self._to_here)

    def _to_here(self) -> None:
        # The screen may be gone by now.
        for here in self.query(".reading-here"):
            self.scroll_to(y=max(0, here.virtual_region.y - self.size.height // 3), animate=False)

    def _put(self, *parts: Content) -> None:
        for place, content in zip(self.query(Static), parts, strict=True):
            place.update(Prose(content))
            place.display = bool(content.plain)


def _said(hit: Hit) -> Content:
    return Content.assemble((clean(hit.speaker) + "：", "$text-secondary") if hit.speaker else "", marked(hit))


def _text(passages: list[dict[str, Any]]) -> Content:
    lines: list[Content] = []
    item = None
    for one in passages:
        if one["item_title"] and one["item_title"] != item:
            lines.append(Content.styled(clean(one["item_title"]), "bold"))
        item = one["item_title"]
        time = (duration(one["start_ms"]) + "  ", "$quiet") if one["start_ms"] is not None else ""
        speaker = (clean(one["speaker"]) + "：", "$text-secondary") if one["speaker"] else ""
        lines.append(Content.assemble(time, speaker, clean(one["text"])))
    return Content("\n").join(lines)
