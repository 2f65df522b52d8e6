"""The sound of a sentence on the device that a person has chosen, never in the room while it is recorded."""

import asyncio
import sys
from dataclasses import dataclass

from meeting.home import Home
from ui.console import sinks
from ui.console.errors import NoDeviceToListen, NoSoundKept

SHARED = ("default", "sysdefault", "dmix", "pulse", "pipewire", "jack")
"""Names of whatever the system plays on just now: in a meeting room those are its loudspeakers."""
LEAD_MS = 300
RATE_HZ = 16_000
LOOKS_EVERY_S = 0.2


@dataclass(frozen=True, slots=True)
class Output:
    """A device to listen on; `shown` is what people call it where that is not its name."""

    name: str
    standard: bool
    shown: str = ""


def outputs() -> list[Output]:
    """The output devices of this machine; `standard` is what the system plays on. Takes a moment: not for the loop.

    Where a sound server runs, these are its sinks: it holds the cards, and below it there is only what it plays on.
    """
    served = sinks.listed()
    if served is not None:
        return [Output(one.name, one.standard, one.title) for one in served]
    try:
        import sounddevice
    except OSError:
        # PortAudio itself is not installed.
        return []
    try:
        found = [dict(one) for one in sounddevice.query_devices()]
        chosen = sounddevice.default.device[1]
    except sounddevice.PortAudioError:
        return []
    return [
        Output(one["name"], at == chosen or one["name"].split(":")[0].strip().casefold() in SHARED)
        for at, one in enumerate(found)
        if one["max_output_channels"] > 0
    ]


class Player:
    """Plays one sentence at a time; the next one stops the one before."""

    def __init__(self, home: Home | None) -> None:
        self._home = home
        self._sounding: sinks.Sounding | None = None

    def can_play(self, meeting_id: str) -> bool:
        """Whether the sound of the meeting lies in this home."""
        return self._home is not None and self._home.journal(meeting_id).is_dir()

    async def play(self, meeting_id: str, start_ms: int, end_ms: int, device: str) -> None:
        """Plays [start, end) of a meeting's sound to its end; it is written down that it was opened.

        Raises NoSoundKept; NoDeviceToListen, also when the device is pulled out meanwhile (then nothing goes on
        elsewhere); a StoreError, and then nothing is played.
        """
        if not self.can_play(meeting_id):
            raise NoSoundKept()
        await asyncio.to_thread(self._play, meeting_id, start_ms, end_ms, device)
        sounding = self._sounding
        while sounding is not None and sounding.sounds:
            await asyncio.sleep(LOOKS_EVERY_S)
        if sounding is not None and sounding.broke_off:
            raise NoDeviceToListen(device=device)

    def _play(self, meeting_id: str, start_ms: int, end_ms: int, device: str) -> None:
        import sounddevice

        from asr.journal_reader import JournalReader
        from models.refusal import Refusal

        assert self._home is not None
        begin = max(0, start_ms - LEAD_MS) * RATE_HZ // 1000
        try:
            sound = JournalReader(self._home.journal(meeting_id)).read(begin, end_ms * RATE_HZ // 1000 - begin)
        except Refusal as refused:
            raise NoSoundKept() from refused
        if not sound.any():
            raise NoSoundKept()
        _write_down(self._home, meeting_id)
        self.stop()
        found = sinks.listed()
        if found is not None:
            if not any(one.name == device and not one.standard for one in found):
                raise NoDeviceToListen(device=device)
            self._sounding = sinks.Sounding(sound, RATE_HZ, device)
            return
        try:
            sounddevice.play(sound, RATE_HZ, device=device)
        except (ValueError, sounddevice.PortAudioError) as failed:
            raise NoDeviceToListen(device=device) from failed

    def stop(self) -> None:
        """Silence."""
        if self._sounding is not None:
            self._sounding.stop()
            self._sounding = None
        if "sounddevice" in sys.modules:
            import sounddevice

            sounddevice.stop()


def _write_down(home: Home, meeting_id: str) -> None:
    from meeting.access.openings import user_of_this_machine
    from meeting.records import Records

    records = Records(home)
    try:
        records.openings.note(user_of_this_machine(), meeting_id, "sound")
    finally:
        records.close()
