"""The console: one stream, one model of the meeting, and the screens that show it."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal, Protocol, runtime_checkable

from textual.binding import BindingType
from textual.command import CommandPalette
from textual.filter import LineFilter
from textual.screen import Screen
from textual.timer import Timer

from meeting.access.grant import Audience
from meeting.domain.events import Sharing
from meeting.home import Home
from meeting.stream.messages import Share, Status, Welcome
from models.refusal import Refusal
from ui.console.commands import Commands
from ui.console.key_order import KeysInOrder
from ui.console.keymap import KNOWN, bindings, key_name, overrides
from ui.console.model import Change, MeetingModel, Part
from ui.console.palette import Actions
from ui.console.resting import Place, Resting
from ui.console.screens.after import AfterScreen
from ui.console.screens.archive import ArchiveScreen
from ui.console.screens.choose import Choice, ChooseScreen, Chosen
from ui.console.screens.display import DisplayScreen
from ui.console.screens.help import HelpScreen
from ui.console.screens.meeting import MeetingScreen
from ui.console.screens.start import StartScreen
from ui.console.sixteen import SixteenColours
from ui.console.stream import Connect
from ui.console.themes import THEMES
from ui.console.widgets.lost import mark_lost
from ui.locale import _

ExitReason = Literal["ended", "detached", "stopped", "idle"]
FRAME_S = 1 / 60
"""Changes within a frame are drawn together: a replay of hours is one drawing, not thousands."""
REMEMBER_EVERY_S = 2.0
SIXTEEN = ("standard", "windows")
"""Terminals of sixteen colours, as Rich names them."""
EVERYTHING = Change(Part.HEAD | Part.TRANSCRIPT | Part.AGENDA | Part.STATUS, 0)


@runtime_checkable
class Drawn(Protocol):
    """A screen that shows the meeting."""

    def show(self, change: Change) -> None:
        """Draws what a change touched."""


class ConsoleApp(KeysInOrder[ExitReason]):
    """One console on one stream. `keys` overrides bindings by action id; `home` is where it remembers its place;
    `display`: it is the room's screen and nothing else."""

    CSS_PATH = ["console.tcss", "screens.tcss"]
    TITLE = "smart-meeting"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("app")]
    COMMANDS = {Actions}

    def __init__(
        self,
        connect: Connect,
        keys: Mapping[str, str] | None = None,
        home: Home | None = None,
        display: bool = False,
    ) -> None:
        super().__init__()
        self.animation_level = "none"
        self.model = MeetingModel()
        self.refusal: Refusal | None = None
        self.home = home
        self.keys: Mapping[str, str] = overrides(keys or {})
        self._connect = connect
        self._commands = Commands(self._tell)
        self._meeting = MeetingScreen(self.model, self._commands, home)
        self._resting = Resting(home)
        self._only_display = display
        self._welcomed = False
        self._returned = False
        self._pending = Change()
        self._frame: Timer | None = None
        for theme in THEMES:
            self.register_theme(theme)
        remembered = self._resting.place.theme
        self.theme = remembered if remembered in {theme.name for theme in THEMES} else THEMES[0].name

        self._sixteen: dict[str, SixteenColours] = {}

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Where there are only sixteen colours, those that can be read."""
        filters, sixteen = super().get_line_filters(), self._sixteen.get(self.theme)
        return filters if sixteen is None else [*filters, sixteen]

    def use_sixteen_colours(self) -> None:
        """From now on nothing is drawn in any other."""
        self._sixteen = {theme.name: SixteenColours(theme, not self.no_color) for theme in THEMES}

    async def on_mount(self) -> None:
        self.set_keymap(dict(self.keys))
        await self.push_screen(self._meeting)
        if self._only_display:
            await self.push_screen(DisplayScreen(self.model, alone=True))
        self.listen(None)
        self.set_interval(REMEMBER_EVERY_S, self._remember)

    def listen(self, meeting: str | None) -> None:
        """Opens a stream in place of the one there was: of a meeting by its id, or of the running one."""
        self._welcomed = False
        self.run_worker(self._listen(meeting), group="stream", exclusive=True)

    async def _listen(self, meeting: str | None) -> None:
        """Takes in the stream until it ends; a refusal ends the console, and `run_console` hands it on.

        After the meeting's end another stream of the same meeting answers what is asked about its record.
        """
        try:
            async with self._connect(meeting) as stream:
                self._commands.opened(stream)
                async for message in stream:
                    self._receive(message)
            self._commands.alive(False)
            if self.model.ended is None or self.model.head is None:
                self._draw_soon(self.model.connection_ended())
                return
            async with self._connect(self.model.head.id) as stream:
                self._commands.opened(stream)
                async for message in stream:
                    self._commands.alive(isinstance(message, Welcome | Status))
                    self._draw_soon(self.model.connected(message))
        except Refusal as refused:
            if self.model.ended is None:
                self.refusal = refused
                self.exit("detached")

    def _receive(self, message: object) -> None:
        self._draw_soon(self.model.apply(message))
        self._commands.alive(self.model.lost_attempt is None)
        if self._meeting.is_mounted:
            self._meeting.heard(message)
        if isinstance(message, Welcome):
            self._welcome(message)
        elif isinstance(message, Sharing):
            self._shared(message)

    def _welcome(self, welcome: Welcome) -> None:
        """An idle service shows what is needed to begin; a meeting that runs is gone to."""
        starting = next((screen for screen in self.screen_stack if isinstance(screen, StartScreen)), None)
        if welcome.meeting is not None and starting is not None:
            starting.leave()
        if welcome.meeting is None and not self._welcomed and welcome.role == "secretary":
            self.call_after_refresh(self.action_start)
        if welcome.role == "display" and not self._only_display:
            self._only_display = True
            self.push_screen(DisplayScreen(self.model, alone=True))
        self._welcomed = True

    def _draw_soon(self, change: Change) -> None:
        self._pending |= change
        if self._frame is None:
            self._frame = self.set_timer(FRAME_S, self._draw)

    def _draw(self) -> None:
        self._frame = None
        change, self._pending = self._pending, Change()
        for screen in self.screen_stack:
            if isinstance(screen, Drawn) and screen.is_mounted:
                screen.show(change)
        # An app that is going away has no screens any more, and its queue still brings what was on the way.
        owning = (self._meeting, *self.screen_stack[:1])
        mark_lost((screen for screen in self.screen_stack if screen not in owning), self.model)
        if self.model.live and not self._returned:
            self._returned = True
            self.call_after_refresh(self._go_back)

    def _tell(self, text: str, severity: str) -> None:
        level: Literal["information", "error"] = "error" if severity == "error" else "information"
        self.notify(text, severity=level, markup=False)

    def _go_back(self) -> None:
        """To the place where a console on this meeting was when it was closed or died."""
        place, head = self._resting.place, self.model.head
        if head is None or place.meeting != head.id:
            return
        self._meeting.go_back(place)
        if place.screen == "archive" and not self._only_display:
            self.action_archive(place.query)

    def _remember(self) -> None:
        head = self.model.head
        if head is None or not self._returned or self._only_display:
            return
        place = self._meeting.place(Place(meeting=head.id, theme=self.theme))
        archive = next((screen for screen in self.screen_stack if isinstance(screen, ArchiveScreen)), None)
        self._resting.keep(place.on("archive", archive.query_text) if archive else place)

    def action_help(self) -> None:
        if not self.screen.is_modal:
            self.push_screen(HelpScreen(self.keys))

    def action_theme(self) -> None:
        names = [theme.name for theme in THEMES]
        self.theme = names[(names.index(self.theme) + 1) % len(names)]

    def action_palette(self) -> None:
        if not self.screen.is_modal:
            self.push_screen(CommandPalette(placeholder=_("What do you want to do?"), id="--command-palette"))

    def action_archive(self, query: str = "") -> None:
        self._put_on(ArchiveScreen(self._commands, self.home, query))

    def action_display(self) -> None:
        self._put_on(DisplayScreen(self.model))

    def action_share(self) -> None:
        """A list, so that a key pressed by habit (saving, elsewhere) shows nobody anything."""
        if self.screen.is_modal or self.model.head is None or self.model.ended is not None:
            return
        shown = self.model.shown_to
        names: dict[Audience, str] = {"display": _("the room's display"), "participants": _("the participants")}
        choices = [
            Choice(
                audience,
                (_("Show no longer: {audience}") if audience in shown else _("Show: {audience}")).format(
                    audience=name
                ),
            )
            for audience, name in names.items()
        ]
        title, hint = _("To whom is what is said shown, in this meeting?"), _("Enter: choose    Esc: back")
        self.push_screen(ChooseScreen(title, choices, hint=hint), self._share)

    def _share(self, chosen: Chosen[Audience] | None) -> None:
        if chosen is not None and chosen.value is not None:
            audience, shown = chosen.value, chosen.value not in self.model.shown_to
            giving = self._commands.give(lambda id: Share(id=id, audience=audience, transcript=shown))
            self.run_worker(giving, group="commands")

    def _shared(self, sharing: Sharing) -> None:
        """Said to everybody at a console: nobody is to be shown in the room without knowing."""
        if self._only_display or not self.model.live:
            return
        told = {
            ("display", True): _("What is said is now shown on the room's display."),
            ("display", False): _("What is said is no longer shown on the room's display."),
            ("participants", True): _("What is said is now shown to the participants."),
            ("participants", False): _("What is said is no longer shown to the participants."),
        }
        self._tell(told[sharing.audience, sharing.transcript], "information")

    def action_afterwards(self) -> None:
        if self.model.ended is not None:
            self._put_on(AfterScreen(self.model, self._commands))
        else:
            self._tell(_("The meeting is not over yet."), "information")

    def action_start(self) -> None:
        if self.model.head is None:
            self._put_on(StartScreen(self._commands, self.home))
        else:
            self._tell(_("A meeting is running; end it before another begins."), "information")

    def action_new_meeting(self) -> None:
        """From an ended meeting to the next."""
        if self.model.head is not None and self.model.ended is None:
            self.action_start()
            return
        while len(self.screen_stack) > 2:
            self.pop_screen()
        self._draw_soon(self.model.begin_anew())
        self._returned = False
        self.listen(None)

    async def action_quit(self) -> None:
        """Ctrl+Q closes other programs, and is pressed by habit too; terminals keep it, so it does nothing here."""
        self.action_help_quit()

    async def action_back(self) -> None:
        """From another screen to the meeting's; the room's own display stays."""
        alone = isinstance(self.screen, DisplayScreen) and self.screen.alone
        if len(self.screen_stack) > 2 and not self.screen.is_modal and not alone:
            self.pop_screen()

    def _put_on(self, screen: Screen[None]) -> None:
        if not self.screen.is_modal and type(self.screen) is not type(screen):
            self.push_screen(screen)

    def action_help_quit(self) -> None:
        """Ctrl+C is pressed by habit; it must not close the room's screen."""
        key = key_name(KNOWN["detach"], self.keys)
        self._tell(_("{key} closes this screen; the recording goes on.").format(key=key), "information")

    def action_detach(self) -> None:
        self._remember()
        if self.model.ended is None:
            self.exit("idle" if self.model.head is None and self._welcomed else "detached")
        else:
            self.exit("stopped" if self._meeting.stopped_here else "ended")


def run_console(
    connect: Connect,
    keys: Mapping[str, str] | None = None,
    home: Home | None = None,
    display: bool = False,
) -> ExitReason:
    """Shows the meeting that `connect` opens in this terminal; blocks until the person leaves.

    Returns why it closed: `ended` (the meeting did), `stopped` (from here), `idle` (there was none), `detached` (the
    meeting goes on, which the caller tells). Raises the service's `Refusal` when it will not talk with us,
    `UnknownBinding` for `keys`.
    """
    app = ConsoleApp(connect, keys, home, display)
    if app.console.color_system in SIXTEEN:
        app.use_sixteen_colours()
    reason = app.run() or "detached"
    if app.refusal is not None:
        raise app.refusal
    return reason
