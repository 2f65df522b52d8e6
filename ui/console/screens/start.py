"""Before the meeting: which one, with which microphone, and whether all is ready."""

from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input, OptionList, Static

from meeting.home import Home
from meeting.stream.client import CommandRefused
from meeting.stream.messages import (
    Devices,
    LevelOf,
    ListMeetings,
    NewMeeting,
    Readiness,
    TrySentence,
)
from meeting.stream.messages import Start as Begin
from models.refusal import Refusal
from ui.console.commands import Commands
from ui.console.kept import Keeper, Listening
from ui.console.keymap import bindings
from ui.console.widgets.choices import Choices
from ui.console.widgets.prose import Prose
from ui.console.widgets.status import KeyBar, level_bar
from ui.console.wrapping import clean
from ui.locale import _, explain

LEVEL_EVERY_S = 0.25
SENTENCE_S = 5.0
KEPT = "microphone"


class StartScreen(Screen[None]):
    """Four columns of one glance: the meetings, the microphones, what is understood, and what is not ready."""

    PLACE = "start"
    AUTO_FOCUS = "#meetings"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("start")]

    def __init__(self, commands: Commands, home: Home | None) -> None:
        super().__init__()
        self._commands = commands
        self._keeper = Keeper(home)
        self._device: str | None = None
        self._ready = False
        self._beginning = False
        self._listening = True

    def compose(self) -> ComposeResult:
        yield Static(_("Before the meeting"), classes="screen-title", markup=False)
        with Horizontal(id="start-desk"):
            with Vertical(id="start-meetings"):
                yield Static(_("1  Which meeting"), classes="screen-part", markup=False)
                yield Choices(id="meetings")
                yield Input(placeholder=_("F2: agenda (YAML DOCX XLSX CSV)"), id="agenda-file")
            with Vertical(id="start-sound"):
                yield Static(_("2  Which microphone"), classes="screen-part", markup=False)
                yield Choices(id="microphones")
                yield Static(id="level", markup=False)
                yield Static(id="understood", markup=False)
                yield Static(_("3  All green"), classes="screen-part", markup=False)
                yield Static(id="checks", markup=False)
        yield Static(id="start-word", markup=False)
        yield KeyBar("start")

    def on_mount(self) -> None:
        kept = self._keeper.read(KEPT, Listening)
        self._device = kept.device if kept else None
        self.run_worker(self._fill(), group="fill", exclusive=True)
        self.set_interval(LEVEL_EVERY_S, self._ask_level)

    def leave(self) -> None:
        """The meeting has begun: this screen has done its work."""
        self._listening = False
        if self.is_current:
            self.dismiss()

    async def _fill(self) -> None:
        await self._list_meetings()
        await self._list_microphones()
        await self._check()

    async def _list_meetings(self, wanted: str | None = None) -> None:
        answer = await self._asked(lambda id: ListMeetings(id=id))
        waiting = [one for one in (answer or {}).get("meetings", ()) if one["state"] != "closed"]
        ids = [one["id"] for one in waiting]
        chosen = (ids.index(wanted) if wanted in ids else 0) if ids else None
        self.query_one("#meetings", Choices).fill([(one["id"], _meeting_line(one)) for one in waiting], chosen)
        if answer is not None and not waiting:
            self._say(_("No meeting waits. F2 makes one from its agenda file."))

    async def _list_microphones(self) -> None:
        answer = await self._asked(lambda id: Devices(id=id, device=self._device))
        if answer is None and self._device is not None:
            # The one that was chosen last time may be gone.
            self._device = None
            answer = await self._asked(lambda id: Devices(id=id))
        found = (answer or {}).get("devices", ())
        self._names = [str(one["name"]) for one in found]
        chosen = self._device or next((one["name"] for one in found if one["default"]), None)
        at = self._names.index(chosen) if chosen in self._names else None
        lines = [(str(one["index"]), Content(clean(one["name"]))) for one in found]
        self.query_one("#microphones", Choices).fill(lines, at)

    async def _check(self) -> None:
        answer = await self._asked(lambda id: Readiness(id=id, device=self._device))
        checks = (answer or {}).get("checks", ())
        self._ready = bool(checks) and all(one["ok"] for one in checks)
        lines: list[Content] = []
        for one in checks:
            mark = ("✓ ", "bold $text-success") if one["ok"] else ("✗ ", "bold $text-error")
            lines.append(Content.assemble(mark, _check_name(one["name"]), "  ", (clean(_detail(one)), "$quiet")))
        self.query_one("#checks", Static).update(Prose(Content("\n").join(lines)))
        if self._ready:
            self._say(_("All is ready. F8 begins the chosen meeting; from then on it is recorded."), good=True)

    def _ask_level(self) -> None:
        if self._listening and self.is_current and not self._beginning:
            self.run_worker(self._show_level(), group="level", exclusive=False)

    async def _show_level(self) -> None:
        try:
            answer = await self._commands.ask(lambda id: LevelOf(id=id, device=self._device))
        except Refusal as refused:
            self._put_level(Content.styled(explain(refused), "$text-error"))
            return
        level = answer["level_dbfs"]
        number = f"{level:.0f} dBFS" if level is not None else _("no sound")
        self._put_level(Content.assemble((level_bar(level), "$text-success"), f"  {number}"))

    def _put_level(self, content: Content) -> None:
        for place in self.query("#level").results(Static):
            place.update(Prose(content))

    def action_agenda_file(self) -> None:
        self.query_one("#agenda-file").focus()

    def action_microphones(self) -> None:
        self.query_one("#microphones").focus()

    def action_sentence(self) -> None:
        self.run_worker(self._sentence(), group="sentence", exclusive=True)

    async def _sentence(self) -> None:
        heard = self.query_one("#understood", Static)
        heard.update(Content.styled(_("Speak now: one sentence, five seconds."), "bold $text-warning"))
        spoken = self.set_timer(SENTENCE_S, lambda: heard.update(_("Understanding it…")))
        answer = await self._asked(lambda id: TrySentence(id=id, device=self._device, seconds=SENTENCE_S))
        spoken.stop()
        if answer is None:
            heard.update("")
        elif answer["text"]:
            heard.update(Prose(Content.assemble((_("Understood: "), "$quiet"), clean(answer["text"]))))
        else:
            nothing = _("Nothing was understood: speak nearer, or take another microphone.")
            heard.update(Prose(Content.styled(nothing, "$text-error")))

    def action_check_again(self) -> None:
        self.run_worker(self._fill(), group="fill", exclusive=True)

    def action_begin(self) -> None:
        chosen = self.query_one("#meetings", OptionList).highlighted_option
        if chosen is None or chosen.id is None:
            self._say(_("Choose a meeting first."))
        elif not self._ready:
            self._say(_("Not all is ready yet: see the red line. F6 looks again."))
        elif not self._beginning:
            self._beginning = True
            self.run_worker(self._begin(chosen.id), group="begin", exclusive=True)

    async def _begin(self, meeting: str) -> None:
        self._say(_("The meeting begins…"))
        device = self._device
        done = await self._asked(lambda id: Begin(id=id, meeting=meeting, device=device))
        self._beginning = False
        if done is not None and device is not None:
            self._keeper.keep(KEPT, Listening(device=device))

    async def _asked(self, make: Any) -> Any:
        """The answer; None where it was refused, which is said."""
        try:
            return await self._commands.ask(make)
        except CommandRefused as refused:
            self._say(explain(refused))
        except Refusal as refused:
            self._say(explain(refused))
        return None

    def _say(self, text: str, good: bool = False) -> None:
        for place in self.query("#start-word").results(Static):
            place.update(Prose(Content.styled(text, "bold $text-success" if good else "bold $text-warning")))

    @on(OptionList.OptionHighlighted, "#microphones")
    def _microphone_chosen(self, event: OptionList.OptionHighlighted) -> None:
        # One that was pulled out since is in the list no more.
        names = self._names[event.option_index : event.option_index + 1]
        if self.query_one("#microphones").has_focus and names and names[0] != self._device:
            self._device = names[0]
            self.run_worker(self._check(), group="fill", exclusive=True)

    @on(OptionList.OptionSelected)
    def _on_with_it(self, event: OptionList.OptionSelected) -> None:
        self.focus_next()

    @on(Input.Submitted, "#agenda-file")
    def _file_given(self, event: Input.Submitted) -> None:
        self.run_worker(self._make(event.value.strip()), group="make", exclusive=True)

    async def _make(self, path: str) -> None:
        if path and (answer := await self._asked(lambda id: NewMeeting(id=id, path=path))) is not None:
            self.query_one("#agenda-file", Input).value = ""
            await self._list_meetings(answer["id"])
            self.query_one("#meetings").focus()


def _meeting_line(one: dict[str, Any]) -> Content:
    about = " · ".join(filter(None, (one["date"], clean(one["place"]), _items(one["items"]))))
    return Content.assemble((clean(one["title"]), "bold"), "\n", (about, "$quiet"))


def _items(count: int) -> str:
    return _("{count} items").format(count=count)


def _check_name(name: str) -> str:
    return {
        "model": _("speech model"),
        "disk": _("disk"),
        "microphone": _("microphone"),
        "index": _("records and index"),
    }.get(name, name)


def _detail(check: dict[str, Any]) -> str:
    if check["ok"]:
        return str(check["detail"])
    try:
        return _(check["template"]).format(**check["facts"])
    except (KeyError, IndexError):
        return str(check["code"])
