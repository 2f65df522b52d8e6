"""What is wrong, what it means for the record, and what to do: worst first."""

from dataclasses import dataclass
from typing import Literal, get_args

from ui.console.model import MeetingModel
from ui.locale import _
from ui.words import duration, trouble, warning_text

LAG_SHOWN_MS = 5_000
SILENT_AFTER_MS = 20_000
BYTES_PER_HOUR = 16_000 * 2 * 3600
DISK_HOURS_SHOWN = 8
GRAVE = ("recorder_silent", "control_damaged")
"""Warnings of a sound that may not be kept: they come before all others."""


Level = Literal["error", "warning", "note"]
_WORST_FIRST: tuple[Level, ...] = get_args(Level)


@dataclass(frozen=True, slots=True)
class Problem:
    """`level` chooses the colour; `text` is a whole sentence."""

    level: Level
    text: str


def problems(model: MeetingModel) -> list[Problem]:
    """Everything that a person in the room has to know now; of two that are as bad, what is about the sound first."""
    if model.ended is not None:
        return [
            Problem("note", _("The meeting has ended and its record is complete. Enter shows what came of it."))
        ]
    if model.lost_attempt is not None:
        return [
            Problem(
                "error", _("Reconnecting. What is shown is old; the recorder goes on by itself, nothing is lost.")
            )
        ]
    if model.status is None:
        return []
    found = [
        *_grave(model),
        *_recording_problems(model),
        *_text_problems(model),
        *_disk_problems(model),
        *_warnings(model),
    ]
    return sorted(found, key=lambda one: _WORST_FIRST.index(one.level))


def _recording_problems(model: MeetingModel) -> list[Problem]:
    status = model.status
    assert status is not None
    if trouble(status.state):
        return [Problem("error", trouble(status.state))]
    if status.state == "finishing":
        return [Problem("note", _("Finishing: the last words are being written, then the record is complete."))]
    if model.paused:
        text = _("Paused: the microphone is closed and nothing is recorded. {key} resumes.")
        return [Problem("warning", text.format(key="F7"))]
    if status.recording == "off":
        return [Problem("warning", _("Recording is off by order: neither sound nor text is kept."))]
    since = model.silent_since_ms
    if since is not None and status.recorded_ms - since >= SILENT_AFTER_MS:
        return [Problem("warning", _("The microphone gives only silence: see whether it is muted."))]
    return []


def _text_problems(model: MeetingModel) -> list[Problem]:
    status = model.status
    assert status is not None
    if status.recognizer == "starting":
        return [Problem("note", _("The recognizer is starting: sound is being recorded, its text follows."))]
    if status.recognizer == "restarting":
        return [Problem("warning", _("The recognizer is starting again: no sound is lost, text comes later."))]
    if status.lag_ms >= LAG_SHOWN_MS:
        text = _("Text is {time} behind the voice; no sound is lost, it catches up.")
        return [Problem("warning", text.format(time=duration(status.lag_ms)))]
    return []


def _disk_problems(model: MeetingModel) -> list[Problem]:
    status = model.status
    assert status is not None
    if status.disk_free_bytes is None:
        return []
    hours = status.disk_free_bytes / BYTES_PER_HOUR
    if hours >= DISK_HOURS_SHOWN:
        return []
    text = _("The disk has room for {hours:.1f} h of sound; make room before it is full.")
    return [Problem("error" if hours < 1 else "warning", text.format(hours=hours))]


def _warnings(model: MeetingModel) -> list[Problem]:
    """The disk's room is told in hours where it is known."""
    assert model.status is not None
    told = {*GRAVE, *(["disk_low"] if _disk_problems(model) else [])}
    return [Problem("warning", warning_text(one)) for one in model.status.warnings if one not in told]


def _grave(model: MeetingModel) -> list[Problem]:
    assert model.status is not None
    return [Problem("error", warning_text(one)) for one in GRAVE if one in model.status.warnings]
