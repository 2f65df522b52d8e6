"""The search box and what it finds, as one types."""

import msgspec
from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from ui.console.commands import Commands
from ui.console.hits import Found, Hit
from ui.console.widgets.completing import Completing
from ui.console.widgets.passages import passage
from ui.console.widgets.prose import Prose
from ui.console.wrapping import clean
from ui.locale import _

TYPING_PAUSE_S = 0.04
"""A pinyin candidate arrives as one burst of characters; one question for all of them."""


class SearchPane(Vertical):
    """Asks with `Asked`; shows what `show` is given. Keyboard: type, ↓ to the hits, Enter reads, Esc leaves."""

    class Asked(Message):
        """The query changed."""

        def __init__(self, query: str) -> None:
            self.query = query
            super().__init__()

    class Chosen(Message):
        """A hit is to be read."""

        def __init__(self, hit: Hit) -> None:
            self.hit = hit
            super().__init__()

    class Opened(Message):
        """The box was entered or left."""

        def __init__(self, opened: bool) -> None:
            self.opened = opened
            super().__init__()

    def __init__(self, commands: Commands) -> None:
        super().__init__(id="search")
        self._commands = commands
        self._found = Found()
        self._proposed: tuple[str, Hit] | None = None
        self._pause: Timer | None = None

    def compose(self) -> ComposeResult:
        yield Static(id="found", markup=False)
        yield OptionList(id="hits", markup=False)
        yield Input(
            placeholder=_("F3: agenda, records, minutes"),
            id="query",
            suggester=Completing(self._commands),
        )

    def open(self) -> None:
        """Puts the cursor into the box, its old words selected."""
        box = self.query_one(Input)
        box.focus()
        box.action_select_all()
        self._set_open(True)

    def propose(self, words: str, hit: Hit) -> None:
        """Looks up `words`, of which `hit` is known already and stays the first."""
        self._proposed = (words, hit)
        self.query_one(Input).value = words
        self.show(Found(query=words.strip(), total=1))

    def leave(self) -> None:
        """Empties the box and gives the room back to the agenda."""
        self.query_one(Input).value = ""
        self.query_one(OptionList).clear_options()
        self._set_open(False)

    @property
    def words(self) -> str:
        """What is being looked for."""
        return self.query_one(Input).value.strip()

    @property
    def is_open(self) -> bool:
        """The hits are in view."""
        return self.has_class("-open")

    def show(self, found: Found) -> None:
        """Shows the hits of the newest question; an answer to an older one is passed over."""
        if found.query != self.query_one(Input).value.strip():
            return
        if self._proposed is not None and self._proposed[0].strip() == found.query:
            first = self._proposed[1]
            others = tuple(hit for hit in found.hits if (hit.id, hit.passage_id) != (first.id, first.passage_id))
            found = msgspec.structs.replace(found, hits=(first, *others), total=max(found.total, 1))
        self._found = found
        text = _("{total} found").format(total=found.total) if found.hits else _("Nothing found")
        self.query_one("#found", Static).update(text if found.query else "")
        hits = self.query_one(OptionList)
        hits.clear_options()
        hits.add_options(Option(Prose(Content.assemble(passage(hit), "\n"))) for hit in found.hits)
        hits.add_options(
            Option(Content.assemble((_("Did you mean: "), "$quiet"), clean(words))) for words in found.suggestions
        )

    def _set_open(self, opened: bool) -> None:
        if opened != self.is_open:
            self.set_class(opened, "-open")
            self.post_message(self.Opened(opened))

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if self._pause is not None:
            self._pause.stop()
        self._pause = self.set_timer(TYPING_PAUSE_S, self._ask)

    def _ask(self) -> None:
        query = self.query_one(Input).value.strip()
        if query:
            self.post_message(self.Asked(query))
        else:
            self.show(Found())

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        if self._found.query == event.value.strip():
            self._take(0)

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._take(event.option_index)

    def _take(self, place: int) -> None:
        """Reads a hit; behind the hits are other words to look for, which go into the box."""
        hits, words = self._found.hits, self._found.suggestions
        if place < len(hits):
            self.post_message(self.Chosen(hits[place]))
        elif place - len(hits) < len(words):
            box = self.query_one(Input)
            box.value = words[place - len(hits)]
            box.focus()

    def on_key(self, event: events.Key) -> None:
        """From the box into the hits."""
        hits = self.query_one(OptionList)
        if event.key == "down" and self.query_one(Input).has_focus and hits.option_count:
            event.stop()
            hits.focus()
            hits.highlighted = 0
