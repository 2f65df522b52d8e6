"""The notice on the desktop that a meeting is being recorded, for whoever sees no console.

It stands as long as a device is open, tells of a pause, and goes when the recording is over. It needs a desktop that
shows notices and one of the programs `notify-send` and `gdbus`; without them there is none, and nothing else changes.
"""

import os
import re
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from threading import Thread

from models.refusal import N_

_PATIENCE_S = 5.0
_TITLE = N_("Smart Meeting")
_SENTENCES = {
    "recording": N_("This meeting is being recorded."),
    "paused": N_("Recording is paused; the microphone is closed."),
    "no_device": N_("The microphone is gone; nothing is being recorded."),
    "disk_full": N_("The disk is full; sound is not being kept."),
    "sealed": N_("The recording has ended; the microphone is closed."),
    "ended": N_("The recording was left; the microphone is closed."),
}
_LAST = ("sealed", "ended")


class Notice:
    """Say what the recorder does as often as you like: only a change is shown, and nobody waits for it."""

    def __init__(self) -> None:
        self._shown = ""
        self._queue: SimpleQueue[str] = SimpleQueue()
        self._thread: Thread | None = None

    def say(self, stage: str) -> None:
        """`stage` is one of the recorder's; those that nobody has to be told of change nothing."""
        if stage == self._shown or stage not in _SENTENCES:
            return
        self._shown = stage
        if self._thread is None:
            program = _program()
            if program is None:
                return
            self._thread = Thread(target=self._show, args=(program,), daemon=True)
            self._thread.start()
        self._queue.put(stage)
        if stage in _LAST:
            self._thread.join(_PATIENCE_S)

    def _show(self, program: str) -> None:
        import subprocess

        number = 0
        while True:
            stage = self._queue.get()
            while not self._queue.empty():
                stage = self._queue.get()  # a slow desktop is only told the newest
            with suppress(OSError, subprocess.SubprocessError):
                asked = subprocess.run(
                    _command(program, number, stage),
                    stdin=subprocess.DEVNULL,
                    capture_output=True,
                    timeout=_PATIENCE_S,
                )
                found = re.search(rb"(\d+)\D*$", asked.stdout)
                number = int(found[1]) if found else number
            if stage in _LAST:
                return


def _program() -> str | None:
    """What shows notices; None where there is no desktop, or nothing that does."""
    if not os.environ.get("DBUS_SESSION_BUS_ADDRESS") and not Path(f"/run/user/{os.getuid()}/bus").exists():
        return None
    import shutil

    return shutil.which("notify-send") or shutil.which("gdbus")


def _command(program: str, number: int, stage: str) -> list[str]:
    """Shows `stage` in the place of notice `number`, and prints the notice's number."""
    last = stage in _LAST
    title, sentence = _said(_TITLE), _said(_SENTENCES[stage])
    lasting = "5000" if last else "0"
    if program.endswith("notify-send"):
        urgency = "low" if last else "critical"
        replaced = ["-r", str(number)] if number else []
        return [program, "-p", *replaced, "-a", title, "-u", urgency, "-t", lasting, title, sentence]
    place = ["--dest", "org.freedesktop.Notifications", "--object-path", "/org/freedesktop/Notifications"]
    hints = "{'urgency': <byte 0>}" if last else "{'urgency': <byte 2>, 'resident': <true>}"
    method = ["--method", "org.freedesktop.Notifications.Notify"]
    words = [title, str(number), "audio-input-microphone", title, sentence, "[]", hints, lasting]
    return [program, "call", "--session", *place, *method, *words]


def _said(sentence: str) -> str:
    """In the user's language: the words of the whole product lie beside its other parts."""
    import gettext

    folder = Path(__file__).parent.parent / "ui" / "locale"
    wanted = next(filter(None, map(os.environ.get, ("MEETING_LANG", "LANGUAGE", "LC_ALL", "LANG"))), "")
    language = "en" if wanted.lower().startswith("en") else "zh_CN"
    return gettext.translation("smart-meeting", folder, [language], fallback=True).gettext(sentence)
