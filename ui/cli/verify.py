"""Is a meeting's record untouched?"""

from typing import TYPE_CHECKING

import typer

from ui.cli.context import HomeOption, JsonOption, MeetingArgument, print_json, records_to_read, say, write_opening
from ui.locale import _
from ui.words import duration

if TYPE_CHECKING:
    from meeting.verification import Fault, Verdict

app = typer.Typer()


@app.command(
    help=_("Says whether a meeting's events, text and sound are as they were written; 1 when they are not.")
)
def verify(meeting: MeetingArgument, home: HomeOption = None, json: JsonOption = False) -> None:
    from meeting.verification import verify_meeting

    records = records_to_read(home)
    stored = records.meetings.get(meeting)
    write_opening(records, stored.id)
    verdict = verify_meeting(records, stored)
    if json:
        print_json(verdict)
    else:
        for line in _lines(verdict):
            say(line)
    raise typer.Exit(0 if verdict.ok else 1)


def _lines(verdict: "Verdict") -> list[str]:
    lines = [f"✗ {_fault(fault)}" for fault in verdict.faults]
    if verdict.ok:
        lines.append("✓ " + _("{meeting} is as it was written.").format(meeting=verdict.meeting))
    sound = {
        "none": _("no sound is kept"),
        "recorded": _("the sound is not sealed yet"),
        "sealed": _("the sound is sealed"),
        "destroyed": _("the sound was destroyed on order"),
    }[verdict.sound]
    lines.append(_("{events} events; {sound}.").format(events=verdict.events, sound=sound))
    if verdict.off_spans:
        lines.append(_("Times in which no sound was to be kept: {count}.").format(count=verdict.off_spans))
    lines.append(_("Sum of the events: {hash}").format(hash=verdict.hash or "-"))
    if verdict.sound_hash:
        lines.append(_("Sum of the sound: {hash}").format(hash=verdict.sound_hash))
    if not verdict.backups:
        lines.append(
            _("No back-up is at hand to compare with: a sum on paper shows whether everything was written anew.")
        )
    return lines


def _fault(fault: "Fault") -> str:
    match fault.kind:
        case "event":
            return _event_fault(fault)
        case "projection":
            return _("The table row {place} is not what the events say.").format(place=fault.place)
        case "backup" if fault.reason == "sound":
            return _("The sealed sound is another one than in the back-up {place}.").format(place=fault.place)
        case "backup":
            return _(
                "Event {seq} is another one than in the back-up {place}: the events were written anew."
            ).format(seq=fault.seq, place=fault.place)
        case "sound_left":
            return _("The sound was to be destroyed, and {place} is still there. Give the order again.").format(
                place=fault.place
            )
        case "off_span":
            return _(
                "There is sound from {start} to {end}, though event {seq} says that none is to be kept then."
            ).format(start=duration(fault.start_ms or 0), end=duration(fault.end_ms or 0), seq=fault.seq)
        case _:
            return _("The sound file {place} (from {start} on) is not as it was written: {why}.").format(
                place=fault.place, start=duration(fault.start_ms or 0), why=_sound_reason(fault.reason)
            )


def _event_fault(fault: "Fault") -> str:
    words = {
        "changed": _("Event {seq} was changed after it was written; nothing from there on can be relied on."),
        "removed": _("Event {seq} was removed; nothing from there on can be relied on."),
        "added": _("Event {seq} was added behind the record's back."),
    }
    return words[fault.reason].format(seq=fault.seq)


def _sound_reason(reason: str) -> str:
    return {
        "missing": _("it is missing"),
        "changed": _("it was changed"),
        "damaged": _("it is damaged"),
        "chain_broken": _("what is said of it was changed"),
        "unreadable": _("it cannot be read"),
        "unexpected": _("nothing speaks of it"),
        "resealed": _("it is not the sound that was sealed after the meeting"),
    }.get(reason, reason)
