"""The console: one stream, one model of the meeting, and the screens that show it."""

from collections.abc import Iterable, Mapping
from typing import ClassVar, Literal

from textual.app import App, SystemCommand
from textual.binding import BindingType
from textual.command import CommandPalette
from textual.screen import Screen
from textual.timer import Timer

from models.refusal import Refusal
from ui.console.commands import Commands
from ui.console.keymap import ACTIONS, bindings, overrides
from ui.console.model import Change, MeetingModel
from ui.console.screens.help import HelpScreen
from ui.console.screens.meeting import MeetingScreen
from ui.console.stream import Connect
from ui.console.themes import THEMES
from ui.locale import _

ExitReason = Literal["ended", "detached", "stopped"]
FRAME_S = 1 / 60
"""Changes within a frame are drawn together: a replay of hours is one drawing, not thousands."""


class ConsoleApp(App[ExitReason]):
    """One console on one stream. `keys` overrides bindings by action id."""

    CSS_PATH = "console.tcss"
    TITLE = "smart-meeting"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("app")]

    def __init__(self, connect: Connect, keys: Mapping[str, str] | None = None) -> None:
        super().__init__()
        self.animation_level = "none"
        self.model = MeetingModel()
        self.refusal: Refusal | None = None
        self._keys = overrides(keys or {})
        self._connect = connect
        self._commands = Commands(self._tell)
        self._meeting = MeetingScreen(self.model, self._commands, self._keys)
        self._pending = Change()
        self._frame: Timer | None = None
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = THEMES[0].name

    def on_mount(self) -> None:
        self.set_keymap(self._keys)
        self.push_screen(self._meeting)
        self.run_worker(self._listen(), group="stream")

    async def _listen(self) -> None:
        """Takes in the stream until it ends; a refusal ends the console, and `run_console` hands it on."""
        try:
            async with self._connect() as stream:
                self._commands.opened(stream)
                async for message in stream:
                    self._receive(message)
        except Refusal as refused:
            self.refusal = refused
            self.exit("detached")
            return
        self._commands.alive(False)
        self._draw_soon(self.model.connection_ended())

    def _receive(self, message: object) -> None:
        self._draw_soon(self.model.apply(message))
        self._commands.alive(self.model.lost_attempt is None)
        if self._meeting.is_mounted:
            self._meeting.heard(message)

    def _draw_soon(self, change: Change) -> None:
        self._pending |= change
        if self._frame is None:
            self._frame = self.set_timer(FRAME_S, self._draw)

    def _draw(self) -> None:
        self._frame = None
        change, self._pending = self._pending, Change()
        if self._meeting.is_mounted:
            self._meeting.show(change)

    def _tell(self, text: str, severity: str) -> None:
        level: Literal["information", "error"] = "error" if severity == "error" else "information"
        self.notify(text, severity=level, markup=False)

    def action_help(self) -> None:
        if not self.screen.is_modal:
            self.push_screen(HelpScreen(self._keys))

    def action_theme(self) -> None:
        names = [theme.name for theme in THEMES]
        self.theme = names[(names.index(self.theme) + 1) % len(names)]

    def action_palette(self) -> None:
        if not self.screen.is_modal:
            self.push_screen(CommandPalette(placeholder=_("What do you want to do?"), id="--command-palette"))

    def action_help_quit(self) -> None:
        """Ctrl+C is pressed by habit; it must not close the room's screen."""
        self._tell(_("Ctrl+Q closes this screen; the recording goes on."), "information")

    def action_detach(self) -> None:
        if self.model.ended is None:
            self.exit("detached")
        else:
            self.exit("stopped" if self._meeting.stopped_here else "ended")

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        for action in ACTIONS:
            if action.id != "palette":
                place = self if action.where == "app" else self._meeting
                yield SystemCommand(_(action.label), _(action.help), getattr(place, f"action_{action.id}"))


def run_console(connect: Connect, keys: Mapping[str, str] | None = None) -> ExitReason:
    """Shows the meeting that `connect` opens in this terminal; blocks until the person leaves.

    Returns why it closed: `ended` (the meeting did), `stopped` (from here), `detached` (the meeting goes on, which
    the caller tells). Raises the service's `Refusal` when it will not talk with us, `UnknownBinding` for `keys`.
    """
    app = ConsoleApp(connect, keys)
    reason = app.run() or "detached"
    if app.refusal is not None:
        raise app.refusal
    return reason
