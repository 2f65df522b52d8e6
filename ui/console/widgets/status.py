"""The status line, the sentence about what is wrong, and the bar of keys."""

from rich.cells import cell_len
from textual.content import Content
from textual.widgets import Static

from ui.console.health import BYTES_PER_HOUR, DISK_HOURS_SHOWN, LAG_SHOWN_MS, problems
from ui.console.keymap import ACTIONS, Place, key_name, own_keys
from ui.console.model import MeetingModel
from ui.console.widgets.prose import Prose
from ui.console.wrapping import clean
from ui.locale import _
from ui.words import duration

FLOOR_DBFS = -60.0
LEVEL_CELLS = 8


def level_bar(level_dbfs: float | None) -> str:
    """Eight cells from -60 dBFS to full scale; shape, not colour, tells the level."""
    if level_dbfs is None:
        return "·" * LEVEL_CELLS
    full = round((max(FLOOR_DBFS, min(0.0, level_dbfs)) - FLOOR_DBFS) / -FLOOR_DBFS * LEVEL_CELLS)
    return "▮" * full + "·" * (LEVEL_CELLS - full)


def state_word(model: MeetingModel) -> tuple[str, str]:
    """What the recording does, with its mark, and the style of it."""
    status = model.status
    if model.ended is not None:
        return "■ " + _("ended"), "bold"
    if model.lost_attempt is not None:
        return "↻ " + _("reconnecting"), "bold $text-error"
    if status is None or status.state == "idle":
        return "○ " + _("idle"), "$quiet"
    if model.paused:
        return "‖ " + _("paused"), "bold $text-warning"
    if status.state == "recording" and "recorder_silent" in status.warnings:
        return "✗ " + _("the recorder is silent"), "bold $text-error"
    if status.state == "recording" and status.recording == "transcribe_only":
        return "● " + _("text only, no sound is kept"), "bold $text-error"
    return {
        "starting": ("○ " + _("starting"), "bold $text-warning"),
        "recording": ("● " + _("recording"), "bold $error"),
        "no_device": ("✗ " + _("no microphone"), "bold $text-error"),
        "finishing": ("◌ " + _("finishing"), "bold $text-warning"),
        "ended": ("■ " + _("ended"), "bold"),
    }.get(status.state, (status.state, ""))


class StatusLine(Static):
    """Recording, level, time, lag, clients, following: one line."""

    def __init__(self) -> None:
        super().__init__(id="status", markup=False)

    def show(self, model: MeetingModel, following: bool, unsaved: bool = False, speaker: str = "") -> None:
        """Draws the state of things."""
        status = model.status
        parts: list[tuple[str, str]] = [state_word(model)]
        if status is not None and model.ended is None:
            parts.append((level_bar(None if model.paused else status.level_dbfs), "$text-success"))
        parts.append((duration(model.media_now_ms), "bold"))
        if unsaved:
            parts.append((_("✎ edit not saved"), "bold $text-warning"))
        if model.ended is not None:
            status = None
        if status is not None and status.recognizer in ("starting", "restarting"):
            parts.append((_("recognizer starting"), "$text-warning"))
        elif status is not None:
            style = "$text-warning" if status.lag_ms >= LAG_SHOWN_MS else "$quiet"
            parts.append((_("lag {seconds:.1f} s").format(seconds=status.lag_ms / 1000), style))
        if not following:
            parts.append((_("not following (F6)"), "bold $text-warning"))
        if speaker and model.ended is None:
            parts.append((_("speaker: {name}").format(name=clean(speaker)), "$text-secondary"))
        if model.unlabelled and model.ended is None:
            parts.append((_("no speaker: {count}").format(count=model.unlabelled), "$quiet"))
        if status is not None and status.clients:
            parts.append((_("screens: {count}").format(count=status.clients), "$quiet"))
        if status is not None and status.disk_free_bytes is not None:
            hours = status.disk_free_bytes / BYTES_PER_HOUR
            if hours < DISK_HOURS_SHOWN * 3:
                parts.append((_("disk: {hours:.0f} h").format(hours=hours), "$text-warning"))
        if status is not None and status.device:
            parts.append((status.device, "$quiet"))
        line: list[tuple[str, str] | str] = []
        for part in parts:
            line += [part, "  "]
        self.update(Content.assemble(*line))


class ProblemLine(Static):
    """The worst thing that is wrong, as a sentence; absent when all is well."""

    def __init__(self) -> None:
        super().__init__(id="problem", markup=False)

    def show(self, model: MeetingModel) -> None:
        """Shows the worst problem, and how many others there are."""
        found = problems(model)
        self.display = bool(found)
        if found:
            more = _(" (+{count} more)").format(count=len(found) - 1) if len(found) > 1 else ""
            self.update(Prose(found[0].text + more))
            for level in ("error", "warning", "note"):
                self.set_class(found[0].level == level, f"-{level}")


class KeyBar(Static):
    """The keys that are used most, each of which can be clicked too."""

    def __init__(self, place: Place = "meeting") -> None:
        super().__init__(id="keys", markup=False)
        self._place = place
        self._paused = False

    def show(self, model: MeetingModel) -> None:
        """F7 says what it would do now."""
        if model.paused != self._paused:
            self._paused = model.paused
            self._draw()

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        """As many keys as fit whole; F1 shows them all."""
        parts: list[Content | str] = []
        room, keys = self.size.width, own_keys(self.app)
        for action in ACTIONS:
            if action.id == "back" and self._place == "meeting":
                continue
            resume = action.id == "pause" and self._paused
            key, label = key_name(action, keys), _("Resume") if resume else _(action.label)
            cells = cell_len(f"{key} {label}")
            if not (key and action.in_bar and action.where in (self._place, "app")) or cells > room:
                continue
            shown = Content.assemble((key, "bold $text-accent"), " ", label)
            parts += [shown.stylize(f"@click={'app' if action.where == 'app' else 'screen'}.{action.id}"), "  "]
            room -= cells + 2
        self.update(Content.assemble(*parts))
