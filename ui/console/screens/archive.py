"""The archive: all that was ever said, decided and handed in, found as one types, narrowed, read, and listened to."""

from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from meeting.home import Home
from models.refusal import Refusal
from ui.console.commands import Commands
from ui.console.hits import Found, Hit
from ui.console.kept import Keeper, Listening
from ui.console.keymap import bindings
from ui.console.playing import Player, outputs
from ui.console.screens.choose import Choice, ChooseScreen, Chosen
from ui.console.widgets.completing import Completing
from ui.console.widgets.passages import passage
from ui.console.widgets.prose import Prose
from ui.console.widgets.reading import Reading
from ui.console.widgets.search import TYPING_PAUSE_S
from ui.console.widgets.status import KeyBar
from ui.console.wrapping import clean
from ui.locale import _, explain
from ui.words import hit_kind

MOST_HITS = 50
MOST_VALUES = 6
PASSAGE_MS = 15_000
"""What is played of a passage whose end is not known."""


class ArchiveScreen(Screen[None]):
    """Type; ↓ into the hits, which are read as they are passed over; → into the text; F2 to what narrows them."""

    PLACE = "archive"
    AUTO_FOCUS = "#archive-query"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("archive")]

    def __init__(self, commands: Commands, home: Home | None, query: str = "") -> None:
        super().__init__()
        self._commands = commands
        self._keeper = Keeper(home)
        self._player = Player(home)
        self._first = query
        self._found = Found()
        self._pause: Timer | None = None
        self._facets: list[str] = []
        self.query_text = query

    def compose(self) -> ComposeResult:
        yield Static(_("Archive"), classes="screen-title", markup=False)
        yield Input(
            self._first,
            placeholder=_("Words, a name, 办公用房 year:2025, pinyin"),
            id="archive-query",
            suggester=Completing(self._commands),
        )
        yield Static(id="archive-found", markup=False)
        with Horizontal(id="archive-desk"):
            yield OptionList(id="archive-facets", markup=False)
            with Vertical(id="archive-middle"):
                yield OptionList(id="archive-hits", markup=False)
            yield Reading(self._commands, id="archive-reading")
        yield KeyBar("archive")

    def on_mount(self) -> None:
        if self._first:
            self._ask()

    def on_resize(self, event: events.Resize) -> None:
        self.set_class(event.size.width < 100, "-narrow")

    def action_query(self) -> None:
        box = self.query_one("#archive-query", Input)
        box.focus()
        box.action_select_all()

    def action_facets(self) -> None:
        if self._facets:
            facets = self.query_one("#archive-facets", OptionList)
            facets.focus()
            facets.highlighted = facets.highlighted or 0

    def action_hear(self) -> None:
        hit = self._hit()
        if hit is None or hit.start_ms is None or hit.meeting_id is None:
            self.notify(_("There is no sound behind this passage."), markup=False)
            return
        kept = self._keeper.read("headphones", Listening)
        if kept is None:
            self.run_worker(self._choose_headphones(), group="headphones", exclusive=True)
        else:
            self.run_worker(self._play(hit, kept.device), group="play", exclusive=True)

    async def _choose_headphones(self) -> None:
        import asyncio

        found = [one for one in await asyncio.to_thread(outputs) if not one.standard]
        choices = [Choice(one.name, one.shown or one.name) for one in found]
        if choices:
            hint = _("Enter: choose    Esc: back")
            self.app.push_screen(ChooseScreen(_("Headphones"), choices, hint=hint), self._headphones_chosen)
        else:
            self.notify(
                _("No headphones are found beside the room's loudspeakers: plug them in first."), markup=False
            )

    def _headphones_chosen(self, chosen: Chosen[str] | None) -> None:
        if chosen is not None and chosen.value is not None:
            self._keeper.keep("headphones", Listening(device=chosen.value))
            self.action_hear()

    async def _play(self, hit: Hit, device: str) -> None:
        assert hit.meeting_id is not None and hit.start_ms is not None
        try:
            await self._player.play(hit.meeting_id, hit.start_ms, hit.start_ms + PASSAGE_MS, device)
        except Refusal as refused:
            self.notify(explain(refused), severity="warning", markup=False)

    def _hit(self) -> Hit | None:
        at = self.query_one("#archive-hits", OptionList).highlighted
        return self._found.hits[at] if at is not None and at < len(self._found.hits) else None

    @on(Input.Changed)
    def _typed(self) -> None:
        if self._pause is not None:
            self._pause.stop()
        self._pause = self.set_timer(TYPING_PAUSE_S, self._ask)

    def _ask(self) -> None:
        self.query_text = self.query_one("#archive-query", Input).value.strip()
        self.run_worker(self._look_up(self.query_text), group="search", exclusive=True)

    async def _look_up(self, query: str) -> None:
        found = await self._commands.look_up(query, limit=MOST_HITS) if query else Found()
        if found is not None and query == self.query_text:
            self._show(found)

    def _show(self, found: Found) -> None:
        self._found = found
        hits = self.query_one("#archive-hits", OptionList)
        hits.clear_options()
        hits.add_options(Option(Prose(Content.assemble(passage(hit), "\n"))) for hit in found.hits)
        self._show_facets(found)
        self.query_one("#archive-found", Static).update(_summary(found))
        if found.hits:
            hits.highlighted = 0
        else:
            self.run_worker(self.query_one(Reading).open(None), group="reading", exclusive=True)

    def _show_facets(self, found: Found) -> None:
        """What the hits have in common, and other words to look for; Enter puts it into the query."""
        self._facets = []
        shown = self.query_one("#archive-facets", OptionList)
        shown.clear_options()
        for words in found.suggestions:
            self._facets.append(words)
            shown.add_option(Option(Content.assemble((_("Did you mean: "), "$quiet"), clean(words))))
        for name in ("kind", "year", "unit", "body", "outcome", "due", "owed"):
            counts = sorted(found.facets.get(name, {}).items(), key=lambda one: (-one[1], one[0]))
            for value, count in counts[:MOST_VALUES]:
                clause = f'{name}:"{value}"' if " " in value else f"{name}:{value}"
                on = clause in self.query_text
                without = " ".join(part for part in self.query_text.split() if part != clause)
                self._facets.append(without if on else f"{self.query_text} {clause}")
                label = hit_kind(value) if name == "kind" else _(clean(value)) if name == "owed" else clean(value)
                label = f"{_('due')} {label}" if name == "due" else label
                mark = ("✓ ", "bold $text-success") if on else "  "
                shown.add_option(Option(Content.assemble(mark, label, (f"  {count}", "$quiet"))))

    @on(OptionList.OptionSelected, "#archive-facets")
    def _narrowed(self, event: OptionList.OptionSelected) -> None:
        if event.option_index >= len(self._facets):
            # Other hits have come since the key was pressed.
            return
        box = self.query_one("#archive-query", Input)
        box.value = self._facets[event.option_index]
        box.focus()
        box.cursor_position = len(box.value)

    @on(OptionList.OptionHighlighted, "#archive-hits")
    def _passed_over(self) -> None:
        self.run_worker(self.query_one(Reading).open(self._hit()), group="reading", exclusive=True)

    @on(OptionList.OptionSelected, "#archive-hits")
    def _read(self) -> None:
        self.query_one(Reading).focus()

    @on(Input.Submitted)
    def _entered(self) -> None:
        if self._found.hits:
            self.query_one("#archive-hits").focus()

    def on_key(self, event: events.Key) -> None:
        """The arrows walk between the box, the hits and the text."""
        focused = self.focused.id if self.focused else None
        goes = {
            ("archive-query", "down"): "#archive-hits",
            ("archive-hits", "right"): "#archive-reading",
            ("archive-hits", "left"): "#archive-facets",
            ("archive-facets", "right"): "#archive-hits",
            ("archive-reading", "left"): "#archive-hits",
        }.get((focused or "", event.key))
        if goes == "#archive-facets":
            event.stop()
            self.action_facets()
        elif goes is not None:
            event.stop()
            self.query_one(goes).focus()


def _summary(found: Found) -> Content:
    if not found.query:
        return Content()
    total = _("{total} found").format(total=found.total) if found.hits else _("Nothing found")
    note = "  " + _(found.note) if found.note else ""
    return Content.assemble((total, "bold"), (f"  {found.took_ms:.0f} ms", "$quiet"), note)
