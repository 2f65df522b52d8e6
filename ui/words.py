"""Words for the codes of the stream: states, gaps, kinds, and times as people read them."""

from datetime import datetime

from meeting.domain.events import Gap
from ui.locale import _

ITEM_MARKS = {"completed": "✓", "ongoing": "▶", "withdrawn": "✗", "deferred": "↷"}


def gap_reason(reason: str) -> str:
    """Why no sound exists for a span."""
    return {
        "paused": _("the meeting was paused"),
        "closed_by_itself": _("nobody answered after the planned end"),
        "recorder_restart": _("the recorder restarted"),
        "interrupted": _("the microphone gave nothing for a moment"),
        "disk_failing": _("the disk failed and another file was begun"),
        "lost": _("the computer was restarted before the sound was text"),
        "device_lost": _("the microphone was gone"),
        "overflow": _("the computer was too busy"),
        "off": _("recording was off by order"),
        "recess": _("there was a recess"),
        "clock_jump": _("the computer's clock was changed"),
        "damaged": _("the recording is damaged here"),
        "erased": _("the sound was not kept"),
    }.get(reason, reason)


def trouble(state: str) -> str:
    """What a state of the service means for the record, where nothing is being recorded against everybody's wish."""
    return {
        "no_device": _("No microphone: nothing is being recorded. Plug it in; recording goes on by itself."),
        "disk_full": _("The disk is full: sound is not being kept. Make room; recording goes on by itself."),
    }.get(state, "")


def warning_text(code: str) -> str:
    """What a warning of the service's status means for the record, and what to do."""
    return {
        "bad_signal": _(
            "Speech is hardly understood: the notes taken by hand count; bring the microphone nearer."
        ),
        "silent_input": _("The microphone gives only silence: see whether it is muted."),
        "clipping": _("The sound is too loud and distorted: turn the microphone down."),
        "truncated": _("The recording's file ends early: what it holds is recorded, the rest is missing."),
        "control_damaged": _(
            "An order to the recorder cannot be read, so the microphone is closed. Press resume to record."
        ),
        "disk_low": _("Less than 2 GB is left on the disk: make room before sound is lost."),
        "recorder_silent": _("The recorder runs and says nothing: see whether the disk can be written."),
        "closed_by_itself": _(
            "Nobody answered for an hour after the planned end, so the microphone was closed. Resume opens it."
        ),
        "recess_heard": _(
            "A recess was heard and the microphone is still open: close it, or resume if the meeting goes on."
        ),
        "text_waiting": _("The records cannot be written just now: sound goes on, and its text follows."),
    }.get(code, code)


def gap_text(gap: Gap) -> str:
    """A gap as one line of the transcript."""
    return _("no sound for {seconds} s: {reason}").format(
        seconds=max(1, round((gap.end_ms - gap.start_ms) / 1000)), reason=gap_reason(gap.reason)
    )


def item_state(state: str) -> str:
    """An item's state, where its mark is not enough."""
    return {"withdrawn": _("withdrawn"), "deferred": _("deferred")}.get(state, "")


def hit_kind(kind: str) -> str:
    """Where a search hit comes from."""
    return {
        "agenda": _("agenda"),
        "record": _("record"),
        "minutes": _("minutes"),
        "document": _("document"),
        "decision": _("decision"),
    }.get(kind, kind)


def clock(ms: int, started_at: str | None) -> str:
    """HH:MM:SS of the day at media time `ms`; without a start, media time itself."""
    if started_at is None:
        return duration(ms)
    started = datetime.fromisoformat(started_at).astimezone()
    # The offset of the start counts for the whole meeting: a change of summer time must not fold the record.
    moment = datetime.fromtimestamp(started.timestamp() + ms / 1000, tz=started.tzinfo)
    return moment.strftime("%H:%M:%S")


def duration(ms: int) -> str:
    """HH:MM:SS of a span."""
    seconds = max(0, ms) // 1000
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def minutes(ms: int) -> str:
    """MM:SS of a span; minutes run over 60."""
    seconds = max(0, ms) // 1000
    return f"{seconds // 60:02d}:{seconds % 60:02d}"
